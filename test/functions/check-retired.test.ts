import { beforeEach, describe, expect, test } from 'vitest';
import { checkRetired } from '../../functions/check-retired.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { aForwardAction } from '../builders/elbv2.ts';
import { BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { aHost, invoking } from './a-handler.ts';
import { BLUE_ID, CLUSTER, LISTENER, lease, RULE, SERVICE, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { sentCommands } from './sent-commands.ts';

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

const promoted = (): AwsWorld => aWorld({ routes: bothRoutesAt(0, 100) });

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(promoted());
});

test('reads blue’s task set and the routes, and writes nothing', async () => {
  await run(input);

  expect(sentCommands()).toStrictEqual([
    ['DescribeTaskSets', { cluster: CLUSTER, service: SERVICE, taskSets: [BLUE_ID] }],
    ['DescribeListeners', { ListenerArns: [LISTENER] }],
    ['DescribeRules', { RuleArns: [RULE] }],
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

describe('somebody who gives blue its traffic back', () => {
  const draining = aBlueTaskSet({ status: 'ACTIVE', ...atZero, runningCount: 1 });

  test.each([
    ['at full size', aBlueTaskSet({ status: 'ACTIVE' }), 'before blue went'],
    ['draining', draining, 'while blue was going'],
    [
      'being deleted',
      aBlueTaskSet({ status: 'DRAINING', ...atZero, runningCount: 0 }),
      'while blue was going',
    ],
    ['gone', aGreenTaskSet(), 'while blue was going'],
  ])('is noticed while blue is %s', async (_what, taskSet, when) => {
    world.taskSets = [taskSet];
    world.routes[RULE] = bothRoutesAt(100, 0)[RULE] ?? [];

    await expect(run(input)).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message:
        `somebody else changed the listener ${when}: expected green to have all weight on every route ` +
        'before blue goes, found 100 % blue, 0 % green on HTTPS:443 path /api/*',
    });
  });

  test('by deleting a rule does nothing to a blue that is going', async () => {
    world.taskSets = [draining];
    delete world.routes[RULE];
    expect(await run(input)).toMatchObject({ kind: 'draining' });

    delete world.routes[LISTENER];
    expect(await run(input)).toMatchObject({ kind: 'draining' });
  });

  test('by deleting a rule is an error as long as blue could go back', async () => {
    world.taskSets = [aBlueTaskSet({ status: 'ACTIVE' })];
    delete world.routes[RULE];

    await expect(run(input)).rejects.toMatchObject({ name: 'NotFound' });
  });

  test.each([
    ['draining', draining],
    ['gone', aGreenTaskSet()],
  ])(
    'or only its group back into a sticky route, while blue is %s, makes RetireBlue go again',
    async (_what, taskSet) => {
      world.taskSets = [taskSet];
      world.routes[RULE] = [
        aForwardAction({ [BLUE]: 0, [GREEN]: 100 }, { Enabled: true, DurationSeconds: 600 }),
      ];

      expect(await run(input)).toMatchObject({
        kind: 'due',
        reason: 'somebody put blue’s group back into a sticky route'.replace('’', "'"),
      });
    },
  );
});

test('a blue that is still there after two hours is a Conflict', async () => {
  await expect(run(input, aHost({ nowMs: NOW + 7_200_000 }))).rejects.toMatchObject({
    name: 'Conflict',
    message: expect.stringContaining(BLUE_ID),
  });
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: promoted(), input }) };
  changesNothingTheSecondTime<'CheckRetired'>(situation);
  meetsApiErrors<'CheckRetired'>({
    ...situation,
    operations: ['DescribeTaskSets', 'DescribeListeners', 'DescribeRules'],
  });
});
