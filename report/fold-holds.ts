import type { ReportedDecision } from './report.types.ts';

/** Decisions in a row that say the same of the same: what the last one says holds for all. */
export type Looks = { first: ReportedDecision; last: ReportedDecision; looks: number };

/** A bake looks up to ten times and mostly sees the same each time. Its reason differs: it says how long it has baked. */
const signature = ({ kind, position, evidence }: ReportedDecision): string => {
  const { observedAtMs: _time, ...seen } = evidence;
  return JSON.stringify([kind, position, seen]);
};

const waits = ({ kind }: ReportedDecision): boolean => kind === 'hold' || kind === 'awaitOperator';

export const foldHolds = (decisions: readonly ReportedDecision[]): Looks[] => {
  const folded: Looks[] = [];
  for (const decision of decisions) {
    const before = folded.at(-1);
    if (before !== undefined && waits(decision) && signature(before.last) === signature(decision)) {
      before.last = decision;
      before.looks += 1;
    } else folded.push({ first: decision, last: decision, looks: 1 });
  }
  return folded;
};
