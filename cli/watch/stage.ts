import {
  EXIT_ABORTED,
  EXIT_OK,
  EXIT_UNWATCHED,
  EXIT_WAITING,
  type ExitCode,
  exitCodeOf,
} from '../exit-codes.ts';
import type { EndKind, View } from './view.types.ts';

/** What `--wait-until` may wait for, in the order a deployment comes to them. */
export const stages = ['launched', 'test', 'firstShift', 'shifted', 'done'] as const;
export type Stage = (typeof stages)[number];

export const stageMeanings: Record<Stage, string> = {
  launched: "green's task set exists",
  test: 'the test route is open to green, and no user meets it yet',
  firstShift: 'green has got its first traffic, read back',
  shifted: 'green has all the traffic; blue is kept for the way back',
  done: 'blue is gone and the deployment is over',
};

/** Why watching ends, and with which code. */
export type Verdict =
  | { kind: 'ended'; code: ExitCode }
  | { kind: 'stageReached'; stage: Stage; code: ExitCode }
  /** A test that is over, or that the plan does not have: nobody will come to it any more. */
  | { kind: 'stageMissed'; stage: Stage; code: ExitCode }
  | { kind: 'waiting'; code: ExitCode };

const testing = (position: number | null, shifts: View['shifts']): boolean =>
  shifts[position ?? -1]?.test === true;

/** The test is open for a time only, and not every plan has one. */
const testIsMissed = ({ position, shifts }: View): boolean =>
  shifts.length > 0 && (position === null ? shifts[0]?.test !== true : !testing(position, shifts));

/** A stage that a deployment has left again, because it rolls back, is not reached. */
const stageReached = ({ launched, position, shifts, ended, phase }: View, stage: Stage): boolean => {
  if (ended !== null) return ended.kind === 'succeeded';
  if (phase === 'rollingBack' || phase === 'removing') return false;
  switch (stage) {
    case 'launched':
      return launched;
    case 'test':
      return testing(position, shifts);
    case 'firstShift':
      return position !== null && !testing(position, shifts);
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
  if (until === 'test' && testIsMissed(view))
    return { kind: 'stageMissed', stage: until, code: EXIT_UNWATCHED };
  return leaveWaiting && view.waitsFor !== null ? { kind: 'waiting', code: EXIT_WAITING } : null;
};
