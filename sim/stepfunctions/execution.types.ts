import type { HistoryEvent } from '@aws-sdk/client-sfn';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';

/** An execution as the world sees it: a live view, to be read and not changed. */
export type Execution = {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly status: ExecutionStatus;
  /** JSON text, as it was given. */
  readonly input: string;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** The last state's output; only of a SUCCEEDED one. */
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** The states entered, in order. */
  readonly path: readonly string[];
  /** What AWS charges for: states entered and tasks retried [fact 97]. */
  readonly transitions: number;
  readonly historyEvents: number;
  readonly history: readonly HistoryEvent[];
};
