import {
  type Action,
  DescribeRulesCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_MEMORY } from '../../core/weights/carry.ts';
import { shiftTraffic } from '../../functions/shift-traffic.ts';
import { sent } from '../aws/an-invocation.ts';
import { aLeaseOf, aRecord, LEASE, leaseKey, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { aForwardAction, authenticate, authenticateAgain, targetsIn, weightsIn } from '../builders/elbv2.ts';
import { aDecision, aForward, aStickyForward, BLUE, GREEN, NOW, THIRD } from '../core/a-deployment.ts';
import { aHook } from '../core/hooks/a-hook.ts';
import { aCommand } from './a-command.ts';
import { invoking } from './a-handler.ts';
import {
  CLUSTER,
  defaultRoute,
  GREEN_ID,
  green,
  LISTENER,
  lease,
  RULE,
  ruleRoute,
  SERVICE,
  shiftedTo,
  theirPlan,
} from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors, refusesWithoutLease } from './api-errors.ts';
import { answering } from './faults.ts';
import { elbv2, sentBesidesEvents, writes } from './sent-commands.ts';

const run = invoking('ShiftTraffic', shiftTraffic);
const plan = theirPlan();
/** Of the plan: 10 %, then 50 %, then 100 %. */
const first = { lease, plan, green };
const second = {
  ...first,
  traffic: shiftedTo(0, 10),
  decision: aDecision({ kind: 'advance', position: 1 }),
};

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(aWorld());
});

const groups = (blue: number, greenWeight: number) => [
  { TargetGroupArn: BLUE, Weight: blue },
  { TargetGroupArn: GREEN, Weight: greenWeight },
];
const forward = (blue: number, greenWeight: number) => ({
  Type: 'forward',
  Order: 2,
  ForwardConfig: { TargetGroups: groups(blue, greenWeight), TargetGroupStickinessConfig: { Enabled: false } },
});

