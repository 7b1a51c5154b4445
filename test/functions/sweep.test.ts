import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ExecutionStatus } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { isRecovery, parseRecovery } from '../../core/ending/recovery.ts';
import { sweep } from '../../functions/sweep.ts';
import { awsError } from '../aws/an-invocation.ts';
import { NOW } from '../core/a-deployment.ts';
import { aHost } from './a-handler.ts';
import { answering, failing, losingTheAnswerOf } from './faults.ts';
import {
  anEventsWorld,
  answerEventsFrom,
  deploying,
  type EventsWorld,
  executionArnOf,
  invokingWith,
  leaseNameOf,
  recordNameOf,
} from './other-deployments.ts';
import { dynamoDb, sentOperations, writes } from './sent-commands.ts';

const sweeping = invokingWith('Sweep', sweep);
const run = (afterMs = 0) => sweeping({ 'detail-type': 'Scheduled Event' }, aHost({ nowMs: NOW + afterMs }));

let world: EventsWorld;
beforeEach(() => {
  world = anEventsWorld();
  deploying(world, 'shop', 'shop-8');
  deploying(world, 'cart', 'cart-3');
  answerEventsFrom(world);
});

/** The recovery took the lease over and then ended too. */
const recovered = (times: number, ranAs: string, status: ExecutionStatus): void => {
  deploying(world, 'shop', 'shop-8', {
    lease: {
      executionArn: { S: executionArnOf(ranAs) },
      recoveries: { N: String(times) },
      recoveredAtMs: { N: String(NOW) },
    },
  });
  world.executions['shop-8'] = 'ABORTED';
  world.executions[ranAs] = status;
};

test('while every execution runs, there is nothing to recover', async () => {
  expect(await run()).toEqual({ started: [] });

  expect(writes()).toEqual([]);
});

test('while nobody deploys, no execution is read', async () => {
  world.items = {};

  expect(await run()).toEqual({ started: [] });
  expect(sentOperations()).toEqual(['Query']);
});

describe('a lease whose execution has ended', () => {
  test.each(['ABORTED', 'FAILED', 'TIMED_OUT', 'SUCCEEDED'] as const)(
    'as %s gets a recovery of the same machine, which AcquireLease understands',
    async (status) => {
      world.executions['shop-8'] = status;

      const { started } = await run();

      expect(started).toHaveLength(1);
      expect(world.started).toEqual([
        {
          name: started[0],
          stateMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:cutover',
          input: {
            mode: 'rollBack',
            deploymentId: 'shop-8',
            serviceKey: 'main/shop',
            endedExecutionArn: executionArnOf('shop-8'),
            proof: world.items[leaseNameOf('shop')]?.recoveryProof?.S,
          },
        },
      ]);
      const input = world.started[0]?.input;
      expect(isRecovery(input)).toBe(true);
      expect(parseRecovery(input)).toEqual(input);
    },
  );

  test('that nobody knows any more is recovered like any other', async () => {
    delete world.executions['shop-8'];

    await run();

    expect(world.started).toHaveLength(1);
  });

  test('that is to be redriven is left to the person who redrives it', async () => {
    world.executions['shop-8'] = 'PENDING_REDRIVE';

    expect(await run()).toEqual({ started: [] });
  });

  test('but was freed between the two reads has ended properly', async () => {
    world.executions['shop-8'] = 'SUCCEEDED';
    const shop = world.items[leaseNameOf('shop')];
    const asListed = { ...shop };
    // The list is read first; then the lease itself, which is free by now.
    delete shop?.holder;
    delete shop?.executionArn;
    answering(dynamoDb, QueryCommand, () => ({ Items: [asListed] }));

    expect(await run()).toEqual({ started: [] });
    expect(writes()).toEqual([]);
  });

  test('is recovered once, by however many sweeps see it', async () => {
    world.executions['shop-8'] = 'ABORTED';

    await run();
    await run(30 * SECOND_MS);

    expect(world.started).toHaveLength(1);
  });

  test('is recovered again when the recovery ended before it took over', async () => {
    world.executions['shop-8'] = 'ABORTED';
    const { started } = await run();
    world.executions[started[0] ?? ''] = 'FAILED';

    expect((await run(6 * MINUTE_MS)).started).not.toEqual(started);
    expect(world.started).toHaveLength(2);
  });

  test('is tried after twice as long each time, while no recovery takes over and no signal comes', async () => {
    world.executions['shop-8'] = 'ABORTED';
    const names = async (minutes: number): Promise<number> => {
      await run(minutes * MINUTE_MS);
      return new Set(world.started.map(({ name }) => name)).size;
    };

    expect([await names(0), await names(4), await names(5)]).toEqual([1, 1, 2]);
    expect([await names(14), await names(15)]).toEqual([2, 3]);
    expect([await names(34), await names(35)]).toEqual([3, 4]);
    // A signal since the last: what it lacked may be there again.
    Object.assign(world.items[recordNameOf('shop-8')] ?? {}, {
      lastSignalAtMs: { N: String(NOW + 36 * MINUTE_MS) },
    });
    expect([await names(39), await names(40)]).toEqual([4, 5]);
  });

  test('of two services, both are recovered', async () => {
    world.executions['shop-8'] = 'ABORTED';
    world.executions['cart-3'] = 'FAILED';

    expect((await run()).started).toHaveLength(2);
    expect(world.started.map(({ input }) => (input as { serviceKey: string }).serviceKey).toSorted()).toEqual(
      ['main/cart', 'main/shop'],
    );
  });
});

