import { DescribeServicesCommand, type TaskSet } from '@aws-sdk/client-ecs';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Ready } from '../../core/vocabulary/state.types.ts';
import { checkGreen } from '../../functions/check-green.ts';
import { aRecord, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet, aService, aStoppedTask } from '../builders/ecs.ts';
import { aForwardAction, targetsIn } from '../builders/elbv2.ts';
import { BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { aCommand } from './a-command.ts';
import { aHost, invoking } from './a-handler.ts';
import { BLUE_ID, CLUSTER, GREEN_ID, green, LISTENER, lease, RULE, SERVICE, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { answering } from './faults.ts';
import { ecs, sentCommands, writes } from './sent-commands.ts';

const run = invoking('CheckGreen', checkGreen);
const plan = theirPlan();
const input = { lease, plan, green };

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(aWorld());
});

/** Some seconds after the launch. */
const observe = (seconds: number, ready?: Ready) =>
  run({ ...input, ...(ready === undefined ? {} : { ready }) }, aHost({ nowMs: NOW + seconds * 1_000 }));

describe('held by a person before its first shift', () => {
  const held = (kind: 'pause' | 'freeze') => {
    world.items[RECORD] = aRecord({ commands: [aCommand(kind)] });
    return observe(20);
  };

  test.each([
    ['green', 0, 100],
    ['nobody', 0, 0],
  ])('it goes back when somebody else gives users to %s', async (_whom, blue, green) => {
    world.routes = bothRoutesAt(blue, green);

    expect(await held('pause')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('somebody else changed the listener'),
    });
  });

  test('it goes back when blue dies and green answers, but not in a freeze', async () => {
    world.taskSets = [aBlueTaskSet({ runningCount: 0 }), aGreenTaskSet()];
    world.targets[BLUE] = [];

    expect(await held('pause')).toMatchObject({
      kind: 'failed',
      reason: 'blue has no task left, and green answers with 2 healthy targets: its users cannot wait',
    });
    expect(await held('freeze')).toMatchObject({ kind: 'held' });
  });

  test('it stays as it is while blue has everybody, and in a freeze also where nobody has', async () => {
    expect(await held('pause')).toMatchObject({ kind: 'held' });
    world.routes = bothRoutesAt(0, 0);
    expect(await held('freeze')).toMatchObject({ kind: 'held' });
  });
});

test('a small green is measured by the service itself, also where somebody has deleted blue', async () => {
  const half = { scale: { value: 62.5, unit: 'PERCENT' as const }, computedDesiredCount: 3, runningCount: 3 };
  world.taskSets = [aGreenTaskSet(half)];
  world.targets[GREEN] = targetsIn('healthy', 'healthy', 'healthy');
  answering(ecs, DescribeServicesCommand, () => ({
    services: [aService({ desiredCount: 4, taskSets: world.taskSets })],
  }));
  const grows = theirPlan({
    desiredCount: 4,
    capacity: { headroom: 1.25, minTasks: 1 },
    shifts: [
      { greenPct: 50, bakeMs: 60_000 },
      { greenPct: 100, bakeMs: 60_000 },
    ],
  });

  const ready = await run({ ...input, plan: grows }, aHost({ nowMs: NOW + 60_000 }));

  // Green's own three of 62.5 % could be of a service of five as well, and of that four would be needed.
  expect(ready).toMatchObject({ healthyTargets: 3, wanted: 3, healthySinceMs: NOW + 60_000 });
});