describe('a shift', () => {
  test('writes the plan’s weights to every route, each read back, and changes nothing else of them', async () => {
    const traffic = await run(first);

    expect(traffic).toEqual({
      position: 0,
      weights: { blue: 90, green: 10 },
      shiftedAtMs: NOW,
      usersSinceMs: NOW,
      routes: ['HTTPS:443 default', 'HTTPS:443 path /api/*'].map((label) => ({
        label,
        before: { blue: 100, green: 0 },
        after: { blue: 90, green: 10 },
      })),
    });
    expect(sentBesidesEvents()).toStrictEqual([
      ['DescribeTargetHealth', { TargetGroupArn: GREEN }],
      ['DescribeListeners', { ListenerArns: [LISTENER] }],
      ['DescribeRules', { RuleArns: [RULE] }],
      ['DescribeTaskSets', { cluster: CLUSTER, service: SERVICE, taskSets: [GREEN_ID] }],
      ['GetItem', { TableName: TABLE, Key: recordKey, ConsistentRead: true }],
      ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }],
      ['ModifyListener', { ListenerArn: LISTENER, DefaultActions: [forward(90, 10)] }],
      ['ModifyRule', { RuleArn: RULE, Actions: [authenticateAgain, forward(90, 10)] }],
      ['DescribeListeners', { ListenerArns: [LISTENER] }],
      ['DescribeRules', { RuleArns: [RULE] }],
    ]);
  });

  test('goes where the decision says, from where the last one left', async () => {
    world.routes = bothRoutesAt(90, 10);

    expect(await run(second)).toMatchObject({ position: 1, weights: { blue: 50, green: 50 } });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 50, [GREEN]: 50 });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 50, [GREEN]: 50 });
  });

  test('to 100 keeps blue in a sticky route: it is needed for going back', async () => {
    const sticky = { Enabled: true, DurationSeconds: 600 };
    world.routes[LISTENER] = [aForwardAction({ [BLUE]: 50, [GREEN]: 50 }, sticky)];
    world.routes[RULE] = [aForwardAction({ [BLUE]: 50, [GREEN]: 50 }, sticky)];

    await run({
      ...first,
      traffic: shiftedTo(1, 50),
      decision: aDecision({ kind: 'advance', position: 2 }),
    });

    const [write] = sent(elbv2, ModifyRuleCommand);
    expect(write?.Actions?.[0]?.ForwardConfig).toEqual({
      TargetGroups: groups(0, 100),
      TargetGroupStickinessConfig: sticky,
    });
  });

  test('keeps other people’s groups without weight', async () => {
    world.routes[LISTENER] = [aForwardAction({ [THIRD]: 0, [BLUE]: 100, [GREEN]: 0 })];

    await run(first);

    expect(weightsIn(world.routes[LISTENER])).toEqual({ [THIRD]: 0, [BLUE]: 90, [GREEN]: 10 });
  });

  test('that was half done before writes only the rest', async () => {
    world.routes[LISTENER] = [aForwardAction({ [BLUE]: 90, [GREEN]: 10 })];

    await run(first);

    expect(writes().map(([operation]) => operation)).toEqual(['ModifyRule']);
  });

  test('says of each route what it had, and keeps since when green has users', async () => {
    world.routes = bothRoutesAt(90, 10);

    const traffic = await run({ ...second, traffic: shiftedTo(0, 10, { usersSinceMs: NOW - 600_000 }) });

    expect(traffic).toMatchObject({
      usersSinceMs: NOW - 600_000,
      routes: [{ before: { blue: 90, green: 10 } }, {}],
    });
  });

  test('starts where the bake has placed the users, not from the plan’s own weights', async () => {
    const carried = {
      shiftedAtMs: NOW,
      weights: { blue: 30, green: 70 },
      before: { blue: 90, green: 10 },
      writtenAtMs: NOW,
      sinceMs: NOW,
      totalMs: 0,
    };
    const decision = aDecision({ kind: 'advance', position: 1, placement: { ...NO_MEMORY, carried } });
    world.routes = bothRoutesAt(30, 70);

    expect(await run({ ...second, decision })).toMatchObject({ weights: { blue: 50, green: 50 } });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 50, [GREEN]: 50 });
  });

  test('that is repeated without a decision stays where it is', async () => {
    world.routes = bothRoutesAt(90, 10);

    expect(await run({ ...first, traffic: shiftedTo(0, 10) })).toMatchObject({ position: 0 });
    expect(writes()).toEqual([]);
  });

  test('with a blue starts from all on blue, whatever the plan found on the route', async () => {
    const found = aForward([BLUE, 0], [GREEN, 0]);

    await run({ ...first, plan: theirPlan({ routes: [defaultRoute(found), ruleRoute()] }) });

    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 90, [GREEN]: 10 });
  });

  test('needs no record: one that is gone holds no order', async () => {
    delete world.items[RECORD];

    expect(await run(first)).toMatchObject({ weights: { blue: 90, green: 10 } });
  });

  test('to a position that the plan does not have gives green less, not more', async () => {
    world.routes = bothRoutesAt(90, 10);

    const decision = aDecision({ kind: 'advance', position: 9 });
    expect(await run({ ...second, decision })).toMatchObject({ weights: { blue: 100, green: 0 } });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('after a decision that is no advance stays at its position', async () => {
    world.routes = bothRoutesAt(90, 10);

    const decision = aDecision({ kind: 'promote', position: 2 });
    expect(await run({ ...second, decision })).toMatchObject({ position: 0 });
    expect(writes()).toEqual([]);
  });
});

describe('what a person said after the decision to shift', () => {
  beforeEach(() => {
    world.routes = bothRoutesAt(90, 10);
  });

  test.each(['pause', 'freeze'] as const)('%s: the weights stay', async (kind) => {
    world.items[RECORD] = aRecord({ commands: [aCommand(kind)] });

    expect(await run(second)).toEqual(second.traffic);
    expect(writes()).toEqual([]);
  });

  test('abort: nothing is shifted, and the deployment goes back', async () => {
    world.items[RECORD] = aRecord({ commands: [aCommand('abort', { reason: 'the banner is wrong' })] });

    await expect(run(second)).rejects.toMatchObject({
      name: 'Aborted',
      message: 'abort by ada (claimed): the banner is wrong',
    });
    expect(writes()).toEqual([]);
  });

  test('pause, when one route is shifted already: the other is, too', async () => {
    world.routes[LISTENER] = bothRoutesAt(50, 50)[LISTENER] ?? [];
    world.items[RECORD] = aRecord({ commands: [aCommand('pause')] });

    expect(await run(second)).toMatchObject({ weights: { blue: 50, green: 50 } });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 50, [GREEN]: 50 });
  });

  test('pause, before the first shift: CheckGreen has just asked, and there is nothing to stay at', async () => {
    world.routes = bothRoutesAt(100, 0);
    world.items[RECORD] = aRecord({ commands: [aCommand('pause')] });

    expect(await run(first)).toMatchObject({ weights: { blue: 90, green: 10 } });
  });
});

