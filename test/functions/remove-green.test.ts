import type { TaskSet } from '@aws-sdk/client-ecs';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_MEMORY } from '../../core/weights/carry.ts';
import { removeGreen } from '../../functions/remove-green.ts';
import type { StepInput } from '../../statemachine/contract.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aRecord, leaseKey, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { aForwardAction, targetsIn } from '../builders/elbv2.ts';
import { aRollBack, BLUE, GREEN, NOW, THIRD } from '../core/a-deployment.ts';
import { aCommand } from './a-command.ts';
import { aHost, invoking } from './a-handler.ts';
import {
  BLUE_ID,
  CLUSTER,
  GREEN_ID,
  green,
  LISTENER,
  lease,
  RULE,
  SERVICE,
  shiftedTo,
  theirPlan,
} from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors, refusesWithoutLease } from './api-errors.ts';
import { failing } from './faults.ts';
import { forgetSent, sentCommands, writes } from './sent-commands.ts';

const run = invoking('RemoveGreen', removeGreen);
const input = { lease, plan: theirPlan(), green, rolledBack: aRollBack({ kind: 'restored' }) };
const drained = (changes: Partial<TaskSet> = {}): TaskSet =>
  aGreenTaskSet({
    scale: { value: 0, unit: 'PERCENT' },
    computedDesiredCount: 0,
    runningCount: 0,
    ...changes,
  });
const removal = {
  kind: 'due' as const,
  startedAtMs: NOW - 60_000,
  waitSeconds: 0,
  runningCount: 0,
  reason: '',
};

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(aWorld());
});

type Targets = ReturnType<typeof targetsIn>;

const named = { cluster: CLUSTER, service: SERVICE, taskSet: GREEN_ID };
const reads = [
  ['DescribeServices', { cluster: CLUSTER, services: [SERVICE] }],
  ['DescribeListeners', { ListenerArns: [LISTENER] }],
  ['DescribeRules', { RuleArns: [RULE] }],
];
/** What blue and green carry now, and what a person ordered. */
const healthReads = [
  ['DescribeTargetHealth', { TargetGroupArn: BLUE }],
  ['DescribeTargetHealth', { TargetGroupArn: GREEN }],
  ['GetItem', { TableName: TABLE, Key: recordKey, ConsistentRead: true }],
];
const leaseRead = ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }];

describe('one write a visit', () => {
  test('first green is scaled to zero', async () => {
    expect(await run(input)).toMatchObject({ kind: 'removing', startedAtMs: NOW, runningCount: 2 });

    expect(sentCommands()).toStrictEqual([
      ...reads,
      ...healthReads,
      leaseRead,
      ['UpdateTaskSet', { ...named, scale: { value: 0, unit: 'PERCENT' } }],
    ]);
  });

  test('then nothing, while tasks drain', async () => {
    world.taskSets[1] = drained({ runningCount: 1 });

    expect(await run({ ...input, removal })).toMatchObject({ kind: 'removing', startedAtMs: NOW - 60_000 });
    expect(writes()).toEqual([]);
  });

  test('then it is deleted, without force', async () => {
    world.taskSets[1] = drained();

    expect(await run({ ...input, removal })).toMatchObject({ kind: 'removing', waitSeconds: 10 });
    expect(sentCommands()).toStrictEqual([...reads, leaseRead, ['DeleteTaskSet', named]]);
  });

  test('then nothing, while it is being deleted', async () => {
    world.taskSets[1] = drained({ status: 'DRAINING' });

    expect(await run({ ...input, removal })).toMatchObject({ kind: 'removing' });
    expect(writes()).toEqual([]);
  });

  test('with a service that somebody deleted, is gone at the second read', async () => {
    failing('DescribeServices', awsError('ClusterNotFoundException'));

    expect(await run(input)).toMatchObject({ kind: 'removing', waitSeconds: 60 });
    expect(await run({ ...input, removal })).toMatchObject({ kind: 'removed' });
    expect(writes()).toEqual([]);
  });

  test('then it is gone', async () => {
    world.taskSets = [aBlueTaskSet()];

    expect(await run({ ...input, removal })).toMatchObject({ kind: 'removed', waitSeconds: 0 });
    expect(sentCommands()).toStrictEqual(reads);
  });
});

