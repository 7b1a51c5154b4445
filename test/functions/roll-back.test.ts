import { ModifyListenerCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_MEMORY } from '../../core/weights/carry.ts';
import { rollBack } from '../../functions/roll-back.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aRecord, leaseKey, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { aForwardAction, authenticate, authenticateAgain, targetsIn, weightsIn } from '../builders/elbv2.ts';
import { aCommand, aDecision, aForward, aRollBack, BLUE, GREEN, NOW, THIRD } from '../core/a-deployment.ts';
import { aHost, invoking } from './a-handler.ts';
import {
  CLUSTER,
  defaultRoute,
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
import { answering, failing } from './faults.ts';
import { elbv2, forgetSent, sentBesidesEvents, sentOperations, writes } from './sent-commands.ts';

const run = invoking('RollBack', rollBack);
const decision = aDecision({ kind: 'rollBack', reason: 'alarm shop-5xx is in ALARM' });
const input = { lease, plan: theirPlan(), green, traffic: shiftedTo(1, 50), decision };
const halfWay = (): AwsWorld => aWorld({ routes: bothRoutesAt(50, 50) });
const retiring = { scale: { value: 0, unit: 'PERCENT' as const }, computedDesiredCount: 0 };

/** Beside what the record gets. */
const routeWrites = () => writes().filter(([operation]) => operation !== 'UpdateItem');
const commitment = () => JSON.parse(world.items[RECORD]?.commitmentJson?.S ?? 'null');

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(halfWay());
});

const allBlue = {
  Type: 'forward',
  Order: 2,
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: BLUE, Weight: 100 },
      { TargetGroupArn: GREEN, Weight: 0 },
    ],
    TargetGroupStickinessConfig: { Enabled: false },
  },
};

