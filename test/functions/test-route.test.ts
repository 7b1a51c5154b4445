import { DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { checkRemoved } from '../../functions/check-removed.ts';
import { checkRetired } from '../../functions/check-retired.ts';
import { judgeHealth } from '../../functions/judge-health.ts';
import { removeGreen } from '../../functions/remove-green.ts';
import { retireBlue } from '../../functions/retire-blue.ts';
import { shiftTraffic } from '../../functions/shift-traffic.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aLeaseOf, aRecord, LEASE, RECORD } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { aForwardAction, authenticate, targetsIn, weightsIn } from '../builders/elbv2.ts';
import { aDecision, aForward, aRollBack, BLUE, GREEN, NOW, THIRD } from '../core/a-deployment.ts';
import { aCommand } from './a-command.ts';
import { aHost, invoking } from './a-handler.ts';
import { defaultRoute, green, LISTENER, lease, RULE, ruleRoute, shiftedTo, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld } from './answers.ts';
import { answering, failing } from './faults.ts';
import { elbv2, sentCommands, writes } from './sent-commands.ts';

/** The rule is the testers': blue alone, behind a login. */
const plan: Plan = theirPlan({
  routes: [defaultRoute()],
  test: { route: ruleRoute(aForward([BLUE, 1])) },
  shifts: [
    { greenPct: 0, bakeMs: 300_000, test: true },
    { greenPct: 50, bakeMs: 300_000 },
    { greenPct: 100, bakeMs: 3_600_000 },
  ],
});
const CLOSED = [authenticate, aForwardAction({ [BLUE]: 1 })];
const OPEN = [authenticate, aForwardAction({ [BLUE]: 0, [GREEN]: 100 })];
const at = (blue: number, greenWeight: number) => [aForwardAction({ [BLUE]: blue, [GREEN]: greenWeight })];

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(aWorld({ routes: { [LISTENER]: at(100, 0), [RULE]: CLOSED } }));
});

const written = () => writes().map(([operation]) => operation);

