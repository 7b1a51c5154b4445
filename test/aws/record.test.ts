import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeRecord } from '../../aws/record.ts';
import type { Plan } from '../../core/plan.types.ts';
import type { DeploymentRequest } from '../../core/request.types.ts';
import type { Decision, Outcome } from '../../core/state.types.ts';
import { anInvocation, awsError, lostResponse, START_MS, sent } from './an-invocation.ts';

const dynamoDb = mockClient(DynamoDBClient);
const record = (invocation = anInvocation()) => makeRecord(new DynamoDBClient(), invocation.call, 'cutover');

beforeEach(() => dynamoDb.reset());

const execution = {
  id: 'arn:aws:states:eu-west-1:123456789012:execution:cutover:release-42',
  name: 'release-42',
  startedAt: '2026-11-20T10:00:00Z',
};
const request = { cluster: 'shop', service: 'web', taskDefinition: 'web:8' } as DeploymentRequest;
const held = { serviceKey: 'shop/web', deploymentId: 'release-42' };
const leaseKey = { pk: { S: 'service#shop/web' }, sk: { S: 'lease' } };
const recordKey = { pk: { S: 'deployment#release-42' }, sk: { S: 'record' } };
const refused = () =>
  new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
/** 90 days after the test's clock, in seconds. */
const EXPIRES = { N: String(START_MS / 1_000 + 90 * 86_400) };

const mine: Record<string, AttributeValue> = {
  ...leaseKey,
  holder: { S: 'release-42' },
  executionArn: { S: execution.id },
  acquiredAtMs: { N: String(START_MS) },
};
const theirs: Record<string, AttributeValue> = {
  ...leaseKey,
  holder: { S: 'release-41' },
  executionArn: { S: 'arn:execution:release-41' },
  acquiredAtMs: { N: String(START_MS - 60_000) },
};

const acquire = () => record().acquire('shop/web', 'release-42', execution, request);

describe('acquiring', () => {
  test('takes the lease if it is free or ours, then opens the record without overwriting an earlier try', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});
    dynamoDb
      .on(GetItemCommand)
      .resolves({ Item: { ...mine, lastGroups: { L: [{ S: 'blue' }, { S: 'green' }] } } });

    const acquired = await acquire();

    expect(acquired).toEqual({ acquiredAtMs: START_MS, lastGroups: ['blue', 'green'] });
    expect(sent(dynamoDb, GetItemCommand)).toEqual([
      { TableName: 'cutover', Key: leaseKey, ConsistentRead: true },
    ]);
    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: leaseKey,
        ConditionExpression: 'attribute_not_exists(holder) OR holder = :me',
        UpdateExpression:
          'SET holder = :me, executionArn = :execution, acquiredAtMs = if_not_exists(acquiredAtMs, :now)',
        ExpressionAttributeValues: {
          ':me': { S: 'release-42' },
          ':execution': { S: execution.id },
          ':now': { N: String(START_MS) },
        },
      },
      {
        TableName: 'cutover',
        Key: recordKey,
        UpdateExpression:
          'SET serviceKey = if_not_exists(serviceKey, :serviceKey), executionArn = if_not_exists(executionArn, :execution), ' +
          'requestJson = if_not_exists(requestJson, :request), openedAtMs = if_not_exists(openedAtMs, :openedAtMs), expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':serviceKey': { S: 'shop/web' },
          ':execution': { S: execution.id },
          ':request': { S: JSON.stringify(request) },
          ':openedAtMs': { N: String(START_MS) },
          ':expiresAt': EXPIRES,
        },
      },
    ]);
  });

  test('twice by the same deployment keeps the first time', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});
    dynamoDb
      .on(GetItemCommand)
      .resolves({ Item: { ...mine, acquiredAtMs: { N: String(START_MS - 5_000) } } });

    expect(await acquire()).toEqual({ acquiredAtMs: START_MS - 5_000, lastGroups: [] });
  });

  test('a lease that another deployment holds is ServiceBusy: who, since when, how to watch; and no record is opened', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(refused());
    dynamoDb.on(GetItemCommand).resolves({ Item: theirs });

    await expect(acquire()).rejects.toMatchObject({
      name: 'ServiceBusy',
      message:
        'Service shop/web is being deployed by release-41 since 2026-11-20T09:59:00.000Z; one deployment at a time may change a service. ' +
        'Wait until it has ended, or watch it with `aws stepfunctions describe-execution --execution-arn arn:execution:release-41`.',
    });
    expect(dynamoDb).toHaveReceivedCommandTimes(UpdateItemCommand, 1);
  });

  test('a lease that became free right after the refusal says to start again', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(refused());
    dynamoDb.on(GetItemCommand).resolves({ Item: leaseKey });

    await expect(acquire()).rejects.toMatchObject({
      name: 'ServiceBusy',
      message: expect.stringContaining('has ended since. Start this one again'),
    });
  });

  test('a lease that reads back as another deployment’s is not ours', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});
    dynamoDb.on(GetItemCommand).resolves({ Item: theirs });

    await expect(acquire()).rejects.toMatchObject({ name: 'ServiceBusy' });
    expect(dynamoDb).toHaveReceivedCommandTimes(UpdateItemCommand, 1);
  });

  test('a lost answer is asked for again, and the lease taken by the first try is ours', async () => {
    const items: UpdateItemCommandInput[] = [];
    dynamoDb.on(UpdateItemCommand).callsFake((input: UpdateItemCommandInput) => {
      items.push(input);
      if (items.length === 1) throw lostResponse();
      return {};
    });
    dynamoDb.on(GetItemCommand).resolves({ Item: mine });

    expect(await acquire()).toMatchObject({ acquiredAtMs: START_MS });
    expect(items[1]).toEqual(items[0]);
  });

  test.each([
    [awsError('ResourceNotFoundException', 'Requested resource not found'), 'NotFound'],
    [awsError('AccessDeniedException'), 'AccessDenied'],
    [awsError('ProvisionedThroughputExceededException'), 'Throttled'],
    [awsError('InternalServerError', 'oops', 500), 'Unavailable'],
    [awsError('ValidationException'), 'Rejected'],
  ])('refused with %s is %s', async (error, name) => {
    dynamoDb.on(UpdateItemCommand).rejects(error);

    await expect(acquire()).rejects.toMatchObject({ name });
  });
});

