import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from 'vitest';
import { rollBack } from '../../functions/roll-back.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aRecord, leaseKey, RECORD } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet, aService } from '../builders/ecs.ts';
import { aForwardAction, authenticate, targetsIn, weightsIn } from '../builders/elbv2.ts';
import { aDecision, aForward, aRollBack, BLUE, GREEN, NOW, THIRD } from '../core/a-deployment.ts';
import { aCommand } from './a-command.ts';
import { invoking } from './a-handler.ts';
import { defaultRoute, GREEN_ID, green, LISTENER, lease, RULE, shiftedTo, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { answering, failing } from './faults.ts';
import { ecs, forgetSent, sentCommands, writes } from './sent-commands.ts';

const run = invoking('RollBack', rollBack);
const decision = aDecision({ kind: 'rollBack', reason: 'alarm shop-5xx is in ALARM' });
const input = { lease, plan: theirPlan(), green, traffic: shiftedTo(1, 50), decision };
const recovering = { ...input, lease: { ...lease, kind: 'recovering' as const, reason: 'STOPPED by ada' } };
const alone = theirPlan({ blue: null, routes: [defaultRoute(aForward([GREEN, 1]))] });
const sticky = { Enabled: true, DurationSeconds: 600 };
const stickyAt = (weights: Record<string, number>) => [authenticate, aForwardAction(weights, sticky)];

const routeWrites = () => writes().filter(([operation]) => operation !== 'UpdateItem');
const leaseReads = () =>
  sentCommands().filter(
    ([operation, { Key }]) => operation === 'GetItem' && JSON.stringify(Key) === JSON.stringify(leaseKey),
  );

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(aWorld({ routes: bothRoutesAt(50, 50) }));
});

describe('a sticky route while RollBack holds', () => {
  beforeEach(() => {
    world.routes[RULE] = stickyAt({ [BLUE]: 50, [GREEN]: 50 });
  });

  test('keeps both groups while both have users', async () => {
    world.targets[BLUE] = targetsIn('healthy', 'unhealthy');

    expect(await run(input)).toMatchObject({ kind: 'held' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 75, [GREEN]: 25 });
  });

  test('loses a green that answers nobody: its clients would follow their cookie there', async () => {
    world.targets = {
      [BLUE]: targetsIn('healthy', 'unhealthy'),
      [GREEN]: targetsIn('unhealthy', 'unhealthy'),
    };

    expect(await run(input)).toMatchObject({ kind: 'held' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 100 });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('loses a blue of which nothing runs', async () => {
    world.targets[BLUE] = [];
    world.taskSets[0] = aBlueTaskSet({ runningCount: 0, pendingCount: 2 });

    expect(await run(input)).toMatchObject({ kind: 'held' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [GREEN]: 100 });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });

  test('keeps a whole blue while a recovery finishes what was promoted: RetireBlue takes it out', async () => {
    world.taskSets = [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })];
    world.routes = { ...bothRoutesAt(0, 100), [RULE]: stickyAt({ [BLUE]: 0, [GREEN]: 100 }) };

    expect(await run(recovering)).toMatchObject({ kind: 'finishForward' });
    expect(routeWrites()).toEqual([]);
  });
});

describe('where the request lets nobody be moved', () => {
  const off = { ...input, plan: theirPlan({ carry: 'off' }) };

  test('a route that somebody gave to a third group stays while blue is the sicker of the two', async () => {
    world.targets[BLUE] = targetsIn('unhealthy', 'unhealthy');
    world.routes[RULE] = [authenticate, aForwardAction({ [THIRD]: 1, [GREEN]: 1 })];

    expect(await run(off)).toMatchObject({ kind: 'held' });
    expect(routeWrites()).toEqual([]);
  });

  test('a sticky route with blue keeps green’s group, while another one gives green users', async () => {
    world.targets[BLUE] = targetsIn('unhealthy', 'unhealthy');
    world.routes[RULE] = stickyAt({ [BLUE]: 100, [GREEN]: 0 });

    expect(await run(off)).toMatchObject({ kind: 'held' });
    expect(routeWrites()).toEqual([]);
  });

  test('all go back to a blue that is as sick as green: what it carries is not asked', async () => {
    world.targets = { [BLUE]: targetsIn('healthy', 'unhealthy'), [GREEN]: targetsIn('healthy', 'unhealthy') };

    expect(await run(off)).toMatchObject({ kind: 'restored' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });
});

describe('a first deployment', () => {
  test('has no other colour to place users on', async () => {
    world.routes = { [LISTENER]: [aForwardAction({ [BLUE]: 0, [GREEN]: 100 })] };
    const original = aForward([BLUE, 1], [GREEN, 0]);

    const rolledBack = await run({ ...input, plan: { ...alone, routes: [defaultRoute(original)] } });

    expect(rolledBack).toMatchObject({ kind: 'restored', evidence: { blue: null } });
    expect(rolledBack).not.toHaveProperty('placement');
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 1, [GREEN]: 0 });
  });

  test('that could not finish for two hours leaves its route as it is', async () => {
    world.taskSets = [aGreenTaskSet({ status: 'PRIMARY' })];
    world.routes = { [LISTENER]: [{ Type: 'forward', TargetGroupArn: GREEN }] };
    const rolledBack = aRollBack({ kind: 'finishForward', startedAtMs: NOW - 2 * 3_600_000 });

    expect(await run({ ...recovering, plan: alone, rolledBack })).toMatchObject({ kind: 'stuck' });
    expect(routeWrites()).toEqual([]);
  });
});