describe('ShiftTraffic', () => {
  const run = invoking('ShiftTraffic', shiftTraffic);
  const opening = { lease, plan, green };
  const to = (position: number, from: number, fromPct: number) => ({
    ...opening,
    traffic: shiftedTo(from, fromPct),
    decision: aDecision({ kind: 'advance', position }),
  });

  test('opens the test route to green alone, and leaves users where they are', async () => {
    const traffic = await run(opening);

    expect(traffic).toMatchObject({
      position: 0,
      weights: { blue: 100, green: 0 },
      test: { label: ruleRoute().label, before: { blue: 100, green: 0 }, after: { blue: 0, green: 100 } },
    });
    expect(written()).toEqual(['ModifyRule']);
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('a second delivery finds it open and writes nothing', async () => {
    await run(opening);
    const before = writes().length;

    expect(await run(opening)).toMatchObject({ position: 0, weights: { blue: 100, green: 0 } });
    expect(writes()).toHaveLength(before);
  });

  test('opens nothing for a green that is not whole, nor beside users of green', async () => {
    world.targets[GREEN] = targetsIn('healthy', 'unhealthy');
    await expect(run(opening)).rejects.toMatchObject({ name: 'NotEnoughHealthyTargets' });

    world = answerFrom(aWorld({ routes: { [LISTENER]: at(90, 10), [RULE]: CLOSED } }));
    await expect(run(opening)).rejects.toMatchObject({ name: 'TrafficDrifted' });
    expect(writes()).toEqual([]);
  });

  test('opens nothing that somebody else has given to another group, or has deleted', async () => {
    world.routes[RULE] = [aForwardAction({ [THIRD]: 1 })];
    await expect(run(opening)).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringContaining('the test route'),
    });

    delete world.routes[RULE];
    await expect(run(opening)).rejects.toMatchObject({ name: 'NotFound' });
    expect(writes()).toEqual([]);
  });

  test('closes it to the digit before the first user comes to green', async () => {
    world.routes[RULE] = OPEN;

    const traffic = await run(to(1, 0, 0));

    expect(written()).toEqual(['ModifyRule', 'ModifyListener']);
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 1 });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 50, [GREEN]: 50 });
    expect(traffic.test).toMatchObject({ before: { blue: 0, green: 100 }, after: { blue: 100, green: 0 } });
  });

  test('closes it also when a read has it closed, which may be older than its opening; a repeat writes no more', async () => {
    world.routes[RULE] = CLOSED;

    await run(to(1, 0, 0));
    expect(written()).toEqual(['ModifyRule', 'ModifyListener']);

    await run(to(1, 0, 0));
    expect(written()).toEqual(['ModifyRule', 'ModifyListener']);
  });

  test('is neither opened nor closed without the lease', async () => {
    world.items[LEASE] = aLeaseOf('somebody-else');
    await expect(run(opening)).rejects.toMatchObject({ name: 'LeaseLost' });

    world.routes = { [LISTENER]: at(50, 50), [RULE]: OPEN };
    await expect(run(to(1, 0, 0))).rejects.toMatchObject({ name: 'LeaseLost' });
    expect(writes()).toEqual([]);
  });

  test('closes it also where the users have come already', async () => {
    world.routes = { [LISTENER]: at(50, 50), [RULE]: OPEN };

    await run(to(1, 0, 0));

    expect(written()).toEqual(['ModifyRule']);
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 1 });
  });

  test.each<[string, AwsWorld['routes'][string] | undefined, boolean]>([
    ['is open', OPEN, true],
    ['is deleted', undefined, true],
    ['is closed, by the half of this shift that was done', CLOSED, false],
  ])('a pause after the test, while the test route %s: users stay is %s', async (_what, actions, stays) => {
    if (actions === undefined) delete world.routes[RULE];
    else world.routes[RULE] = actions;
    world.items[RECORD] = aRecord({ commands: [aCommand('pause')] });

    expect(await run(to(1, 0, 0))).toMatchObject({ position: stays ? 0 : 1 });
    expect(weightsIn(world.routes[LISTENER])).toEqual(
      stays ? { [BLUE]: 100, [GREEN]: 0 } : { [BLUE]: 50, [GREEN]: 50 },
    );
  });

  test('a pause before the last shift leaves the users and a closed test route', async () => {
    world.routes = { [LISTENER]: at(50, 50), [RULE]: CLOSED };
    world.items[RECORD] = aRecord({ commands: [aCommand('pause')] });

    expect(await run(to(2, 1, 50))).toMatchObject({ position: 1 });
    expect(writes()).toEqual([]);
  });

  test('no user comes while it cannot be closed', async () => {
    world.routes[RULE] = OPEN;
    failing('ModifyRule', awsError('AccessDeniedException'));

    await expect(run(to(1, 0, 0))).rejects.toThrow();
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('a test route that somebody has deleted needs no closing', async () => {
    delete world.routes[RULE];

    expect(await run(to(1, 0, 0))).toMatchObject({ position: 1 });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 50, [GREEN]: 50 });
  });

  test('follows the users once all of them are with green, after their routes', async () => {
    world.routes[LISTENER] = at(50, 50);

    await run(to(2, 1, 50));

    expect(written()).toEqual(['ModifyListener', 'ModifyRule']);
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });

  test('follows them also from weights that somebody else gave it: nothing rests on those by then', async () => {
    world.routes = { [LISTENER]: at(50, 50), [RULE]: at(50, 50) };

    await run(to(2, 1, 50));

    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });

  test('where green gets everything at once it closes before the last of several routes, as before the first', async () => {
    const other = { ...ruleRoute(), arn: `${RULE}-users` };
    answering(elbv2, DescribeRulesCommand, ({ RuleArns = [] }) => ({
      Rules: RuleArns.map((RuleArn) => ({ RuleArn, Priority: '1', Actions: world.routes[RuleArn] ?? [] })),
    }));
    world.routes = { [LISTENER]: at(0, 100), [RULE]: OPEN, [other.arn]: at(100, 0) };

    await run({ ...to(2, 0, 0), plan: { ...plan, routes: [defaultRoute(), other] } });

    expect(written()).toEqual(['ModifyRule', 'ModifyRule', 'ModifyRule']);
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });

  test('where green gets everything at once it closes all all the same until the users have come; a repeat writes no more', async () => {
    world.routes[RULE] = OPEN;

    await run(to(2, 0, 0));
    expect(written()).toEqual(['ModifyRule', 'ModifyListener', 'ModifyRule']);
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });

    await run(to(2, 0, 0));
    expect(written()).toHaveLength(3);
  });

  test('a shift between two others does not read it', async () => {
    const between: Plan = {
      ...plan,
      shifts: [...plan.shifts.slice(0, 2), { greenPct: 80, bakeMs: 1 }, { greenPct: 100, bakeMs: 1 }],
    };
    world.routes[LISTENER] = at(50, 50);

    await run({ ...to(2, 1, 50), plan: between });

    expect(sentCommands().map(([operation]) => operation)).not.toContain('DescribeRules');
  });
});