describe('a healthy blue gets everything back', () => {
  test('on every route, each read back, and no task set is touched', async () => {
    const rolledBack = await run(input);

    expect(rolledBack).toEqual({
      kind: 'restored',
      reason: 'blue takes all traffic with 2 of 2 targets healthy',
      because: 'alarm shop-5xx is in ALARM',
      startedAtMs: NOW,
      waitSeconds: 120,
      leavesUntilMs: NOW + 120_000,
      heard: { atMs: NOW, lastCommandId: null },
      evidence: { blue: { healthy: 2, wanted: 2 }, green: { healthy: 2, wanted: 2 } },
      routes: [{ label: 'HTTPS:443 default' }, { label: 'HTTPS:443 path /api/*' }],
      caught: null,
      placement: expect.objectContaining({ lostGreen: null, movedAtMs: [NOW] }),
    });
    expect(sentBesidesEvents()).toStrictEqual([
      ['DescribeServices', { cluster: CLUSTER, services: [SERVICE] }],
      ['DescribeTargetHealth', { TargetGroupArn: GREEN }],
      ['DescribeTargetHealth', { TargetGroupArn: BLUE }],
      ['GetItem', { TableName: TABLE, Key: recordKey, ConsistentRead: true }],
      ['DescribeListeners', { ListenerArns: [LISTENER] }],
      ['DescribeRules', { RuleArns: [RULE] }],
      ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }],
      // Users of the second route do not wait for a read of the first.
      ['ModifyListener', { ListenerArn: LISTENER, DefaultActions: [allBlue] }],
      ['ModifyRule', { RuleArn: RULE, Actions: [authenticateAgain, allBlue] }],
      ['DescribeListeners', { ListenerArns: [LISTENER] }],
      ['DescribeRules', { RuleArns: [RULE] }],
      ['UpdateItem', expect.objectContaining({ Key: recordKey })],
      ['UpdateItem', expect.objectContaining({ Key: recordKey })],
    ]);
  });

  test('whatever weights it finds, a third group’s among them', async () => {
    world.routes[LISTENER] = [aForwardAction({ [BLUE]: 1, [GREEN]: 2, [THIRD]: 3 })];

    await run(input);

    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100, [GREEN]: 0, [THIRD]: 0 });
  });

  test('when two of its three tasks are healthy: waiting would keep users on the version that goes', async () => {
    world.taskSets[0] = aBlueTaskSet({ computedDesiredCount: 3 });

    expect(await run(input)).toMatchObject({ kind: 'restored' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('a half that was done before is not written again', async () => {
    world.routes[LISTENER] = bothRoutesAt(100, 0)[LISTENER] ?? [];

    await run(input);

    expect(routeWrites().map(([operation]) => operation)).toEqual(['ModifyRule']);
  });

  test('when it serves everything already nothing is written', async () => {
    world.routes = bothRoutesAt(100, 0);

    expect(await run(input)).toMatchObject({ kind: 'restored', reason: 'blue serves everything already' });
    expect(routeWrites()).toEqual([]);
  });

  test('a rule that somebody deleted is left out, and the other route is restored', async () => {
    delete world.routes[RULE];

    expect(await run(input)).toMatchObject({ kind: 'restored' });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
    expect(elbv2).not.toHaveReceivedCommand(ModifyRuleCommand);
  });

  test('a write that reads back as something else is tried again, and the other route has blue back by then', async () => {
    answering(elbv2, ModifyListenerCommand, () => ({}));

    await expect(run(input)).rejects.toMatchObject({
      name: 'Unavailable',
      message: expect.stringContaining('someone else writes this listener; trying again'),
    });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });
});

test('sticky routes lose green’s group: their clients ignore its weight 0', async () => {
  const sticky = { Enabled: true, DurationSeconds: 600 };
  world.routes[RULE] = [authenticate, aForwardAction({ [BLUE]: 50, [GREEN]: 50 }, sticky)];

  await run(input);

  expect(world.routes[RULE]).toEqual([authenticateAgain, aForwardAction({ [BLUE]: 100 }, sticky)]);
  expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
});

describe('a blue that is sick', () => {
  test.each<[string, (changed: AwsWorld) => void, number]>([
    ['without a healthy target', (it) => (it.targets[BLUE] = targetsIn('unhealthy', 'unhealthy')), 100],
    ['with half of them healthy', (it) => (it.targets[BLUE] = targetsIn('healthy', 'unhealthy')), 25],
    ['of unknown health', (it) => (it.targets[BLUE] = targetsIn('unavailable', 'unavailable')), 100],
    ['without targets', (it) => (it.targets[BLUE] = []), 100],
  ])('%s leaves to a healthy green what it cannot carry', async (_how, change, share) => {
    change(world);

    const rolledBack = await run(input);

    expect(rolledBack).toMatchObject({
      kind: 'held',
      because: 'alarm shop-5xx is in ALARM',
      waitSeconds: 15,
    });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100 - share, [GREEN]: share });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 100 - share, [GREEN]: share });
  });

  describe('with a green of which CloudWatch knows how it answers', () => {
    /** So long after green's launch that minutes of its own are known. */
    const minutesLater = aHost({ nowMs: NOW + 10 * 60_000 });
    const greenAnswers = (requests: number, answered: number): void => {
      world.targets[BLUE] = targetsIn('healthy', 'unhealthy', 'unhealthy', 'unhealthy');
      world.metrics = {
        [`RequestCount ${GREEN}`]: requests,
        ...(answered === 0 ? {} : { [`HTTPCode_Target_2XX_Count ${GREEN}`]: answered }),
      };
    };

    test.each([
      ['nobody, as targets that hang do: no 5xx either', 900, 0],
      ['a tenth', 900, 90],
    ])('it answers %s: all go to blue, of which anything runs', async (_how, requests, answered) => {
      greenAnswers(requests, answered);

      expect(await run(input, minutesLater)).toMatchObject({
        kind: 'restored',
        placement: { lostGreen: { requests, answered } },
      });
      expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
    });

    test.each([
      ['it answers more than that', 900, 91],
      ['too few requests tell', 49, 0],
    ])('%s: it keeps what blue cannot carry', async (_how, requests, answered) => {
      greenAnswers(requests, answered);

      expect(await run(input, minutesLater)).toMatchObject({ kind: 'held', placement: { lostGreen: null } });
      expect(weightsIn(world.routes[LISTENER])).not.toEqual({ [BLUE]: 100, [GREEN]: 0 });
    });

    test('what its group answered before green was launched was another version', async () => {
      greenAnswers(900, 0);

      expect(await run(input, aHost({ nowMs: NOW + 3 * 60_000 - 1 }))).toMatchObject({
        kind: 'held',
        placement: { lostGreen: null },
      });
    });

    test('a whole blue gets everything, and nobody asks CloudWatch', async () => {
      greenAnswers(900, 0);
      world.targets[BLUE] = targetsIn('healthy', 'healthy', 'healthy', 'healthy');

      expect(await run(input, minutesLater)).toMatchObject({ kind: 'restored' });
      expect(sentOperations()).not.toContain('GetMetricData');
    });

    test('metrics that cannot be read hold up nobody', async () => {
      greenAnswers(900, 0);
      failing('GetMetricData', awsError('AccessDeniedException'));

      expect(await run(input, minutesLater)).toMatchObject({ kind: 'held', placement: { lostGreen: null } });
    });
  });

  test('a recovery knows what was learned before, and the record keeps what is learned now', async () => {
    const lostGreen = { startMs: NOW - 600_000, requests: 900, answered: 0 };
    const memory = { ...NO_MEMORY, lostGreen };
    world.targets[BLUE] = targetsIn('healthy', 'unhealthy');
    world.items[RECORD] = aRecord({ placement: memory });

    expect(await run(input)).toMatchObject({ kind: 'restored', placement: { lostGreen } });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
    expect(JSON.parse(world.items[RECORD]?.placementJson?.S ?? 'null')).toMatchObject({
      lostGreen,
      movedAtMs: [NOW],
    });
  });

  test('keeps its users once they are sent there at once by a person, with one healthy task', async () => {
    world.targets[BLUE] = targetsIn('healthy', 'unhealthy');
    world.items[RECORD] = aRecord({ commands: [{ ...aCommand('abort'), now: true }] });

    expect(await run(input)).toMatchObject({ kind: 'restored' });
  });

  test('is held off also when the launch’s answer was lost: green is found by its label', async () => {
    world.targets[BLUE] = [];
    world.taskSets[1] = aGreenTaskSet({ id: 'ecs-svc/9' });
    const { green: _lost, ...withoutGreen } = input;

    expect(await run(withoutGreen)).toMatchObject({ kind: 'held' });
  });

  test.each([
    ['as sick shares with it', targetsIn('healthy', 'unhealthy'), 'held', 25],
    ['sicker gives it all, and stays while it may be needed', targetsIn('unhealthy', 'unhealthy'), 'held', 0],
    ['gone gives it all', [], 'restored', 0],
  ])('and a green that is %s', async (_how, targets, kind, share) => {
    world.targets = { [BLUE]: targetsIn('healthy', 'unhealthy'), [GREEN]: targets };

    expect(await run(input)).toMatchObject({ kind });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 100 - share, [GREEN]: share });
  });

  test('and that recovers gets everything on a later visit, with the first visit’s reason', async () => {
    const rolledBack = aRollBack({ because: 'the first reason', startedAtMs: NOW - 60_000 });

    expect(await run({ ...input, rolledBack })).toMatchObject({
      kind: 'restored',
      because: 'the first reason',
      startedAtMs: NOW - 60_000,
    });
  });

  test('because no route names its group is put back at weight 0, so that its targets are checked again', async () => {
    const sticky = { Enabled: true, DurationSeconds: 600 };
    const greenAlone = aForwardAction({ [GREEN]: 100 }, sticky);
    world.routes = { [LISTENER]: [greenAlone], [RULE]: [authenticate, greenAlone] };
    world.targets[BLUE] = targetsIn('unused', 'unused');

    expect(await run(input)).toMatchObject({ kind: 'held' });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [GREEN]: 100, [BLUE]: 0 });
    expect(weightsIn(world.routes[RULE])).toEqual({ [GREEN]: 100, [BLUE]: 0 });
  });

  test('for two days is for a person', async () => {
    world.targets[BLUE] = [];
    const rolledBack = aRollBack({ startedAtMs: NOW - 48 * 3_600_000 });

    expect(await run({ ...input, rolledBack })).toMatchObject({ kind: 'stuck' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });
});