describe('users who stay on a green that is as small as an earlier weight took', () => {
  const growing = { ...input, plan: theirPlan({ capacity: { headroom: 1.2, minTasks: 1 } }) };
  const grows = () => writes().filter(([operation]) => operation === 'UpdateTaskSet');
  const ten = (healthy: number) =>
    targetsIn(...Array.from({ length: 10 }, (_, index) => (index < healthy ? 'healthy' : 'unhealthy')));
  beforeEach(() => {
    world.taskSets = [
      aBlueTaskSet({ computedDesiredCount: 10, runningCount: 10 }),
      aGreenTaskSet({ scale: { value: 20, unit: 'PERCENT' } }),
    ];
    world.targets[BLUE] = ten(5);
    answering(ecs, DescribeServicesCommand, () => ({
      services: [aService({ desiredCount: 10, taskSets: world.taskSets })],
    }));
  });
  const whole = [
    'UpdateTaskSet',
    expect.objectContaining({ taskSet: GREEN_ID, scale: { value: 30, unit: 'PERCENT' } }),
  ];

  test('get its tasks once blue’s share is with blue', async () => {
    expect(await run(growing)).toMatchObject({ kind: 'held' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 75, [GREEN]: 25 });
    expect(grows()).toEqual([whole]);
  });

  test('get them also while nobody moves, for the weight that green has', async () => {
    world.routes = bothRoutesAt(75, 25);

    expect(await run(growing)).toMatchObject({ kind: 'held' });
    expect(routeWrites()).toEqual([whole]);
  });

  test.each<[string, () => void, string]>([
    ['all of them go back', () => (world.targets[BLUE] = ten(10)), 'restored'],
    [
      'green is on its way out',
      () =>
        (world.taskSets[1] = aGreenTaskSet({ status: 'DRAINING', scale: { value: 20, unit: 'PERCENT' } })),
      'restored',
    ],
    ['green is gone', () => world.taskSets.pop(), 'restored'],
  ])('get none where %s', async (_where, given, kind) => {
    given();

    expect(await run(growing)).toMatchObject({ kind });
    expect(grows()).toEqual([]);
  });

  test('are moved although green cannot be scaled', async () => {
    failing('UpdateTaskSet', awsError('AccessDeniedException'));

    expect(await run(growing)).toMatchObject({ kind: 'held' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 75, [GREEN]: 25 });
  });
});

describe('a visit that has nothing to write', () => {
  test('reads no lease and publishes nothing', async () => {
    world.routes = bothRoutesAt(100, 0);

    await run(input);

    expect(leaseReads()).toEqual([]);
    expect(world.events).toEqual([]);
  });
});

test('what was written is published, route by route', async () => {
  await run(input);

  expect(world.events).toHaveLength(1);
  expect(JSON.parse(world.events[0]?.Detail ?? '')).toMatchObject({
    routes: ['HTTPS:443 default', 'HTTPS:443 path /api/*'].map((route) => ({
      route,
      before: { blue: 50, green: 50 },
      after: { blue: 100, green: 0 },
    })),
  });
});

test('a record that is gone keeps nobody from going back', async () => {
  delete world.items[RECORD];

  expect(await run(input)).toMatchObject({ kind: 'restored' });
  expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
});

describe('whether a person’s abort began it', () => {
  const { decision: _none, ...undecided } = input;
  const failure = { Error: 'Aborted', Cause: '{"errorMessage":"abort by ada (claimed)"}' };
  beforeEach(() => {
    world.items[RECORD] = aRecord({ commands: [aCommand('abort')] });
  });

  test('is said by the first visit, and kept by those after it', async () => {
    const first = await run({ ...undecided, failure });
    expect(first).toMatchObject({ aborted: true });

    forgetSent();
    world.items[RECORD] = aRecord();
    expect(await run({ ...undecided, rolledBack: first })).toMatchObject({ aborted: true });
  });

  test('is not decided by an abort that came after it', async () => {
    const rolledBack = aRollBack();

    expect(await run({ ...undecided, failure, rolledBack })).not.toHaveProperty('aborted');
  });
});
