import { type Clock, SECOND_MS } from '../core/clock.ts';
import { DeploymentError } from '../core/errors.ts';
import { classify, isUnattached, toDeploymentError } from './errors.ts';
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
  /**
   * Resolves after so many milliseconds without an answer; `answered` ends it. Absent: the clients' own timeouts, which
   * know no answer that begins and does not end, are all there is.
   */
  silence?(ms: number, answered: AbortSignal): Promise<void>;
  /** Which throttled calls have to wait for others. Absent: these wait for all others, until the invocation ends. */
  turn?: Turn;
  /** Retries stop early enough to answer before this time. */
  deadlineMs: number;
  log(entry: { message: string } & Record<string, unknown>): void;
};

/**
 * Where a throttled call stands in line with those of other deployments. `yielding`, a step that runs again when it
 * fails: until an API has answered it once, it leaves the line after YIELDS_AFTER_MS; from then on it is `first`,
 * because a step that gives up throws its answers away. When everybody stayed, a thousand steps got half their
 * answers each, and no step all of them. `aside`, what reads beside the deployments and comes again in a minute: it
 * always leaves so soon. `first`: what users wait for.
 */
export type Turn = 'yielding' | 'aside' | 'first';

/**
 * A command of any AWS SDK client, reduced to what shows its output's type: the SDK's commands
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

type CallContext<Output> = {
  /** What we are doing and on what, as an infinitive for a message: `read the rules of listener X`. */
  what: string;
  /** Finds a failure reported inside a successful answer, as an error to classify and perhaps retry like any other. */
  faultIn?: (output: Output) => Error | undefined;
  /** A call that does not yield, because its answer decides more than any other does. */
  first?: boolean;
  /**
   * For a call that nothing depends on: it is tried no longer than so many milliseconds, and not at all when the step
   * needs the time.
   */
  patienceMs?: number;
  /** So many sends without any answer are enough; absent: MOST_SILENT. */
  mostSilent?: number;
};

/** One invocation's way to AWS. Throws DeploymentErrors with the names of aws/errors.ts. */
export type Call = {
  <Output>(client: Sender, command: SdkCommand<Output>, context: CallContext<Output>): Promise<Output>;
  /** For adapters that store times; waiting is done here alone. */
  readonly clock: Pick<Clock, 'nowMs'>;
  /** For adapters whose failures are not their step's. */
  readonly log: Invocation['log'];
  /** Uniform in [0, 1): the invocation's chance. */
  random(): number;
};

/**
 * At most this many sends when the API fails or does not answer. Five waits reach 3.1 s at most; longer trouble is for
 * the state machine's Retry, which costs no Lambda time.
 */
export const MAX_ATTEMPTS = 6;

/**
 * Throttling is a queue, not a fault: a call that stays gets a turn, and a step that gives up throws away the answers
 * it already has. So many waits of up to five seconds fill a Lambda's minute, whose deadline ends them anyway.
 */
export const MAX_THROTTLED_ATTEMPTS = 24;

/** First wait's upper bound. A lost connection is back within a few round trips of some 10 ms. */
const BASE_WAIT_MS = 100;

/**
 * First wait's upper bound after throttling: the AWS SDKs' own figure, a refill period of the token buckets [fact
 * 133].
 */
const THROTTLED_BASE_WAIT_MS = SECOND_MS;

/** Whose answers nobody gives away: its reads are refilled at 10 a second, half of any other's [fact 92]. */
const SCARCEST = 'Elastic Load Balancing';

/** Two or three tries; then the state machine waits, longer each time, and leaves the line to those that have begun. */
export const YIELDS_AFTER_MS = 2 * SECOND_MS;

/**
 * Upper bound of the waits of the first in line. Some dozens of them get ahead of a thousand that try twice a minute.
 */
export const FIRST_WAIT_MS = SECOND_MS / 2;

/** Waits of half of FIRST_WAIT_MS fill a Lambda's minute, whose deadline ends them anyway. */
export const MAX_FIRST_ATTEMPTS = 240;

/** No wait is longer: several must fit beside the work into a Lambda of a minute. */
export const MAX_WAIT_MS = 5 * SECOND_MS;

/** Connecting and answering may take this long before a send is given up (functions/deps.ts). */
const LONGEST_SEND_MS = 7 * SECOND_MS;

/** What a client itself has not ended by then never ends: an answer that began and does not end. */
const SILENT_MS = LONGEST_SEND_MS + SECOND_MS;

/** A quarter of a minute, which leaves the rest of a Lambda's minute to everything else that is read. */
const MOST_SILENT = 2;

