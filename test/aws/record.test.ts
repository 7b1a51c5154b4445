import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeRecord } from '../../aws/record.ts';
import type { Command } from '../../core/vocabulary/command.types.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { Outcome } from '../../core/vocabulary/ending.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';
import { anInvocation, awsError, lostResponse, START_MS, sent } from './an-invocation.ts';
import { apiFailures } from './api-failures.ts';

const dynamoDbClient = new DynamoDBClient();
const dynamoDb = mockClient(dynamoDbClient);
const record = (invocation = anInvocation()) => makeRecord(dynamoDbClient, invocation.call, 'cutover');

beforeEach(() => dynamoDb.reset());

const execution = {
  id: 'arn:aws:states:eu-west-1:123456789012:execution:cutover:release-42',
  name: 'release-42',
  startedAt: '2026-11-20T10:00:00Z',
};
const request = { cluster: 'shop', service: 'web', taskDefinition: 'web:8' } as DeploymentRequest;
const MINE = { deploymentId: 'release-42', serviceKey: 'shop/web', executionArn: execution.id };
const recordKey = { pk: { S: 'deployment#release-42' }, sk: { S: 'record' } };
const refused = () =>
  new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
/** 90 days after the test's clock, in seconds. */
const EXPIRES = { N: String(START_MS / 1_000 + 90 * 86_400) };

describe('opening', () => {
  const open = () => record().open(MINE, request);

  test('overwrites nothing that an earlier try wrote', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});

    await open();

    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: recordKey,
        ConditionExpression: 'attribute_not_exists(executionArn) OR executionArn = :execution',
        UpdateExpression:
          'SET serviceKey = if_not_exists(serviceKey, :serviceKey), executionArn = ' +
          'if_not_exists(executionArn, :execution), ' +
          'requestJson = if_not_exists(requestJson, :request), openedAtMs = if_not_exists(openedAtMs, ' +
          ':openedAtMs), commandCount = if_not_exists(commandCount, :none), expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':serviceKey': { S: 'shop/web' },
          ':execution': { S: execution.id },
          ':none': { N: '0' },
          ':request': { S: JSON.stringify(request) },
          ':openedAtMs': { N: String(START_MS) },
          ':expiresAt': EXPIRES,
        },
      },
    ]);
  });

  test.each(apiFailures)('refused with %s is %s', async (error, name) => {
    dynamoDb.on(UpdateItemCommand).rejects(error);

    await expect(open()).rejects.toMatchObject({ name });
  });
});

describe('reading', () => {
  const read = (item: Record<string, AttributeValue> | undefined) => {
    dynamoDb.on(GetItemCommand).resolves(item === undefined ? {} : { Item: item });
    return record().read('release-42');
  };

  test('is consistent: a command accepted a moment ago has to be seen', async () => {
    await read(undefined);

    expect(sent(dynamoDb, GetItemCommand)).toEqual([
      { TableName: 'cutover', Key: recordKey, ConsistentRead: true },
    ]);
  });

  test('an item without a request is no record: a step of a deployment that was never opened wrote it', async () => {
    expect(await read({ ...recordKey, taskToken: { S: 'AQB8' } })).toBeNull();
  });

  test('commands of the release before are attributes that begin so, and read oldest first', async () => {
    const pause = { id: 'b', kind: 'pause', by: 'ada', reason: '', atMs: 2 };
    const abort = { id: 'a', kind: 'abort', by: 'ada', reason: '', atMs: 9 };

    const stored = await read({
      ...recordKey,
      requestJson: { S: JSON.stringify(request) },
      command_a: { S: JSON.stringify(abort) },
      command_b: { S: JSON.stringify(pause) },
    });

    expect(stored?.commands).toEqual([pause, abort]);
  });

  test.each(apiFailures)('refused with %s is %s, and not an empty record', async (error, name) => {
    dynamoDb.on(GetItemCommand).rejects(error);

    await expect(record().read('release-42')).rejects.toMatchObject({ name });
  });
});

