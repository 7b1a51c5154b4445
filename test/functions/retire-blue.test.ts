import type { TaskSet } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_MEMORY } from '../../core/weights/carry.ts';
import { retireBlue } from '../../functions/retire-blue.ts';
import { aRecord, leaseKey, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { aForwardAction, authenticate, authenticateAgain, targetsIn, weightsIn } from '../builders/elbv2.ts';
import { BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { aCommand } from './a-command.ts';
import { aHost, invoking } from './a-handler.ts';
import {
  BLUE_ID,
  CLUSTER,
  execution,
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
import { answering } from './faults.ts';
import { elbv2, forgetSent, sentCommands, writes } from './sent-commands.ts';

const run = invoking('RetireBlue', retireBlue);
/** The last shift was an hour ago: the keep-blue window. */
const input = {
  lease,
  plan: theirPlan(),
  green,
  traffic: shiftedTo(2, 100, { shiftedAtMs: NOW - 3_600_000 }),
};
const afterPromotion = (): AwsWorld =>
  aWorld({
    routes: bothRoutesAt(0, 100),
    taskSets: [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })],
  });
const drained = (changes: Partial<TaskSet> = {}): TaskSet =>
  aBlueTaskSet({
    status: 'ACTIVE',
    scale: { value: 0, unit: 'PERCENT' },
    computedDesiredCount: 0,
    runningCount: 0,
    ...changes,
  });
const sticky = { Enabled: true, DurationSeconds: 600 };

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(afterPromotion());
});

const named = { cluster: CLUSTER, service: SERVICE, taskSet: BLUE_ID };
const reads = [
  ['DescribeTaskSets', { cluster: CLUSTER, service: SERVICE, taskSets: [BLUE_ID] }],
  ['DescribeListeners', { ListenerArns: [LISTENER] }],
  ['DescribeRules', { RuleArns: [RULE] }],
];
const leaseRead = ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }];
/** For an abort or a freeze, as long as a person can still turn back. */
const recordRead = ['GetItem', { TableName: TABLE, Key: recordKey, ConsistentRead: true }];
/** The last read of both colours, as long as blue could still take its traffic back. */
const greenReads = [
  ['DescribeServices', { cluster: CLUSTER, services: [SERVICE] }],
  ['DescribeTargetHealth', { TargetGroupArn: GREEN }],
  ['DescribeTargetHealth', { TargetGroupArn: BLUE }],
];

describe('one write a visit', () => {
  test('first blue is scaled to zero', async () => {
    const retirement = await run(input);

    expect(retirement).toMatchObject({
      kind: 'draining',
      startedAtMs: NOW,
      runningCount: 2,
      waitSeconds: 60,
    });
    expect(sentCommands()).toStrictEqual([
      ...reads,
      recordRead,
      ...greenReads,
      leaseRead,
      ['UpdateItem', expect.objectContaining({ Key: recordKey })],
      ['UpdateTaskSet', { ...named, scale: { value: 0, unit: 'PERCENT' } }],
    ]);
  });

  test('then nothing, while tasks drain', async () => {
    world.taskSets[0] = drained({ runningCount: 1 });

    expect(await run(input)).toMatchObject({ kind: 'draining', runningCount: 1 });
    expect(writes()).toEqual([]);
  });

  test('then it is deleted, without force', async () => {
    world.taskSets[0] = drained();

    expect(await run(input)).toMatchObject({ kind: 'draining', runningCount: 0, waitSeconds: 10 });
    expect(sentCommands()).toStrictEqual([...reads, leaseRead, ['DeleteTaskSet', named]]);
  });

  test('then nothing, while it is being deleted', async () => {
    world.taskSets[0] = drained({ status: 'DRAINING' });

    expect(await run(input)).toMatchObject({ kind: 'draining' });
    expect(writes()).toEqual([]);
  });

  test('then it is gone', async () => {
    world.taskSets = [aGreenTaskSet({ status: 'PRIMARY' })];

    expect(await run(input)).toMatchObject({ kind: 'retired', waitSeconds: 0 });
    expect(sentCommands()).toStrictEqual(reads);
  });

  test('and each visit keeps the first one’s time', async () => {
    world.taskSets[0] = drained();
    const retirement = {
      kind: 'due' as const,
      startedAtMs: NOW - 60_000,
      waitSeconds: 0,
      runningCount: 0,
      reason: '',
    };

    expect(await run({ ...input, retirement })).toMatchObject({ startedAtMs: NOW - 60_000 });
  });
});