test('a green that is PRIMARY gives that back to blue first, and is scaled down on the next visit only', async () => {
  world.taskSets = [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })];

  const first = await run(input);
  expect(first).toMatchObject({ kind: 'removing', reason: 'blue is PRIMARY again' });
  expect(writes()).toStrictEqual([
    ['UpdateServicePrimaryTaskSet', { cluster: CLUSTER, service: SERVICE, primaryTaskSet: BLUE_ID }],
  ]);

  forgetSent();
  // When it was found stays known to the end.
  expect(await run({ ...input, removal: first }, aHost({ nowMs: NOW + 9_000 }))).toMatchObject({
    primaryMovedAtMs: NOW,
  });
  expect(writes().map(([operation]) => operation)).toEqual(['UpdateTaskSet']);
});

describe('only what is this deployment’s', () => {
  test('green is found by its label, whatever the launch answered or did not', async () => {
    world.taskSets = [aBlueTaskSet(), aGreenTaskSet({ id: 'ecs-svc/9' })];
    const { green: _lost, ...withoutGreen } = input;

    await run(withoutGreen);

    expect(writes()).toStrictEqual([
      ['UpdateTaskSet', { ...named, taskSet: 'ecs-svc/9', scale: { value: 0, unit: 'PERCENT' } }],
    ]);
  });

  test.each<[string, () => TaskSet]>([
    ['scaled down', () => aGreenTaskSet({ status: 'PRIMARY' })],
    ['deleted', () => drained({ status: 'PRIMARY' })],
  ])('a task set that the plan takes for blue, too, is not %s', async (_, taskSet) => {
    world.taskSets = [taskSet()];
    const plan = theirPlan();
    const confused = { ...plan, blue: plan.blue === null ? null : { ...plan.blue, id: GREEN_ID } };

    expect(await run({ ...input, plan: confused })).toMatchObject({ kind: 'removing' });
    expect(writes()).toEqual([]);
  });

  test('a blue that carries this deployment’s id is not made PRIMARY', async () => {
    world.taskSets = [aGreenTaskSet({ status: 'ACTIVE' })];
    const plan = theirPlan();
    const confused = { ...plan, blue: plan.blue === null ? null : { ...plan.blue, id: GREEN_ID } };

    await expect(run({ ...input, plan: confused })).rejects.toMatchObject({
      name: 'InvariantBroken',
      message: expect.stringContaining(`found ${GREEN_ID} of deploy-8`),
    });
    expect(writes()).toEqual([]);
  });

  test('another deployment’s task set is not touched', async () => {
    world.taskSets = [aBlueTaskSet(), aGreenTaskSet({ externalId: 'deploy-7' })];

    expect(await run({ ...input, removal })).toMatchObject({ kind: 'removed' });
    expect(writes()).toEqual([]);
  });

  test('a green that is not there may still be on its way, so it is searched for once more', async () => {
    world.taskSets = [aBlueTaskSet()];

    const first = await run(input);
    expect(first).toMatchObject({ kind: 'removing', waitSeconds: 60 });

    world.taskSets.push(aGreenTaskSet());
    await run({ ...input, removal: first }, aHost({ nowMs: NOW + 60_000 }));
    expect(writes().map(([operation]) => operation)).toEqual(['UpdateTaskSet']);
  });
});

describe('green stays as it is, and the rollback is done again,', () => {
  test.each([
    ['while a route gives it requests', aForwardAction({ [BLUE]: 99, [GREEN]: 1 }), '99 % blue, 1 % green'],
    ['when a route forwards to it alone', aForwardAction({ [GREEN]: 1 }), '0 % blue, 100 % green'],
    ['when nobody can tell', aForwardAction({ [BLUE]: 50, [THIRD]: 50 }), 'no split between blue and green'],
  ])('%s', async (_when, action, found) => {
    for (const taskSet of [aGreenTaskSet(), aGreenTaskSet({ status: 'PRIMARY' }), drained()]) {
      world = answerFrom(aWorld({ taskSets: [aBlueTaskSet(), taskSet] }));
      world.routes[RULE] = [action];

      await expect(run(input)).rejects.toMatchObject({
        name: 'TrafficDrifted',
        message: expect.stringMatching(
          `somebody else changed the listener: .*found .*${found}.*HTTPS:443 path `,
        ),
      });
      expect(writes()).toEqual([]);
    }
  });
});