describe('signals and commands', () => {
  const command: Command = { id: 'c_1', kind: 'abort', by: 'ada', reason: 'wrong', atMs: START_MS - 5 };
  const commitment = { to: 'finish', reason: 'blue has begun to go', atMs: START_MS } as const;
  const writes: [string, () => Promise<boolean>][] = [
    ['a signal', () => record().noteAlarm('release-42', 'errors')],
    ['a command', () => record().addCommand('release-42', command)],
    ['a commitment', () => record().commit(MINE, commitment)],
    ['a commitment by one who saw all', () => record().commit(MINE, commitment, { lastCommandId: 'c_1' })],
  ];

  test('a command is an item of its own, written once, then accepted, and a signal with the time of the write', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});

    expect(await record().addCommand('release-42', command)).toBe(true);

    expect(sent(dynamoDb, PutItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Item: {
          pk: recordKey.pk,
          sk: { S: 'command#c_1' },
          commandJson: { S: JSON.stringify(command) },
          expiresAt: EXPIRES,
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    ]);
    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: recordKey,
        ConditionExpression:
          'attribute_exists(requestJson) AND attribute_not_exists(outcomeJson) AND ' +
          'attribute_not_exists(commitmentJson) AND attribute_not_exists(accepted_c_1) AND commandCount < :most',
        UpdateExpression:
          'SET accepted_c_1 = :at, lastSignalAtMs = :at, lastSignalBy = :by, lastCommandId = :id, ' +
          'expiresAt = :expiresAt ADD commandCount :one',
        ExpressionAttributeValues: {
          ':id': { S: 'c_1' },
          ':one': { N: '1' },
          ':most': { N: '100' },
          ':at': { N: String(START_MS) },
          ':by': { S: 'abort by ada' },
          ':expiresAt': EXPIRES,
        },
      },
    ]);
  });

  test.each(writes)('%s for a record that is not open is refused, which is no error', async (_, write) => {
    dynamoDb.on(UpdateItemCommand).rejects(refused());
    dynamoDb.on(PutItemCommand).resolves({});
    dynamoDb.on(GetItemCommand).resolves({});

    expect(await write()).toBe(false);
  });

  test.each(writes)('%s whose answer was lost is written again', async (_, write) => {
    dynamoDb.on(UpdateItemCommand).rejectsOnce(lostResponse()).resolves({});

    expect(await write()).toBe(true);
    const [first, again] = sent(dynamoDb, UpdateItemCommand);
    expect(again).toEqual(first);
  });

  describe.each(writes)('%s', (_, write) => {
    test.each(apiFailures)('that meets %s is %s', async (error, name) => {
      dynamoDb.on(UpdateItemCommand).rejects(error);

      await expect(write()).rejects.toMatchObject({ name });
    });
  });
});

describe('recording', () => {
  test('the plan goes into the record', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});
    const plan = { service: 'web', shifts: [{ greenPct: 100, bakeMs: 0 }] } as Plan;

    await record().savePlan(MINE, plan);

    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: recordKey,
        ConditionExpression: 'executionArn = :execution',
        UpdateExpression: 'SET planJson = :plan, expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':plan': { S: JSON.stringify(plan) },
          ':execution': { S: execution.id },
          ':expiresAt': EXPIRES,
        },
      },
    ]);
  });

  test('the task token replaces the one before', async () => {
    dynamoDb.on(UpdateItemCommand).resolves({});

    await record().storeTaskToken(MINE, 'AQB8', START_MS + 60_000);

    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: recordKey,
        ConditionExpression: 'executionArn = :execution',
        UpdateExpression:
          'SET taskToken = :token, taskTokenExpiresAtMs = :tokenExpiresAtMs, expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':token': { S: 'AQB8' },
          ':tokenExpiresAtMs': { N: String(START_MS + 60_000) },
          ':execution': { S: execution.id },
          ':expiresAt': EXPIRES,
        },
        ReturnValues: 'ALL_NEW',
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

    expect(await record().close(MINE, succeeded)).toEqual(succeeded);
    expect(sent(dynamoDb, UpdateItemCommand)).toStrictEqual([
      {
        TableName: 'cutover',
        Key: recordKey,
        ConditionExpression:
          'attribute_not_exists(outcomeJson) AND (attribute_not_exists(executionArn) OR executionArn = :execution)',
        UpdateExpression:
          'SET outcomeJson = :outcome, closedAtMs = :closedAtMs, expiresAt = :expiresAt REMOVE ' +
          'taskToken, taskTokenExpiresAtMs',
        ExpressionAttributeValues: {
          ':outcome': { S: JSON.stringify(succeeded) },
          ':closedAtMs': { N: String(START_MS + 1) },
          ':execution': { S: execution.id },
          ':expiresAt': EXPIRES,
        },
      },
    ]);
  });

  test('a second time returns the outcome that stands', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(refused());
    dynamoDb.on(GetItemCommand).resolves(written(rolledBack));

    expect(await record().close(MINE, succeeded)).toEqual(rolledBack);
    expect(sent(dynamoDb, GetItemCommand)).toEqual([
      { TableName: 'cutover', Key: recordKey, ConsistentRead: true },
    ]);
  });

  test('after a lost answer finds its own outcome', async () => {
    dynamoDb.on(UpdateItemCommand).rejectsOnce(lostResponse()).rejects(refused());
    dynamoDb.on(GetItemCommand).resolves(written(succeeded));

    expect(await record().close(MINE, succeeded)).toEqual(succeeded);
  });

  test('a record that vanished between refusal and read is Conflict', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(refused());
    dynamoDb.on(GetItemCommand).resolves({});

    await expect(record().close(MINE, succeeded)).rejects.toMatchObject({ name: 'Conflict' });
  });

  test('a failure to write is an error, not an outcome', async () => {
    dynamoDb.on(UpdateItemCommand).rejects(awsError('AccessDeniedException'));

    await expect(record().close(MINE, succeeded)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
