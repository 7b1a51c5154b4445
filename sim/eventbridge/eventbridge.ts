import type {
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResponse,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import type { Sender } from '../../aws/call.ts';
import { makeFakeClient, SimApiError } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { onlyMembers } from '../kernel/only-members.ts';

/** An event that EventBridge accepted. */
type PublishedEvent = {
  id: string;
  atMs: number;
  bus: string;
  source: string;
  detailType: string;
  detail: unknown;
  resources: string[];
};

type EventBridge = {
  client: Sender;
  /** Everything accepted so far, in order. */
  published(): readonly PublishedEvent[];
  onPublished(listener: (event: PublishedEvent) => void): void;
};

export type EventBridgeOptions = {
  /** A fault: the error code this entry of a call fails with, while the rest of the call succeeds [fact 125]. */
  failEntry?(
    entry: PutEventsRequestEntry,
    index: number,
  ): 'InternalFailure' | 'ThrottlingException' | undefined;
};

/** The newest ones that can be read back. */
const MOST_KEPT = 1_000;

/** Entries and bytes of one PutEvents call [fact 125]. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 1_000_000;
const MAX_DETAIL_TYPE = 128;

const refusal = (ErrorCode: string, ErrorMessage: string): PutEventsResultEntry => ({
  ErrorCode,
  ErrorMessage,
});

const parseObject = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** What is wrong with one entry: the others of its call are still published. */
const faultOf = ({ Source, DetailType, Detail }: PutEventsRequestEntry): PutEventsResultEntry | undefined => {
  if (!Source)
    return refusal(
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    );
  if (/^aws\./i.test(Source))
    return refusal('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (!DetailType || DetailType.length > MAX_DETAIL_TYPE) {
    return refusal(
      'InvalidArgument',
      `Parameter DetailType is not valid. Reason: expected 1 to ${MAX_DETAIL_TYPE} characters.`,
    );
  }
  if (Detail === undefined)
    return refusal(
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    );
  if (parseObject(Detail) === undefined) return refusal('MalformedDetail', 'Detail is malformed.');
  return undefined;
};

const bytesOf = (entry: PutEventsRequestEntry): number =>
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    0,
  );

/** Amazon EventBridge as a place to publish to; what rules make of the events is for the listener. */
export const makeEventBridge = (kernel: Kernel, options: EventBridgeOptions = {}): EventBridge => {
  const random = kernel.random.fork('eventbridge');
  const events: PublishedEvent[] = [];
  const listeners: ((event: PublishedEvent) => void)[] = [];

  const publish = (entry: PutEventsRequestEntry): PublishedEvent => {
    const event: PublishedEvent = {
      id: random.hex(32),
      atMs: kernel.scheduler.nowMs(),
      bus: entry.EventBusName ?? 'default',
      source: entry.Source as string,
      detailType: entry.DetailType as string,
      detail: JSON.parse(entry.Detail as string),
      resources: [...(entry.Resources ?? [])],
    };
    events.push(event);
    if (events.length > MOST_KEPT) events.shift();
    kernel.emit({
      kind: 'published',
      what: `published ${event.detailType}`,
      data: { source: event.source, detail: event.detail },
    });
    for (const listener of listeners) listener(event);
    return event;
  };

  const putEvents = (input: PutEventsRequest): PutEventsResponse => {
    onlyMembers('PutEvents', input, ['Entries']);
    const entries = input.Entries ?? [];
    for (const entry of entries) {
      onlyMembers('PutEvents', entry, ['Source', 'DetailType', 'Detail', 'Resources', 'EventBusName']);
    }
    if (entries.length === 0 || entries.length > MAX_ENTRIES) {
      throw new SimApiError(
        'ValidationException',
        `Value at 'entries' failed to satisfy constraint: expected 1 to ${MAX_ENTRIES} entries, found ` +
          `${entries.length}`,
      );
    }
    if (entries.reduce((sum, entry) => sum + bytesOf(entry), 0) >= MAX_BYTES) {
      throw new SimApiError(
        'ValidationException',
        'Total size of the entries in the request is over the limit.',
      );
    }

    const results = entries.map((entry, index): PutEventsResultEntry => {
      const fault = faultOf(entry);
      if (fault !== undefined) return fault;
      const injected = options.failEntry?.(entry, index);
      return injected === undefined
        ? { EventId: publish(entry).id }
        : refusal(injected, 'injected by the simulator');
    });
    return {
      FailedEntryCount: results.filter((result) => result.ErrorCode !== undefined).length,
      Entries: results,
    };
  };

  return {
    client: makeFakeClient(kernel, 'eventbridge', { PutEvents: putEvents }),
    published: () => events,
    onPublished: (listener) => void listeners.push(listener),
  };
};
