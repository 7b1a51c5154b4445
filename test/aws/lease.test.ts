import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeLeases } from '../../aws/lease.ts';
import { anInvocation, awsError, lostResponse, pageOf, START_MS, sent } from './an-invocation.ts';
import { apiFailures } from './api-failures.ts';

/** What is sent and what comes of its failures; test/store/ shows what an engine makes of it. */

const dynamoDbClient = new DynamoDBClient();
const dynamoDb = mockClient(dynamoDbClient);
const leases = () => makeLeases(dynamoDbClient, anInvocation().call, 'cutover');

beforeEach(() => dynamoDb.reset());

const EXECUTION = 'arn:aws:states:eu-west-1:123456789012:execution:cutover:release-42';
const holding = { serviceKey: 'shop/web', deploymentId: 'release-42', executionArn: EXECUTION };
const Key = { pk: { S: 'leases' }, sk: { S: 'shop/web' } };
const NOW = { N: String(START_MS) };
const refused = () =>
  new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
const update = (ConditionExpression: string, UpdateExpression: string, values: object) => ({
  TableName: 'cutover',
  Key,
  ConditionExpression,
  UpdateExpression,
  ExpressionAttributeValues: values,
});

const writes: [string, () => Promise<unknown>][] = [
  ['take', () => leases().take(holding, ['errors'])],
  ['wait', () => leases().wait(holding, true)],
  ['wait on', () => leases().wait(holding, false)],
  ['takeOver', () => leases().takeOver(holding, { endedExecutionArn: 'arn:ended', proof: 'word' }, 1)],
  ['release', () => leases().release(holding, ['green'])],
  ['leaveLine', () => leases().leaveLine(holding)],
];
const expected: Record<string, ReturnType<typeof update>> = {
  take: update(
    'attribute_not_exists(holder) OR (holder = :me AND executionArn = :execution)',
    'SET holder = :me, executionArn = :execution, acquiredAtMs = if_not_exists(acquiredAtMs, :now), ' +
      'alarms = :alarms REMOVE waiter, waiterSeenMs',
    {
      ':me': { S: 'release-42' },
      ':execution': { S: EXECUTION },
      ':now': NOW,
      ':alarms': { L: [{ S: 'errors' }] },
    },
  ),
  wait: update('attribute_not_exists(holder) OR holder <> :me', 'SET waiter = :me, waiterSeenMs = :now', {
    ':me': { S: 'release-42' },
    ':now': NOW,
  }),
  'wait on': update('waiter = :me', 'SET waiter = :me, waiterSeenMs = :now', {
    ':me': { S: 'release-42' },
    ':now': NOW,
  }),
  takeOver: update(
    'holder = :me AND ((executionArn = :ended AND recoveryProof = :proof) OR executionArn = :execution)',
    'SET executionArn = :execution, recoveries = :recoveries, recoveredAtMs = :now REMOVE ' +
      'recoveryProof, recoveryProofAtMs, recoveryTries',
    {
      ':proof': { S: 'word' },
      ':recoveries': { N: '1' },
      ':now': NOW,
      ':me': { S: 'release-42' },
      ':ended': { S: 'arn:ended' },
      ':execution': { S: EXECUTION },
    },
  ),
  release: update(
    'holder = :me AND executionArn = :execution',
    'SET lastGroups = :groups REMOVE holder, executionArn, acquiredAtMs, alarms, recoveries, ' +
      'recoveredAtMs, recoveryProof, recoveryProofAtMs, recoveryTries',
    { ':me': { S: 'release-42' }, ':execution': { S: EXECUTION }, ':groups': { L: [{ S: 'green' }] } },
  ),
  leaveLine: update('waiter = :me', 'REMOVE waiter, waiterSeenMs', { ':me': { S: 'release-42' } }),
};

describe.each(writes)('%s', (name, write) => {
  const refusal = name === 'release' || name === 'leaveLine' ? undefined : false;
  const success = name === 'release' || name === 'leaveLine' ? undefined : true;

  test('is one conditional write of one item', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});

    expect(await write()).toBe(success);

    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([expected[name]]);
    expect(dynamoDb.calls()).toHaveLength(1);
  });

  test('whose condition does not hold says so, and is not tried again', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(refused());

    expect(await write()).toBe(refusal);
    expect(dynamoDb.calls()).toHaveLength(1);
  });

  test('whose answer was lost is sent again as it was', async () => {
    dynamoDb.on(UpdateItemCommand).rejectsOnce(lostResponse()).resolves({});

    expect(await write()).toBe(success);
    const [first, again] = sent(dynamoDb, UpdateItemCommand);
    expect({ ...again, ExpressionAttributeValues: undefined }).toEqual({
      ...first,
      ExpressionAttributeValues: undefined,
    });
  });

  test.each(apiFailures)('that meets %s is %s', async (error, errorName) => {
    dynamoDb.on(UpdateItemCommand).rejects(error);

    await expect(write()).rejects.toMatchObject({
      name: errorName,
      message: expect.stringContaining('service shop/web'),
    });
  });
});