describe('JudgeHealth', () => {
  const run = invoking('JudgeHealth', judgeHealth);
  const judge = (seconds: number, traffic = shiftedTo(0, 0)) =>
    run({ lease, plan, green, traffic }, aHost({ nowMs: NOW + seconds * 1_000 }));

  test('reads the test route beside those of users, as evidence of what was tried', async () => {
    world.routes[RULE] = OPEN;

    const decision = await judge(60);

    expect(decision).toMatchObject({
      kind: 'hold',
      reason: expect.stringContaining('open to testers for 1m of 5m, no user meets green'),
      evidence: { test: { label: ruleRoute().label, weights: { blue: 0, green: 100 } } },
    });
    expect(decision).not.toHaveProperty('analysis');
  });

  test('lets the first users come when its time is over', async () => {
    world.routes[RULE] = OPEN;

    expect(await judge(300)).toMatchObject({
      kind: 'advance',
      position: 1,
      reason: expect.stringContaining('50 % next'),
    });
  });

  test('a test that somebody else has led to blue is void', async () => {
    expect(await judge(60)).toMatchObject({
      kind: 'rollBack',
      reason: expect.stringContaining('somebody else changed it, so what was tried may not have been green'),
    });
  });

  test('one that cannot be read is not known to be right', async () => {
    delete world.routes[RULE];

    expect(await judge(60)).toMatchObject({
      kind: 'hold',
      reason: expect.stringContaining('cannot tell whether green is healthy'),
    });
  });

  test('after the test nothing rests on it: what somebody else wrote is noted', async () => {
    world.routes = { [LISTENER]: at(50, 50), [RULE]: OPEN };

    expect(await judge(60, shiftedTo(1, 50))).toMatchObject({
      kind: 'hold',
      reason: expect.stringContaining('on the test route HTTPS:443 path /api/*, found 0 % blue, 100 % green'),
    });
  });
});

describe('on the way back', () => {
  const remove = invoking('RemoveGreen', removeGreen);
  const check = invoking('CheckRemoved', checkRemoved);
  const back = { lease, plan, green, rolledBack: aRollBack({ kind: 'restored' }) };
  const removal = (changes = {}) => ({
    kind: 'removing' as const,
    startedAtMs: NOW,
    waitSeconds: 0,
    runningCount: 0,
    reason: '',
    ...changes,
  });

  test('the test route is put back, to the digit, before green is emptied', async () => {
    world.routes[RULE] = OPEN;

    expect(await remove(back)).toMatchObject({
      kind: 'removing',
      reason: expect.stringContaining('as it was'),
    });
    expect(written()).toEqual(['ModifyRule']);
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 1 });

    await remove({ ...back, removal: removal() });
    expect(written()).toEqual(['ModifyRule', 'UpdateTaskSet']);
  });

  test('users come first: while one route gives green weight it is not even read', async () => {
    world.routes = { [LISTENER]: at(50, 50), [RULE]: OPEN };

    await expect(remove(back)).rejects.toMatchObject({ name: 'TrafficDrifted' });
    expect(writes()).toEqual([]);
  });

  test('green waits five minutes for one that cannot be written, and goes then; the record has it', async () => {
    world.routes[RULE] = OPEN;
    failing('ModifyRule', awsError('AccessDeniedException'));

    expect(await remove(back)).toMatchObject({
      kind: 'removing',
      reason: expect.stringContaining('trying again'),
    });
    expect(written()).not.toContain('UpdateTaskSet');

    const later = { ...back, removal: removal({ startedAtMs: NOW - 300_000 }) };
    const gone = await remove(later);
    expect(written()).toContain('UpdateTaskSet');
    expect(gone.testOpen).toContain('could not be taken from green');
    expect(await check({ lease, plan, green, removal: gone })).toMatchObject({ testOpen: gone.testOpen });
  });

  test('one that is deleted, or sends green nothing, is left as it is', async () => {
    delete world.routes[RULE];
    await remove(back);
    world = answerFrom(
      aWorld({ routes: { [LISTENER]: at(100, 0), [RULE]: [aForwardAction({ [THIRD]: 1 })] } }),
    );
    await remove(back);

    expect(written()).toEqual(['UpdateTaskSet']);
  });

  test('PRIMARY goes back first: of a green that somebody deleted nothing more is removed', async () => {
    world.routes[RULE] = OPEN;
    world.taskSets = [aBlueTaskSet({ status: 'ACTIVE' })];

    await remove(back);
    await remove({ ...back, removal: removal() });

    expect(written()).toEqual(['UpdateServicePrimaryTaskSet', 'ModifyRule']);
  });

  test('one that somebody gives to green again is taken back before the end', async () => {
    world.routes[RULE] = OPEN;
    world.taskSets = [aBlueTaskSet()];

    expect(await check({ lease, plan, green, removal: removal() })).toMatchObject({ kind: 'due' });
  });
});