describe('blue is read again right before green loses its tasks', () => {
  const served = { ...input, traffic: shiftedTo(0, 10) };
  const dead = () => targetsIn('unhealthy', 'unhealthy');
  const whole = () => targetsIn('healthy', 'healthy');
  const half = () => targetsIn('healthy', 'unhealthy');
  const healthOf = (blue: Targets, green: Targets) => aWorld({ targets: { [BLUE]: blue, [GREEN]: green } });

  test.each<[string, () => AwsWorld, string]>([
    ['whose targets all fail', () => healthOf(dead(), whole()), 'blue has 0 of 2 tasks healthy'],
    ['of which half fails', () => healthOf(half(), whole()), 'blue has 1 of 2 tasks healthy'],
    [
      'that somebody scaled to 0',
      () =>
        aWorld({
          taskSets: [
            aBlueTaskSet({ scale: { value: 0, unit: 'PERCENT' }, runningCount: 0 }),
            aGreenTaskSet(),
          ],
        }),
      'blue is gone',
    ],
    ['that somebody deleted', () => aWorld({ taskSets: [aGreenTaskSet()] }), 'blue is gone'],
  ])('green stays beside a blue %s', async (_what, given, found) => {
    answerFrom(given());

    await expect(run(served)).rejects.toMatchObject({
      name: 'NotEnoughHealthyTargets',
      message: expect.stringContaining(found),
    });
    expect(writes()).toEqual([]);
  });

  const { traffic: _traffic, ...neverServed } = served;
  const lostGreen = { startMs: NOW - 60_000, requests: 100, answered: 0 };
  test.each<[string, () => AwsWorld, StepInput<'RemoveGreen'>]>([
    ['a green without a task', () => healthOf(half(), []), served],
    [
      'a green that was seen to answer nobody',
      () => healthOf(half(), whole()),
      { ...served, rolledBack: aRollBack({ kind: 'restored', placement: { ...NO_MEMORY, lostGreen } }) },
    ],
    [
      'a green that never had a user, while one task of blue is healthy',
      () => healthOf(half(), whole()),
      neverServed,
    ],
    [
      'a green to which the request lets nobody be moved',
      () => healthOf(dead(), whole()),
      { ...served, plan: theirPlan({ carry: 'off' }) },
    ],
  ])('%s goes all the same', async (_what, given, asked) => {
    answerFrom(given());

    await run(asked);
    expect(writes().map(([operation]) => operation)).toEqual(['UpdateTaskSet']);
  });

  test('an abort that lets nobody wait leaves green as long as one task of blue is healthy', async () => {
    const items = { ...world.items, [RECORD]: aRecord({ commands: [aCommand('abort', { now: true })] }) };
    answerFrom({ ...healthOf(half(), whole()), items });

    await run(served);
    expect(writes().map(([operation]) => operation)).toEqual(['UpdateTaskSet']);
  });

  test('a record that cannot be read is no reason to keep green beside a whole blue', async () => {
    failing('GetItem', awsError('ResourceNotFoundException'), 1);

    await run(served);
    expect(writes().map(([operation]) => operation)).toEqual(['UpdateTaskSet']);
  });
});

test('a rule that somebody deleted gives green no requests', async () => {
  delete world.routes[RULE];

  await run(input);

  expect(writes().map(([operation]) => operation)).toEqual(['UpdateTaskSet']);
});

/** One route, which named green alone before the deployment, too. */
const firstPlan = () =>
  theirPlan({
    blue: null,
    routes: theirPlan()
      .routes.filter(({ kind }) => kind === 'listener')
      .map((route) => ({
        ...route,
        original: { ...route.original, groups: [{ targetGroupArn: GREEN, weight: 1 }] },
      })),
  });

test('a first deployment’s green goes although its route names nobody else', async () => {
  world.taskSets = [aGreenTaskSet()];
  world.routes = { [LISTENER]: [aForwardAction({ [GREEN]: 100 })] };

  await run({ ...input, plan: firstPlan() });

  expect(writes()).toStrictEqual([['UpdateTaskSet', { ...named, scale: { value: 0, unit: 'PERCENT' } }]]);
});

