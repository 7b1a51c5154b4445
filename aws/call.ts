import type { Clock } from '../core/clock.ts';

/** Anything with the SDK clients' `send`; the simulator's fakes and the real clients both fit. */
export type Sender = {
  // biome-ignore lint/suspicious/noExplicitAny: each SDK client's send is generic over its own union of commands
  send(command: any, options?: { abortSignal?: AbortSignal }): Promise<any>;
};

/** What one Lambda invocation lends to the adapters. */
export type Invocation = {
  clock: Clock;
  /** Uniform in [0, 1): jitter of retries. From the seed in the simulator. */
  random(): number;
  /** Aborts shortly before the Lambda's time is up. */
  signal: AbortSignal;
  /** Retries stop early enough to answer before this time. */
  deadlineMs: number;
  log(entry: { message: string } & Record<string, unknown>): void;
};
