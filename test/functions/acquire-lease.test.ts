import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, type ExecutionStatus } from '@aws-sdk/client-sfn';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { acquireLease } from '../../functions/acquire-lease.ts';
import { aLeaseOf, aRecord, LEASE, leaseKey, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { NOW } from '../core/a-deployment.ts';
import { aRequest } from '../core/an-observation.ts';
import { aHost, invoking } from './a-handler.ts';
import { DEPLOYMENT, execution, executionNamed, idOf } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { answering } from './faults.ts';
import { dynamoDb, sentCommands, sentOperations, stepFunctions, writes } from './sent-commands.ts';

const run = invoking('AcquireLease', acquireLease);
const request = { cluster: 'main', service: 'shop', taskDefinition: 'shop', alarms: ['shop-5xx'] };
const input = { request, execution };
const ABORT_ID = `supersede-${DEPLOYMENT}`.replace(/\W/g, '_');
const nobodyDeploys = (): AwsWorld => aWorld({ items: {} });

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(nobodyDeploys());
});

test('a good request gets the lease, then its record, and the parsed request continues', async () => {
  const lease = await run(input);

  const parsed = aRequest();
  expect(lease).toEqual({
    kind: 'held',
    deploymentId: DEPLOYMENT,
    serviceKey: 'main/shop',
    executionArn: execution.id,
    acquiredAtMs: NOW,
    request: parsed,
    lastGroups: [],
    waitSeconds: 0,
    reason: '',
  });
  expect(sentCommands()).toStrictEqual([
    ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }],
    [
      'UpdateItem',
      {
        TableName: TABLE,
        Key: leaseKey,
        ConditionExpression: 'attribute_not_exists(holder) OR (holder = :me AND executionArn = :execution)',
        UpdateExpression:
          'SET holder = :me, executionArn = :execution, acquiredAtMs = if_not_exists(acquiredAtMs, ' +
          ':now), alarms = :alarms ' +
          'REMOVE waiter, waiterSeenMs',
        ExpressionAttributeValues: {
          ':me': { S: DEPLOYMENT },
          ':execution': { S: execution.id },
          ':now': { N: String(NOW) },
          ':alarms': { L: [{ S: 'shop-5xx' }] },
        },
      },
    ],
    [
      'UpdateItem',
      {
        TableName: TABLE,
        Key: recordKey,
        ConditionExpression: 'attribute_not_exists(executionArn) OR executionArn = :execution',
        UpdateExpression:
          'SET serviceKey = if_not_exists(serviceKey, :serviceKey), executionArn = ' +
          'if_not_exists(executionArn, :execution), ' +
          'requestJson = if_not_exists(requestJson, :request), openedAtMs = if_not_exists(openedAtMs, ' +
          ':openedAtMs), commandCount = if_not_exists(commandCount, :none), expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':serviceKey': { S: 'main/shop' },
          ':execution': { S: execution.id },
          ':none': { N: '0' },
          ':request': { S: JSON.stringify(parsed) },
          ':openedAtMs': { N: String(NOW) },
          ':expiresAt': { N: String(NOW / 1_000 + 90 * 86_400) },
        },
      },
    ],
  ]);
});

test('the groups of the last deployment come with the lease, for a sticky route that names one of them only', async () => {
  world.items[LEASE] = { ...leaseKey, lastGroups: { L: [{ S: 'blue' }, { S: 'green' }] } };

  expect(await run(input)).toMatchObject({ lastGroups: ['blue', 'green'] });
});

test('a repeat a minute later keeps the first time and the first record', async () => {
  await run(input);
  const opened = world.items[RECORD];

  const again = await run(input, aHost({ nowMs: NOW + 60_000 }));

  expect(again.acquiredAtMs).toBe(NOW);
  expect(world.items[RECORD]).toEqual({ ...opened, expiresAt: expect.anything() });
});

test.each([
  ['names', { cluster: 'main', service: 'shop' }],
  [
    'ARNs',
    {
      cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/main',
      service: 'arn:aws:ecs:eu-west-1:123456789012:service/main/shop',
    },
  ],
])('a service given by %s is one and the same lease', async (_how, names) => {
  expect(await run({ ...input, request: { ...request, ...names } })).toMatchObject({
    serviceKey: 'main/shop',
  });
});