describe('blue stays as it is', () => {
  test.each([
    [
      'while a route still gives it requests',
      bothRoutesAt(1, 99)[RULE],
      'found 1 % blue, 99 % green on HTTPS:443 path',
    ],
    ['when somebody moved traffic back', bothRoutesAt(100, 0)[RULE], 'found 100 % blue, 0 % green'],
    ['when nobody has weight', bothRoutesAt(0, 0)[RULE], 'no split between blue and green'],
  ])('%s', async (_when, actions, found) => {
    for (const blue of [aBlueTaskSet({ status: 'ACTIVE' }), drained()]) {
      world = answerFrom({ ...afterPromotion(), taskSets: [blue, aGreenTaskSet({ status: 'PRIMARY' })] });
      world.routes[RULE] = actions ?? [];

      await expect(run(input)).rejects.toMatchObject({
        name: 'TrafficDrifted',
        message: expect.stringContaining(found),
      });
      expect(writes()).toEqual([]);
    }
  });

  test.each([
    ['an application load balancer', 'application' as const, 120],
    ['a network load balancer', 'network' as const, 600],
  ])('until %s surely follows the last shift', async (_what, loadBalancerKind, seconds) => {
    const just = { ...input, plan: theirPlan({ loadBalancerKind }), traffic: shiftedTo(2, 100) };

    const early = await run(just, aHost({ nowMs: NOW + 20_000 }));
    expect(early).toMatchObject({ kind: 'waiting', waitSeconds: seconds - 20, runningCount: 2 });
    expect(writes()).toEqual([]);

    await run(just, aHost({ nowMs: NOW + seconds * 1_000 }));
    expect(writes().map(([operation]) => operation)).toEqual(['UpdateItem', 'UpdateTaskSet']);
  });

  test('nor before it surely follows the write that gave green back what blue had carried meanwhile', async () => {
    const carried = {
      shiftedAtMs: NOW - 3_600_000,
      weights: { blue: 0, green: 100 },
      before: { blue: 25, green: 75 },
      writtenAtMs: NOW - 20_000,
      sinceMs: null,
      totalMs: 60_000,
    };
    world.items[RECORD] = aRecord({ placement: { ...NO_MEMORY, carried } });

    expect(await run(input)).toMatchObject({ kind: 'waiting', waitSeconds: 100, runningCount: 2 });
    expect(writes()).toEqual([]);
  });
});

describe('a last read of green, because a freeze may have kept blue for days,', () => {
  test.each<[string, (changed: AwsWorld) => void]>([
    ['that somebody deleted', (it) => it.taskSets.pop()],
    ['without a healthy target', (it) => (it.targets[GREEN] = targetsIn('unhealthy', 'unhealthy'))],
    ['without targets', (it) => (it.targets[GREEN] = [])],
  ])('%s ends the step, and the deployment goes back to blue', async (_how, change) => {
    change(world);

    await expect(run(input)).rejects.toMatchObject({
      name: 'NotEnoughHealthyTargets',
      message: expect.stringContaining('expected a healthy green before blue goes'),
    });
    expect(writes()).toEqual([]);
  });

  const halfOfGreen = () => {
    world.targets[GREEN] = targetsIn('healthy', 'initial');
  };

  test('that carries everything while ECS replaces one of its three tasks: blue stays meanwhile', async () => {
    world.taskSets[1] = aGreenTaskSet({ status: 'PRIMARY', computedDesiredCount: 3 });
    world.targets[GREEN] = targetsIn('healthy', 'healthy', 'initial');

    expect(await run(input)).toMatchObject({ kind: 'waiting', waitSeconds: 30 });
    expect(writes()).toEqual([]);
  });

  test('that no longer carries everything, beside a blue that does: it is judged again, and blue stays', async () => {
    halfOfGreen();

    expect(await run(input)).toMatchObject({
      kind: 'short',
      waitSeconds: 0,
      reason: expect.stringContaining('1 of 2 targets healthy'),
    });
    expect(writes()).toEqual([]);
  });

  test.each<[string, () => Partial<typeof input>]>([
    [
      'beside a blue that is no better',
      () => {
        world.targets[BLUE] = targetsIn('unhealthy', 'healthy');
        return {};
      },
    ],
    ['where the request lets nobody be moved', () => ({ plan: theirPlan({ carry: 'off' }) })],
    ['after a recovery, which knows no shift', () => ({ traffic: undefined as never })],
  ])('that no longer carries everything, %s: blue stays until green is whole', async (_where, given) => {
    halfOfGreen();

    expect(await run(JSON.parse(JSON.stringify({ ...input, ...given() })))).toMatchObject({
      kind: 'waiting',
      waitSeconds: 30,
    });
    expect(writes()).toEqual([]);
  });

  test('is not taken once blue has begun to go: there is no other way then', async () => {
    world.taskSets[0] = drained();
    world.targets[GREEN] = [];

    expect(await run(input)).toMatchObject({ kind: 'draining' });
    expect(writes().map(([operation]) => operation)).toEqual(['DeleteTaskSet']);
  });
});