describe('a blue beyond its point of return', () => {
  const gone: [string, AwsWorld['taskSets']][] = [
    ['scaled to zero', [aBlueTaskSet({ status: 'ACTIVE', ...retiring }), aGreenTaskSet()]],
    ['being deleted', [aBlueTaskSet({ status: 'DRAINING' }), aGreenTaskSet()]],
    ['gone', [aGreenTaskSet()]],
  ];

  test.each(gone)(
    '(%s) is not returned to: green, which serves everything, finishes',
    async (_how, taskSets) => {
      world = answerFrom(aWorld({ taskSets, routes: bothRoutesAt(0, 100) }));

      expect(await run(input)).toMatchObject({
        kind: 'finishForward',
        reason: expect.stringContaining('blue is beyond its point of return'),
      });
      expect(routeWrites()).toEqual([]);
    },
  );

  test.each(gone)('(%s) loses what requests it still gets, to a healthy green', async (_how, taskSets) => {
    world = answerFrom(aWorld({ taskSets, routes: bothRoutesAt(50, 50) }));

    expect(await run(input)).toMatchObject({ kind: 'finishForward' });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });

  describe('when somebody has deleted the service', () => {
    const longAgo = { ...input, rolledBack: aRollBack({ startedAtMs: NOW - 300_000 }) };

    test('with its groups and its cluster, the deployment holds for five minutes, then ends', async () => {
      failing('DescribeServices', awsError('ClusterNotFoundException'));
      failing('DescribeTargetHealth', awsError('TargetGroupNotFoundException'));
      failing('DescribeListeners', awsError('ListenerNotFoundException'));
      failing('DescribeRules', awsError('RuleNotFoundException'));

      expect(await run(input)).toMatchObject({ kind: 'held' });
      expect(await run(longAgo)).toMatchObject({
        kind: 'restored',
        nothingServes: true,
        reason: expect.stringContaining(
          'somebody deleted the task sets of both colours, or the service itself',
        ),
      });
    });

    test('and left its routes, they get back what they had', async () => {
      world = answerFrom(
        aWorld({ taskSets: [], routes: bothRoutesAt(50, 50), targets: { [BLUE]: [], [GREEN]: [] } }),
      );

      expect(await run(longAgo)).toMatchObject({ kind: 'restored' });
      expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
      expect(commitment()).toMatchObject({ to: 'rollBack' });
    });

    test.each([
      ['DescribeServices', 'ServiceNotFoundException'],
      ['DescribeTargetHealth', 'TargetGroupNotFoundException'],
    ])('%s alone is not believed while the others say that it lives', async (operation, error) => {
      failing(operation, awsError(error), 1);

      expect(await run(input)).toMatchObject({
        kind: 'restored',
        reason: expect.stringContaining('blue takes'),
      });
    });
  });

  test.each(gone)('(%s) while green cannot serve is held', async (_how, taskSets) => {
    const targets = { [BLUE]: [], [GREEN]: targetsIn('unhealthy', 'unhealthy') };
    world = answerFrom(aWorld({ taskSets, routes: bothRoutesAt(50, 50), targets }));

    expect(await run(input)).toMatchObject({
      kind: 'held',
      reason: expect.stringContaining('green cannot serve yet'),
    });
    expect(routeWrites()).toEqual([]);
  });

  test('that could not be removed for two hours is for a person', async () => {
    world = answerFrom(aWorld({ taskSets: [aGreenTaskSet()], routes: bothRoutesAt(0, 100) }));
    const rolledBack = aRollBack({ kind: 'finishForward', startedAtMs: NOW - 2 * 3_600_000 });

    expect(await run({ ...input, rolledBack })).toMatchObject({ kind: 'stuck' });
  });
});

