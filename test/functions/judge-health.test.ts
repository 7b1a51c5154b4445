import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeListenersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import { judgeHealth } from '../../functions/judge-health.ts';
import { awsError, lostResponse } from '../aws/an-invocation.ts';
import { anAlarm } from '../builders/cloudwatch.ts';
import { aLeaseOf, aRecord, LEASE, RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet, aStoppedTask } from '../builders/ecs.ts';
import { aForwardAction, targetsIn, weightsIn } from '../builders/elbv2.ts';
import { aForward, BLUE, GREEN, NOW, THIRD } from '../core/a-deployment.ts';
import { aCommand } from './a-command.ts';
import { aHost, invoking } from './a-handler.ts';
import {
  BLUE_ID,
  CLUSTER,
  DEPLOYMENT,
  defaultRoute,
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
import { changesNothingTheSecondTime, meetsApiErrors } from './api-errors.ts';
import { answering, failing } from './faults.ts';
import { dynamoDb, elbv2, sentBesidesEvents, sentCommands, writes } from './sent-commands.ts';

const run = invoking('JudgeHealth', judgeHealth);
const plan = theirPlan();
/** The first shift, of 10 % and five minutes, was at NOW. */
const input = { lease, plan, green, traffic: shiftedTo(0, 10) };
const baking = (): AwsWorld => aWorld({ routes: bothRoutesAt(90, 10) });

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(baking());
});

/** Some seconds after the shift. */
const judge = (seconds: number, previous?: Decision, changes: Partial<typeof input> = {}) =>
  run(
    { ...input, ...changes, ...(previous === undefined ? {} : { decision: previous }) },
    aHost({ nowMs: NOW + seconds * 1_000 }),
  );