describe('holding', () => {
  test('is confirmed by a consistent read', async () => {
    dynamoDb.on(GetItemCommand).resolves({ Item: mine });

    await record().assertHolds(held);

    expect(sent(dynamoDb, GetItemCommand)).toEqual([
      { TableName: 'cutover', Key: leaseKey, ConsistentRead: true },
    ]);
  });

  test.each([
    ['another deployment’s', theirs, 'found that release-41 holds it'],
    ['free', leaseKey, 'found it free'],
    ['gone', undefined, 'found it free'],
  ])('a lease that is %s is LeaseLost', async (_whose, item, part) => {
    dynamoDb.on(GetItemCommand).resolves(item === undefined ? {} : { Item: item });

    await expect(record().assertHolds(held)).rejects.toMatchObject({
      name: 'LeaseLost',
      message: expect.stringContaining(part),
    });
  });

  test('a lease that cannot be read is not taken for held', async () => {
    dynamoDb.on(GetItemCommand).rejects(awsError('InternalServerError', 'oops', 500));

    await expect(record().assertHolds(held)).rejects.toMatchObject({ name: 'Unavailable' });
  });
});

describe('releasing', () => {
  const release = (...groups: string[]) => record().release(held, groups);

  test('frees our own lease and remembers the groups', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});

    await release('green', 'blue');

    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: leaseKey,
        ConditionExpression: 'holder = :me',
        UpdateExpression: 'SET lastGroups = :groups REMOVE holder, executionArn, acquiredAtMs',
        ExpressionAttributeValues: {
          ':me': { S: 'release-42' },
          ':groups': { L: [{ S: 'green' }, { S: 'blue' }] },
        },
      },
    ]);
  });

  test('without groups leaves those of the deployment before', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});

    await release();

    expect(sent(dynamoDb, UpdateItemCommand)[0]).toMatchObject({
      UpdateExpression: 'REMOVE holder, executionArn, acquiredAtMs',
      ExpressionAttributeValues: { ':me': { S: 'release-42' } },
    });
  });

  test('twice, or after a lost answer, or when another deployment holds it by now, is a success', async () => {
    dynamoDb.on(UpdateItemCommand).rejectsOnce(lostResponse()).rejects(refused());

    await expect(release('green')).resolves.toBeUndefined();
    expect(dynamoDb).toHaveReceivedCommandTimes(UpdateItemCommand, 2);
  });

  test('that is denied is an error', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(awsError('AccessDeniedException'));

    await expect(release('green')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('recording', () => {
  test('the plan goes into the record', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});
    const plan = { service: 'web', shifts: [{ greenPct: 100, bakeMs: 0 }] } as Plan;

    await record().savePlan('release-42', plan);

    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: recordKey,
        UpdateExpression: 'SET planJson = :plan, expiresAt = :expiresAt',
        ExpressionAttributeValues: { ':plan': { S: JSON.stringify(plan) }, ':expiresAt': EXPIRES },
      },
    ]);
  });

  test('the task token replaces the one before', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});

    await record().storeTaskToken('release-42', 'AQB8', START_MS + 60_000);

    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: recordKey,
        UpdateExpression:
          'SET taskToken = :token, taskTokenExpiresAtMs = :tokenExpiresAtMs, expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':token': { S: 'AQB8' },
          ':tokenExpiresAtMs': { N: String(START_MS + 60_000) },
          ':expiresAt': EXPIRES,
        },
      },
    ]);
  });

  test('a decision is an item of its own, and the same one written twice is one item', async () => {
    dynamoDb.on(PutItemCommand).resolves({});
    const decision = {
      kind: 'advance',
      reason: '10 % baked healthy',
      evidence: { observedAtMs: START_MS },
    } as Decision;
    const verbs = record();

    await verbs.appendDecision('release-42', decision);
    await verbs.appendDecision('release-42', decision);

    const item = {
      TableName: 'cutover',
      Item: {
        pk: { S: 'deployment#release-42' },
        sk: { S: 'decision#001795168800000' },
        decisionKind: { S: 'advance' },
        decisionReason: { S: '10 % baked healthy' },
        decisionJson: { S: JSON.stringify(decision) },
        expiresAt: EXPIRES,
      },
    };
    expect(sent(dynamoDb, PutItemCommand)).toStrictEqual([item, item]);
  });
});

