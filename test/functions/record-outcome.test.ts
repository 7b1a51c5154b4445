import type { ScalableTarget } from '@aws-sdk/client-application-auto-scaling';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Outcome, Removal, Retirement } from '../../core/vocabulary/ending.types.ts';
import type { Failure } from '../../core/vocabulary/state.types.ts';
import { recordOutcome } from '../../functions/record-outcome.ts';
import { awsError, lostResponse } from '../aws/an-invocation.ts';
import { aLeaseOf, aRecord, LEASE, leaseKey, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { aRollBack, BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { aHost, BUS, counted, invoking } from './a-handler.ts';
import { DEPLOYMENT, execution, green, LISTENER, lease, RULE, shiftedTo, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { failing } from './faults.ts';
import { sentCommands, sentOperations, writes } from './sent-commands.ts';

const run = invoking('RecordOutcome', recordOutcome);
const request = { cluster: 'main', service: 'shop', taskDefinition: 'shop' };
const begun = { request, execution };
const retired: Retirement = {
  kind: 'retired',
  startedAtMs: NOW,
  waitSeconds: 0,
  runningCount: 0,
  reason: 'gone',
};
const removed: Removal = { ...retired, kind: 'removed' };
const failure: Failure = {
  Error: 'PreflightFailed',
  Cause: '{"errorType":"PreflightFailed","errorMessage":"Preflight found 1 error","trace":[]}',
};
const planned = { ...begun, lease, plan: theirPlan(), green };
const succeeded = { ...planned, traffic: shiftedTo(2, 100), retirement: retired };

let world: AwsWorld;
const allGreen = (changes: Partial<AwsWorld> = {}): AwsWorld =>
  aWorld({ routes: bothRoutesAt(0, 100), ...changes });
beforeEach(() => {
  world = answerFrom(allGreen());
});

const END = 'ends#main/shop end#000000000001';
/** What a lease remembers of the history: its last end. */
const head = { lastEndNumber: { N: '1' }, lastEndDigest: { S: expect.stringMatching(/^[0-9a-f]{64}$/) } };
const freed = { ...leaseKey, lastGroups: { L: [{ S: GREEN }, { S: BLUE }] }, ...head };
const endIn = (changed: AwsWorld): Record<string, unknown> | null =>
  JSON.parse(changed.items[END]?.endJson?.S ?? 'null');
const outcomeIn = (changed: AwsWorld): unknown => JSON.parse(changed.items[RECORD]?.outcomeJson?.S ?? 'null');
const published = (changed: AwsWorld): unknown[] =>
  changed.events.map(({ Detail }) => JSON.parse(Detail ?? 'null'));

test('closes the record, keeps the end, then frees the lease with its groups, then says it once', async () => {
  const outcome = await run(succeeded);

  const expected = { kind: 'succeeded', reason: 'green serves all traffic and blue is gone', endedAtMs: NOW };
  expect(outcome).toEqual(expected);
  expect(sentCommands()).toStrictEqual([
    ['DescribeListeners', { ListenerArns: [LISTENER] }],
    ['DescribeRules', { RuleArns: [RULE] }],
    [
      'UpdateItem',
      {
        TableName: TABLE,
        Key: recordKey,
        ConditionExpression:
          'attribute_not_exists(outcomeJson) AND (attribute_not_exists(executionArn) OR executionArn = :execution)',
        UpdateExpression:
          'SET outcomeJson = :outcome, closedAtMs = :closedAtMs, expiresAt = :expiresAt REMOVE ' +
          'taskToken, taskTokenExpiresAtMs',
        ExpressionAttributeValues: {
          ':outcome': { S: JSON.stringify(expected) },
          ':closedAtMs': { N: String(NOW) },
          ':execution': { S: execution.id },
          ':expiresAt': { N: String(NOW / 1_000 + 90 * 86_400) },
        },
      },
    ],
    [
      'Query',
      {
        TableName: TABLE,
        KeyConditionExpression: 'pk = :ends',
        ExpressionAttributeValues: { ':ends': { S: 'ends#main/shop' } },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: 10,
      },
    ],
    [
      'PutItem',
      {
        TableName: TABLE,
        Item: {
          pk: { S: 'ends#main/shop' },
          sk: { S: 'end#000000000001' },
          endJson: { S: expect.stringContaining(`"deploymentId":"${DEPLOYMENT}"`) },
          digest: head.lastEndDigest,
          writtenAtMs: { N: String(NOW) },
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    ],
    [
      'UpdateItem',
      {
        TableName: TABLE,
        Key: leaseKey,
        ConditionExpression: 'holder = :me AND executionArn = :execution',
        UpdateExpression:
          'SET lastGroups = :groups, lastEndNumber = :number, lastEndDigest = :digest REMOVE holder, ' +
          'executionArn, acquiredAtMs, alarms, recoveries, recoveredAtMs, recoveryProof, recoveryProofAtMs, recoveryTries',
        ExpressionAttributeValues: {
          ':me': { S: DEPLOYMENT },
          ':execution': { S: execution.id },
          ':groups': { L: [{ S: GREEN }, { S: BLUE }] },
          ':number': { N: '1' },
          ':digest': head.lastEndDigest,
        },
      },
    ],
    [
      'PutEvents',
      {
        Entries: [
          {
            EventBusName: BUS,
            Source: 'cutover',
            DetailType: 'Cutover Deployment Finished',
            Detail: expect.stringContaining('"outcome":"succeeded"'),
          },
        ],
      },
    ],
  ]);
  expect(world.items[LEASE]).toEqual(freed);
});

/** EventBridge itself delivers at least once, so receivers go by the detail: the same event twice is one. */
const withEventsOnce = (changed: AwsWorld): unknown => ({
  ...changed,
  events: [...new Set(changed.events.map(({ Detail }) => Detail))],
});

describe('an ending that the routes belie is none', () => {
  const restored = aRollBack({ kind: 'restored', caught: null });
  const rolledBack = { ...planned, rolledBack: restored, removal: removed };

  test.each([
    ['rolled back, and somebody gave green everything a moment ago', rolledBack, bothRoutesAt(0, 100)],
    ['rolled back, and somebody gave green a little', rolledBack, bothRoutesAt(99, 1)],
    ['succeeded, and somebody gave blue everything', succeeded, bothRoutesAt(100, 0)],
  ])('%s', async (_what, state, routes) => {
    world.routes = routes;

    await expect(run(state)).rejects.toMatchObject({ name: 'TrafficDrifted' });
    expect(writes()).toEqual([]);
  });

  test('once RollBack could not repair it, it is stuck, and not tried again without any wait', async () => {
    world.routes = bothRoutesAt(0, 100);
    const denied = { Error: 'AccessDenied', Cause: '{"errorMessage":"may not ModifyRule"}' };

    expect(await run({ ...rolledBack, failure: denied })).toMatchObject({ kind: 'stuck' });
  });
});

describe('every kind of end is published as what it was', () => {
  const restored = aRollBack({ kind: 'restored', because: 'alarm shop-5xx is in ALARM' });

  test('rolled back', async () => {
    world.routes = bothRoutesAt(100, 0);
    expect(await run({ ...planned, rolledBack: restored, removal: removed })).toEqual({
      kind: 'rolledBack',
      reason: 'alarm shop-5xx is in ALARM',
      endedAtMs: NOW,
    });
    expect(world.items[LEASE]).toEqual(freed);
    expect(published(world)).toMatchObject([{ outcome: 'rolledBack' }]);
  });

  test('finished forward although it was to be rolled back', async () => {
    const rolledBack = aRollBack({ kind: 'finishForward', because: 'a step failed' });

    expect(await run({ ...succeeded, rolledBack })).toMatchObject({
      kind: 'succeeded',
      reason: expect.stringContaining('although it was to be rolled back: a step failed'),
    });
  });

  test('a first deployment that rolled back remembers its one group', async () => {
    const plan = theirPlan({ blue: null, blueTargetGroupArn: null });

    world.routes = bothRoutesAt(100, 0);
    await run({ ...planned, plan, rolledBack: restored, removal: removed });

    expect(world.items[LEASE]).toEqual({ ...leaseKey, lastGroups: { L: [{ S: GREEN }] }, ...head });
  });

  test('refused by preflight: the lease is free, and the groups of the deployment before stay', async () => {
    world.items[LEASE] = { ...aLeaseOf(DEPLOYMENT), lastGroups: { L: [{ S: 'before' }] } };

    expect(await run({ ...begun, lease, failure })).toMatchObject({
      kind: 'refused',
      reason: 'Preflight found 1 error',
    });
    expect(outcomeIn(world)).toMatchObject({ kind: 'refused' });
    expect(world.items[LEASE]).toEqual({ ...leaseKey, lastGroups: { L: [{ S: 'before' }] }, ...head });
  });

  test('refused for its request: there is no name for a lease or a record, only an event', async () => {
    const bad = { request: { cluster: 'main' }, execution, failure: { ...failure, Error: 'InvalidRequest' } };

    expect(await run(bad)).toMatchObject({ kind: 'refused' });
    expect(sentOperations()).toEqual(['PutEvents']);
    expect(published(world)).toMatchObject([{ deploymentId: null, outcome: 'refused' }]);
  });

  test('refused because another deployment holds the service, which keeps its lease', async () => {
    world.items = { [LEASE]: aLeaseOf('deploy-7') };

    expect(await run({ ...begun, failure: { ...failure, Error: 'ServiceBusy' } })).toMatchObject({
      kind: 'refused',
    });
    expect(world.items[LEASE]).toEqual(aLeaseOf('deploy-7'));
  });

  test('refused in line: the place is given up, the holder keeps its lease', async () => {
    const holder = aLeaseOf('deploy-7');
    world.items = { [LEASE]: { ...holder, waiter: { S: DEPLOYMENT }, waiterSeenMs: { N: String(NOW) } } };
    const waiting = { ...lease, kind: 'waiting' as const };

    expect(await run({ ...begun, lease: waiting, failure })).toMatchObject({ kind: 'refused' });
    expect(world.items[LEASE]).toEqual(holder);
  });

  test('stuck: the lease stays taken and the record open, for the recovery that finishes it', async () => {
    const before = structuredClone(world.items);

    const outcome = await run({ ...planned, traffic: shiftedTo(1, 50), failure });

    expect(outcome).toMatchObject({
      kind: 'stuck',
      reason: expect.stringContaining('traffic was last set to 50 % blue, 50 % green'),
    });
    const stuck = { executionArn: execution.id, why: 'Preflight found 1 error', began: null };
    expect(JSON.parse(world.items[RECORD]?.stuckJson?.S ?? 'null')).toEqual(stuck);
    expect(world.items[RECORD]).not.toHaveProperty('outcomeJson');
    expect(world.items[LEASE]).toEqual(before[LEASE]);
    expect(published(world)).toMatchObject([{ outcome: 'stuck' }]);
  });
});

describe('AcquireLease’s answer was lost', () => {
  const lost = { Error: 'States.Timeout', Cause: '' };

  test.each([
    ['at its first observation', {}],
    ['after it had waited in line', { lease: { ...lease, kind: 'waiting' as const } }],
  ])(
    '%s: what it took is found by the request and the execution, freed and closed',
    async (_when, slices) => {
      expect(await run({ ...begun, ...slices, failure: lost })).toMatchObject({ kind: 'refused' });

      expect(world.items[LEASE]).toEqual({ ...leaseKey, ...head });
      expect(outcomeIn(world)).toEqual({
        kind: 'refused',
        reason: 'a step did not answer in time (States.Timeout)',
        endedAtMs: NOW,
      });
    },
  );

  test('before it opened a record: none is made', async () => {
    delete world.items[RECORD];

    await run({ ...begun, failure: lost });

    expect(world.items[LEASE]).toEqual({ ...leaseKey, ...head });
    expect(world.items[RECORD]).toBeUndefined();
  });

  test('a lease that another execution of this deployment holds by now is not', async () => {
    world.items[LEASE] = aLeaseOf(DEPLOYMENT, 'arn:recovery');

    await run({ ...begun, failure });

    expect(world.items[LEASE]).toEqual(aLeaseOf(DEPLOYMENT, 'arn:recovery'));
  });
});

describe('the first outcome stands', () => {
  const earlier: Outcome = { kind: 'rolledBack', reason: 'abort by ada (claimed)', endedAtMs: NOW - 60_000 };

  test('when another execution of the deployment closed the record before', async () => {
    world.items[RECORD] = aRecord({ outcome: earlier });

    expect(await run(succeeded)).toEqual(earlier);
    expect(outcomeIn(world)).toEqual(earlier);
    expect(published(world)).toMatchObject([{ outcome: 'rolledBack', reason: 'abort by ada (claimed)' }]);
  });

  test('when its answer was lost, and somebody writes the routes before it is run again', async () => {
    await run(succeeded);
    world.routes = bothRoutesAt(100, 0);

    expect(await run(succeeded)).toMatchObject({ kind: 'succeeded', endedAtMs: NOW });
  });

  test('when the step is run again later, its lease being another’s by now', async () => {
    await run(succeeded);
    world.items[LEASE] = aLeaseOf('deploy-9');

    const again = await run(succeeded, aHost({ nowMs: NOW + 60_000 }));

    expect(again.endedAtMs).toBe(NOW);
    expect(world.items[LEASE]).toEqual(aLeaseOf('deploy-9'));
  });
});

describe('an event bus that does not take the event', () => {
  test.each([
    ['is throttled', awsError('ThrottlingException', 'Rate exceeded')],
    ['is down', awsError('InternalServerError', 'oops', 500)],
    ['does not answer', lostResponse()],
    ['may not be used', awsError('AccessDeniedException')],
    ['does not exist', awsError('ResourceNotFoundException')],
  ])('because it %s changes nothing of the outcome', async (_why, error) => {
    failing('PutEvents', error);

    expect(await run(succeeded)).toMatchObject({ kind: 'succeeded' });
    expect(outcomeIn(world)).toMatchObject({ kind: 'succeeded' });
    expect(world.items[LEASE]).toEqual(freed);
  });

  test('nor does a mistake of our own in publishing it: that is a line of the log', async () => {
    failing('PutEvents', new TypeError('undefined is not a function'));
    const host = aHost();

    expect(await run(succeeded, host)).toMatchObject({ kind: 'succeeded' });
    expect(host.logs).toMatchObject([{ error: expect.stringContaining('undefined is not a function') }]);
  });
});

describe('the end in the history', () => {
  test('has what was deployed, when users were on it, by whom and how it ended', async () => {
    const traffic = { ...shiftedTo(2, 100), usersSinceMs: NOW - 60_000 };
    await run({ ...succeeded, request: { ...request, startedBy: 'ci' }, traffic });

    const plan = theirPlan();
    expect(endIn(world)).toEqual({
      version: 1,
      number: 1,
      previous: null,
      serviceKey: 'main/shop',
      deploymentId: DEPLOYMENT,
      executionArn: execution.id,
      startedAtMs: lease.acquiredAtMs,
      endedAtMs: NOW,
      outcome: 'succeeded',
      reason: 'green serves all traffic and blue is gone',
      from: plan.blue?.taskDefinitionArn,
      to: plan.green.taskDefinitionArn,
      strategy: plan.strategyName,
      startedBy: 'ci',
      usersAtMs: NOW - 60_000,
      reachedUsers: true,
      servedAtMs: traffic.shiftedAtMs,
      restoredAtMs: null,
      cause: null,
    });
  });

  test('is written before the lease is free: a step that cannot write it frees nothing', async () => {
    failing('PutItem', awsError('InternalServerError', 'oops', 500));

    await expect(run(succeeded)).rejects.toMatchObject({ name: 'Unavailable' });
    expect(world.items[LEASE]).toHaveProperty('holder');

    answerFrom(world);
    await run(succeeded, aHost({ nowMs: NOW + 60_000 }));

    expect(endIn(world)).toMatchObject({ number: 1, endedAtMs: NOW });
    expect(world.items[LEASE]).toEqual(freed);
  });

  test('is there once, although another one ended between two tries', async () => {
    await run(succeeded);
    const other = JSON.stringify({ ...endIn(world), number: 2, deploymentId: 'refused-9' });
    const next = {
      pk: { S: 'ends#main/shop' },
      sk: { S: 'end#000000000002' },
      endJson: { S: other },
      digest: { S: 'd' },
      writtenAtMs: { N: String(NOW + 1) },
    };
    world.items['ends#main/shop end#000000000002'] = next;
    const before = structuredClone(world.items);

    await run(succeeded, aHost({ nowMs: NOW + 120_000 }));

    expect(world.items).toEqual(before);
  });

  test('is counted when it is written, and by no repeat', async () => {
    counted.length = 0;
    await run(succeeded);
    await run(succeeded);

    expect(counted).toMatchObject([{ Service: 'main/shop', Succeeded: 1, deployment_id: DEPLOYMENT }]);
  });

  test('is searched for in one call among what was written since the deployment began', async () => {
    for (let number = 1; number <= 12; number += 1) {
      const sk = `end#${String(number).padStart(12, '0')}`;
      world.items[`ends#main/shop ${sk}`] = {
        pk: { S: 'ends#main/shop' },
        sk: { S: sk },
        endJson: { S: JSON.stringify({ deploymentId: `deploy-${number}` }) },
        digest: { S: `digest-${number}` },
        writtenAtMs: { N: String(NOW - 86_400_000) },
      };
    }

    await run(succeeded);

    expect(sentOperations().filter((operation) => operation === 'Query')).toHaveLength(1);
    expect(JSON.parse(world.items['ends#main/shop end#000000000013']?.endJson?.S ?? '')).toMatchObject({
      number: 13,
      previous: 'digest-12',
    });
  });

  test('is not written by an execution whose deployment another one has taken over', async () => {
    world.items[RECORD] = { ...aRecord(), executionArn: { S: 'arn:recovery' } };
    world.items[LEASE] = aLeaseOf(DEPLOYMENT, 'arn:recovery');

    await run(succeeded);

    expect(world.items[END]).toBeUndefined();
  });

  test('of one that is stuck is not written: a recovery will end it', async () => {
    await run({ ...planned, traffic: shiftedTo(1, 50), failure });

    expect(world.items[END]).toBeUndefined();
  });
});

describe('every step’s duties', () => {
  const given = () => ({ world: allGreen(), input: succeeded });
  changesNothingTheSecondTime<'RecordOutcome'>({
    run,
    given,
    rewrites: ['UpdateItem', 'UpdateItem'],
    lasting: withEventsOnce,
  });
  meetsApiErrors<'RecordOutcome'>({
    run,
    given,
    operations: ['DescribeListeners', 'DescribeRules', 'Query', 'PutItem', 'UpdateItem', 'PutEvents'],
    unimportant: ['PutEvents'],
    // A route that somebody deleted sends nobody anything.
    except: { 'DescribeListeners NotFound': null, 'DescribeRules NotFound': null },
    lasting: withEventsOnce,
  });
});

describe('what scales the service', () => {
  const was = { scaleIn: false, scaleOut: false, scheduled: false };
  const scaling = { resourceId: 'service/main/shop', by: ['cpu60'], was, set: { ...was, scaleIn: true } };
  const ended = { ...succeeded, plan: theirPlan({ scaling }) };
  const suspendedAs = (
    DynamicScalingInSuspended: boolean,
    DynamicScalingOutSuspended = false,
  ): ScalableTarget => ({
    ServiceNamespace: 'ecs',
    ResourceId: 'service/main/shop',
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity: 1,
    MaxCapacity: 9,
    RoleARN: 'arn:aws:iam::1:role/scaling',
    CreationTime: new Date(0),
    SuspendedState: {
      DynamicScalingInSuspended,
      DynamicScalingOutSuspended,
      ScheduledScalingSuspended: false,
    },
  });
  const registrations = () => writes().filter(([operation]) => operation === 'RegisterScalableTarget');
  const registration = (state: ScalableTarget['SuspendedState']) => [
    'RegisterScalableTarget',
    {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/main/shop',
      ScalableDimension: 'ecs:service:DesiredCount',
      SuspendedState: state,
    },
  ];

  test('is restored as found before the record is closed, and the outcome says so', async () => {
    world = answerFrom(allGreen({ scalable: suspendedAs(true) }));

    const outcome = await run(ended);

    expect(outcome).toMatchObject({ kind: 'succeeded', scaling: { kind: 'restored' } });
    expect(registrations()).toEqual([registration(suspendedAs(false).SuspendedState)]);
    expect(writes()[0]?.[0]).toBe('RegisterScalableTarget');
  });

  test('is left to the one who changed it meanwhile, and the record says how it was found', async () => {
    world = answerFrom(allGreen({ scalable: suspendedAs(true, true) }));

    const outcome = await run(ended);

    expect(registrations()).toEqual([]);
    expect(outcome.scaling?.kind).toBe('leftToOthers');
    expect(outcomeIn(world)).toMatchObject({
      kind: 'succeeded',
      reason: expect.stringContaining(
        'leaves it so: scale-in and scale-out suspended. As it was found: `aws application-autoscaling',
      ),
    });
  });

  test.each([
    ['somebody resumed it', suspendedAs(false), 'asFound'],
    ['there is no scalable target any more', null, 'gone'],
  ] as const)('%s: nothing is written', async (_why, scalable, kind) => {
    world = answerFrom(allGreen({ scalable }));

    expect(await run(ended)).toMatchObject({ kind: 'succeeded', scaling: { kind } });
    expect(registrations()).toEqual([]);
  });

  test('that cannot be restored keeps lease and record open, and says what to do', async () => {
    world = answerFrom(allGreen({ scalable: suspendedAs(true) }));
    failing('RegisterScalableTarget', awsError('AccessDeniedException', 'not allowed'));

    const outcome = await run(ended);

    expect(outcome.kind).toBe('stuck');
    expect(outcome.reason).toMatch(
      /could not be restored: .*AccessDenied|could not be restored: .*not allowed/s,
    );
    expect(outcome.reason).toContain('by hand: `aws application-autoscaling register-scalable-target');
    expect(outcomeIn(world)).toBeNull();
    expect(world.items[LEASE]).toEqual(aLeaseOf(DEPLOYMENT));
    expect(world.items[RECORD]?.stuckJson?.S).toContain('could not be restored');
  });

  test('is not touched by a repeat after the record was closed: it may be the next deployment’s', async () => {
    world = answerFrom(allGreen({ scalable: suspendedAs(true) }));
    await run(ended);
    world.scalable = suspendedAs(true);

    await run(ended);

    expect(world.scalable).toEqual(suspendedAs(true));
  });

  test('is restored although a person has closed the record: the lease is still ours', async () => {
    world = answerFrom(allGreen({ scalable: suspendedAs(true) }));
    const byHand = { kind: 'rolledBack', reason: 'closed by hand', endedAtMs: NOW };
    world.items[RECORD] = { ...aRecord(), outcomeJson: { S: JSON.stringify(byHand) } };

    await run(ended);

    expect(world.scalable).toEqual(suspendedAs(false));
  });

  test('is not restored by one that lost the lease', async () => {
    world = answerFrom(
      allGreen({ scalable: suspendedAs(true), items: { [LEASE]: aLeaseOf('another'), [RECORD]: aRecord() } }),
    );

    await expect(run(ended)).rejects.toMatchObject({ name: 'LeaseLost' });
    expect(registrations()).toEqual([]);
  });
});
