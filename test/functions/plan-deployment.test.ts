import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Route } from '../../core/vocabulary/plan.types.ts';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { planDeployment } from '../../functions/plan-deployment.ts';
import { awsError } from '../aws/an-invocation.ts';
import { anAlarm } from '../builders/cloudwatch.ts';
import { RECORD, recordKey, TABLE } from '../builders/dynamodb.ts';
import { aBlueTaskSet } from '../builders/ecs.ts';
import { aForwardAction, targetsIn } from '../builders/elbv2.ts';
import { aForward, BLUE, GREEN, NOW, THIRD } from '../core/a-deployment.ts';
import { invoking } from './a-handler.ts';
import { BLUE_ID, CLUSTER, defaultRoute, LISTENER, lease, RULE, ruleRoute, SERVICE } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors, refusesWithoutLease } from './api-errors.ts';
import { failing } from './faults.ts';
import { cloudWatch, sentOperations, writes } from './sent-commands.ts';

const run = invoking('PlanDeployment', planDeployment);
const input = { lease };
const beforeDeployment = (): AwsWorld =>
  aWorld({
    taskSets: [aBlueTaskSet()],
    targets: { [BLUE]: targetsIn('healthy', 'healthy'), [GREEN]: [] },
  });

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(beforeDeployment());
});

test('a task set that carries this deployment’s id before the plan is somebody else’s: refused, and no plan is saved', async () => {
  world.taskSets = [{ ...aBlueTaskSet(), externalId: lease.deploymentId }];

  await expect(run(input)).rejects.toMatchObject({
    name: 'PreflightFailed',
    message: expect.stringContaining(`found ${BLUE_ID} (PRIMARY)`),
  });
  expect(writes()).toEqual([]);
});

test('what scales the service is in the plan, as found and as it is to be', async () => {
  const SuspendedState = { DynamicScalingOutSuspended: true };
  world.scalable = {
    ServiceNamespace: 'ecs',
    ResourceId: 'service/main/shop',
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity: 1,
    MaxCapacity: 9,
    RoleARN: 'arn:aws:iam::1:role/scaling',
    CreationTime: new Date(NOW),
    SuspendedState,
  };

  const plan = await run(input);

  const was = { scaleIn: false, scaleOut: true, scheduled: false };
  expect(plan.scaling).toEqual({
    resourceId: 'service/main/shop',
    by: [
      'cpu60 (target tracking, ECSServiceAverageCPUUtilization)',
      'morning (scheduled, cron(0 8 * * ? *))',
    ],
    was,
    set: { ...was, scaleIn: true },
  });
  expect(writes().map(([operation]) => operation)).not.toContain('RegisterScalableTarget');
});

test('a service that is no scalable target costs one read more, and nothing of it is in the plan', async () => {
  const plan = await run(input);

  expect(plan).not.toHaveProperty('scaling');
  expect(sentOperations().filter((operation) => /Scal|Scheduled/.test(operation))).toEqual([
    'DescribeScalableTargets',
  ]);
});

/** What is done before its forward is a route's, too. */
const withLogin = (route: Route): Route => ({
  ...route,
  original: { ...route.original, otherActions: ['authenticate-oidc'] },
});

test('the plan names blue, green, both routes as they are and every shift', async () => {
  const plan = await run(input);

  expect(plan).toEqual({
    clusterArn: CLUSTER,
    serviceArn: SERVICE,
    cluster: 'main',
    service: 'shop',
    desiredCount: 2,
    blue: {
      id: BLUE_ID,
      arn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/1',
      taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:7',
      targetGroupArn: BLUE,
      scalePercent: 100,
    },
    blueTargetGroupArn: BLUE,
    green: {
      taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:8',
      images: [{ container: 'web', image: 'shop:v2' }],
      targetGroupArn: GREEN,
      containerName: 'web',
      containerPort: 8080,
      network: { subnets: ['subnet-a'], securityGroups: ['sg-a'], assignPublicIp: 'DISABLED' },
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
    },
    loadBalancerKind: 'application',
    routes: [defaultRoute(), withLogin(ruleRoute())],
    shifts: lease.request.shifts,
    strategyName: lease.request.strategyName,
    alarms: {
      names: ['shop-5xx'],
      redAtStart: { kind: 'refuse' },
      withoutData: 'ignore',
      ignoredUntilOk: [],
    },
    analysis: {
      ...lease.request.analysis,
      baseline: { minutes: 0, requests: 0, bad: 0, sigma: 0.25, slowOver: [] },
    },
    healthyForMs: 30_000,
    timeToHealthyMs: 30 * 60_000,
    deregistrationDelayMs: 30_000,
    stopTimeoutMs: 40_000,
    warnings: [expect.objectContaining({ id: 'metrics-without-data' })],
  });
});

test('blue’s last hours are part of the plan: its errors, and the response times that tell fast from slow', async () => {
  world.metrics = {
    [`RequestCount ${BLUE}`]: 1_000,
    [`HTTPCode_Target_5XX_Count ${BLUE}`]: 2,
    [`TargetConnectionErrorCount ${BLUE}`]: 1,
    [`TargetResponseTime ${BLUE}`]: 0.25,
  };

  const plan = await run(input);

  expect(plan.analysis?.baseline).toEqual({
    minutes: 180,
    requests: 180_000,
    bad: 540,
    sigma: 0.25,
    slowOver: [0.25],
  });
});