test('an execution’s name that is longer than a client token may be is shortened, the same way each time', async () => {
  const name = 'a-nightly-deployment-of-the-web-shop-2027-01-15';

  const first = await run({ request, execution: executionNamed(name) });
  const second = await run({ request, execution: executionNamed(name) });

  expect(first.deploymentId).toMatch(/^a-nightly-deployment-of-t-[0-9a-f]{10}$/);
  expect(second).toEqual(first);
});

test.each([
  ['nothing', undefined, 'request'],
  ['text', 'deploy shop', 'request'],
  ['no service', { cluster: 'main', taskDefinition: 'shop' }, 'service'],
  ['an unknown field', { ...request, alarm: 'shop-5xx' }, 'alarm'],
  ['weights that fall', { ...request, shifts: [{ greenPct: 50 }, { greenPct: 10 }] }, 'greenPct'],
])('a request that is %s is InvalidRequest and touches nothing', async (_what, bad, named) => {
  await expect(run({ request: bad, execution })).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringContaining(named),
  });
  expect(sentOperations()).toEqual([]);
});

describe('a service that another deployment changes', () => {
  beforeEach(() => {
    world.items[LEASE] = aLeaseOf('deploy-7');
  });
  const asking = (whenBusy: string) => ({ ...input, request: { ...request, whenBusy } });

  test('is ServiceBusy: who, since when, how to watch it; and nothing is written', async () => {
    await expect(run(input)).rejects.toMatchObject({
      name: 'ServiceBusy',
      message: expect.stringMatching(
        /^main\/shop is being deployed by deploy-7 since 2027-01-15T08:00:00.000Z.*cutover watch main\/shop/,
      ),
    });
    expect(dynamoDb).toHaveReceivedNthCommandWith(GetItemCommand, 1, { Key: leaseKey });
    expect(writes()).toEqual([]);
  });

  test('is ServiceBusy also when it was taken between the read and the write', async () => {
    world.items = {};
    answering(dynamoDb, GetItemCommand, () => {
      world.items[LEASE] = aLeaseOf('deploy-7');
      return {};
    });

    await expect(run(input)).rejects.toMatchObject({ name: 'ServiceBusy' });
    expect(world.items).toEqual({ [LEASE]: aLeaseOf('deploy-7') });
  });

  test('is waited for, by one that queues, also when it was taken between the read and the write', async () => {
    const free = { ...leaseKey };
    let reads = 0;
    answering(dynamoDb, GetItemCommand, () => {
      reads += 1;
      return { Item: reads === 1 ? free : aLeaseOf('deploy-7') };
    });

    expect(await run(asking('queue'))).toMatchObject({
      kind: 'waiting',
      reason: expect.stringMatching(/^main\/shop is being deployed by deploy-7/),
    });
    expect(world.items[LEASE]).toMatchObject({ holder: { S: 'deploy-7' }, waiter: { S: DEPLOYMENT } });
  });

  test('is waited for by a deployment that queues: it stands in line and opens no record', async () => {
    const waiting = await run(asking('queue'));

    expect(waiting).toMatchObject({
      kind: 'waiting',
      acquiredAtMs: NOW,
      waitSeconds: 15,
      reason: 'main/shop is being deployed by deploy-7 since 2027-01-15T08:00:00.000Z',
    });
    expect(world.items).toEqual({
      [LEASE]: { ...aLeaseOf('deploy-7'), waiter: { S: DEPLOYMENT }, waiterSeenMs: { N: String(NOW) } },
    });
    expect(world.woken).toEqual([]);
  });

  test('is waited for without a second place in line, and its wait is published once', async () => {
    const waiting = await run(asking('queue'));
    await run({ ...asking('queue'), lease: waiting }, aHost({ nowMs: NOW + 15_000 }));

    expect(world.items[LEASE]).toMatchObject({ waiterSeenMs: { N: String(NOW + 15_000) } });
    expect(world.events.map(({ DetailType }) => DetailType)).toEqual(['Cutover Deployment Waiting']);
  });

  test('is not asked for again over the head of one that came later, between the read and the write', async () => {
    const waiting = await run(asking('queue'));
    const read = structuredClone(world.items[LEASE] ?? {});
    world.items[LEASE] = { ...read, waiter: { S: 'deploy-9' } };
    answering(dynamoDb, GetItemCommand, () => ({ Item: read }));

    await run({ ...asking('queue'), lease: waiting });

    expect(world.items[LEASE]).toMatchObject({ waiter: { S: 'deploy-9' } });
  });

  test('is taken as soon as it is free, by the one that stands in line', async () => {
    const waiting = await run(asking('queue'));
    const later = aHost({ nowMs: NOW + 60_000 });
    world.items[LEASE] = { ...leaseKey, waiter: { S: DEPLOYMENT }, waiterSeenMs: { N: String(NOW) } };

    expect(await run({ ...asking('queue'), lease: waiting }, later)).toMatchObject({ kind: 'held' });
    expect(world.items[LEASE]).toMatchObject({ holder: { S: DEPLOYMENT } });
    expect(world.items[LEASE]).not.toHaveProperty('waiter');
    expect(world.items[RECORD]).toBeDefined();
  });

  test('is given up by who stands in line when a later deployment takes the place', async () => {
    const waiting = await run(asking('queue'));
    await run({ ...asking('queue'), execution: executionNamed('deploy-9') });

    await expect(run({ ...asking('queue'), lease: waiting })).rejects.toMatchObject({
      name: 'ServiceBusy',
      message: `deployment ${idOf('deploy-9')} of main/shop came later and took this one's place in line`,
    });
    expect(world.items[LEASE]).toMatchObject({
      holder: { S: 'deploy-7' },
      waiter: { S: idOf('deploy-9') },
    });
  });

  describe('gets an abort from a deployment that supersedes,', () => {
    const key = { pk: { S: 'deployment#deploy-7' }, sk: { S: 'record' } };
    const baking = { ...aRecord(), ...key, taskToken: { S: 'AQB7' } };
    const abort = {
      id: ABORT_ID,
      kind: 'abort',
      by: `deployment ${DEPLOYMENT}`,
      reason: `superseded by deployment ${DEPLOYMENT}`,
      atMs: NOW,
    };

    test('which wakes it and waits', async () => {
      world.items['deployment#deploy-7 record'] = baking;

      expect(await run(asking('supersede'))).toMatchObject({ kind: 'waiting' });
      expect(world.items['deployment#deploy-7 record']).toMatchObject({
        [`accepted_${ABORT_ID}`]: { N: String(NOW) },
        lastSignalBy: { S: `abort by deployment ${DEPLOYMENT}` },
      });
      expect(world.items[`deployment#deploy-7 command#${ABORT_ID}`]).toMatchObject({
        commandJson: { S: JSON.stringify(abort) },
      });
      expect(world.woken).toEqual([
        { taskToken: 'AQB7', output: `{"by":"superseded by deployment ${DEPLOYMENT}"}` },
      ]);
      expect(world.items[LEASE]).toMatchObject({ holder: { S: 'deploy-7' } });
    });

    test('and has ended by then: nobody is notified', async () => {
      world.items['deployment#deploy-7 record'] = { ...baking, outcomeJson: { S: '{"kind":"succeeded"}' } };
      const before = structuredClone(world.items['deployment#deploy-7 record']);

      await run(asking('supersede'));

      expect(world.items['deployment#deploy-7 record']).toEqual(before);
    });
  });
});

