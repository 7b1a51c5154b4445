import { EXIT_ABORTED, EXIT_OK, EXIT_WAITING, type ExitCode, exitCodeOf } from '../exit-codes.ts';
import type { EndKind, View } from './view.ts';

/** What `--wait-until` may wait for, in the order a deployment comes to them. */
export const stages = ['launched', 'firstShift', 'shifted', 'done'] as const;
export type Stage = (typeof stages)[number];

export const stageMeanings: Record<Stage, string> = {
  launched: "green's task set exists",
  firstShift: 'green has got its first traffic, read back',
  shifted: 'green has all the traffic; blue is kept for the way back',
  done: 'blue is gone and the deployment is over',
};

/** Why watching ends, and with which code. */
export type Verdict =
  | { kind: 'ended'; code: ExitCode }
  | { kind: 'stageReached'; stage: Stage; code: ExitCode }
  | { kind: 'waiting'; code: ExitCode };

/** A stage that a deployment has left again, because it rolls back, is not reached. */
const stageReached = ({ launched, position, shifts, ended, phase }: View, stage: Stage): boolean => {
  if (ended !== null) return ended.kind === 'succeeded';
  if (phase === 'rollingBack' || phase === 'removing') return false;
  switch (stage) {
    case 'launched':
      return launched;
    case 'firstShift':
      return position !== null;
    case 'shifted':
      return position !== null && position === shifts.length - 1;
    case 'done':
      return false;
    default:
      return stage satisfies never;
  }
};

export const exitCodeOfEnd = (kind: EndKind): ExitCode =>
  kind === 'aborted' ? EXIT_ABORTED : exitCodeOf(kind);

/** Null: keep watching. `leaveWaiting`: nobody is there who could approve, so a pipeline does not wait for it. */
export const verdictOf = (view: View, until: Stage, leaveWaiting: boolean): Verdict | null => {
  if (view.ended !== null) return { kind: 'ended', code: exitCodeOfEnd(view.ended.kind) };
  if (until !== 'done' && stageReached(view, until)) {
    return { kind: 'stageReached', stage: until, code: EXIT_OK };
  }
  return leaveWaiting && view.waitsFor !== null ? { kind: 'waiting', code: EXIT_WAITING } : null;
};
