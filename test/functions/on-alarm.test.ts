import { beforeEach, describe, expect, test } from 'vitest';
import { onAlarm } from '../../functions/on-alarm.ts';
import { awsError } from '../aws/an-invocation.ts';
import { NOW } from '../core/a-deployment.ts';
import { aHost } from './a-handler.ts';
import { failing, losingTheAnswerOf } from './faults.ts';
import {
  anEventsWorld,
  answerEventsFrom,
  deploying,
  type EventsWorld,
  invokingWith,
  leaseNameOf,
  recordNameOf,
} from './other-deployments.ts';
import { sentOperations, writes } from './sent-commands.ts';

const run = invokingWith('OnAlarm', onAlarm);

/** As EventBridge delivers it [fact 117]. */
const metricAlarm = (alarmName = 'shop-5xx', value = 'ALARM', previous = 'OK') => ({
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2027-01-15T08:00:00Z',
  region: 'eu-west-1',
  resources: [`arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${alarmName}`],
  detail: {
    alarmName,
    state: { value, reason: 'Threshold Crossed', timestamp: '2027-01-15T08:00:00.000+0000' },
    previousState: { value: previous },
    configuration: { metrics: [] },
  },
});
const compositeAlarm = (alarmName: string) => {
  const event = metricAlarm(alarmName);
  return {
    ...event,
    detail: {
      ...event.detail,
      configuration: { alarmRule: 'ALARM(a) OR ALARM(b)', actionsSuppressor: 'none' },
    },
  };
};
const wokenBy = (world: EventsWorld) =>
  world.woken.map(({ taskToken, output }) => [taskToken, JSON.parse(output ?? '{}').by]);
const signalOf = (world: EventsWorld, id: string) => world.items[recordNameOf(id)]?.lastSignalBy?.S;

let world: EventsWorld;
beforeEach(() => {
  world = anEventsWorld();
  deploying(world, 'shop', 'shop-8');
  deploying(world, 'cart', 'cart-3', { alarms: ['cart-5xx', 'checkout'] });
  deploying(world, 'basket', 'basket-5', { alarms: ['checkout'] });
  answerEventsFrom(world);
});

describe('an alarm that goes red', () => {
  test('wakes the deployment that watches it, recorded before it is woken', async () => {
    expect(await run(metricAlarm())).toEqual({ notified: ['shop-8'] });

    expect(wokenBy(world)).toEqual([['token-shop-8', 'alarm shop-5xx']]);
    expect(world.items[recordNameOf('shop-8')]).toMatchObject({
      lastSignalAtMs: { N: String(NOW) },
      lastSignalBy: { S: 'alarm shop-5xx' },
    });
    expect(sentOperations()).toEqual(['Query', 'UpdateItem', 'GetItem', 'SendTaskSuccess']);
  });

  test('and is composite wakes every deployment that watches it, and no other', async () => {
    expect(await run(compositeAlarm('checkout'))).toEqual({ notified: ['basket-5', 'cart-3'] });

    expect(wokenBy(world).toSorted()).toEqual([
      ['token-basket-5', 'alarm checkout'],
      ['token-cart-3', 'alarm checkout'],
    ]);
    expect(signalOf(world, 'shop-8')).toBeUndefined();
  });

  test('and that nobody watches changes nothing', async () => {
    expect(await run(metricAlarm('somebody-elses'))).toEqual({ notified: [] });

    expect(writes()).toEqual([]);
  });

  test('while nobody deploys changes nothing', async () => {
    world.items = {};

    expect(await run(metricAlarm())).toEqual({ notified: [] });
    expect(writes()).toEqual([]);
  });

  test('before there is a token to spend is recorded, so that Bake finds it', async () => {
    deploying(world, 'shop', 'shop-8', { token: null });

    expect(await run(metricAlarm())).toEqual({ notified: ['shop-8'] });

    expect(signalOf(world, 'shop-8')).toBe('alarm shop-5xx');
    expect(world.woken).toEqual([]);
  });

  test('after the record was closed wakes nobody', async () => {
    const outcome = { kind: 'succeeded' as const, reason: 'green serves', endedAtMs: NOW };
    deploying(world, 'shop', 'shop-8', { record: { outcome } });

    await run(metricAlarm());

    expect(signalOf(world, 'shop-8')).toBeUndefined();
    expect(world.woken).toEqual([]);
  });

  test('at the moment the lease is taken, before the record is opened, is no error', async () => {
    delete world.items[recordNameOf('shop-8')];

    await run(metricAlarm());

    expect(world.items[recordNameOf('shop-8')]).toBeUndefined();
  });
});