describe('a deployment whose recovery ended too', () => {
  test('while the recovery runs is left to it', async () => {
    recovered(1, 'recover-1', 'RUNNING');

    expect(await run(60 * MINUTE_MS)).toEqual({ started: [] });
  });

  test.each([
    [1, MINUTE_MS],
    [2, 2 * MINUTE_MS],
    [5, 16 * MINUTE_MS],
  ])('after %d recoveries is tried again %d ms after the last took over', async (times, waitMs) => {
    recovered(times, 'recover-1', 'FAILED');

    expect(await run(waitMs - 1)).toEqual({ started: [] });
    expect((await run(waitMs)).started).toHaveLength(1);
    expect(world.started).toMatchObject([{ input: { endedExecutionArn: executionArnOf('recover-1') } }]);
  });
});

describe('when AWS does not answer as wished', () => {
  beforeEach(() => {
    world.executions['shop-8'] = 'ABORTED';
    world.executions['cart-3'] = 'ABORTED';
  });

  test('one lease that cannot be read keeps none of the others waiting, and the sweep fails', async () => {
    failing('DescribeExecution', awsError('AccessDeniedException'), 1);

    await expect(run()).rejects.toMatchObject({ name: 'AccessDenied' });

    expect(world.started).toHaveLength(1);
  });

  test.each(['Query', 'DescribeExecution', 'GetItem', 'StartExecution'])(
    '%s without an answer once is asked again, and nothing is started twice',
    async (operation) => {
      losingTheAnswerOf(operation);

      await run();

      expect(world.started).toHaveLength(2);
    },
  );

  test.each(['Query', 'DescribeExecution', 'GetItem'])(
    'an execution counts as ended only if %s could be read',
    async (operation) => {
      failing(operation, awsError('InternalServerError', 'oops', 500));

      await expect(run()).rejects.toMatchObject({ name: 'Unavailable' });
      expect(world.started).toEqual([]);
    },
  );
});

test('the end of an execution concerns its own lease, however many there are', async () => {
  for (let index = 0; index < 7; index += 1) {
    deploying(world, `s${index}`, `s${index}-1`);
    world.executions[`s${index}-1`] = 'ABORTED';
  }

  const ended = {
    'detail-type': 'Step Functions Execution Status Change',
    detail: { executionArn: executionArnOf('s3-1') },
  };
  await sweeping(ended, aHost({ nowMs: NOW }));

  expect(world.started).toHaveLength(1);
  expect(sentOperations().filter((operation) => operation === 'DescribeExecution')).toHaveLength(1);
});

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'Scheduled Event'],
  ['a list', [{ 'detail-type': 'Scheduled Event' }]],
  ['a detail that is a text', { detail: 'SUCCEEDED' }],
  ['a detail that is a list', { detail: [] }],
  ['an execution that is null', { detail: { executionArn: null } }],
  ['an execution that is no text', { detail: { executionArn: { arn: executionArnOf('shop-8') } } }],
])(
  'an event of %s is an InvalidRequest that says what was expected; nothing starts',
  async (_what, event) => {
    world.executions['shop-8'] = 'ABORTED';

    await expect(sweeping(event)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('detail.executionArn'),
    });
    expect(writes()).toEqual([]);
  },
);

test.each([{}, { detail: {} }, { detail: null }])('%j is as good as a scheduled event', async (event) => {
  world.executions['shop-8'] = 'ABORTED';

  expect((await sweeping(event)).started).toHaveLength(1);
});