describe('on routes with stickiness, whose clients ignore weight 0,', () => {
  beforeEach(() => {
    world.routes[LISTENER] = [aForwardAction({ [BLUE]: 0, [GREEN]: 100 }, sticky)];
    world.routes[RULE] = [authenticate, aForwardAction({ [BLUE]: 0, [GREEN]: 100 }, sticky)];
  });

  const forward = {
    Type: 'forward' as const,
    Order: 2,
    ForwardConfig: {
      TargetGroups: [{ TargetGroupArn: GREEN, Weight: 100 }],
      TargetGroupStickinessConfig: sticky,
    },
  };

  test('a signal that ends their time early does not take blue from them', async () => {
    const left = await run(input);
    world.routes[LISTENER] = [forward];
    world.routes[RULE] = [authenticate, forward];
    forgetSent();

    const early = await run({ ...input, retirement: left }, aHost({ nowMs: NOW + 20_000 }));
    expect(early).toMatchObject({ kind: 'waiting', waitSeconds: 100, leftAtMs: NOW });
    expect(writes()).toEqual([]);

    const later = await run({ ...input, retirement: early }, aHost({ nowMs: NOW + 120_000 }));
    expect(later).toMatchObject({ kind: 'draining' });
  });

  test('blue’s group leaves the action first, and its clients get time to move on', async () => {
    const retirement = await run(input);

    expect(retirement).toMatchObject({ kind: 'waiting', waitSeconds: 120 });
    expect(sentCommands()).toStrictEqual([
      ...reads,
      recordRead,
      ...greenReads,
      leaseRead,
      ['ModifyListener', { ListenerArn: LISTENER, DefaultActions: [forward] }],
      ['ModifyRule', { RuleArn: RULE, Actions: [authenticateAgain, forward] }],
    ]);
  });

  test('blue is scaled down on the next visit only', async () => {
    const retirement = await run(input);
    forgetSent();

    await run({ ...input, retirement }, aHost({ nowMs: NOW + 120_000 }));

    expect(writes()).toStrictEqual([
      ['UpdateItem', expect.objectContaining({ Key: recordKey })],
      ['UpdateTaskSet', { ...named, scale: { value: 0, unit: 'PERCENT' } }],
    ]);
    expect(weightsIn(world.routes[RULE])).toEqual({ [GREEN]: 100 });
  });

  test('a route without stickiness beside them keeps blue’s group at 0', async () => {
    world.routes[LISTENER] = [aForwardAction({ [BLUE]: 0, [GREEN]: 100 })];

    await run(input);

    expect(elbv2).not.toHaveReceivedCommand(ModifyListenerCommand);
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
    expect(weightsIn(world.routes[RULE])).toEqual({ [GREEN]: 100 });
  });
});