describe('on the way forward', () => {
  const retire = invoking('RetireBlue', retireBlue);
  const check = invoking('CheckRetired', checkRetired);
  const traffic = shiftedTo(2, 100, { shiftedAtMs: NOW - 3_600_000 });
  const retiring = { lease, plan, green, traffic };
  const promoted = () => [
    aBlueTaskSet({ status: 'ACTIVE' }),
    aGreenTaskSet({ status: 'PRIMARY', externalId: lease.deploymentId }),
  ];

  test('blue goes while the test route is with green', async () => {
    world.routes = { [LISTENER]: at(0, 100), [RULE]: OPEN };
    world.taskSets = promoted();

    await retire(retiring);

    expect(written()).toContain('UpdateTaskSet');
  });

  test('one that leads to blue again follows before blue is emptied', async () => {
    world.routes = { [LISTENER]: at(0, 100), [RULE]: CLOSED };
    world.taskSets = promoted();

    expect(await retire(retiring)).toMatchObject({
      kind: 'waiting',
      reason: expect.stringContaining('follows'),
    });
    expect(written()).toEqual(['ModifyRule']);
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });

  test('one that leads to nobody, because every weight is 0, follows as well', async () => {
    world.routes = { [LISTENER]: at(0, 100), [RULE]: at(0, 0) };
    world.taskSets = promoted();

    expect(await retire(retiring)).toMatchObject({ kind: 'waiting' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });

  test('a first deployment ends once its testers are where its users are', async () => {
    const first = { ...retiring, plan: { ...plan, blue: null } };
    world.routes = { [LISTENER]: at(0, 100), [RULE]: CLOSED };
    world.taskSets = promoted().slice(1);

    expect(await retire(first)).toMatchObject({ kind: 'waiting' });
    expect(weightsIn(world.routes[RULE])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
    expect(await retire(first)).toMatchObject({ kind: 'retired' });
  });

  test('while blue drains somebody who gives it the test route back is answered', async () => {
    world.routes = { [LISTENER]: at(0, 100), [RULE]: CLOSED };
    world.taskSets = [
      aBlueTaskSet({ status: 'ACTIVE', scale: { value: 0, unit: 'PERCENT' }, computedDesiredCount: 0 }),
    ];
    const retirement = {
      kind: 'draining' as const,
      startedAtMs: NOW,
      waitSeconds: 60,
      runningCount: 2,
      reason: '',
    };

    expect(await check({ lease, plan, retirement })).toMatchObject({ kind: 'due' });
    expect(await check({ lease, plan, retirement: { ...retirement, testOpen: 'denied' } })).toMatchObject({
      kind: 'draining',
      testOpen: 'denied',
    });
  });
});