describe('a first deployment', () => {
  const alone = theirPlan({
    blue: null,
    blueTargetGroupArn: null,
    routes: [defaultRoute(aForward([GREEN, 1]))],
    shifts: [{ greenPct: 100, bakeMs: 0 }],
  });

  test('whose route names green alone has nothing to write', async () => {
    world.routes = { [LISTENER]: [{ Type: 'forward', TargetGroupArn: GREEN }] };

    expect(await run({ ...first, plan: alone })).toMatchObject({ weights: { blue: 0, green: 100 } });
    expect(writes()).toEqual([]);
  });

  test('takes all requests from the other group of its route at once', async () => {
    const original = aForward([BLUE, 1], [GREEN, 0]);
    const other = { ...alone, blueTargetGroupArn: BLUE, routes: [defaultRoute(original)] };
    world.routes = { [LISTENER]: [aForwardAction({ [BLUE]: 1, [GREEN]: 0 })] };

    await run({ ...first, plan: other });

    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });

  describe.each([
    ['has all the weight', { [BLUE]: 1, [GREEN]: 0 }],
    ['has none', { [BLUE]: 0, [GREEN]: 100 }],
  ])('whose sticky route’s other group %s', (_what, weights) => {
    const sticky = { Enabled: true, DurationSeconds: 600 };
    const original = aStickyForward(...(Object.entries(weights) as [string, number][]));
    const other = { ...alone, blueTargetGroupArn: BLUE, routes: [defaultRoute(original)] };

    test('takes that group out: who holds a cookie for it would be sent where nobody answers', async () => {
      world.routes = { [LISTENER]: [aForwardAction(weights, sticky)] };

      await run({ ...first, plan: other });

      expect(world.routes[LISTENER]).toEqual([aForwardAction({ [GREEN]: 100 }, sticky)]);
    });

    test('and does so once', async () => {
      world.routes = { [LISTENER]: [aForwardAction({ [GREEN]: 100 }, sticky)] };

      await run({ ...first, plan: other });

      expect(writes()).toEqual([]);
    });
  });

  test('takes over from a third group that the plan found there, from none that came later', async () => {
    const route = defaultRoute(aForward([THIRD, 1]));
    const other = { ...alone, blueTargetGroupArn: BLUE, routes: [route] };
    world.routes = { [LISTENER]: [aForwardAction({ [THIRD]: 1 })] };

    expect(await run({ ...first, plan: other })).toMatchObject({
      routes: [{ before: { blue: 100, green: 0 }, after: { blue: 0, green: 100 } }],
    });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [THIRD]: 0, [BLUE]: 0, [GREEN]: 100 });

    world.routes = { [LISTENER]: [aForwardAction({ [BLUE]: 1, [GREEN]: 1 })] };
    await expect(run({ ...first, plan: other })).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringContaining(
        'expected 0 % blue, 100 % green on HTTPS:443 default, found 50 % blue',
      ),
    });
  });

  test('grows like any other, and there is no task set of blue to read', async () => {
    world.routes = { [LISTENER]: [{ Type: 'forward', TargetGroupArn: GREEN }] };
    const growing = { ...alone, capacity: { headroom: 1.2, minTasks: 1 } };

    expect(await run({ ...first, plan: growing })).toMatchObject({ weights: { blue: 0, green: 100 } });
  });

  test('waits for a healthy green like any other', async () => {
    world.routes = { [LISTENER]: [{ Type: 'forward', TargetGroupArn: GREEN }] };
    world.targets[GREEN] = targetsIn('healthy', 'initial');

    await expect(run({ ...first, plan: alone })).rejects.toMatchObject({ name: 'NotEnoughHealthyTargets' });
  });
});

