import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { runtimeError, StatesError } from './states-error.ts';

/** An execution may have this many history events; the last of them says that it failed [aws-facts 93]. */
export const MAX_HISTORY_EVENTS = 25_000;

export type History = {
  events: readonly HistoryEvent[];
  /** @throws StatesError `States.Runtime` when the event would leave no room for the one that ends the execution. */
  append(type: HistoryEventType, details?: Partial<HistoryEvent>): void;
  /** The one event that always fits: the execution's end. */
  close(type: HistoryEventType, details?: Partial<HistoryEvent>): void;
};

/** The events as GetExecutionHistory shows them, numbered from 1 [aws-facts 95]. */
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

/** Input, output and every payload in between, UTF-8 bytes [aws-facts 93]. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** The JSON text of a payload. @throws StatesError `States.DataLimitExceeded`, which only a Catch that names it catches [aws-facts 107]. */
export const payloadText = (value: unknown, state: string): string => {
  const text = JSON.stringify(value);
  if (text === undefined) throw runtimeError(state, 'The payload is not JSON.');
  if (Buffer.byteLength(text) <= MAX_PAYLOAD_BYTES) return text;
  throw new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
};