describe('reading', () => {
  const item: Record<string, AttributeValue> = {
    ...Key,
    holder: { S: 'release-41' },
    executionArn: { S: 'arn:execution:release-41' },
    acquiredAtMs: { N: String(START_MS) },
    waiter: { S: 'release-42' },
    waiterSeenMs: { N: String(START_MS + 5) },
    lastGroups: { L: [{ S: 'blue' }, { S: 'green' }] },
    recoveries: { N: '2' },
  };

  test('is consistent, and shows everything that is known', async () => {
    dynamoDb.on(GetItemCommand).resolves({ Item: item });

    expect(await leases().read('shop/web')).toEqual({
      holder: 'release-41',
      executionArn: 'arn:execution:release-41',
      acquiredAtMs: START_MS,
      since: '2026-11-20T10:00:00.000Z',
      waiter: 'release-42',
      waiterSeenMs: START_MS + 5,
      lastGroups: ['blue', 'green'],
      recoveries: 2,
    });
    expect(sent(dynamoDb, GetItemCommand)).toEqual([{ TableName: 'cutover', Key, ConsistentRead: true }]);
  });

  test.each([{}, { Item: Key }])('%j is a free lease', async (answer) => {
    dynamoDb.on(GetItemCommand).resolves(answer);

    expect(await leases().read('shop/web')).toEqual({ lastGroups: [], recoveries: 0 });
  });

  test.each(apiFailures)('that meets %s is %s, and not a free lease', async (error, name) => {
    dynamoDb.on(GetItemCommand).rejects(error);

    await expect(leases().read('shop/web')).rejects.toMatchObject({ name });
    await expect(leases().assertHolds(holding)).rejects.toMatchObject({ name });
  });
});

describe('holding', () => {
  const mine = { ...Key, holder: { S: 'release-42' }, executionArn: { S: EXECUTION } };

  test('is confirmed by a consistent read', async () => {
    dynamoDb.on(GetItemCommand).resolves({ Item: mine });

    await leases().assertHolds(holding);

    expect(sent(dynamoDb, GetItemCommand)).toEqual([{ TableName: 'cutover', Key, ConsistentRead: true }]);
  });

  test.each([
    ['free', Key, 'found it free'],
    ['gone', undefined, 'found it free'],
    ["another deployment's", { ...mine, holder: { S: 'release-43' } }, 'found that release-43 holds it'],
    [
      "another execution's",
      { ...mine, executionArn: { S: 'arn:recovery' } },
      'found that execution arn:recovery has taken this deployment over',
    ],
  ])('a lease that is %s is LeaseLost, and says what not to do', async (_, item, found) => {
    dynamoDb.on(GetItemCommand).resolves(item === undefined ? {} : { Item: item });

    await expect(leases().assertHolds(holding)).rejects.toMatchObject({
      name: 'LeaseLost',
      message:
        `Expected deployment release-42 to hold the lease of service shop/web, ${found}. This execution ` +
        'may write no more; read the service before you start another one.',
    });
  });
});

describe('listing', () => {
  const many = Array.from({ length: 12 }, (_, index) => ({
    pk: { S: 'leases' },
    sk: { S: `shop/web-${index}` },
    holder: { S: `release-${index}` },
    executionArn: { S: `arn:${index}` },
    alarms: { L: [{ S: 'errors' }] },
    recoveries: { N: String(index) },
    recoveredAtMs: { N: '7' },
  }));

  test('reads every page, consistently', async () => {
    dynamoDb.on(QueryCommand).callsFake((input: { ExclusiveStartKey?: Record<string, AttributeValue> }) => {
      const { items, next } = pageOf(many, input.ExclusiveStartKey?.sk?.S);
      return { Items: items, ...(next === undefined ? {} : { LastEvaluatedKey: { sk: { S: next } } }) };
    });

    const held = await leases().held();

    expect(held.map(({ deploymentId }) => deploymentId)).toEqual(many.map(({ holder }) => holder.S));
    expect(held[3]).toEqual({
      serviceKey: 'shop/web-3',
      deploymentId: 'release-3',
      executionArn: 'arn:3',
      alarms: ['errors'],
      recoveries: 3,
      recoveredAtMs: 7,
    });
    expect(sent(dynamoDb, QueryCommand)[0]).toStrictEqual({
      TableName: 'cutover',
      KeyConditionExpression: 'pk = :leases',
      ExpressionAttributeValues: { ':leases': { S: 'leases' } },
      ConsistentRead: true,
    });
    expect(sent(dynamoDb, QueryCommand)).toHaveLength(3);
  });

  test('leaves out what nobody holds', async () => {
    dynamoDb.on(QueryCommand).resolves({
      Items: [
        { ...Key, lastGroups: { L: [] } },
        { ...Key, waiter: { S: 'x' } },
      ],
    });

    expect(await leases().held()).toEqual([]);
  });

  test('a page that cannot be read is an error, not a short list', async () => {
    dynamoDb
      .on(QueryCommand)
      .resolvesOnce({ Items: many.slice(0, 1), LastEvaluatedKey: Key })
      .rejects(awsError('AccessDeniedException'));

    await expect(leases().held()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
