import type { ReportedDecision } from './report.types.ts';

/** Decisions in a row that say the same of the same: what the last one says holds for all. */
export type Fold = { first: ReportedDecision; last: ReportedDecision; times: number };

/**
 * A bake is observed several times and mostly shows the same each time. Its reason differs: it says how long it has
 * baked.
 */
const signature = ({ kind, position, evidence }: ReportedDecision): string => {
  const { observedAtMs: _time, ...seen } = evidence;
  return JSON.stringify([kind, position, seen]);
};

const waits = ({ kind }: ReportedDecision): boolean => kind === 'hold' || kind === 'awaitOperator';

export const foldHolds = (decisions: readonly ReportedDecision[]): Fold[] => {
  const folded: Fold[] = [];
  for (const decision of decisions) {
    const before = folded.at(-1);
    if (before !== undefined && waits(decision) && signature(before.last) === signature(decision)) {
      before.last = decision;
      before.times += 1;
    } else folded.push({ first: decision, last: decision, times: 1 });
  }
  return folded;
};
