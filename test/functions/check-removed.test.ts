import { beforeEach, describe, expect, test } from 'vitest';
import { checkRemoved } from '../../functions/check-removed.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { aRollBack, NOW } from '../core/a-deployment.ts';
import { aHost, invoking } from './a-handler.ts';
import { CLUSTER, GREEN_ID, LISTENER, lease, RULE, SERVICE, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { sentCommands } from './sent-commands.ts';

const run = invoking('CheckRemoved', checkRemoved);
const removal = {
  kind: 'removing' as const,
  startedAtMs: NOW,
  waitSeconds: 60,
  runningCount: 2,
  reason: '',
};
const input = { lease, plan: theirPlan(), removal };
const atZero = { scale: { value: 0, unit: 'PERCENT' as const }, computedDesiredCount: 0 };

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(aWorld());
});

test('searches for a task set with the deployment’s id, whatever the launch answered, and writes nothing', async () => {
  world.taskSets = [aBlueTaskSet(), aGreenTaskSet({ id: 'ecs-svc/9' })];

  expect(await run(input)).toMatchObject({ kind: 'due', reason: expect.stringContaining('ecs-svc/9') });
  expect(sentCommands()).toStrictEqual([
    ['DescribeServices', { cluster: CLUSTER, services: [SERVICE] }],
    ['DescribeListeners', { ListenerArns: [LISTENER] }],
    ['DescribeRules', { RuleArns: [RULE] }],
  ]);
});

test.each([
  ['all', 0, 100],
  ['a little', 99, 1],
])('somebody who gives green %s while it goes is noticed', async (_how, blue, share) => {
  world.taskSets = [aBlueTaskSet(), aGreenTaskSet({ ...atZero, runningCount: 1 })];
  world.routes = bothRoutesAt(blue, share);

  await expect(run(input)).rejects.toMatchObject({ name: 'TrafficDrifted' });
});

test.each([
  ['not scaled down yet', aGreenTaskSet(), 'due'],
  ['draining', aGreenTaskSet({ ...atZero, runningCount: 1 }), 'removing'],
  ['drained', aGreenTaskSet({ ...atZero, runningCount: 0 }), 'due'],
  ['being deleted', aGreenTaskSet({ status: 'DRAINING', ...atZero, runningCount: 0 }), 'removing'],
  ['gone, and only another deployment’s is there', aGreenTaskSet({ externalId: 'deploy-7' }), 'removed'],
])('a green that is %s', async (_what, taskSet, kind) => {
  world.taskSets = [aBlueTaskSet(), taskSet];

  expect(await run(input)).toMatchObject({ kind, startedAtMs: NOW });
});

test('a green that is still there after two hours is a Conflict', async () => {
  await expect(run(input, aHost({ nowMs: NOW + 7_200_000 }))).rejects.toMatchObject({
    name: 'Conflict',
    message: expect.stringContaining(GREEN_ID),
  });
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: aWorld(), input }) };
  changesNothingTheSecondTime<'CheckRemoved'>(situation);
  meetsApiErrors<'CheckRemoved'>({
    ...situation,
    operations: ['DescribeServices', 'DescribeListeners', 'DescribeRules'],
    // A route that somebody deleted sends nobody anything, and of a deleted service nothing is left.
    except: {
      'DescribeListeners NotFound': null,
      'DescribeRules NotFound': null,
      'DescribeServices NotFound': null,
    },
  });
});

test('after giving way the traffic of the other deployment is its own', async () => {
  world.taskSets = [
    aBlueTaskSet(),
    aGreenTaskSet({ id: 'ecs-svc/7', externalId: 'deploy-7' }),
    aGreenTaskSet({ ...atZero, runningCount: 1 }),
  ];
  world.routes = bothRoutesAt(90, 10);
  const rolledBack = aRollBack({ kind: 'restored', leavesRoutes: true, startedAtMs: NOW - 600_000 });

  expect(await run({ ...input, rolledBack })).toMatchObject({ kind: 'removing' });
});