describe('another deployment of the service, of another installation', () => {
  const beside = (id: string, createdAtMs: number, changes: Partial<TaskSet> = {}) => {
    const theirs = aGreenTaskSet({
      id,
      externalId: 'deploy-7',
      createdAt: new Date(createdAtMs),
      ...changes,
    });
    world.taskSets = [aBlueTaskSet(), theirs, aGreenTaskSet()];
    return observe(20);
  };

  test.each([
    ['is older by seconds', 'ecs-svc/7', NOW - 3_000, /deploy-7, created 3s before this deployment's own\)/],
    [
      'is as old, with the smaller id',
      'ecs-svc/1a',
      NOW,
      /created in the same second as this deployment's own\)/,
    ],
  ])('whose task set %s: this one gives way', async (_how, id, createdAtMs, message) => {
    await expect(beside(id, createdAtMs)).rejects.toMatchObject({
      name: 'ServiceBusy',
      message: expect.stringMatching(message),
    });
    expect(writes()).toEqual([]);
  });

  test.each<[string, string, number, Partial<TaskSet>]>([
    ['is younger gives way', 'ecs-svc/1a', NOW + 1, {}],
    ['is as old, with the larger id, gives way', 'ecs-svc/7', NOW, {}],
    ['is being deleted is in nobody’s way', 'ecs-svc/7', NOW - 3_000, { status: 'DRAINING' }],
    ['registers its tasks elsewhere is in nobody’s way', 'ecs-svc/7', NOW - 3_000, { loadBalancers: [] }],
  ])('whose task set %s', async (_how, id, createdAtMs, changes) => {
    expect(await beside(id, createdAtMs, changes)).toMatchObject({ kind: 'pending' });
  });
});

test('a service that somebody deletes has nothing to wait for', async () => {
  answering(ecs, DescribeServicesCommand, () => ({ services: [aService({ status: 'INACTIVE' })] }));

  await expect(observe(20)).rejects.toMatchObject({ name: 'NotFound' });
});

describe('one observation', () => {
  const stoppedTasks = ['ListTasks', { cluster: CLUSTER, serviceName: 'shop', desiredStatus: 'STOPPED' }];
  const always = [
    ['DescribeServices', { cluster: CLUSTER, services: [SERVICE] }],
    ['GetItem', { TableName: TABLE, Key: recordKey, ConsistentRead: true }],
  ];

  test('of a service that lists no task set asks for its own: none may be listed before one is PRIMARY', async () => {
    world.taskSets = [aGreenTaskSet()];

    await observe(10);

    expect(sentCommands()).not.toContainEqual(['DescribeTaskSets', expect.anything()]);
    world.taskSets = [];
    await observe(10);
    expect(sentCommands()).toContainEqual([
      'DescribeTaskSets',
      { cluster: CLUSTER, service: SERVICE, taskSets: [GREEN_ID] },
    ]);
  });

  test('while a task is missing reads task set, targets and stopped tasks, and writes nothing', async () => {
    world.taskSets = [aBlueTaskSet(), aGreenTaskSet({ runningCount: 1 })];
    world.stopped = [aStoppedTask(1, { startedBy: BLUE_ID })];

    await observe(20);

    expect(sentCommands()).toStrictEqual([
      ...always,
      ['DescribeTargetHealth', { TargetGroupArn: GREEN }],
      stoppedTasks,
      ['DescribeTasks', { cluster: CLUSTER, tasks: ['arn:aws:ecs:eu-west-1:1:task/main/1'] }],
    ]);
  });

  test('before the first task runs asks the load balancer nothing: it knows no target yet', async () => {
    world.taskSets = [aBlueTaskSet(), aGreenTaskSet({ runningCount: 0, pendingCount: 2 })];

    expect(await observe(20)).toMatchObject({ kind: 'pending', healthyTargets: 0 });
    expect(sentCommands()).toStrictEqual([...always, stoppedTasks]);
  });

  test('right after the launch asks for no stopped task, because none has started', async () => {
    world.taskSets = [aBlueTaskSet(), aGreenTaskSet({ runningCount: 0, pendingCount: 2 })];

    await observe(1);

    expect(sentCommands()).toStrictEqual(always);
  });

  test('while all tasks run asks for no stopped one', async () => {
    world.targets[GREEN] = targetsIn('healthy', 'initial');

    await observe(20);

    expect(sentCommands()).toStrictEqual([...always, ['DescribeTargetHealth', { TargetGroupArn: GREEN }]]);
  });

  test.each<[string, number, (changed: AwsWorld) => void]>([
    ['while a target fails', 20, (it) => (it.targets[GREEN] = targetsIn('healthy', 'unhealthy'))],
    ['once a minute', 55, (it) => (it.targets[GREEN] = targetsIn('healthy', 'initial'))],
  ])('although all run asks for stopped ones %s', async (_when, seconds, change) => {
    change(world);

    await observe(seconds);

    expect(sentCommands()).toContainEqual(stoppedTasks);
  });
});

test('a green whose tasks keep stopping is not ready, although all run when it would be', async () => {
  world.stopped = [1, 2, 3].map((index) => aStoppedTask(index));
  const healthy = await observe(20);

  expect(healthy).toMatchObject({ kind: 'pending', healthySinceMs: NOW + 20_000 });
  expect(await observe(52, healthy)).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('exited with code 1'),
  });
});

test('a healthy green is pending until it has been healthy long enough, then ready', async () => {
  const first = await observe(60);
  expect(first).toMatchObject({
    kind: 'pending',
    healthySinceMs: NOW + 60_000,
    healthyTargets: 2,
    wanted: 2,
  });
  expect(first).toHaveProperty('waitSeconds', expect.any(Number));

  expect(await observe(89, first)).toMatchObject({
    kind: 'pending',
    healthySinceMs: NOW + 60_000,
    waitSeconds: 1,
  });
  expect(await observe(90, first)).toMatchObject({ kind: 'ready', healthyTargets: 2, wanted: 2 });
});

test('a green that was healthy and is no more starts its time anew', async () => {
  const first = await observe(60);
  world.targets[GREEN] = targetsIn('healthy', 'unhealthy');

  const second = await observe(90, first);

  expect(second).toMatchObject({ kind: 'pending', healthySinceMs: null, healthyTargets: 1 });
});

