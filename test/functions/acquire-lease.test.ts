import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { acquireLease } from '../../functions/acquire-lease.ts';
import { NOW } from '../core/a-deployment.ts';
import { aRequest } from '../core/an-observation.ts';
import { aHost, invoking } from './a-handler.ts';
import { execution } from './a-plan.ts';
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { type AwsWorld, answerFrom, aWorld } from './aws-answers.ts';
import { aLeaseOf, LEASE, leaseKey, RECORD, recordKey, TABLE } from './dynamodb-answers.ts';
import { dynamoDb, sentCommands, sentOperations, writes } from './sent-commands.ts';

const run = invoking('AcquireLease', acquireLease);
const request = { cluster: 'main', service: 'shop', taskDefinition: 'shop', alarms: ['shop-5xx'] };
const input = { request, execution };
const nobodyDeploys = (): AwsWorld => aWorld({ items: {} });

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(nobodyDeploys());
});

test('a good request gets the lease, then its record, and the parsed request goes on', async () => {
  const lease = await run(input);

  const parsed = aRequest();
  expect(lease).toEqual({
    deploymentId: 'deploy-8',
    serviceKey: 'main/shop',
    acquiredAtMs: NOW,
    request: parsed,
    lastGroups: [],
  });
  expect(sentCommands()).toStrictEqual([
    [
      'UpdateItem',
      {
        TableName: TABLE,
        Key: leaseKey,
        ConditionExpression: 'attribute_not_exists(holder) OR holder = :me',
        UpdateExpression:
          'SET holder = :me, executionArn = :execution, acquiredAtMs = if_not_exists(acquiredAtMs, :now)',
        ExpressionAttributeValues: {
          ':me': { S: 'deploy-8' },
          ':execution': { S: execution.id },
          ':now': { N: String(NOW) },
        },
      },
    ],
    ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }],
    [
      'UpdateItem',
      {
        TableName: TABLE,
        Key: recordKey,
        UpdateExpression:
          'SET serviceKey = if_not_exists(serviceKey, :serviceKey), executionArn = if_not_exists(executionArn, :execution), ' +
          'requestJson = if_not_exists(requestJson, :request), openedAtMs = if_not_exists(openedAtMs, :openedAtMs), expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':serviceKey': { S: 'main/shop' },
          ':execution': { S: execution.id },
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

  const first = await run({ request, execution: { ...execution, name } });
  const second = await run({ request, execution: { ...execution, name } });

  expect(first.deploymentId).toMatch(/^a-nightly-deployment-of-[0-9a-f]{12}$/);
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

test('a service that another deployment changes is ServiceBusy: who and since when, and no record is opened', async () => {
  world.items[LEASE] = aLeaseOf('deploy-7');
  const before = structuredClone(world);

  await expect(run(input)).rejects.toMatchObject({
    name: 'ServiceBusy',
    message: expect.stringMatching(
      /^Service main\/shop is being deployed by deploy-7 since 2027-01-15T08:00:00.000Z/,
    ),
  });
  expect(world).toEqual(before);
  expect(dynamoDb).toHaveReceivedCommandTimes(UpdateItemCommand, 1);
  expect(dynamoDb).toHaveReceivedNthCommandWith(GetItemCommand, 1, { Key: leaseKey });
  expect(writes()).toHaveLength(1);
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: nobodyDeploys(), input }) };
  changesNothingTheSecondTime<'AcquireLease'>({ ...situation, rewrites: ['UpdateItem', 'UpdateItem'] });
  meetsApiErrors<'AcquireLease'>({ ...situation, operations: ['UpdateItem', 'GetItem'] });
});