test('blue is made PRIMARY again also when somebody deleted a green that was', async () => {
  world.taskSets = [aBlueTaskSet({ status: 'ACTIVE' })];

  expect(await run(input)).toMatchObject({ kind: 'removing', reason: 'blue is PRIMARY again' });
  expect(world.taskSets.map(({ status }) => status)).toEqual(['PRIMARY']);
});

test('a first deployment’s green that was promoted is deleted by force: nothing can take PRIMARY from it', async () => {
  world.taskSets = [drained({ status: 'PRIMARY' })];
  world.routes = { [LISTENER]: [aForwardAction({ [GREEN]: 100 })] };

  await run({ ...input, plan: firstPlan(), removal });

  expect(writes()).toStrictEqual([['DeleteTaskSet', { ...named, force: true }]]);
});

test('a green that will not go is a Conflict that says what to search for', async () => {
  world.taskSets[1] = drained({ runningCount: 1 });

  const late = { ...removal, startedAtMs: NOW - 7_200_000 };
  await expect(run({ ...input, removal: late })).rejects.toMatchObject({
    name: 'Conflict',
    message: expect.stringContaining('scale-in protection'),
  });
});

/** Of what somebody deleted nothing is left to do. */
const whatIsGone = {
  'DescribeListeners NotFound': null,
  'DescribeRules NotFound': null,
  'DescribeServices NotFound': null,
};

describe.each<[string, () => TaskSet[], string[]]>([
  ['scaled down', () => [aBlueTaskSet(), aGreenTaskSet()], ['DescribeTargetHealth', 'UpdateTaskSet']],
  ['deleted', () => [aBlueTaskSet(), drained()], ['DeleteTaskSet']],
])('every step’s duties while green is %s', (_what, taskSets, operations) => {
  const situation = { run, given: () => ({ world: aWorld({ taskSets: taskSets() }), input }) };
  changesNothingTheSecondTime<'RemoveGreen'>(situation);
  refusesWithoutLease<'RemoveGreen'>(situation);
  meetsApiErrors<'RemoveGreen'>({
    ...situation,
    operations: ['DescribeServices', 'DescribeListeners', 'DescribeRules', 'GetItem', ...operations],
    except: whatIsGone,
  });
});

describe('every step’s duties while PRIMARY goes back to blue', () => {
  const given = () => ({
    world: aWorld({
      taskSets: [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })],
      routes: bothRoutesAt(100, 0),
    }),
    input,
  });
  refusesWithoutLease<'RemoveGreen'>({ run, given });
  meetsApiErrors<'RemoveGreen'>({
    run,
    given,
    operations: [
      'DescribeServices',
      'DescribeListeners',
      'DescribeRules',
      'GetItem',
      'UpdateServicePrimaryTaskSet',
    ],
    except: whatIsGone,
  });
});

describe('after giving way to a deployment of another installation', () => {
  const gaveWay = (msAgo: number) => ({
    ...input,
    rolledBack: { ...input.rolledBack, leavesRoutes: true as const, startedAtMs: NOW - msAgo },
  });
  const theirs = aGreenTaskSet({ id: 'ecs-svc/7', externalId: 'deploy-7', status: 'PRIMARY' });

  test.each([
    ['a moment ago', 1_000, []],
    ['long ago, while its task set is there', 600_000, [theirs]],
  ])('%s: green goes, whatever has traffic or is PRIMARY', async (_when, msAgo, others) => {
    world.taskSets = [aBlueTaskSet({ status: 'ACTIVE' }), ...others, aGreenTaskSet()];
    world.routes = bothRoutesAt(90, 10);

    expect(await run(gaveWay(msAgo))).toMatchObject({ kind: 'removing' });
    expect(writes()).toEqual([['UpdateTaskSet', { ...named, scale: { value: 0, unit: 'PERCENT' } }]]);
  });

  test('long ago, and the other is gone: traffic of green is somebody’s mistake again', async () => {
    world.routes = bothRoutesAt(90, 10);

    await expect(run(gaveWay(600_000))).rejects.toMatchObject({ name: 'TrafficDrifted' });
  });
});