describe('a person', () => {
  const abort = aCommand('abort', { reason: 'the banner is wrong' });
  const freeze = aCommand('freeze');

  test('can abort until blue is scaled down: the step ends as Aborted, which rolls back', async () => {
    world.items[RECORD] = aRecord({ commands: [abort] });

    await expect(run(input)).rejects.toMatchObject({
      name: 'Aborted',
      message: 'abort by ada (claimed): the banner is wrong',
    });
    expect(writes()).toEqual([]);
  });

  test('can freeze it for a month at most: then the deployment goes back', async () => {
    world.items[RECORD] = aRecord({ commands: [freeze] });
    const monthLater = aHost({ nowMs: NOW + 30 * 24 * 3_600_000 });

    await expect(run(input, monthLater)).rejects.toMatchObject({
      name: 'Aborted',
      message: expect.stringContaining('nobody decided within 30d'),
    });
    expect(writes()).toEqual([]);
  });

  test('can freeze it for hours without its retirement counting as overdue', async () => {
    world.items[RECORD] = aRecord({ commands: [freeze] });
    const hoursLater = NOW + 5 * 3_600_000;
    const retirement = await run(input);

    expect(await run({ ...input, retirement }, aHost({ nowMs: hoursLater }))).toMatchObject({
      kind: 'waiting',
      startedAtMs: hoursLater,
    });
  });

  test('can freeze it: nothing is written and it reads again', async () => {
    world.items[RECORD] = aRecord({ commands: [freeze] });

    expect(await run(input)).toMatchObject({
      kind: 'waiting',
      waitSeconds: 3_600,
      runningCount: 2,
      // While blue is kept the way back is what it was before the promotion.
      readiness: { kind: 'ready', seconds: 16, carriesPct: 100 },
    });
    expect(writes()).toEqual([]);

    world.items[RECORD] = aRecord({ commands: [freeze, aCommand('resume', { id: 'c2', atMs: NOW + 1 })] });
    await run(input);
    expect(writes().map(([operation]) => operation)).toEqual(['UpdateItem', 'UpdateTaskSet']);
  });

  test('cannot abort once blue has begun to go: that way nothing would be left to serve', async () => {
    world.taskSets[0] = drained();
    world.items[RECORD] = aRecord({ commands: [abort] });

    expect(await run(input)).toMatchObject({ kind: 'draining' });
    expect(writes().map(([operation]) => operation)).toEqual(['DeleteTaskSet']);
  });
});

describe('a blue that is this deployment’s own task set', () => {
  test.each<[string, () => TaskSet]>([
    ['scaled down', () => aBlueTaskSet({ status: 'ACTIVE', externalId: lease.deploymentId })],
    ['deleted', () => drained({ externalId: lease.deploymentId })],
  ])('is not %s', async (_, blue) => {
    world.taskSets = [blue(), aGreenTaskSet({ status: 'PRIMARY' })];

    await expect(run(input)).rejects.toMatchObject({ name: 'InvariantBroken' });
    expect(writes()).toEqual([]);
  });
});