describe('a recovery', () => {
  const ended = execution.id;
  const recovery = {
    mode: 'rollBack',
    deploymentId: DEPLOYMENT,
    serviceKey: 'main/shop',
    endedExecutionArn: ended,
    proof: 'word',
  };
  const recovering = {
    request: recovery,
    execution: { ...execution, id: 'arn:recovery', name: 'recover-1' },
  };
  const proven = { recoveryProof: { S: 'word' }, recoveryProofAtMs: { N: String(NOW) } };
  const halfDone = (): AwsWorld =>
    aWorld({ items: { [LEASE]: { ...aLeaseOf(DEPLOYMENT), ...proven }, [RECORD]: aRecord() } });
  const howItEnded = (status: ExecutionStatus) =>
    answering(stepFunctions, DescribeExecutionCommand, () => ({ status, cause: 'by ada' }));
  beforeEach(() => {
    world = answerFrom(halfDone());
    howItEnded('ABORTED');
  });

  test('takes the deployment over from the execution that ended, under its id', async () => {
    expect(await run(recovering)).toEqual({
      kind: 'recovering',
      deploymentId: DEPLOYMENT,
      serviceKey: 'main/shop',
      executionArn: 'arn:recovery',
      acquiredAtMs: NOW,
      request: aRequest(),
      lastGroups: [],
      waitSeconds: 0,
      reason: 'its execution ended before the deployment did (ABORTED: by ada)',
    });
    expect(world.items[LEASE]).toEqual({
      ...aLeaseOf(DEPLOYMENT, 'arn:recovery'),
      recoveries: { N: '1' },
      recoveredAtMs: { N: String(NOW) },
    });
  });

  test('of one that got stuck keeps what stopped it and what began the rollback', async () => {
    const began = { because: 'abort by ada (claimed)', aborted: true };
    const stuck = { executionArn: ended, why: 'may not ModifyRule', began };
    world.items[RECORD] = { ...aRecord(), stuckJson: { S: JSON.stringify(stuck) } };

    expect(await run(recovering)).toMatchObject({
      began,
      reason:
        'its execution ended before the deployment did (may not ModifyRule), while it rolled back ' +
        'because: abort by ada (claimed)',
    });
  });

  test.each([
    ['another execution recovers already', aLeaseOf(DEPLOYMENT, 'arn:other-recovery')],
    ['another deployment holds the service by now', aLeaseOf('deploy-9')],
    ['nobody holds any more', leaseKey],
  ])('of a deployment that %s is ServiceBusy and changes nothing', async (_what, item) => {
    world.items[LEASE] = item;
    const before = structuredClone(world);

    await expect(run(recovering)).rejects.toMatchObject({
      name: 'ServiceBusy',
      message: expect.stringContaining('it is recovered already'),
    });
    expect(world).toEqual(before);
  });

  test('of an execution that runs is refused, whatever it proves', async () => {
    howItEnded('RUNNING');

    await expect(run(recovering)).rejects.toMatchObject({ name: 'ServiceBusy' });
    expect(world.items[LEASE]).toMatchObject({ executionArn: { S: ended } });
  });

  test.each([
    ['another word than the sweep left', { ...proven, recoveryProof: { S: 'other' } }],
    ['a word although the sweep left none', {}],
  ])('that somebody else starts, with %s, is refused', async (_, found) => {
    world.items[LEASE] = { ...aLeaseOf(DEPLOYMENT), ...found };

    await expect(run(recovering)).rejects.toMatchObject({ name: 'ServiceBusy' });
    expect(world.items[LEASE]).toMatchObject({ executionArn: { S: ended } });
  });

  test('takes over also when nobody can read the record, so that the sweep backs off', async () => {
    world.items[RECORD] = { ...aRecord(), planJson: { S: '{' } };

    expect(await run(recovering)).toMatchObject({ kind: 'recovering', request: {} });
    expect(world.items[LEASE]).toMatchObject({ recoveries: { N: '1' } });
  });

  test('with something left out is InvalidRequest', async () => {
    const { proof: _left, ...bad } = recovery;

    await expect(run({ ...recovering, request: bad })).rejects.toMatchObject({ name: 'InvalidRequest' });
    expect(sentOperations()).toEqual([]);
  });

  describe('has every step’s duties', () => {
    const situation = { run, given: () => ({ world: halfDone(), input: recovering }) };
    meetsApiErrors<'AcquireLease'>({
      ...situation,
      operations: ['DescribeExecution', 'GetItem', 'UpdateItem'],
    });
  });
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: nobodyDeploys(), input }) };
  changesNothingTheSecondTime<'AcquireLease'>({ ...situation, rewrites: ['UpdateItem', 'UpdateItem'] });
  meetsApiErrors<'AcquireLease'>({ ...situation, operations: ['UpdateItem', 'GetItem'] });
});