describe('no weight goes to a group without enough healthy targets', () => {
  test.each<[string, (changed: AwsWorld) => void, string]>([
    [
      'one of two healthy',
      (it) => (it.targets[GREEN] = targetsIn('healthy', 'unhealthy')),
      '1 of 2 targets healthy',
    ],
    ['one still starting', (it) => (it.targets[GREEN] = targetsIn('healthy', 'initial')), '1 initial'],
    [
      'one of unknown health',
      (it) => (it.targets[GREEN] = targetsIn('healthy', 'unavailable')),
      '1 unavailable',
    ],
    [
      'one on its way out',
      (it) => (it.targets[GREEN] = targetsIn('healthy', 'draining')),
      '1 not registered yet',
    ],
    ['none', (it) => (it.targets[GREEN] = []), '0 of 2 targets healthy'],
    [
      'two, while three are wanted by now',
      (it) => {
        it.taskSets = [aGreenTaskSet({ computedDesiredCount: 3 })];
      },
      '2 of 3 targets healthy',
    ],
    ['none wanted', (it) => (it.taskSets = [aGreenTaskSet({ computedDesiredCount: 0 })]), 'at least 1 task'],
    ['no task set any more', (it) => (it.taskSets = []), 'its task set is not found'],
  ])('%s', async (_what, change, reason) => {
    change(world);
    const before = structuredClone(world);

    await expect(run(first)).rejects.toMatchObject({
      name: 'NotEnoughHealthyTargets',
      message: expect.stringContaining(reason),
    });
    expect(writes()).toEqual([]);
    expect(world).toEqual(before);
  });

  const growing = theirPlan({
    capacity: { headroom: 1.2, minTasks: 1 },
    shifts: [{ greenPct: 50, bakeMs: 0 }],
  });

  test('nor to one that somebody has made smaller than the deployment left it', async () => {
    world.taskSets = [aBlueTaskSet(), aGreenTaskSet({ scale: { value: 20, unit: 'PERCENT' } })];

    await expect(run({ ...first, plan: growing })).rejects.toMatchObject({
      name: 'NotEnoughHealthyTargets',
      message: expect.stringContaining('6 healthy targets before it goes from 0 % to 50 %'),
    });
  });

  test('what a weight takes is counted by blue: green’s own count, rounded up, would ask for a sixth', async () => {
    world.taskSets = [
      aBlueTaskSet({ computedDesiredCount: 7 }),
      aGreenTaskSet({ scale: { value: 60, unit: 'PERCENT' }, computedDesiredCount: 5 }),
    ];
    world.targets[GREEN] = targetsIn('healthy', 'healthy', 'healthy', 'healthy', 'healthy');

    expect(await run({ ...first, plan: growing })).toMatchObject({ weights: { blue: 50, green: 50 } });
  });

  test('the refusal says from which weight to which', async () => {
    world.routes = bothRoutesAt(90, 10);
    world.targets[GREEN] = targetsIn('healthy', 'unhealthy');

    await expect(run(second)).rejects.toMatchObject({
      message: expect.stringContaining('before it goes from 10 % to 50 %'),
    });
  });

  test('a healthy blue does not make up for it', async () => {
    world.targets = { [BLUE]: targetsIn('healthy', 'healthy'), [GREEN]: [] };

    await expect(run(first)).rejects.toMatchObject({ name: 'NotEnoughHealthyTargets' });
  });
});