describe('the last moment for a command', () => {
  const commitment = () => JSON.parse(world.items[RECORD]?.commitmentJson?.S ?? 'null');

  test('is before blue is scaled down: the record takes none after it', async () => {
    await run(input);

    expect(commitment()).toEqual({
      to: 'finish',
      reason: 'blue has begun to go and green serves everything',
      atMs: NOW,
    });
  });

  test('is not before that: not while blue waits, and not when sticky clients move on', async () => {
    world.targets[GREEN] = targetsIn('healthy', 'initial');
    await run(input);
    world.targets[GREEN] = targetsIn('healthy', 'healthy');
    world.routes[LISTENER] = [aForwardAction({ [BLUE]: 0, [GREEN]: 100 }, sticky)];
    await run(input);

    expect(weightsIn(world.routes[LISTENER])).toEqual({ [GREEN]: 100 });
    expect(commitment()).toBeNull();
  });

  test('is not passed by a command that came while the step read: it is read first', async () => {
    world.items[RECORD] = aRecord();
    // After the step has read the record, and before it commits.
    answering(elbv2, DescribeTargetHealthCommand, () => {
      world.items[RECORD] = aRecord({ commands: [aCommand('freeze', { id: 'late' })] });
      return { TargetHealthDescriptions: targetsIn('healthy', 'healthy') };
    });

    expect(await run(input)).toMatchObject({ kind: 'waiting', waitSeconds: 1, runningCount: 2 });
    expect(writes().map(([operation]) => operation)).toEqual(['UpdateItem']);
    expect(commitment()).toBeNull();

    forgetSent();
    expect(await run(input)).toMatchObject({ reason: expect.stringContaining('blue stays until resume') });
    expect(writes()).toEqual([]);
  });

  test('is passed once: a repeat after a lost answer continues', async () => {
    await run(input);
    world.taskSets[0] = aBlueTaskSet({ status: 'ACTIVE' });
    forgetSent();

    await run(input);

    expect(writes().map(([operation]) => operation)).toEqual(['UpdateTaskSet']);
  });

  test.each<[string, () => ReturnType<typeof aRecord>]>([
    ['closed', () => aRecord({ outcome: { kind: 'stuck', reason: 'by hand', endedAtMs: NOW } })],
    ['another execution’s', () => ({ ...aRecord(), executionArn: { S: `${execution.id}-other` } })],
  ])('in a record that is %s is an error at once: no wait can open it', async (_how, record) => {
    for (const { plan } of [input, { plan: theirPlan({ blue: null }) }]) {
      world.items[RECORD] = record();

      await expect(run({ ...input, plan })).rejects.toMatchObject({
        name: 'Conflict',
        message: expect.stringContaining('expected the record to be open'),
      });
      expect(writes().filter(([operation]) => operation !== 'UpdateItem')).toEqual([]);
    }
  });

  test('a pause that came as the last decision was made keeps blue, too', async () => {
    world.items[RECORD] = aRecord({ commands: [aCommand('pause')] });

    expect(await run(input)).toMatchObject({ kind: 'waiting', waitSeconds: 3_600 });
    expect(writes()).toEqual([]);
  });
});

describe('a first deployment has no blue, so', () => {
  const first = { ...input, plan: theirPlan({ blue: null }) };

  test('it ends, and takes no more commands', async () => {
    expect(await run(first)).toMatchObject({ kind: 'retired' });
    expect(writes()).toStrictEqual([['UpdateItem', expect.objectContaining({ Key: recordKey })]]);
  });

  test('an abort is its last chance', async () => {
    world.items[RECORD] = aRecord({ commands: [aCommand('abort')] });

    await expect(run(first)).rejects.toMatchObject({ name: 'Aborted' });
  });

  test('a freeze keeps it from ending', async () => {
    world.items[RECORD] = aRecord({ commands: [aCommand('freeze')] });

    expect(await run(first)).toMatchObject({
      kind: 'waiting',
      reason: 'freeze by ada (claimed); it does not end until resume or abort',
    });
    expect(writes()).toEqual([]);
  });
});

describe('a sticky route into which somebody puts blue’s group back', () => {
  test.each<[string, (changed: AwsWorld) => void]>([
    ['drains', (it) => (it.taskSets[0] = drained({ runningCount: 1 }))],
    ['is drained', (it) => (it.taskSets[0] = drained())],
    ['is gone', (it) => it.taskSets.shift()],
  ])('loses it again while blue %s: its clients would ask nobody', async (_when, change) => {
    change(world);
    world.routes[RULE] = [authenticate, aForwardAction({ [BLUE]: 0, [GREEN]: 100 }, sticky)];

    expect(await run(input)).toMatchObject({ kind: 'draining', waitSeconds: 10 });
    expect(writes().map(([operation]) => operation)).toEqual(['ModifyRule']);
    expect(weightsIn(world.routes[RULE])).toEqual({ [GREEN]: 100 });
  });

  refusesWithoutLease<'RetireBlue'>({
    run,
    given: () => {
      const blueGone = aWorld({
        taskSets: [aGreenTaskSet({ status: 'PRIMARY' })],
        routes: bothRoutesAt(0, 100),
      });
      blueGone.routes[RULE] = [authenticate, aForwardAction({ [BLUE]: 0, [GREEN]: 100 }, sticky)];
      return { world: blueGone, input };
    },
  });
});

