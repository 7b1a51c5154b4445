import { ModifyListenerCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { attachGreen } from '../../functions/attach-green.ts';
import { sent } from '../aws/an-invocation.ts';
import { leaseKey, TABLE } from '../builders/dynamodb.ts';
import { aForwardAction, authenticate, authenticateAgain } from '../builders/elbv2.ts';
import { aForward, BLUE, GREEN, THIRD } from '../core/a-deployment.ts';
import { invoking } from './a-handler.ts';
import { defaultRoute, LISTENER, lease, RULE, ruleRoute, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors, refusesWithoutLease } from './api-errors.ts';
import { answering } from './faults.ts';
import { elbv2, sentCommands, writes } from './sent-commands.ts';

const run = invoking('AttachGreen', attachGreen);
const original = aForward([BLUE, 1]);
const plan = theirPlan({ routes: [defaultRoute(original), ruleRoute(original)] });
const input = { lease, plan };

/** Only blue is in the routes, in both ways that ELBv2 may tell it. */
const detached = (): AwsWorld =>
  aWorld({
    routes: {
      [LISTENER]: [{ Type: 'forward', TargetGroupArn: BLUE }],
      [RULE]: [authenticate, aForwardAction({ [BLUE]: 1 }, { Enabled: true, DurationSeconds: 600 })],
    },
  });

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(detached());
});

const bothAtZero = [
  { TargetGroupArn: BLUE, Weight: 100 },
  { TargetGroupArn: GREEN, Weight: 0 },
];

test('green joins every route at weight 0; stickiness, the login and their order stay', async () => {
  const attached = await run(input);

  expect(attached).toEqual({ changed: ['HTTPS:443 default', 'HTTPS:443 path /api/*'] });
  const forward = {
    Type: 'forward',
    Order: 2,
    ForwardConfig: {
      TargetGroups: bothAtZero,
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
    },
  };
  expect(sentCommands()).toStrictEqual([
    ['DescribeListeners', { ListenerArns: [LISTENER] }],
    ['DescribeRules', { RuleArns: [RULE] }],
    ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }],
    [
      'ModifyListener',
      {
        ListenerArn: LISTENER,
        DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups: bothAtZero } }],
      },
    ],
    ['DescribeListeners', { ListenerArns: [LISTENER] }],
    ['ModifyRule', { RuleArn: RULE, Actions: [authenticateAgain, forward] }],
    ['DescribeRules', { RuleArns: [RULE] }],
  ]);
});

test('a route that has green already is left alone, and with none to change no lease is asked for', async () => {
  world.routes[LISTENER] = [aForwardAction({ [BLUE]: 1, [GREEN]: 0 })];
  expect(await run(input)).toEqual({ changed: ['HTTPS:443 path /api/*'] });
  expect(elbv2).not.toHaveReceivedCommand(ModifyListenerCommand);

  answerFrom(world);
  expect(await run(input)).toEqual({ changed: [] });
  expect(sentCommands()).toStrictEqual([
    ['DescribeListeners', { ListenerArns: [LISTENER] }],
    ['DescribeRules', { RuleArns: [RULE] }],
  ]);
});

test('other people’s groups without weight stay in the route', async () => {
  world.routes[LISTENER] = [aForwardAction({ [THIRD]: 0, [BLUE]: 10 })];

  await run(input);

  const [write] = sent(elbv2, ModifyListenerCommand);
  expect(write?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups).toEqual([
    { TargetGroupArn: THIRD, Weight: 0 },
    ...bothAtZero,
  ]);
});

test('a first deployment without another group is given green, which is already there', async () => {
  world.routes = { [LISTENER]: [{ Type: 'forward', TargetGroupArn: GREEN }] };
  const first = theirPlan({
    blue: null,
    blueTargetGroupArn: null,
    routes: [defaultRoute(aForward([GREEN, 1]))],
  });

  expect(await run({ lease, plan: first })).toEqual({ changed: [] });
  expect(writes()).toEqual([]);
});