describe('closing', () => {
  const succeeded: Outcome = {
    kind: 'succeeded',
    reason: 'every shift baked healthy',
    endedAtMs: START_MS + 1,
  };
  const rolledBack: Outcome = { kind: 'rolledBack', reason: 'alarm errors is red', endedAtMs: START_MS };
  const written = (outcome: Outcome) => ({
    Item: { ...recordKey, outcomeJson: { S: JSON.stringify(outcome) } },
  });

  test('writes the outcome once and forgets the task token', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});

    expect(await record().close('release-42', succeeded)).toEqual(succeeded);
    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: recordKey,
        ConditionExpression: 'attribute_not_exists(outcomeJson)',
        UpdateExpression:
          'SET outcomeJson = :outcome, closedAtMs = :closedAtMs, expiresAt = :expiresAt REMOVE taskToken, taskTokenExpiresAtMs',
        ExpressionAttributeValues: {
          ':outcome': { S: JSON.stringify(succeeded) },
          ':closedAtMs': { N: String(START_MS + 1) },
          ':expiresAt': EXPIRES,
        },
      },
    ]);
  });

  test('a second time returns the outcome that stands', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(refused());
    dynamoDb.on(GetItemCommand).resolves(written(rolledBack));

    expect(await record().close('release-42', succeeded)).toEqual(rolledBack);
    expect(sent(dynamoDb, GetItemCommand)).toEqual([
      { TableName: 'cutover', Key: recordKey, ConsistentRead: true },
    ]);
  });

  test('after a lost answer finds its own outcome', async () => {
    dynamoDb.on(UpdateItemCommand).rejectsOnce(lostResponse()).rejects(refused());
    dynamoDb.on(GetItemCommand).resolves(written(succeeded));

    expect(await record().close('release-42', succeeded)).toEqual(succeeded);
  });

  test('a record that vanished between refusal and read is Conflict', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(refused());
    dynamoDb.on(GetItemCommand).resolves({});

    await expect(record().close('release-42', succeeded)).rejects.toMatchObject({ name: 'Conflict' });
  });

  test('a failure to write is an error, not an outcome', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(awsError('AccessDeniedException'));

    await expect(record().close('release-42', succeeded)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
