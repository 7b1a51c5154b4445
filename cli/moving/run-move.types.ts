import type { Moves } from '../../aws/store-verbs.ts';
import type { ApiCall, MoveObservation } from '../../core/adoption/adoption.types.ts';
import type { Clock } from '../../core/clock.ts';
import type { Drift } from '../../core/vocabulary/drift.types.ts';

export type MoveGoal = 'continue' | 'step' | 'undo' | 'finish';

export type MoveEnd =
  | { kind: 'done' }
  /** `--step`: this one is done, others are left. */
  | { kind: 'stepped'; title: string }
  /** The new service did worse, and the users are back. */
  | { kind: 'tookBack'; reason: string }
  /** With what somebody else wrote, as CloudTrail can be asked about it, where that is known. */
  | { kind: 'stopped'; reason: string; fix: string; drift?: Drift }
  /** Nothing changed for `timeoutMs`. */
  | { kind: 'timedOut'; title: string; reason: string }
  | { kind: 'interrupted' };

export type MoveSeams = {
  clock: Clock;
  interruption: AbortSignal;
  observe(): Promise<MoveObservation>;
  perform(call: ApiCall, what: string): Promise<void>;
  /** Names of the alarms that are red, and of those that are not there. */
  alarms(): Promise<{ red: string[]; gone: string[] }>;
  /** Those that send users back. */
  alarmNames?: readonly string[];
  /** Where a command gives signs of life; absent: nobody waits for any. */
  moves?: () => Promise<Moves>;
  say(line: string): void;
};

export type MoveTimes = { bakeMs: number; timeoutMs: number };