test('metrics that cannot be read are not known, and refuse no deployment', async () => {
  failing('GetMetricData', awsError('AccessDeniedException'));

  expect((await run(input)).analysis?.baseline).toBeNull();
});

test('nothing is written but the plan, into the record and under the lease', async () => {
  const plan = await run(input);

  expect(writes()).toStrictEqual([
    [
      'UpdateItem',
      {
        TableName: TABLE,
        Key: recordKey,
        ConditionExpression: 'executionArn = :execution',
        UpdateExpression: 'SET planJson = :plan, expiresAt = :expiresAt',
        ExpressionAttributeValues: {
          ':plan': { S: JSON.stringify(plan) },
          ':execution': { S: lease.executionArn },
          ':expiresAt': { N: String(NOW / 1_000 + 90 * 86_400) },
        },
      },
    ],
  ]);
  expect(sentOperations().slice(-3)).toEqual(['GetItem', 'UpdateItem', 'PutEvents']);
  expect(cloudWatch).toHaveReceivedCommandWith(DescribeAlarmsCommand, { AlarmNames: ['shop-5xx'] });
});

test('weights and stickiness are kept as they were found, whatever they mean', async () => {
  world.routes[RULE] = [aForwardAction({ [BLUE]: 999, [GREEN]: 0 }, { Enabled: true, DurationSeconds: 600 })];

  const plan = await run(input);

  expect(plan.routes[1]?.original).toEqual({
    groups: [
      { targetGroupArn: BLUE, weight: 999 },
      { targetGroupArn: GREEN, weight: 0 },
    ],
    stickiness: { enabled: true, durationSeconds: 600 },
  });
});

test('a first deployment has no blue and one shift', async () => {
  world.taskSets = [];
  world.routes = { [LISTENER]: [{ Type: 'forward', TargetGroupArn: GREEN }] };
  const request = {
    ...lease.request,
    greenTargetGroup: GREEN,
    container: { name: 'web', port: 8080 },
    network: { subnets: ['subnet-a'], securityGroups: ['sg-a'], assignPublicIp: 'DISABLED' as const },
  };

  const plan = await run({ lease: { ...lease, request } });

  expect(plan).toMatchObject({ blue: null, blueTargetGroupArn: null, shifts: [{ greenPct: 100 }] });
  expect(plan.routes).toEqual([defaultRoute(aForward([GREEN, 1]))]);
});

test('the other group of a sticky route is the last deployment’s', async () => {
  world.routes = { [LISTENER]: [aForwardAction({ [BLUE]: 100 }, { Enabled: true, DurationSeconds: 600 })] };

  const plan = await run({ lease: { ...lease, lastGroups: [BLUE, GREEN] } });

  expect(plan.green.targetGroupArn).toBe(GREEN);
});

describe('a service that is not fit to be deployed to is PreflightFailed, and nothing is written', () => {
  test.each<[string, (changed: AwsWorld) => void, string]>([
    ['a red alarm', (it) => (it.alarms = [anAlarm('shop-5xx', 'ALARM')]), 'shop-5xx'],
    ['an alarm that does not exist', (it) => (it.alarms = []), 'alarm-not-found'],
    ['no new revision', (it) => (it.taskDefinitions = []), 'task-definition-not-found'],
    [
      'a route that a third group has traffic in',
      (it) => {
        it.targets[THIRD] = [];
        it.routes[RULE] = [aForwardAction({ [BLUE]: 50, [THIRD]: 50 })];
      },
      'HTTPS:443 path /api/*',
    ],
    [
      'a second task set',
      (it) => it.taskSets.push(aBlueTaskSet({ id: 'ecs-svc/9', status: 'ACTIVE' })),
      'ecs-svc/9',
    ],
  ])('%s', async (_what, change, named) => {
    change(world);

    await expect(run(input)).rejects.toMatchObject({
      name: 'PreflightFailed',
      message: expect.stringMatching(/^Preflight found [1-9]/),
    });
    await expect(run(input)).rejects.toThrow(named);
    expect(writes()).toEqual([]);
    expect(world.items[RECORD]).not.toHaveProperty('planJson');
  });
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: beforeDeployment(), input }) };
  changesNothingTheSecondTime<'PlanDeployment'>({ ...situation, rewrites: ['UpdateItem'] });
  refusesWithoutLease<'PlanDeployment'>(situation);
  meetsApiErrors<'PlanDeployment'>({
    ...situation,
    operations: [
      'DescribeServices',
      'DescribeTaskDefinition',
      'DescribeTargetGroups',
      'DescribeTargetGroupAttributes',
      'DescribeTargetHealth',
      'DescribeListeners',
      'DescribeRules',
      'DescribeLoadBalancers',
      'DescribeAlarms',
      'DescribeScalableTargets',
      'GetMetricData',
      'GetItem',
      'UpdateItem',
      'PutEvents',
    ],
    unimportant: ['PutEvents'],
    // What does not exist is for preflight to name, together with all else that is wrong.
    except: {
      // What was usual is then not known, and the deployment takes place.
      GetMetricData: null,
      'DescribeServices NotFound': 'PreflightFailed',
      'DescribeTaskDefinition NotFound': 'PreflightFailed',
      'DescribeTargetGroups NotFound': 'PreflightFailed',
      'DescribeTargetGroupAttributes NotFound': 'PreflightFailed',
    },
  });
});