describe('drift', () => {
  test.each<[string, Action[], string]>([
    ['other weights', [aForwardAction({ [BLUE]: 70, [GREEN]: 30 })], 'found 70 % blue, 30 % green'],
    ['all on green', [aForwardAction({ [BLUE]: 0, [GREEN]: 100 })], 'found 0 % blue, 100 % green'],
    ['a third group', [aForwardAction({ [BLUE]: 50, [THIRD]: 50 })], 'no split between blue and green'],
    ['green alone', [{ Type: 'forward', TargetGroupArn: GREEN }], 'found 0 % blue, 100 % green'],
  ])('on one route, to %s, stops the shift before any write', async (_what, actions, found) => {
    world.routes[RULE] = actions;

    await expect(run(first)).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringMatching(
        new RegExp(`^expected 100 % blue, 0 % green on HTTPS:443 path .*${found}`),
      ),
    });
    expect(writes()).toEqual([]);
  });

  test('back to the weights before the last shift counts too', async () => {
    world.routes[LISTENER] = bothRoutesAt(90, 10)[LISTENER] ?? [];

    await expect(run(second)).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringContaining('expected 90 % blue, 10 % green on HTTPS:443 path'),
    });
  });

  test('found when the writes are read back ends the shift', async () => {
    answering(elbv2, ModifyListenerCommand, () => ({}));

    await expect(run(first)).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringContaining(
        'expected 90 % blue, 10 % green on HTTPS:443 default, found 100 % blue',
      ),
    });
  });

  test('found after twenty routes stops the shift before the next ones', async () => {
    const rules = Array.from({ length: 25 }, (_, index) => `${RULE.slice(0, -1)}${index}`);
    const routes = rules.map((arn) => ({ ...ruleRoute(), arn }));
    const Actions = [aForwardAction({ [BLUE]: 100 })];
    answering(elbv2, DescribeRulesCommand, ({ RuleArns = [] }) => ({
      Rules: RuleArns.map((RuleArn) => ({ RuleArn, Priority: '1', Actions })),
    }));
    let written = 0;
    answering(elbv2, ModifyRuleCommand, () => {
      written += 1;
      return {};
    });

    await expect(run({ ...first, plan: theirPlan({ routes }) })).rejects.toMatchObject({
      name: 'TrafficDrifted',
    });
    expect(written).toBe(20);
  });

  test('a rule that no longer forwards is NotFound, and no other route is written', async () => {
    world.routes[RULE] = [
      authenticate,
      { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } },
    ];

    await expect(run(first)).rejects.toMatchObject({
      name: 'NotFound',
      message: expect.stringContaining('found authenticate-oidc, fixed-response'),
    });
    expect(writes()).toEqual([]);
  });
});

/** An earlier try of the same shift, or somebody else a moment ago: the listener does not say whose they are. */
describe('weights of the shift that are on every route already', () => {
  beforeEach(() => {
    world.routes = bothRoutesAt(90, 10);
  });

  test('are the shift, and nothing is written', async () => {
    expect(await run(first)).toMatchObject({ position: 0, weights: { blue: 90, green: 10 } });
    expect(writes()).toEqual([]);
    expect(sentBesidesEvents()).not.toContainEqual(['GetItem', expect.objectContaining({ Key: leaseKey })]);
  });

  test('spare the other route no check of the lease', async () => {
    world.routes[RULE] = bothRoutesAt(100, 0)[RULE] ?? [];
    world.items[LEASE] = aLeaseOf('somebody-else');

    await expect(run(first)).rejects.toMatchObject({ name: 'LeaseLost' });
    expect(writes()).toEqual([]);
  });

  test('spare it no check of green', async () => {
    world.targets[GREEN] = targetsIn('healthy', 'unhealthy');

    await expect(run(first)).rejects.toMatchObject({ name: 'NotEnoughHealthyTargets' });
  });

  test('spare it no abort', async () => {
    world.items[RECORD] = aRecord({ commands: [aCommand('abort')] });

    await expect(run(first)).rejects.toMatchObject({ name: 'Aborted' });
  });

  test('spare it no hook that comes before it', async () => {
    const hooks = [aHook()];

    await expect(run({ ...first, plan: theirPlan({ hooks }) })).rejects.toMatchObject({ name: 'HooksDue' });
  });
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: aWorld(), input: first }) };
  changesNothingTheSecondTime<'ShiftTraffic'>(situation);
  refusesWithoutLease<'ShiftTraffic'>(situation);
  meetsApiErrors<'ShiftTraffic'>({
    ...situation,
    operations: [
      'DescribeListeners',
      'DescribeRules',
      'DescribeTargetHealth',
      'DescribeTaskSets',
      'GetItem',
      'ModifyListener',
      'ModifyRule',
      'PutEvents',
    ],
    unimportant: ['PutEvents'],
  });
});
