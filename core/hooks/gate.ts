import type { HookMoment, HookRun, PlannedHook } from '../vocabulary/hooks.types.ts';
import { AFTER_ROLLBACK, dueAt } from './due.ts';

/** Whether the deployment may pass a moment. */
export type Gate =
  /** `aside`: what did not succeed and is tolerated; empty where all did. */
  | { kind: 'passed'; aside: string }
  | { kind: 'failed'; reason: string }
  /** `due`: those that have not begun. */
  | { kind: 'open'; due: PlannedHook[]; running: HookRun[]; reason: string };

/** `hook smoke (POST_SCALE_UP)`, `hook smoke (PRE_PRODUCTION_TRAFFIC_SHIFT 2)` */
export const describeRun = ({ name, stage, step }: Pick<HookRun, 'name' | 'stage' | 'step'>): string =>
  `hook ${name} (${stage}${step === 0 ? '' : ` ${step}`})`;

const runAt = (
  runs: readonly HookRun[],
  name: string,
  { stage, step }: Pick<HookMoment, 'stage' | 'step'>,
): HookRun | undefined => runs.find((run) => run.name === name && run.stage === stage && run.step === step);

/**
 * Only a success passes, unless the request tolerates how it ended. After a rollback there is nothing to stop: one that
 * failed leaves the others their time and their results.
 */
const tolerates = ({ onTimeout, onFailure }: PlannedHook, { stage, result }: HookRun): boolean => {
  if (result?.status === 'SUCCEEDED' || stage === AFTER_ROLLBACK.stage) return true;
  if (result?.status === 'FAILED') return onFailure === 'continue';
  return result?.status === 'TIMED_OUT' && onTimeout === 'continue';
};

/** What the runs so far say of a moment. A hook that has not begun, or whose run is not over, keeps it closed. */
export const gateAt = (hooks: readonly PlannedHook[], runs: readonly HookRun[], moment: HookMoment): Gate => {
  const asked = dueAt(hooks, moment).map((hook) => ({ hook, run: runAt(runs, hook.name, moment) }));
  const over = asked.flatMap(({ hook, run }) => (run?.result == null ? [] : [{ hook, run }]));
  const refused = over.filter(({ hook, run }) => !tolerates(hook, run));
  if (refused.length > 0) {
    const reason = refused.map(({ run }) => `${describeRun(run)}: ${run.result?.reason}`).join('; ');
    return { kind: 'failed', reason };
  }
  const due = asked.flatMap(({ hook, run }) => (run === undefined ? [hook] : []));
  const running = asked.flatMap(({ run }) => (run === undefined || run.result !== null ? [] : [run]));
  if (due.length > 0 || running.length > 0) {
    const names = [...due.map(({ name }) => ({ ...moment, name })), ...running].map(describeRun);
    return { kind: 'open', due, running, reason: `waits for ${names.join(', ')}` };
  }
  const tolerated = over.filter(({ run }) => run.result?.status !== 'SUCCEEDED');
  const aside = tolerated.map(({ run }) => `; ${describeRun(run)} is tolerated: ${run.result?.reason}`);
  return { kind: 'passed', aside: aside.join('') };
};

/** The first of the moments that is not passed; null: all are. */
export const firstClosed = (
  hooks: readonly PlannedHook[],
  runs: readonly HookRun[],
  moments: readonly HookMoment[],
): { moment: HookMoment; gate: Exclude<Gate, { kind: 'passed' }> } | null => {
  for (const moment of moments) {
    const gate = gateAt(hooks, runs, moment);
    if (gate.kind !== 'passed') return { moment, gate };
  }
  return null;
};
