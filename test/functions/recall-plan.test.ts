import { beforeEach, describe, expect, test } from 'vitest';
import { recallPlan } from '../../functions/recall-plan.ts';
import { aRecord, leaseKey, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { NOW } from '../core/a-deployment.ts';
import { invoking } from './a-handler.ts';
import { lease, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors, refusesWithoutLease } from './api-errors.ts';
import { sentCommands } from './sent-commands.ts';

const run = invoking('RecallPlan', recallPlan);
const plan = theirPlan();
const input = { lease: { ...lease, kind: 'recovering' as const, reason: 'STOPPED by ada' } };
const halfDone = (): AwsWorld => {
  const world = aWorld();
  world.items[RECORD] = aRecord({ plan });
  return world;
};

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(halfDone());
});

test('the plan that the ended execution made is the undo, read under the lease', async () => {
  expect(await run(input)).toEqual(plan);

  expect(sentCommands()).toStrictEqual([
    ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }],
    [
      'UpdateItem',
      {
        TableName: TABLE,
        Key: recordKey,
        ConditionExpression: 'attribute_exists(requestJson) AND attribute_not_exists(outcomeJson)',
        UpdateExpression: 'SET executionArn = :execution, expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':execution': { S: input.lease.executionArn },
          ':expiresAt': { N: String(NOW / 1_000 + 90 * 86_400) },
        },
      },
    ],
    ['GetItem', { TableName: TABLE, Key: recordKey, ConsistentRead: true }],
  ]);
});

test.each([
  ['was never opened', undefined],
  ['has no plan yet', aRecord()],
])('a record that %s means that nothing was touched', async (_what, record) => {
  if (record === undefined) delete world.items[RECORD];
  else world.items[RECORD] = record;

  await expect(run(input)).rejects.toMatchObject({
    name: 'NotFound',
    message: 'STOPPED by ada; no plan had been made, so nothing was touched',
  });
});

test('a deployment that had ended is not undone', async () => {
  const outcome = { kind: 'succeeded' as const, reason: 'green serves all traffic', endedAtMs: NOW };
  world.items[RECORD] = aRecord({ plan, outcome });

  await expect(run(input)).rejects.toMatchObject({
    name: 'Conflict',
    message: 'the deployment had ended already: green serves all traffic',
  });
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: halfDone(), input }) };
  changesNothingTheSecondTime<'RecallPlan'>({ ...situation, rewrites: ['UpdateItem'] });
  refusesWithoutLease<'RecallPlan'>(situation);
  meetsApiErrors<'RecallPlan'>({ ...situation, operations: ['GetItem', 'UpdateItem'] });
});