describe('the record takes no more commands', () => {
  test('once traffic goes back, and says why', async () => {
    await run(input);

    expect(commitment()).toEqual({ to: 'rollBack', reason: 'alarm shop-5xx is in ALARM', atMs: NOW });
  });

  test('while blue is held off: nobody but its health decides', async () => {
    world.targets[BLUE] = [];

    expect(await run(input)).toMatchObject({ kind: 'held' });
    expect(commitment()).toMatchObject({ to: 'rollBack' });
  });

  test('is published after the weights: users come first', async () => {
    await run(input);

    expect(writes().map(([operation]) => operation)).toEqual([
      'ModifyListener',
      'ModifyRule',
      'UpdateItem',
      'UpdateItem',
    ]);
  });

  test('is notified that it finishes when blue is beyond its point of return', async () => {
    world = answerFrom(aWorld({ taskSets: [aGreenTaskSet()], routes: bothRoutesAt(0, 100) }));

    expect(await run(input)).toMatchObject({ kind: 'finishForward' });
    expect(commitment()).toMatchObject({ to: 'finish', reason: 'blue is beyond its point of return' });
  });

  test('goes back after all where it was about to finish', async () => {
    const finish = { to: 'finish' as const, reason: 'blue has begun to go', atMs: NOW - 1_000 };
    world.items[RECORD] = aRecord({ commitment: finish });

    await run(input);

    expect(commitment()).toMatchObject({ to: 'rollBack' });
  });

  test('is not published by a recovery that finishes what was promoted: RetireBlue still asks', async () => {
    const taskSets = [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })];
    world = answerFrom(aWorld({ taskSets, routes: bothRoutesAt(0, 100) }));

    expect(await run({ ...input, lease: { ...lease, kind: 'recovering' } })).toMatchObject({
      kind: 'finishForward',
    });
    expect(commitment()).toBeNull();
  });

  test('is published once, however often it observes', async () => {
    world.targets[BLUE] = [];
    const rolledBack = await run(input);
    forgetSent();

    await run({ ...input, rolledBack });

    expect(writes()).toEqual([]);
  });
});

