import { beforeEach, describe, expect, test } from 'vitest';
import { checkRetired } from '../../functions/check-retired.ts';
import { NOW } from '../core/a-deployment.ts';
import { aHost, invoking } from './a-handler.ts';
import { BLUE_ID, CLUSTER, lease, SERVICE, theirPlan } from './a-plan.ts';
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { type AwsWorld, aBlueTaskSet, aGreenTaskSet, answerFrom, aWorld } from './aws-answers.ts';
import { sentCommands, sentOperations } from './sent-commands.ts';

const run = invoking('CheckRetired', checkRetired);
const retirement = {
  kind: 'draining' as const,
  startedAtMs: NOW,
  waitSeconds: 60,
  runningCount: 2,
  reason: '',
};
const input = { lease, plan: theirPlan(), retirement };
const atZero = { scale: { value: 0, unit: 'PERCENT' as const }, computedDesiredCount: 0 };

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(aWorld());
});

test('reads blue’s task set and nothing else, and writes nothing', async () => {
  await run(input);

  expect(sentCommands()).toStrictEqual([
    ['DescribeTaskSets', { cluster: CLUSTER, service: SERVICE, taskSets: [BLUE_ID] }],
  ]);
});

test.each([
  ['not scaled down yet', aBlueTaskSet({ status: 'ACTIVE' }), 'due'],
  ['draining', aBlueTaskSet({ status: 'ACTIVE', ...atZero, runningCount: 1 }), 'draining'],
  [
    'starting a last task',
    aBlueTaskSet({ status: 'ACTIVE', ...atZero, runningCount: 0, pendingCount: 1 }),
    'draining',
  ],
  ['drained', aBlueTaskSet({ status: 'ACTIVE', ...atZero, runningCount: 0 }), 'due'],
  ['being deleted', aBlueTaskSet({ status: 'DRAINING', ...atZero, runningCount: 0 }), 'draining'],
  ['gone', aGreenTaskSet(), 'retired'],
])('a blue that is %s', async (_what, taskSet, kind) => {
  world.taskSets = [taskSet];

  expect(await run(input)).toMatchObject({ kind, startedAtMs: NOW });
});

test('a first deployment has nothing to look at', async () => {
  expect(await run({ ...input, plan: theirPlan({ blue: null }) })).toMatchObject({ kind: 'retired' });
  expect(sentOperations()).toEqual([]);
});

test('a blue that is still there after two hours is a Conflict', async () => {
  await expect(run(input, aHost({ nowMs: NOW + 7_200_000 }))).rejects.toMatchObject({
    name: 'Conflict',
    message: expect.stringContaining(BLUE_ID),
  });
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: aWorld(), input }) };
  changesNothingTheSecondTime<'CheckRetired'>(situation);
  meetsApiErrors<'CheckRetired'>({ ...situation, operations: ['DescribeTaskSets'] });
});