test('instance targets count by port: two tasks on one instance are two', async () => {
  world.targets[GREEN] = [32_768, 32_769].map((Port) => ({
    Target: { Id: 'i-0123456789abcdef0', Port },
    TargetHealth: { State: 'healthy' },
  }));

  expect(await observe(60)).toMatchObject({
    kind: 'pending',
    healthyTargets: 2,
    healthySinceMs: NOW + 60_000,
  });
});

describe('is never ready, however long ago it was healthy,', () => {
  const ready: Ready = {
    kind: 'pending',
    healthyTargets: 2,
    wanted: 2,
    healthySinceMs: NOW,
    waitSeconds: 5,
    reason: '',
  };
  test.each<[string, (changed: AwsWorld) => void]>([
    ['with a target that is still starting', (it) => (it.targets[GREEN] = targetsIn('healthy', 'initial'))],
    ['with a target that is unhealthy', (it) => (it.targets[GREEN] = targetsIn('healthy', 'unhealthy'))],
    [
      'with a target whose health nobody checks',
      (it) => (it.targets[GREEN] = targetsIn('healthy', 'unused')),
    ],
    [
      'with a target whose state is unknown',
      (it) => (it.targets[GREEN] = targetsIn('healthy', 'unavailable')),
    ],
    [
      'with a target in a state AWS has yet to invent',
      (it) => {
        it.targets[GREEN] = [...targetsIn('healthy'), { TargetHealth: { State: 'superb' as 'healthy' } }];
      },
    ],
    ['with a target missing', (it) => (it.targets[GREEN] = targetsIn('healthy'))],
    [
      'with a task set that is not steady',
      (it) => (it.taskSets = [aGreenTaskSet({ stabilityStatus: 'STABILIZING' })]),
    ],
    [
      'with more tasks wanted than are healthy',
      (it) => (it.taskSets = [aGreenTaskSet({ computedDesiredCount: 3 })]),
    ],
  ])('%s', async (_what, change) => {
    change(world);

    expect(await observe(120, ready)).toMatchObject({ kind: 'pending', healthySinceMs: null });
  });
});

describe('a green whose targets are in use by nobody', () => {
  beforeEach(() => {
    world.targets[GREEN] = targetsIn('unused', 'unused');
  });
  const withoutGreen = () => [aForwardAction({ [BLUE]: 100 })];

  test('makes it read the routes, and fail when somebody took its group out of them', async () => {
    world.routes = { [LISTENER]: withoutGreen(), [RULE]: withoutGreen() };

    expect(await observe(70)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(
        /^expected green's target group shop-green in the forward action of HTTPS:443 default, HTTPS:443 path \/api\/\*, .*found it gone: somebody else changed the listener/,
      ),
    });
    expect(writes()).toEqual([]);
  });

  test('or deleted the rule', async () => {
    world.routes = { [LISTENER]: withoutGreen() };

    expect(await observe(70)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('HTTPS:443 default, HTTPS:443 path /api/*'),
    });
  });

  test('is waited for while every route names it: the load balancer has not followed yet', async () => {
    world.routes = bothRoutesAt(100, 0);

    expect(await observe(70)).toMatchObject({ kind: 'pending' });
  });
});

describe('a green that somebody gave weight before its first shift', () => {
  const given =
    /^expected blue to hold all weight until green's first shift, found 90 % blue, 10 % green on HTTPS:443 default, .*somebody else changed the listener/;
  beforeEach(() => {
    world.routes = bothRoutesAt(90, 10);
  });

  test('is not ready, even if the weights are those of the first shift', async () => {
    const healthy = await observe(62);

    expect(healthy).toMatchObject({ kind: 'pending' });
    expect(await observe(92, healthy)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(given),
    });
  });

  test('is found within a minute while its tasks start', async () => {
    world.targets[GREEN] = targetsIn('initial', 'initial');

    expect(await observe(105)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(given) });
  });

  test('is right where nothing serves beside it', async () => {
    const alone = { ...theirPlan({ blue: null }), blueTargetGroupArn: BLUE };
    const healthy = await observe(62);
    const first = { lease, plan: alone, green, ready: healthy };

    expect(await run(first, aHost({ nowMs: NOW + 92_000 }))).toMatchObject({ kind: 'ready' });
  });
});

test('a green that is on its way costs no read of the routes', async () => {
  world.targets[GREEN] = targetsIn('initial', 'initial');

  await observe(70);

  expect(sentCommands().map(([operation]) => operation)).not.toContain('DescribeListeners');
});