/**
 * Tries while ECS does not see yet what Elastic Load Balancing has already answered: about half a minute of waiting.
 * With the state machine's own tries that is some three minutes; others see it follow within two
 * (terraform-provider-aws, task_set.go).
 */
const MAX_UNATTACHED_ATTEMPTS = 12;

/** How a failed call is tried again: `none` was not throttled. */
type Line = 'yielding' | 'first' | 'last' | 'none' | 'unattached';

/** `begun`: the step has answers to lose. */
const lineOf = (error: unknown, turn: Turn | undefined, begun: boolean): Line => {
  if (classify(error) !== 'Throttled') return isUnattached(error) ? 'unattached' : 'none';
  if (turn === undefined) return 'last';
  return turn === 'aside' || (turn === 'yielding' && !begun) ? 'yielding' : 'first';
};

const mostAttempts: Record<Line, number> = {
  none: MAX_ATTEMPTS,
  unattached: MAX_UNATTACHED_ATTEMPTS,
  yielding: MAX_THROTTLED_ATTEMPTS,
  last: MAX_THROTTLED_ATTEMPTS,
  first: MAX_FIRST_ATTEMPTS,
};

/** Full jitter: callers that were throttled together must not come back together. */
const waitBefore = (attempt: number, line: Line, random: number): number => {
  const base = line === 'none' ? BASE_WAIT_MS : THROTTLED_BASE_WAIT_MS;
  const mostMs = line === 'first' ? FIRST_WAIT_MS : Math.min(MAX_WAIT_MS, base * 2 ** (attempt - 1));
  return Math.floor(random * mostMs);
};

/**
 * The only place commands are sent, and the only place they are retried: the clients are made with one attempt, so
 * that waiting runs on the injected clock. An answer may be lost after the call took effect, so whatever is sent
 * through here has to be safe to send again: absolute, conditional or with a token.
 */
export const makeCall = (invocation: Invocation): Call => {
  const { clock, signal } = invocation;
  /** By the service's name. */
  const answered = new Set<string>();

  const call = async <Output>(
    client: Sender,
    command: SdkCommand<Output>,
    { what, faultIn, patienceMs, first, mostSilent = MOST_SILENT }: CallContext<Output>,
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
    const { silence } = invocation;
    let silent = 0;
    for (let attempt = 1; ; attempt++) {
      const result = await send(client, command, signal, faultIn, silence);
      if (result.ok) {
        answered.add(operation.service);
        return result.output;
      }

      const name = classify(result.error);
      const attempted = { what, operation, attempts: attempt };
      const retryable = name === 'Throttled' || name === 'Unavailable';
      const begun = answered.has(operation.service) || answered.has(SCARCEST);
      const line = lineOf(result.error, first === true ? 'first' : invocation.turn, begun);
      if (result.error instanceof Silent) silent += 1;
      const enough = attempt >= mostAttempts[line] || silent >= mostSilent;
      if (!retryable || enough) throw toDeploymentError(result.error, attempted);

      const waitMs = waitBefore(attempt, line, invocation.random());
      const endMs = line === 'yielding' ? Math.min(deadlineMs, startedAtMs + YIELDS_AFTER_MS) : deadlineMs;
      const outOfTime = signal.aborted || clock.nowMs() + waitMs >= endMs;
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

  return Object.assign(call, { clock, log: invocation.log, random: () => invocation.random() });
};

/** Named as the SDK names its own timeouts. */
class Silent extends Error {
  override readonly name = 'TimeoutError';
}

/** Without a reason an abort makes an exception with its stack: a tenth of a long rehearsal's time. */
const ANSWERED = 'answered';

const orSilent = async <Output>(
  answer: Promise<Output>,
  silence: NonNullable<Invocation['silence']>,
): Promise<Output> => {
  const answered = new AbortController();
  const never = silence(SILENT_MS, answered.signal).then(
    () => {
      throw new Silent(`no answer for ${SILENT_MS / SECOND_MS} s`);
    },
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([answer, never]);
  } finally {
    answered.abort(ANSWERED);
  }
};

type Result<Output> = { ok: true; output: Output } | { ok: false; error: unknown };

const send = async <Output>(
  client: Sender,
  command: SdkCommand<Output>,
  signal: AbortSignal,
  faultIn: CallContext<Output>['faultIn'],
  silence: Invocation['silence'],
): Promise<Result<Output>> => {
  try {
    const answer: Promise<Output> = client.send(command, { abortSignal: signal });
    const output = silence === undefined ? await answer : await orSilent(answer, silence);
    const fault = faultIn?.(output);
    return fault === undefined ? { ok: true, output } : { ok: false, error: fault };
  } catch (error) {
    return { ok: false, error };
  }
};