test('a sticky route that sent requests to a blue beyond return loses its group with them', async () => {
  const sticky = { Enabled: true, DurationSeconds: 600 };
  const routes = bothRoutesAt(50, 50);
  routes[RULE] = [authenticate, aForwardAction({ [BLUE]: 50, [GREEN]: 50 }, sticky)];
  world = answerFrom(aWorld({ taskSets: [aGreenTaskSet()], routes }));

  expect(await run(input)).toMatchObject({ kind: 'finishForward' });
  expect(weightsIn(world.routes[RULE])).toEqual({ [GREEN]: 100 });
  expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
});

describe('a deployment that gave way to one of another installation', () => {
  const busy = { Error: 'ServiceBusy', Cause: '{"errorMessage":"another deployment is under way"}' };
  const theirs = aGreenTaskSet({ id: 'ecs-svc/7', externalId: 'deploy-7' });

  test.each([
    ['as it was before', 100, 0],
    ['as the other has shifted it', 90, 10],
  ])('leaves the traffic %s, and green goes at once', async (_how, blue, share) => {
    world.taskSets.push(theirs);
    world.routes = bothRoutesAt(blue, share);
    const { traffic: _none, decision: _neither, ...untouched } = input;

    expect(await run({ ...untouched, failure: busy })).toMatchObject({
      kind: 'restored',
      leavesRoutes: true,
      because: 'another deployment is under way',
      waitSeconds: 1,
    });
    expect(writes()).not.toContainEqual(['ModifyRule', expect.anything()]);
    expect(writes()).not.toContainEqual(['ModifyListener', expect.anything()]);
  });
});

describe('a first deployment', () => {
  const alone = theirPlan({
    blue: null,
    blueTargetGroupArn: null,
    routes: [defaultRoute(aForward([GREEN, 1]))],
  });

  test('whose route named green alone has nothing to give back', async () => {
    world.taskSets = [aGreenTaskSet()];
    world.routes = { [LISTENER]: [{ Type: 'forward', TargetGroupArn: GREEN }] };

    expect(await run({ ...input, plan: alone })).toMatchObject({ kind: 'restored' });
  });

  test('gives the route’s other group back what it had', async () => {
    world.taskSets = [aGreenTaskSet()];
    world.routes = { [LISTENER]: [aForwardAction({ [BLUE]: 0, [GREEN]: 100 })] };
    const original = aForward([BLUE, 1], [GREEN, 0]);
    const plan = theirPlan({ blue: null, routes: [defaultRoute(original)] });

    expect(await run({ ...input, plan })).toMatchObject({ kind: 'restored' });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 1, [GREEN]: 0 });
  });
});