describe('the time at which blue’s group left the sticky routes', () => {
  const left = {
    kind: 'draining' as const,
    startedAtMs: NOW - 60_000,
    waitSeconds: 120,
    runningCount: 2,
    reason: '',
  };
  beforeEach(() => {
    world.routes[RULE] = [authenticate, aForwardAction({ [GREEN]: 100 }, sticky)];
  });

  test('is not known after a visit that died: its clients get the whole time, and nothing is written', async () => {
    expect(await run({ ...input, retirement: left })).toMatchObject({ leftAtMs: NOW, waitSeconds: 120 });
    expect(writes()).toEqual([]);
  });

  test('is kept by every visit after it', async () => {
    const retirement = { ...left, leftAtMs: NOW - 60_000 };

    expect(await run({ ...input, retirement })).toMatchObject({ leftAtMs: NOW - 60_000 });
    world.targets[GREEN] = targetsIn('healthy', 'initial');
    world.taskSets = [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })];
    expect(await run({ ...input, retirement })).toMatchObject({ leftAtMs: NOW - 60_000, kind: 'short' });
  });
});

test('a blue that will not go is a Conflict that says what to search for', async () => {
  world.taskSets[0] = drained({ runningCount: 1 });
  const retirement = {
    kind: 'due' as const,
    startedAtMs: NOW - 7_200_000,
    waitSeconds: 0,
    runningCount: 1,
    reason: '',
  };

  await expect(run({ ...input, retirement })).rejects.toMatchObject({
    name: 'Conflict',
    message: expect.stringContaining('scale-in protection'),
  });
});

describe('every step’s duties while blue is scaled down', () => {
  const situation = { run, given: () => ({ world: afterPromotion(), input }) };
  changesNothingTheSecondTime<'RetireBlue'>(situation);
  refusesWithoutLease<'RetireBlue'>(situation);
  meetsApiErrors<'RetireBlue'>({
    ...situation,
    operations: [
      'DescribeListeners',
      'DescribeRules',
      'DescribeTaskSets',
      'DescribeServices',
      'DescribeTargetHealth',
      'GetItem',
      'UpdateItem',
      'UpdateTaskSet',
    ],
  });
});

describe('every step’s duties while blue’s group leaves sticky routes', () => {
  const routes = {
    [LISTENER]: [aForwardAction({ [BLUE]: 0, [GREEN]: 100 }, sticky)],
    [RULE]: [authenticate, aForwardAction({ [BLUE]: 0, [GREEN]: 100 }, sticky)],
  };
  const situation = {
    run,
    given: () => ({ world: { ...afterPromotion(), routes: structuredClone(routes) }, input }),
  };
  refusesWithoutLease<'RetireBlue'>(situation);
  meetsApiErrors<'RetireBlue'>({
    ...situation,
    operations: [
      'DescribeListeners',
      'DescribeRules',
      'DescribeTaskSets',
      'DescribeServices',
      'DescribeTargetHealth',
      'GetItem',
      'ModifyListener',
      'ModifyRule',
    ],
  });
});

test('a rule that somebody deleted after blue began to go does not keep blue half gone', async () => {
  world.taskSets[0] = drained();
  delete world.routes[RULE];

  await run(input);

  expect(writes().map(([operation]) => operation)).toEqual(['DeleteTaskSet']);
});

test('while blue could still take its traffic back, a deleted rule is an error', async () => {
  delete world.routes[RULE];

  await expect(run(input)).rejects.toMatchObject({ name: 'NotFound' });
  expect(writes()).toEqual([]);
});

describe('every step’s duties while blue is deleted', () => {
  const situation = {
    run,
    given: () => ({
      world: { ...afterPromotion(), taskSets: [drained(), aGreenTaskSet({ status: 'PRIMARY' })] },
      input,
    }),
  };
  changesNothingTheSecondTime<'RetireBlue'>(situation);
  refusesWithoutLease<'RetireBlue'>(situation);
  meetsApiErrors<'RetireBlue'>({
    ...situation,
    operations: ['DescribeListeners', 'DescribeRules', 'DescribeTaskSets', 'GetItem', 'DeleteTaskSet'],
    except: { 'DescribeListeners NotFound': null, 'DescribeRules NotFound': null },
  });
});