describe('drift', () => {
  test('a route that somebody gave to a third group is not written, nor is any other', async () => {
    world.routes[RULE] = [aForwardAction({ [BLUE]: 50, [THIRD]: 50 })];

    await expect(run(input)).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringMatching(/HTTPS:443 path \/api\/\*.*no split between blue and green/),
    });
    expect(writes()).toEqual([]);
  });

  test('a route that names green already, with weight that no deployment gave, is refused', async () => {
    world.routes[LISTENER] = [aForwardAction({ [BLUE]: 80, [GREEN]: 20 })];

    await expect(run(input)).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringMatching(
        /blue to hold all weight on HTTPS:443 default, found 80 % blue, 20 % green/,
      ),
    });
    expect(writes()).toEqual([]);
  });

  test('a write that somebody undoes at once ends the step before the next route', async () => {
    answering(elbv2, ModifyListenerCommand, () => ({}));

    await expect(run(input)).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringContaining('someone else writes this listener'),
    });
    expect(elbv2).not.toHaveReceivedCommand(ModifyRuleCommand);
  });

  test('a write that reads back with weight on green is somebody else’s', async () => {
    answering(elbv2, ModifyListenerCommand, () => {
      world.routes[LISTENER] = [aForwardAction({ [BLUE]: 0, [GREEN]: 100 })];
      return {};
    });

    await expect(run(input)).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringContaining('read back 0 % blue, 100 % green'),
    });
  });
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: detached(), input }) };
  changesNothingTheSecondTime<'AttachGreen'>(situation);
  refusesWithoutLease<'AttachGreen'>(situation);
  meetsApiErrors<'AttachGreen'>({
    ...situation,
    operations: ['DescribeListeners', 'DescribeRules', 'GetItem', 'ModifyListener', 'ModifyRule'],
  });
});

const scaled = {
  resourceId: 'service/main/shop',
  by: ['cpu60 (target tracking)'],
  was: { scaleIn: false, scaleOut: false, scheduled: true },
  set: { scaleIn: true, scaleOut: false, scheduled: true },
};
const stateOf = ({ scaleIn, scaleOut, scheduled }: (typeof scaled)['was']) => ({
  DynamicScalingInSuspended: scaleIn,
  DynamicScalingOutSuspended: scaleOut,
  ScheduledScalingSuspended: scheduled,
});
const scalable = (suspended: (typeof scaled)['was']) => ({
  ServiceNamespace: 'ecs' as const,
  ResourceId: 'service/main/shop',
  ScalableDimension: 'ecs:service:DesiredCount' as const,
  MinCapacity: 1,
  MaxCapacity: 9,
  RoleARN: 'arn:aws:iam::1:role/scaling',
  CreationTime: new Date(0),
  SuspendedState: stateOf(suspended),
});

describe('a service that is scaled', () => {
  const scaledInput = { lease, plan: { ...plan, scaling: scaled } };
  const given = () => ({ ...detached(), scalable: scalable(scaled.was) });
  beforeEach(() => {
    world = answerFrom(given());
  });

  test('is suspended as planned before the first write to a route, with all three members, and read back', async () => {
    const attached = await run(scaledInput);

    expect(attached.scaling).toBe('scale-in and scheduled scaling suspended');
    expect(world.scalable?.SuspendedState).toEqual(stateOf(scaled.set));
    expect(writes()[0]).toEqual([
      'RegisterScalableTarget',
      {
        ServiceNamespace: 'ecs',
        ResourceId: 'service/main/shop',
        ScalableDimension: 'ecs:service:DesiredCount',
        SuspendedState: stateOf(scaled.set),
      },
    ]);
  });

  test('with nothing to suspend is not even read', async () => {
    await run({ lease, plan: { ...plan, scaling: { ...scaled, set: scaled.was } } });

    expect(sentCommands().filter(([operation]) => operation.includes('ScalableTarget'))).toEqual([]);
  });

  test('that is no scalable target any more is left alone', async () => {
    world.scalable = null;

    const attached = await run(scaledInput);

    expect(attached.scaling).toBe('service/main/shop is no scalable target any more');
    expect(writes().map(([operation]) => operation)).toEqual(['ModifyListener', 'ModifyRule']);
  });

  test('that somebody changed since the plan is refused before anything is written', async () => {
    world.scalable = scalable({ scaleIn: false, scaleOut: true, scheduled: true });

    await expect(run(scaledInput)).rejects.toMatchObject({
      name: 'Conflict',
      message: expect.stringContaining(
        'found scale-out and scheduled scaling suspended: somebody changed it',
      ),
    });
    expect(writes()).toEqual([]);
  });

  changesNothingTheSecondTime<'AttachGreen'>({ run, given: () => ({ world: given(), input: scaledInput }) });
  meetsApiErrors<'AttachGreen'>({
    run,
    given: () => ({ world: given(), input: scaledInput }),
    operations: [
      'DescribeListeners',
      'DescribeRules',
      'DescribeScalableTargets',
      'GetItem',
      'RegisterScalableTarget',
      'ModifyListener',
      'ModifyRule',
    ],
    lasting: ({ routes, scalable: target }) => ({ routes, target }),
  });
});