test.each(['OK', 'INSUFFICIENT_DATA'])(
  'an alarm that goes to %s is no news: nothing is even read',
  async (value) => {
    expect(await run(metricAlarm('shop-5xx', value, 'ALARM'))).toEqual({ notified: [] });

    expect(sentOperations()).toEqual([]);
  },
);

test('an event that comes twice, or late, is one more signal and no more', async () => {
  await run(metricAlarm());
  const once = structuredClone(world.items);

  await run(metricAlarm());
  expect(world.items).toEqual(once);
  expect(world.woken).toHaveLength(1);
});

describe('of several deployments that watch it', () => {
  const tokenOf = (id: string) => world.woken.some(({ taskToken }) => taskToken === `token-${id}`);

  test('one that cannot be notified keeps none of the others waiting, and the event is delivered again', async () => {
    const broken = recordNameOf('basket-5');
    world.items[broken] = { ...world.items[broken], requestJson: { S: 'not JSON' } };

    await expect(run(metricAlarm('checkout'))).rejects.toThrow('JSON');

    expect(tokenOf('cart-3')).toBe(true);
  });

  test('the second delivery tells those whom the first did not reach', async () => {
    failing('SendTaskSuccess', awsError('AccessDeniedException'), 1);
    await expect(run(metricAlarm('checkout'))).rejects.toMatchObject({ name: 'AccessDenied' });

    await run(metricAlarm('checkout'));

    expect(tokenOf('basket-5')).toBe(true);
    expect(tokenOf('cart-3')).toBe(true);
  });
});

describe('when AWS does not answer as wished', () => {
  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    '%s: the wait is over already',
    async (name) => {
      failing('SendTaskSuccess', awsError(name));

      expect(await run(metricAlarm())).toEqual({ notified: ['shop-8'] });
    },
  );

  test.each(['Query', 'UpdateItem', 'GetItem', 'SendTaskSuccess'])(
    '%s without an answer once is asked again',
    async (operation) => {
      losingTheAnswerOf(operation);

      expect(await run(metricAlarm())).toEqual({ notified: ['shop-8'] });
      expect(wokenBy(world)).toEqual([['token-shop-8', 'alarm shop-5xx']]);
    },
  );

  test.each([
    ['Query', 'ThrottlingException', 'Throttled'],
    ['UpdateItem', 'AccessDeniedException', 'AccessDenied'],
    ['GetItem', 'ResourceNotFoundException', 'NotFound'],
    ['SendTaskSuccess', 'ThrottlingException', 'Throttled'],
  ])('%s answering %s fails, so that the event is delivered again', async (operation, error, name) => {
    failing(operation, awsError(error));

    await expect(run(metricAlarm(), aHost())).rejects.toMatchObject({ name });
  });
});

test('a lease that somebody freed meanwhile is left alone', async () => {
  delete world.items[leaseNameOf('shop')];

  expect(await run(metricAlarm())).toEqual({ notified: [] });
});

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'shop-5xx'],
  ['a list', [metricAlarm()]],
  ['no field', {}],
  ['a detail of null', { detail: null }],
  ['a detail that is a text', { detail: 'ALARM' }],
  ['no alarm’s name', { detail: { state: { value: 'ALARM' } } }],
  ['an alarm’s name that is a number', { detail: { alarmName: 7, state: { value: 'ALARM' } } }],
  ['no state', { detail: { alarmName: 'shop-5xx' } }],
  ['a state of null', { detail: { alarmName: 'shop-5xx', state: null } }],
  ['a state without value', { detail: { alarmName: 'shop-5xx', state: {} } }],
])(
  'an event of %s is an InvalidRequest that says what was expected; nothing is read',
  async (_what, event) => {
    await expect(run(event)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('detail.alarmName'),
    });
    expect(sentOperations()).toEqual([]);
  },
);
