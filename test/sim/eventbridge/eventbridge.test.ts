import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from 'vitest';
import { type EventBridgeOptions, makeEventBridge } from '../../../sim/eventbridge/eventbridge.ts';
import { makeKernel } from '../../../sim/kernel/kernel.ts';

const entry = (more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  Source: 'cutover',
  DetailType: 'Deployment Ended',
  Detail: '{"kind":"succeeded"}',
  ...more,
});

const put = async (Entries: PutEventsRequestEntry[], options: EventBridgeOptions = {}) => {
  const kernel = makeKernel(1, Date.UTC(2026, 0, 5, 9));
  const lines: string[] = [];
  kernel.onEvent((event) => lines.push(event.what));
  const eventBridge = makeEventBridge(kernel, options);
  // biome-ignore lint/suspicious/noExplicitAny: an answer or an error, distinguished by the test
  let answer: any;
  eventBridge.client.send(new PutEventsCommand({ Entries })).then(
    (value) => {
      answer = value;
    },
    (error) => {
      answer = error;
    },
  );
  await kernel.scheduler.run(() => answer !== undefined);
  return { answer, lines, published: eventBridge.published() };
};

test('an event is published with its detail parsed, an id and the default bus', async () => {
  const { answer, published, lines } = await put([entry()]);

  expect(published).toMatchObject([
    { bus: 'default', source: 'cutover', detailType: 'Deployment Ended', detail: { kind: 'succeeded' } },
  ]);
  expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: published[0]?.id }] });
  expect(lines).toEqual(['published Deployment Ended']);
});

describe('a whole call is refused', () => {
  test.each([
    ['without entries', []],
    ['with more than ten', Array.from({ length: 11 }, () => entry())],
    ['of a megabyte', [entry({ Detail: JSON.stringify({ text: 'x'.repeat(1_000_000) }) })]],
  ])('%s', async (_what, entries) => {
    const { answer, published } = await put(entries);

    expect(answer.name).toBe('ValidationException');
    expect(published).toEqual([]);
  });

  test('with a member that is not modelled', async () => {
    expect((await put([entry({ TraceHeader: 'Root=1' })])).answer.message).toBe(
      'sim does not model PutEvents.TraceHeader',
    );
  });
});

describe('one entry fails, the others do not, and the call succeeds', () => {
  test.each([
    ['without a source', { Source: '' }, 'InvalidArgument'],
    ["with AWS's own source", { Source: 'aws.ecs' }, 'NotAuthorizedForSourceException'],
    ['with too long a detail type', { DetailType: 'x'.repeat(129) }, 'InvalidArgument'],
    ['with a detail that is not JSON', { Detail: '{' }, 'MalformedDetail'],
    ['with a detail that is no object', { Detail: '[]' }, 'MalformedDetail'],
  ])('%s', async (_what, more, code) => {
    const { answer, published } = await put([entry(more), entry()]);

    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries[0]).toMatchObject({ ErrorCode: code });
    expect(published).toHaveLength(1);
  });

  test('by an injected fault', async () => {
    const { answer, published } = await put([entry(), entry()], {
      failEntry: (_entry, index) => (index === 0 ? 'InternalFailure' : undefined),
    });

    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }, {}] });
    expect(published).toHaveLength(1);
  });
});
