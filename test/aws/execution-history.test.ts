import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import type { Sender } from '../../aws/call.ts';
import { makeDeployments } from '../../aws/execution-history.ts';
import { anInvocation } from './an-invocation.ts';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:cutover:one';

/** Step Functions with this history, newest first in pages of this size. */
const historyOf = (events: HistoryEvent[], pageSize: number) => {
  const newest = events.toReversed();
  let pages = 0;
  const client: Sender = {
    send: async ({ input }) => {
      pages += 1;
      const from = Number(input.nextToken ?? 0);
      const more = from + pageSize < newest.length;
      return {
        events: newest.slice(from, from + pageSize),
        ...(more ? { nextToken: String(from + pageSize) } : {}),
      };
    },
  };
  return { deployments: makeDeployments(client, anInvocation().call), pages: () => pages };
};

const entered = (id: number): HistoryEvent => ({
  id,
  type: 'TaskStateEntered',
  timestamp: new Date(id * 1_000),
  stateEnteredEventDetails: { name: `State${id}`, input: '{}' },
});
const ofTheTask = (id: number): HistoryEvent => ({
  id,
  type: 'LambdaFunctionScheduled',
  timestamp: new Date(id * 1_000),
});

describe('the states since an event', () => {
  const events = [entered(1), ofTheTask(2), ofTheTask(3), entered(4), entered(5), ofTheTask(6), entered(7)];

  test.each([
    { afterId: 0, ids: [1, 4, 5, 7] },
    { afterId: 1, ids: [4, 5, 7] },
    { afterId: 4, ids: [5, 7] },
    { afterId: 7, ids: [] },
  ])('$afterId are $ids, oldest first, each once, whatever the pages', async ({ afterId, ids }) => {
    for (const pageSize of [1, 2, 3, 100]) {
      const { deployments } = historyOf(events, pageSize);

      expect((await deployments.statesSince(ARN, afterId)).map(({ id }) => id)).toEqual(ids);
    }
  });

  test('no page is read beyond what is new', async () => {
    const { deployments, pages } = historyOf(events, 2);

    await deployments.statesSince(ARN, 5);

    expect(pages()).toBe(1);
  });
});

test('events that arrive while the history is read backwards repeat none', async () => {
  const events = [1, 2, 3, 4, 5, 6].map(entered);
  let next = 7;
  const client: Sender = {
    send: async ({ input }) => {
      const newest = events.toReversed();
      const from = Number(input.nextToken ?? 0);
      // Two more between every two pages, as in an execution that runs; a token is a place counted from the newest.
      if (next < 12) events.push(entered(next++), entered(next++));
      const more = from + 3 < newest.length;
      return {
        events: newest.slice(from, from + 3),
        ...(more ? { nextToken: String(from + 3) } : {}),
      };
    },
  };
  const { statesSince } = makeDeployments(client, anInvocation().call);

  const first = (await statesSince(ARN, 0)).map(({ id }) => id);
  const later = (await statesSince(ARN, first.at(-1) ?? 0)).map(({ id }) => id);

  expect(first).toEqual([1, 2, 3, 4, 5, 6]);
  expect(later).toEqual(events.map(({ id }) => id).filter((id = 0) => id > 6));
});

test('a try that failed is of the state that was entered last, also when that was before these events', async () => {
  const failed = (id: number, error: string): HistoryEvent => ({
    id,
    type: 'LambdaFunctionFailed',
    timestamp: new Date(id * 1_000),
    lambdaFunctionFailedEventDetails: { error, cause: 'no rate left' },
  });
  const { deployments } = historyOf([entered(1), failed(2, 'Throttled'), entered(3), failed(4, 'Other')], 2);

  const all = await deployments.statesSince(ARN, 0);
  const later = await deployments.statesSince(ARN, 3, 'State3');

  expect(
    all.filter(({ kind }) => kind === 'failed').map(({ state, data }) => [state, JSON.parse(data)]),
  ).toEqual([
    ['State1', { Error: 'Throttled', Cause: 'no rate left' }],
    ['State3', { Error: 'Other', Cause: 'no rate left' }],
  ]);
  expect(later.map(({ state }) => state)).toEqual(['State3']);
});

test('an execution that Step Functions does not know is null, and other errors are errors', async () => {
  const failing = (name: string): Sender => ({
    send: async () => {
      throw Object.assign(new Error('no'), { name, $fault: 'client' });
    },
  });

  await expect(
    makeDeployments(failing('ExecutionDoesNotExist'), anInvocation().call).describe(ARN),
  ).resolves.toBeNull();
  await expect(
    makeDeployments(failing('AccessDeniedException'), anInvocation().call).describe(ARN),
  ).rejects.toThrow('states:DescribeExecution');
});