describe('fails, with the reason a person needs,', () => {
  test.each<[string, number, (changed: AwsWorld) => void, string]>([
    [
      'when its image cannot be pulled',
      20,
      (it) => {
        it.taskSets = [aGreenTaskSet({ runningCount: 0, stabilityStatus: 'STABILIZING' })];
        it.targets[GREEN] = [];
        it.stopped = [1, 2].map((index) =>
          aStoppedTask(index, {
            stopCode: 'TaskFailedToStart',
            stoppedReason: 'CannotPullContainerError: manifest for shop:v2 not found',
            containers: [{ name: 'web', image: 'shop:v2' }],
          }),
        );
      },
      'CannotPullContainerError: manifest for shop:v2 not found',
    ],
    [
      'when its tasks keep exiting',
      30,
      (it) => {
        it.taskSets = [aGreenTaskSet({ runningCount: 1 })];
        it.stopped = [1, 2, 3].map((index) => aStoppedTask(index));
      },
      'exited with code 1',
    ],
    ['when its task set is gone', 90, (it) => (it.taskSets = []), 'is gone: somebody deleted it'],
    [
      'when somebody deletes it',
      5,
      (it) => (it.taskSets = [aGreenTaskSet({ status: 'DRAINING' })]),
      'is being deleted by somebody',
    ],
    [
      'when somebody scaled it',
      5,
      (it) => (it.taskSets = [aGreenTaskSet({ scale: { value: 50, unit: 'PERCENT' } })]),
      'now at 50 %: somebody scaled it',
    ],
    [
      'when the service wants no tasks',
      90,
      (it) => (it.taskSets = [aGreenTaskSet({ computedDesiredCount: 0 })]),
      'desired count is 0',
    ],
    [
      'when its health check fails beyond the time to healthy',
      600,
      (it) => {
        it.targets[GREEN] = targetsIn('unhealthy', 'unhealthy').map((target) => ({
          ...target,
          TargetHealth: {
            State: 'unhealthy',
            Reason: 'Target.ResponseCodeMismatch',
            Description: 'Health checks failed with these codes: [500]',
          },
        }));
      },
      'Health checks failed with these codes: [500]',
    ],
  ])('%s', async (_what, seconds, change, reason) => {
    change(world);

    const ready = await observe(seconds);

    expect(ready).toMatchObject({ kind: 'failed', reason: expect.stringContaining(reason) });
  });
});

test('an abort fails it, with who and why', async () => {
  world.items[RECORD] = aRecord({ commands: [aCommand('abort', { reason: 'wrong revision' })] });

  expect(await observe(90)).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('abort by ada (claimed): wrong revision'),
  });
});

test('a task set that a lagging read does not show yet is pending', async () => {
  world.taskSets = [aBlueTaskSet()];

  expect(await observe(5)).toMatchObject({ kind: 'pending', wanted: 0, healthySinceMs: null });
  expect(writes()).toEqual([]);
});

describe('every step’s duties', () => {
  // Some time ago, so that stopped tasks are asked for.
  const launched = { ...green, launchedAtMs: NOW - 20_000 };
  const given = () => ({
    world: aWorld({
      taskSets: [aGreenTaskSet({ runningCount: 1 })],
      stopped: [aStoppedTask(1, { startedBy: BLUE_ID })],
    }),
    input: { ...input, green: launched },
  });
  changesNothingTheSecondTime<'CheckGreen'>({ run, given });
  meetsApiErrors<'CheckGreen'>({
    run,
    given,
    operations: ['DescribeServices', 'DescribeTargetHealth', 'ListTasks', 'DescribeTasks', 'GetItem'],
  });
});

describe("with the request's limit for rollbacks green gets its first request only", () => {
  const limited = { ...input, plan: theirPlan({ rollbackWithinMs: 60_000 }) };
  const readyAfter = (seconds: number) =>
    run(
      {
        ...limited,
        ready: {
          kind: 'pending',
          healthyTargets: 2,
          wanted: 2,
          healthySinceMs: NOW,
          waitSeconds: 5,
          reason: '',
        },
      },
      aHost({ nowMs: NOW + seconds * 1_000 }),
    );

  test('while blue would take everything back in time', async () => {
    expect(await readyAfter(60)).toMatchObject({ kind: 'ready', launchMs: 0 });
    expect(writes()).toEqual([]);
  });

  test('and waits, healthy, while blue lacks a task', async () => {
    world.targets[BLUE] = targetsIn('healthy', 'unhealthy');

    expect(await readyAfter(60)).toMatchObject({
      kind: 'pending',
      healthySinceMs: NOW,
      reason: expect.stringContaining(
        'it gets no request yet, because a rollback would not be over within 1m',
      ),
    });
  });

  test('and gives up when its time to get healthy is over', async () => {
    world.targets[BLUE] = targetsIn('healthy', 'unhealthy');

    expect(await readyAfter(600)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining("blue would carry 75 % of today's requests with 1 of 2 tasks healthy"),
    });
  });
});