describe('one observation', () => {
  test('reads commands, both colours, the alarms and every route, and records what it decides', async () => {
    const decision = await judge(60);

    expect(decision).toEqual({
      kind: 'hold',
      position: 0,
      reason: expect.stringContaining('baked 1m of 5m at 10 %'),
      waitSeconds: 60,
      unknownSinceMs: null,
      alarmsReadAtMs: NOW + 60_000,
      ignoredUntilOk: [],
      placement: expect.objectContaining({ lostGreen: null, movedAtMs: [] }),
      evidence: {
        observedAtMs: NOW + 60_000,
        blue: { healthy: 2, wanted: 2 },
        green: { healthy: 2, wanted: 2 },
        alarms: [{ name: 'shop-5xx', state: 'OK' }],
        routes: [
          { label: 'HTTPS:443 default', weights: { blue: 90, green: 10 } },
          { label: 'HTTPS:443 path /api/*', weights: { blue: 90, green: 10 } },
        ],
        readiness: expect.objectContaining({ kind: 'ready', seconds: 16, carriesPct: 100 }),
        commands: [],
      },
    });
    expect(sentBesidesEvents()).toStrictEqual([
      ['GetItem', { TableName: TABLE, Key: recordKey, ConsistentRead: true }],
      [
        'DescribeAlarms',
        { AlarmNames: ['shop-5xx'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100 },
      ],
      ['DescribeTargetHealth', { TargetGroupArn: GREEN }],
      ['DescribeTargetHealth', { TargetGroupArn: BLUE }],
      ['DescribeListeners', { ListenerArns: [LISTENER] }],
      ['DescribeRules', { RuleArns: [RULE] }],
      ['ListTasks', { cluster: CLUSTER, serviceName: 'shop', desiredStatus: 'STOPPED' }],
      ['DescribeTaskSets', { cluster: CLUSTER, service: SERVICE, taskSets: [GREEN_ID, BLUE_ID] }],
      [
        'PutItem',
        {
          TableName: TABLE,
          Item: {
            pk: { S: `deployment#${DEPLOYMENT}` },
            sk: { S: `decision#00${NOW + 60_000}` },
            decisionKind: { S: 'hold' },
            decisionReason: { S: decision.reason },
            decisionJson: { S: JSON.stringify(decision) },
            expiresAt: { N: String((NOW + 60_000) / 1_000 + 90 * 86_400) },
          },
        },
      ],
    ]);
  });

  test('right after a shift asks for no stopped task: none has had its requests yet', async () => {
    await judge(1);

    expect(sentCommands().map(([operation]) => operation)).not.toContain('ListTasks');
  });

  test('of a first deployment asks for no blue', async () => {
    const alone = theirPlan({
      blue: null,
      blueTargetGroupArn: null,
      routes: [defaultRoute(aForward([GREEN, 1]))],
      shifts: [{ greenPct: 100, bakeMs: 300_000 }],
    });
    world.routes = { [LISTENER]: [{ Type: 'forward', TargetGroupArn: GREEN }] };

    expect(await judge(60, undefined, { plan: alone, traffic: shiftedTo(0, 100) })).toMatchObject({
      kind: 'hold',
      evidence: { blue: null, green: { healthy: 2, wanted: 2 } },
    });
    expect(sentCommands().filter(([operation]) => operation === 'DescribeTaskSets')).toHaveLength(1);
  });

  test('writes nothing to the load balancer or to ECS when it goes back: RollBack does', async () => {
    world.targets[GREEN] = [];

    await judge(60);

    expect(writes().map(([operation]) => operation)).toEqual(['UpdateItem', 'PutItem']);
  });
});

describe('a blue that cannot carry its users', () => {
  test('gives them to green at once, on every route, and the decision holds', async () => {
    world.targets[BLUE] = [];

    const decision = await judge(60);

    expect(decision).toMatchObject({ kind: 'hold', waitSeconds: 15 });
    expect(decision.reason).toMatch(/^users are at 0 % blue, 100 % green instead of /);
    expect(writes().map(([operation]) => operation)).toEqual([
      'UpdateItem',
      'ModifyListener',
      'ModifyRule',
      'PutItem',
    ]);
  });

  test('what it wrote is no drift, whether its answer came or not', async () => {
    world.targets[BLUE] = [];
    const first = await judge(60);
    for (const decision of [undefined, first]) {
      const again = await judge(75, decision);
      expect(again).toMatchObject({ kind: 'hold' });
    }
  });
});

describe('a healthy deployment', () => {
  test('continues although tasks stopped before the shift, or because somebody stopped or scaled them', async () => {
    world.stopped = [
      ...[-1, -2, -3].map((index) => aStoppedTask(index)),
      ...[1, 2, 3].map((index) => aStoppedTask(index, { stopCode: 'UserInitiated' })),
      ...[4, 5, 6].map((index) => aStoppedTask(index, { startedBy: BLUE_ID })),
    ];

    expect(await judge(300)).toMatchObject({ kind: 'advance' });
  });

  test('continues when its bake is over', async () => {
    expect(await judge(300)).toMatchObject({ kind: 'advance', position: 1, waitSeconds: 0 });
  });

  test('is promoted when the keep-blue window is over', async () => {
    world.routes = bothRoutesAt(0, 100);

    expect(await judge(3_600, undefined, { traffic: shiftedTo(2, 100) })).toMatchObject({ kind: 'promote' });
  });
});

describe('rolls back at once', () => {
  test.each<[string, (changed: AwsWorld) => void, string]>([
    [
      'when an alarm is red',
      (it) => (it.alarms = [anAlarm('shop-5xx', 'ALARM')]),
      'alarm shop-5xx is in ALARM: Threshold Crossed',
    ],
    [
      'when green has no healthy target',
      (it) => (it.targets[GREEN] = targetsIn('unhealthy', 'unhealthy')),
      '0 of 2 targets healthy',
    ],
    [
      'when green’s targets are all of unknown health',
      (it) => (it.targets[GREEN] = targetsIn('unavailable', 'unavailable')),
      '2 unavailable',
    ],
    [
      'when green’s tasks keep stopping, although others stand in for them at each observation',
      (it) => {
        it.stopped = [1, 2, 3].map((index) => aStoppedTask(index));
      },
      'exited with code 1',
    ],
    ['when green is gone', (it) => (it.taskSets = [aBlueTaskSet()]), 'somebody deleted it'],
    [
      'when somebody moved a route',
      (it) => (it.routes[RULE] = [aForwardAction({ [BLUE]: 50, [GREEN]: 50 })]),
      'found 50 % blue, 50 % green on HTTPS:443 path /api/*: somebody else changed the listener',
    ],
    [
      'when a third group gets requests',
      (it) => (it.routes[RULE] = [aForwardAction({ [BLUE]: 90, [THIRD]: 10 })]),
      'no split between blue and green',
    ],
  ])('%s', async (_when, change, reason) => {
    change(world);

    expect(await judge(300)).toMatchObject({ kind: 'rollBack', reason: expect.stringContaining(reason) });
  });
});

describe('what cannot be read is never healthy: it holds, and after three minutes it rolls back', () => {
  const unknowns: [string, (changed: AwsWorld) => void][] = [
    ['too few healthy targets', (it) => (it.targets[GREEN] = targetsIn('healthy', 'unhealthy'))],
    ['a target of unknown health', (it) => (it.targets[GREEN] = targetsIn('healthy', 'unavailable'))],
    ['more tasks wanted than healthy', (it) => (it.taskSets[1] = aGreenTaskSet({ computedDesiredCount: 3 }))],
    ['an alarm that is not there', (it) => (it.alarms = [])],
    ['a rule that is not there', (it) => delete it.routes[RULE]],
  ];

  test.each(unknowns)('%s', async (_what, change) => {
    change(world);

    // Long beyond the bake: whatever it is, it must not read as healthy.
    const first = await judge(400);
    expect(first).toMatchObject({ kind: 'hold', unknownSinceMs: NOW + 400_000, waitSeconds: 30 });
    expect(await judge(579, first)).toMatchObject({ kind: 'hold', unknownSinceMs: NOW + 400_000 });
    expect(await judge(580, first)).toMatchObject({
      kind: 'rollBack',
      reason: expect.stringMatching('^not known to be healthy for 3m'),
    });
  });

  const reads = [
    'DescribeTaskSets',
    'DescribeTargetHealth',
    'ListTasks',
    'DescribeTasks',
    'DescribeAlarms',
    'DescribeListeners',
    'DescribeRules',
  ];
  const errors: [string, () => Error][] = [
    ['failing', () => awsError('InternalServerError', 'oops', 500)],
    ['without an answer', lostResponse],
    ['denied', () => awsError('AccessDeniedException')],
    ['about something AWS does not know', () => awsError('ResourceNotFoundException')],
    ['in conflict', () => awsError('ConflictException')],
    ['refused', () => awsError('ValidationException')],
  ];
  const cases = reads.flatMap((operation) => errors.map(([how, error]) => ({ operation, how, error })));

  test.each(cases)('$operation that is $how', async ({ operation, error }) => {
    world.stopped = [aStoppedTask(1)];
    failing(operation, error());

    const first = await judge(400);
    expect(first).toMatchObject({ kind: 'hold', unknownSinceMs: expect.any(Number) });
    expect(first.reason).toContain('Could not');
    expect(await judge(700, first)).toMatchObject({ kind: 'rollBack' });
  });

  test.each(reads)(
    '%s that is throttled is asked for less often and tolerated for longer, and is not healthy',
    async (operation) => {
      world.stopped = [aStoppedTask(1)];
      failing(operation, awsError('ThrottlingException', 'Rate exceeded'));

      const first = await judge(400);
      expect(first).toMatchObject({ kind: 'hold', unknownSinceMs: expect.any(Number), waitSeconds: 120 });
      // Without the alarms nothing at all would tell of a sick green.
      const minutes = operation === 'DescribeAlarms' ? 30 : 120;
      expect(await judge(400 + (minutes - 1) * 60, first)).toMatchObject({ kind: 'hold' });
      expect(await judge(400 + (minutes + 1) * 60, first)).toMatchObject({ kind: 'rollBack' });
    },
  );

  test('throttling beside another failed read is tolerated no longer than that', async () => {
    failing('DescribeTargetHealth', awsError('ThrottlingException', 'Rate exceeded'));
    failing('DescribeAlarms', awsError('AccessDeniedException'));

    const first = await judge(400);
    expect(first).toMatchObject({ kind: 'hold', waitSeconds: 30 });
    expect(await judge(700, first)).toMatchObject({ kind: 'rollBack' });
  });

  test('an observation in between at which all was well starts the time anew', async () => {
    world.alarms = [];
    const first = await judge(60);
    world.alarms = [anAlarm('shop-5xx', 'OK')];
    const second = await judge(90, first);
    expect(second).toMatchObject({ kind: 'hold', unknownSinceMs: null });

    world.alarms = [];
    expect(await judge(250, second)).toMatchObject({ kind: 'hold', unknownSinceMs: NOW + 250_000 });
  });

  test('an alarm that is red outweighs what cannot be read', async () => {
    world.alarms = [anAlarm('shop-5xx', 'ALARM')];
    failing('DescribeTargetHealth', awsError('AccessDeniedException'));

    expect(await judge(60)).toMatchObject({ kind: 'rollBack' });
  });
});

describe('alarms by policy', () => {
  const alarms = (changes: Partial<typeof plan.alarms>) => ({
    plan: theirPlan({ alarms: { ...plan.alarms, ...changes } }),
  });

  test.each([
    ['ignored, it is reported and continues', 'ignore' as const, 'advance'],
    ['block, it holds', 'block' as const, 'hold'],
  ])('an alarm without data: %s', async (_how, withoutData, kind) => {
    world.alarms = [anAlarm('shop-5xx', 'INSUFFICIENT_DATA')];

    expect(await judge(300, undefined, alarms({ withoutData }))).toMatchObject({
      kind,
      reason: expect.stringContaining('without data: alarm shop-5xx'),
    });
  });

  test('an alarm that was red at the start counts from the first time it is OK', async () => {
    const policy = alarms({ redAtStart: { kind: 'ignoreUntilOk' }, ignoredUntilOk: ['shop-5xx'] });
    world.alarms = [anAlarm('shop-5xx', 'ALARM')];
    const first = await judge(60, undefined, policy);
    expect(first).toMatchObject({ kind: 'hold', ignoredUntilOk: ['shop-5xx'] });

    world.alarms = [anAlarm('shop-5xx', 'OK')];
    const second = await judge(120, first, policy);
    expect(second).toMatchObject({ kind: 'hold', ignoredUntilOk: [] });

    world.alarms = [anAlarm('shop-5xx', 'ALARM')];
    expect(await judge(180, second, policy)).toMatchObject({ kind: 'rollBack' });
  });

  test('a deployment that watches none asks for none', async () => {
    expect(await judge(300, undefined, alarms({ names: [] }))).toMatchObject({ kind: 'advance' });
    expect(sentCommands().map(([operation]) => operation)).not.toContain('DescribeAlarms');
  });
});

describe('operators', () => {
  test.each([
    ['abort', 60, 'rollBack', 'abort by ada (claimed)'],
    ['freeze', 60, 'awaitOperator', 'freeze by ada (claimed)'],
    ['pause', 300, 'awaitOperator', 'pause by ada (claimed)'],
    ['skip', 60, 'advance', 'skip by ada (claimed)'],
  ] as const)('%s after %d s is %s', async (kind, seconds, decided, reason) => {
    world.items[RECORD] = aRecord({ commands: [aCommand(kind)] });

    expect(await judge(seconds)).toMatchObject({
      kind: decided,
      reason: expect.stringContaining(reason),
      evidence: { commands: [{ kind, by: 'ada', reason: '', atMs: NOW }] },
    });
  });

  test('a pause does not stop an alarm, a freeze does', async () => {
    world.alarms = [anAlarm('shop-5xx', 'ALARM')];

    world.items[RECORD] = aRecord({ commands: [aCommand('pause')] });
    expect(await judge(60)).toMatchObject({ kind: 'rollBack' });

    world.items[RECORD] = aRecord({ commands: [aCommand('freeze')] });
    expect(await judge(60)).toMatchObject({ kind: 'awaitOperator' });
  });
});

describe('users of a blue that cannot carry them', () => {
  const movedTo = () => [weightsIn(world.routes[LISTENER]), weightsIn(world.routes[RULE])];
  beforeEach(() => {
    world.targets[BLUE] = targetsIn('unhealthy', 'unhealthy');
  });

  test('go to green on every route, after the record has it', async () => {
    expect(await judge(60)).toMatchObject({ kind: 'hold' });

    expect(movedTo()).toEqual(Array(2).fill({ [BLUE]: 0, [GREEN]: 100 }));
    expect(writes().map(([operation]) => operation)).toEqual([
      'UpdateItem',
      'ModifyListener',
      'ModifyRule',
      'PutItem',
    ]);
  });

  test('stay where the lease was taken away', async () => {
    world.items[LEASE] = aLeaseOf('another');

    await expect(judge(60)).rejects.toMatchObject({ name: 'LeaseLost' });
    expect(movedTo()).toEqual(Array(2).fill({ [BLUE]: 90, [GREEN]: 10 }));
  });

  test('stay where somebody writes the route between the decision and the write: that is judged first', async () => {
    let reads = 0;
    const actions = () => [
      aForwardAction(reads > 1 ? { [BLUE]: 50, [GREEN]: 50 } : { [BLUE]: 90, [GREEN]: 10 }),
    ];
    answering(elbv2, DescribeListenersCommand, () => {
      reads += 1;
      return {
        Listeners: [
          { ListenerArn: LISTENER, Protocol: 'HTTPS' as const, Port: 443, DefaultActions: actions() },
        ],
      };
    });

    await expect(judge(60)).rejects.toMatchObject({
      name: 'Unavailable',
      message: expect.stringContaining('found 50 % blue, 50 % green: someone else writes this listener'),
    });
    expect(writes().map(([operation]) => operation)).toEqual(['UpdateItem']);
    expect(await judge(62)).toMatchObject({ kind: 'rollBack' });
  });
});

test('an alarm that is not watched any more, but gone, still keeps the deployment from continuing', async () => {
  // The decision takes the alarm for ignored, the check before it is acted on does not: the stricter of the two stands.
  world.alarms = [];
  const alarms = {
    ...plan.alarms,
    redAtStart: { kind: 'override' as const, reason: 'known to be red' },
    ignoredUntilOk: ['shop-5xx'],
  };

  await expect(judge(300, undefined, { plan: theirPlan({ alarms }) })).rejects.toMatchObject({
    name: 'InvariantBroken',
    message: 'expected everything to be read before advance, could not read shop-5xx',
  });
  expect(dynamoDb).not.toHaveReceivedCommand(PutItemCommand);
});

describe('every step’s duties', () => {
  // One of green's tasks died, which is not many.
  const traffic = { ...input.traffic, shiftedAtMs: NOW - 60_000 };
  const given = () => ({ world: { ...baking(), stopped: [aStoppedTask(1)] }, input: { ...input, traffic } });
  changesNothingTheSecondTime<'JudgeHealth'>({ run, given, rewrites: ['PutItem'] });
  meetsApiErrors<'JudgeHealth'>({
    run,
    given,
    operations: [
      'GetItem',
      'DescribeTaskSets',
      'DescribeTargetHealth',
      'ListTasks',
      'DescribeTasks',
      'DescribeAlarms',
      'DescribeListeners',
      'DescribeRules',
      'PutItem',
      'PutEvents',
    ],
    unimportant: ['PutEvents'],
    // A read of the world that failed is evidence: what becomes of it is above.
    except: {
      DescribeTaskSets: null,
      DescribeTargetHealth: null,
      ListTasks: null,
      DescribeTasks: null,
      DescribeAlarms: null,
      DescribeListeners: null,
      DescribeRules: null,
    },
  });
});
