import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { ExecutionStatus } from './execution.types.ts';
import { runtimeError, StatesError } from './states-error.ts';

/** An execution may have this many history events; the last of them says that it failed [fact 93]. */
const MAX_HISTORY_EVENTS = 25_000;

export type History = {
  events: readonly HistoryEvent[];
  /** @throws StatesError `States.Runtime` when the event would leave no room for the one that ends the execution. */
  append(type: HistoryEventType, details?: Partial<HistoryEvent>): void;
  /** The one event that always fits: the execution's end. */
  close(type: HistoryEventType, details?: Partial<HistoryEvent>): void;
};

/** The events as GetExecutionHistory shows them, numbered from 1 [fact 95]. */
export const makeHistory = (nowMs: () => number): History => {
  const events: HistoryEvent[] = [];
  const close = (type: HistoryEventType, details: Partial<HistoryEvent> = {}): void => {
    const id = events.length + 1;
    events.push({ timestamp: new Date(nowMs()), type, id, previousEventId: id - 1, ...details });
  };
  const append = (type: HistoryEventType, details: Partial<HistoryEvent> = {}): void => {
    if (events.length >= MAX_HISTORY_EVENTS - 1) {
      throw new StatesError(
        'States.Runtime',
        `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`,
      );
    }
    close(type, details);
  };
  return { events, append, close };
};

/** Input, output and every payload in between, UTF-8 bytes [fact 93]. */
export const MAX_PAYLOAD_BYTES = 262_144;

/**
 * Event details with a payload's JSON text as a member. It is made when somebody reads it: of most payloads nobody
 * does.
 */
export const withText = <Details extends object, Name extends string>(
  details: Details,
  name: Name,
  payload: unknown,
): Details & { [K in Name]: string } =>
  Object.defineProperty(details, name, {
    enumerable: true,
    get: () => JSON.stringify(payload),
  }) as Details & {
    [K in Name]: string;
  };

/** What a payload's parts take at most; a workflow's payloads share most of their parts. */
const most = new WeakMap<object, number>();

/** UTF-8 bytes of a payload's JSON text, or more. A character takes six at most, as `\u001f`. */
const bytesAtMost = (value: unknown): number => {
  if (typeof value === 'string') return 6 * value.length + 2;
  // No number is longer than -1.2345678901234567e-100.
  if (typeof value !== 'object' || value === null) return 24;
  const known = most.get(value);
  if (known !== undefined) return known;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += 1 + bytesAtMost(item);
  else for (const [name, member] of Object.entries(value)) bytes += 6 * name.length + 4 + bytesAtMost(member);
  most.set(value, bytes);
  return bytes;
};

/**
 * Whether a payload is small enough to continue. It is plain JSON data that is never changed again.
 * @throws StatesError `States.DataLimitExceeded`, which only a Catch that names it catches [fact 107].
 */
export const assertPayload = (value: unknown, state: string): void => {
  if (value === undefined) throw runtimeError(state, 'The payload is not JSON.');
  if (bytesAtMost(value) <= MAX_PAYLOAD_BYTES) return;
  if (Buffer.byteLength(JSON.stringify(value)) <= MAX_PAYLOAD_BYTES) return;
  throw new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
};

/** How an execution ends; none here has a time limit of its own. */
export type Ended = Exclude<ExecutionStatus, 'RUNNING' | 'TIMED_OUT'>;

/** What it leaves behind. */
export type Ending = { output?: unknown; error?: string; cause?: string };

/** The event that ends the history. */
export const closeHistory = (history: History, status: Ended, { output, error, cause }: Ending): void => {
  switch (status) {
    case 'SUCCEEDED':
      history.close('ExecutionSucceeded', {
        executionSucceededEventDetails: withText({}, 'output', output),
      });
      break;
    case 'ABORTED':
      history.close('ExecutionAborted', { executionAbortedEventDetails: { error, cause } });
      break;
    case 'FAILED':
      history.close('ExecutionFailed', { executionFailedEventDetails: { error, cause } });
      break;
    default:
      status satisfies never;
  }
};