test('weights come back to the digit, and a second visit writes nothing', async () => {
  const plan = theirPlan({ routes: [defaultRoute(aForward([BLUE, 500], [GREEN, 0]))] });
  world.routes = { [LISTENER]: [aForwardAction({ [BLUE]: 90, [GREEN]: 10 })] };

  await run({ ...input, plan });
  expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 500, [GREEN]: 0 });

  forgetSent();
  expect(await run({ ...input, plan })).toMatchObject({ kind: 'restored' });
  expect(writes().map(([operation]) => operation)).not.toContain('ModifyListener');
});

describe('a recovery, whose execution before ended half-way,', () => {
  const recovering = { ...input, lease: { ...lease, kind: 'recovering' as const, reason: 'STOPPED by ada' } };

  test('says what ended it', async () => {
    expect(await run(recovering)).toMatchObject({ kind: 'restored', because: 'STOPPED by ada' });
  });

  test('does not undo a green that was PRIMARY with all traffic', async () => {
    const taskSets = [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })];
    world = answerFrom(aWorld({ taskSets, routes: bothRoutesAt(0, 100) }));

    expect(await run(recovering)).toMatchObject({ kind: 'finishForward' });
    expect(await run(input)).toMatchObject({ kind: 'restored' });
  });

  test('that could not finish for two hours leaves a whole blue in its sticky routes', async () => {
    const sticky = { Enabled: true, DurationSeconds: 600 };
    const allGreen = aForwardAction({ [BLUE]: 0, [GREEN]: 100 }, sticky);
    const taskSets = [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })];
    world = answerFrom(
      aWorld({ taskSets, routes: { [LISTENER]: [allGreen], [RULE]: [authenticate, allGreen] } }),
    );
    const rolledBack = aRollBack({ kind: 'finishForward', startedAtMs: NOW - 2 * 3_600_000 });

    expect(await run({ ...recovering, rolledBack })).toMatchObject({ kind: 'stuck' });
    expect(routeWrites()).toEqual([]);
  });

  test('goes back to blue all the same when a person aborts before blue has begun to go', async () => {
    const taskSets = [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })];
    world = answerFrom(aWorld({ taskSets, routes: bothRoutesAt(0, 100) }));
    const failure = { Error: 'Aborted', Cause: '{"errorMessage":"abort by ada (claimed)"}' };

    expect(await run({ ...recovering, failure })).toMatchObject({ kind: 'restored' });
  });
});

describe('the reason it came here', () => {
  const { decision: _decision, ...undecided } = input;

  test.each([
    [
      'a green that failed',
      {
        ready: {
          kind: 'failed' as const,
          healthyTargets: 0,
          wanted: 2,
          reason: 'green’s tasks keep stopping',
        },
      },
      'green’s tasks keep stopping',
    ],
    [
      'a step that failed',
      {
        failure: {
          Error: 'TrafficDrifted',
          Cause:
            '{"errorType":"TrafficDrifted","errorMessage":"someone else changed the listener","trace":[]}',
        },
      },
      'someone else changed the listener',
    ],
    ['nothing that anybody knows', {}, 'a state it does not know'],
  ])('may be %s', async (_what, slices, because) => {
    expect(await run({ ...undecided, ...slices })).toMatchObject({
      because: expect.stringContaining(because),
    });
  });
});

test('a network load balancer gets longer to follow before green goes', async () => {
  const plan = theirPlan({ loadBalancerKind: 'network' });

  expect(await run({ ...input, plan }, aHost())).toMatchObject({ kind: 'restored', waitSeconds: 600 });
  expect(sentOperations()).not.toContain('UpdateTaskSet');
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: halfWay(), input }) };
  changesNothingTheSecondTime<'RollBack'>(situation);
  refusesWithoutLease<'RollBack'>(situation);
  meetsApiErrors<'RollBack'>({
    ...situation,
    operations: [
      'DescribeServices',
      'DescribeTargetHealth',
      'DescribeListeners',
      'DescribeRules',
      'GetItem',
      'ModifyListener',
      'ModifyRule',
      'UpdateItem',
      'PutEvents',
    ],
    // A route that is gone sends nobody anywhere: the others are restored all the same.
    unimportant: ['PutEvents', 'UpdateItem'],
    // What the record says of commands is worth no rollback that does not end.
    lasting: ({ events: _published, items: _record, ...world }) => world,
    except: { 'DescribeListeners NotFound': null, 'DescribeRules NotFound': null },
  });
});
