import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { bake } from '../../functions/bake.ts';
import { aDecision, NOW } from '../core/a-deployment.ts';
import { invoking } from './a-handler.ts';
import { lease, shiftedTo, theirPlan } from './a-plan.ts';
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { type AwsWorld, answerFrom, aWorld } from './aws-answers.ts';
import { RECORD, recordKey, TABLE } from './dynamodb-answers.ts';
import { sentCommands } from './sent-commands.ts';

const run = invoking('Bake', bake);
const state = {
  lease,
  plan: theirPlan(),
  traffic: shiftedTo(0, 10),
  decision: aDecision({ waitSeconds: 90 }),
};
const input = { state, taskToken: 'AQB8' };

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(aWorld());
});

test('stores its task token and when the wait ends, so that a signal can wake it', async () => {
  expect(await run(input)).toEqual({ by: 'stored' });

  expect(sentCommands()).toStrictEqual([
    [
      'UpdateItem',
      {
        TableName: TABLE,
        Key: recordKey,
        UpdateExpression:
          'SET taskToken = :token, taskTokenExpiresAtMs = :tokenExpiresAtMs, expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':token': { S: 'AQB8' },
          ':tokenExpiresAtMs': { N: String(NOW + 90_000) },
          ':expiresAt': { N: String(NOW / 1_000 + 90 * 86_400) },
        },
      },
    ],
  ]);
});

test('the next wait’s token replaces the one before, which a signal could wake nobody with', async () => {
  await run(input);

  await run({ state: { ...state, decision: aDecision({ waitSeconds: 30 }) }, taskToken: 'NEXT' });

  expect(world.items[RECORD]).toMatchObject({
    taskToken: { S: 'NEXT' },
    taskTokenExpiresAtMs: { N: String(NOW + 30_000) },
  });
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: aWorld(), input }) };
  changesNothingTheSecondTime<'Bake'>({ ...situation, rewrites: ['UpdateItem'] });
  meetsApiErrors<'Bake'>({ ...situation, operations: ['UpdateItem'] });
});
