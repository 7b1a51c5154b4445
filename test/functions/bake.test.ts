import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { bake } from '../../functions/bake.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aRecord, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { aDecision, NOW } from '../core/a-deployment.ts';
import { aCommand } from './a-command.ts';
import { invoking } from './a-handler.ts';
import { lease, shiftedTo, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { failing } from './faults.ts';
import { sentCommands, stepFunctions } from './sent-commands.ts';

const run = invoking('Bake', bake);
/** The decision saw the world at NOW. */
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
        ConditionExpression: 'executionArn = :execution',
        UpdateExpression:
          'SET taskToken = :token, taskTokenExpiresAtMs = :tokenExpiresAtMs, expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':token': { S: 'AQB8' },
          ':tokenExpiresAtMs': { N: String(NOW + 90_000) },
          ':execution': { S: lease.executionArn },
          ':expiresAt': { N: String(NOW / 1_000 + 90 * 86_400) },
        },
        // What was sent before there was a token is in the answer: no read after it could miss more.
        ReturnValues: 'ALL_NEW',
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

describe('a signal that came before there was a token to spend', () => {
  const signalled = (atMs: number) => aRecord({ signal: { atMs, by: 'alarm shop-5xx' } });

  test.each([
    ['while the world was read', NOW],
    ['after the decision', NOW + 1_000],
  ])('%s wakes the wait at once', async (_when, atMs) => {
    world.items[RECORD] = signalled(atMs);

    await run(input);

    expect(world.woken).toEqual([{ taskToken: 'AQB8', output: '{"by":"alarm shop-5xx"}' }]);
    expect(sentCommands().map(([operation]) => operation)).toEqual(['UpdateItem', 'SendTaskSuccess']);
  });

  test('and was seen by the decision wakes nobody', async () => {
    world.items[RECORD] = signalled(NOW - 1);

    await run(input);

    expect(stepFunctions).not.toHaveReceivedCommand(SendTaskSuccessCommand);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'finds somebody else has woken it (%s), which is as good',
    async (name) => {
      world.items[RECORD] = signalled(NOW);
      failing('SendTaskSuccess', awsError(name));

      expect(await run(input)).toEqual({ by: 'stored' });
    },
  );
});

describe('a command that the decision did not know', () => {
  const pause = aCommand('pause');

  test('wakes the wait at once, whatever the clocks say', async () => {
    world.items[RECORD] = aRecord({ commands: [aCommand('abort', { atMs: NOW - 60_000 })] });

    await run(input);

    expect(world.woken).toEqual([{ taskToken: 'AQB8', output: '{"by":"abort by ada (claimed)"}' }]);
  });

  test('wakes it, the one that it knew does not', async () => {
    const { id: _id, ...known } = pause;
    const evidence = { ...state.decision.evidence, commands: [known] };
    const decided = { ...input, state: { ...state, decision: { ...state.decision, evidence } } };
    world.items[RECORD] = aRecord({ commands: [pause] });
    await run(decided);
    expect(world.woken).toEqual([]);

    const resume = aCommand('resume', { id: 'c2', by: 'bob' });
    world.items[RECORD] = aRecord({ commands: [pause, resume] });
    await run(decided);
    expect(world.woken).toEqual([{ taskToken: 'AQB8', output: '{"by":"resume by bob (claimed)"}' }]);
  });
});

describe('every step’s duties', () => {
  const given = () => ({ world: aWorld(), input });
  changesNothingTheSecondTime<'Bake'>({ run, given, rewrites: ['UpdateItem'] });
  meetsApiErrors<'Bake'>({ run, given, operations: ['UpdateItem'] });
});

describe('every step’s duties when a signal waits', () => {
  const given = () => {
    const signalled = aWorld();
    signalled.items[RECORD] = aRecord({ signal: { atMs: NOW, by: 'alarm shop-5xx' } });
    return { world: signalled, input };
  };
  meetsApiErrors<'Bake'>({ run, given, operations: ['UpdateItem', 'SendTaskSuccess'] });
});
