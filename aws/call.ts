import { type Clock, SECOND_MS } from '../core/clock.ts';
import { DeploymentError } from '../core/errors.ts';
import { classify, toDeploymentError } from './errors.ts';
import { operationOf } from './operation.ts';

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

/**
 * A command of any AWS SDK client, reduced to what tells its output's type: the SDK's commands
 * carry it in the handler that they resolve to.
 */
export type SdkCommand<Output> = {
  readonly input: object;
  resolveMiddleware(
    stack: never,
    configuration: never,
    options: never,
  ): (args: never) => Promise<{ output: Output }>;
};

export type CallContext<Output> = {
  /** What we are doing and on what, as an infinitive for a message: `read the rules of listener X`. */
  what: string;
  /** Finds a failure reported inside a successful answer, as an error to classify and perhaps retry like any other. */
  faultIn?: (output: Output) => Error | undefined;
  /** For a call that nothing depends on: it is tried no longer than so many milliseconds, and not at all when the step needs the time. */
  patienceMs?: number;
};

/** One invocation's way to AWS. Throws DeploymentErrors with the names of aws/errors.ts. */
export type Call = {
  <Output>(client: Sender, command: SdkCommand<Output>, context: CallContext<Output>): Promise<Output>;
  /** For adapters that store times; waiting is done here alone. */
  readonly clock: Pick<Clock, 'nowMs'>;
  /** For adapters whose failures are not their step's. */
  readonly log: Invocation['log'];
};

/**
 * At most this many sends when the API fails or does not answer. Five waits reach 3.1 s at most; longer trouble is for
 * the state machine's Retry, which costs no Lambda time.
 */
export const MAX_ATTEMPTS = 6;

/**
 * Throttling is a queue, not a fault: whoever stays gets a turn, and a step that gives up throws away the answers it
 * already has. So many waits of up to five seconds fill a Lambda's minute, whose deadline ends them anyway.
 */
export const MAX_THROTTLED_ATTEMPTS = 24;

/** First wait's upper bound. A lost connection is back within a few round trips of some 10 ms. */
export const BASE_WAIT_MS = 100;

/** First wait's upper bound after throttling: the AWS SDKs' own figure, a refill period of the token buckets [aws-facts 133]. */
export const THROTTLED_BASE_WAIT_MS = SECOND_MS;

/** No wait is longer: several must fit beside the work into a Lambda of a minute. */
export const MAX_WAIT_MS = 5 * SECOND_MS;

/** Connecting and answering may take this long before a send is given up (functions/deps.ts sets both timeouts). */
const LONGEST_SEND_MS = 7 * SECOND_MS;

/** Full jitter: callers that were throttled together must not come back together. */
const waitBefore = (attempt: number, throttled: boolean, random: number): number => {
  const base = throttled ? THROTTLED_BASE_WAIT_MS : BASE_WAIT_MS;
  return Math.floor(random * Math.min(MAX_WAIT_MS, base * 2 ** (attempt - 1)));
};

/**
 * The only place commands are sent, and the only place they are retried: the clients are made with one attempt, so
 * that waiting runs on the injected clock. An answer may be lost after the call took effect, so whatever is sent
 * through here has to be safe to send again: absolute, conditional or with a token.
 */
export const makeCall = (invocation: Invocation): Call => {
  const { clock, signal } = invocation;

  const call = async <Output>(
    client: Sender,
    command: SdkCommand<Output>,
    { what, faultIn, patienceMs }: CallContext<Output>,
  ): Promise<Output> => {
    const operation = operationOf(command);
    const startedAtMs = clock.nowMs();
    const deadlineMs =
      patienceMs === undefined
        ? invocation.deadlineMs
        : Math.min(invocation.deadlineMs, startedAtMs + patienceMs);
    if (patienceMs !== undefined && startedAtMs + patienceMs + LONGEST_SEND_MS > invocation.deadlineMs) {
      throw new DeploymentError('Unavailable', `had no time left to ${what}`);
    }
    for (let attempt = 1; ; attempt++) {
      const result = await send(client, command, signal, faultIn);
      if (result.ok) return result.output;

      const name = classify(result.error);
      const attempted = { what, operation, attempts: attempt };
      const retryable = name === 'Throttled' || name === 'Unavailable';
      const most = name === 'Throttled' ? MAX_THROTTLED_ATTEMPTS : MAX_ATTEMPTS;
      if (!retryable || attempt >= most) throw toDeploymentError(result.error, attempted);

      const waitMs = waitBefore(attempt, name === 'Throttled', invocation.random());
      const outOfTime = signal.aborted || clock.nowMs() + waitMs >= deadlineMs;
      if (outOfTime) throw toDeploymentError(result.error, { ...attempted, outOfTime });
      invocation.log({
        message: `${operation.name} is tried again`,
        attempt,
        waitMs,
        error: String(result.error),
      });
      try {
        await clock.sleep(waitMs, signal);
      } catch {
        // The invocation's time ran out during the wait: what AWS said last is the reason to give.
        throw toDeploymentError(result.error, { ...attempted, outOfTime: true });
      }
    }
  };

  return Object.assign(call, { clock, log: invocation.log });
};

type Result<Output> = { ok: true; output: Output } | { ok: false; error: unknown };

const send = async <Output>(
  client: Sender,
  command: SdkCommand<Output>,
  signal: AbortSignal,
  faultIn: CallContext<Output>['faultIn'],
): Promise<Result<Output>> => {
  try {
    const output: Output = await client.send(command, { abortSignal: signal });
    const fault = faultIn?.(output);
    return fault === undefined ? { ok: true, output } : { ok: false, error: fault };
  } catch (error) {
    return { ok: false, error };
  }
};
