import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type TaskSet,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  TargetGroupNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeAlarms } from '../../aws/alarms.ts';
import { makeEcsServices } from '../../aws/ecs-service.ts';
import { makeListener } from '../../aws/listener.ts';
import { observeForPlan, type PlanVerbs } from '../../aws/plan-observation.ts';
import { makeTargets } from '../../aws/targets.ts';
import { makeTaskDefinitions } from '../../aws/task-definitions.ts';
import { DeploymentError } from '../../core/errors.ts';
import { planDeployment } from '../../core/plan/plan.ts';
import { anAlarm } from '../builders/cloudwatch.ts';
import { aBlueTaskSet, aService, aTaskDefinition } from '../builders/ecs.ts';
import { aForwardAction, aTargetGroup, targetsIn } from '../builders/elbv2.ts';
import {
  aFirstRequest,
  aRequest,
  BALANCER,
  BLUE_GROUP,
  GREEN_GROUP,
  LISTENER,
  NEW_REVISION,
  OLD_REVISION,
  RULE,
  THIRD_GROUP,
} from '../core/an-observation.ts';
import { anInvocation, awsError } from './an-invocation.ts';

const ecsClient = new ECSClient();
const ecs = mockClient(ecsClient);
const elbv2Client = new ElasticLoadBalancingV2Client();
const elbv2 = mockClient(elbv2Client);
const cloudwatchClient = new CloudWatchClient();
const cloudwatch = mockClient(cloudwatchClient);

const observe = (request = aRequest(), lastGroups: string[] = [], more: Partial<PlanVerbs> = {}) => {
  const { call } = anInvocation();
  const balancing = elbv2Client;
  const verbs = {
    ecsServices: makeEcsServices(ecsClient, call),
    taskDefinitions: makeTaskDefinitions(ecsClient, call),
    listener: makeListener(balancing, call),
    targets: makeTargets(balancing, call),
    alarms: makeAlarms(cloudwatchClient, call),
    ...more,
  };
  return observeForPlan(verbs, request, lastGroups);
};

const primary = aBlueTaskSet({
  taskDefinition: OLD_REVISION,
  loadBalancers: [{ targetGroupArn: BLUE_GROUP, containerName: 'web', containerPort: 8080 }],
  computedDesiredCount: 1,
  runningCount: 1,
});

type Forward = Record<string, number>;

type World = {
  taskSets: TaskSet[];
  /** Groups that exist. */
  groups: string[];
  byDefault: Forward;
  byRule: Forward;
};

const answerFrom = ({ taskSets, groups, byDefault, byRule }: World): void => {
  ecs.on(DescribeServicesCommand).resolves({
    services: [
      aService({
        clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/main',
        serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/main/shop',
        desiredCount: 1,
        taskSets,
      }),
    ],
  });
  ecs.on(DescribeTaskDefinitionCommand).callsFake(({ taskDefinition }) => ({
    taskDefinition: aTaskDefinition(taskDefinition === OLD_REVISION ? OLD_REVISION : NEW_REVISION, 'shop'),
  }));
  elbv2.on(DescribeTargetGroupsCommand).callsFake(({ TargetGroupArns }: { TargetGroupArns: string[] }) => {
    if (!TargetGroupArns.every((arn) => groups.includes(arn))) {
      throw new TargetGroupNotFoundException({ message: 'not found', $metadata: {} });
    }
    return {
      TargetGroups: TargetGroupArns.map((arn) =>
        aTargetGroup(arn, { Port: 80, LoadBalancerArns: [BALANCER] }),
      ),
    };
  });
  elbv2.on(DescribeTargetGroupAttributesCommand).resolves({
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '20' }],
  });
  elbv2.on(DescribeTargetHealthCommand).callsFake(({ TargetGroupArn }) => ({
    TargetHealthDescriptions: TargetGroupArn === BLUE_GROUP ? targetsIn('healthy') : [],
  }));
  elbv2.on(DescribeListenersCommand).resolves({
    Listeners: [
      { ListenerArn: LISTENER, Protocol: 'HTTPS', Port: 443, DefaultActions: [aForwardAction(byDefault)] },
    ],
  });
  elbv2.on(DescribeRulesCommand).resolves({
    Rules: [{ RuleArn: RULE, Priority: '1', Conditions: [], Actions: [aForwardAction(byRule)] }],
  });
  elbv2.on(DescribeLoadBalancersCommand).resolves({
    LoadBalancers: [
      { LoadBalancerArn: BALANCER, LoadBalancerName: 'shop', Type: 'application', Scheme: 'internal' },
    ],
  });
  cloudwatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [anAlarm('shop-5xx', 'OK')],
  });
};

const healthy: World = {
  taskSets: [primary],
  groups: [BLUE_GROUP, GREEN_GROUP],
  byDefault: { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 },
  byRule: { [THIRD_GROUP]: 100 },
};

beforeEach(() => {
  ecs.reset();
  elbv2.reset();
  cloudwatch.reset();
  answerFrom(healthy);
});

describe('what a plan is made of', () => {
  test('is read from the service, its groups, their routes and targets', async () => {
    const observed = await observe();

    expect(observed.service?.taskSets.map(({ id }) => id)).toEqual(['ecs-svc/1']);
    expect(observed.taskDefinition?.arn).toBe(NEW_REVISION);
    expect(observed.blueTaskDefinition?.arn).toBe(OLD_REVISION);
    expect(observed.groups.map(({ arn }) => arn)).toEqual([BLUE_GROUP, GREEN_GROUP]);
    expect(observed.routes.map(({ arn }) => arn)).toEqual([LISTENER]);
    expect(observed.loadBalancers.map(({ arn }) => arn)).toEqual([BALANCER]);
    expect(observed.targets[BLUE_GROUP]).toMatchObject([{ id: '10.0.0.1', state: 'healthy' }]);
    expect(observed.targets[GREEN_GROUP]).toEqual([]);
    expect(observed.alarms.alarms.map(({ name }) => name)).toEqual(['shop-5xx']);
    expect(observed.missingGroups).toEqual([]);
  });

  test('is read once of each load balancer, although two groups are found on it', async () => {
    await observe();

    expect(elbv2).toHaveReceivedCommandTimes(DescribeListenersCommand, 1);
    expect(elbv2).toHaveReceivedCommandTimes(DescribeRulesCommand, 1);
  });

  test('is enough for a plan', async () => {
    const { plan } = planDeployment(await observe(), aRequest());

    expect(plan?.green).toMatchObject({
      targetGroupArn: GREEN_GROUP,
      containerName: 'web',
      containerPort: 8080,
    });
  });

  test('includes every route of the group that turns out to be green', async () => {
    answerFrom({ ...healthy, byRule: { [GREEN_GROUP]: 100 } });

    const observed = await observe();

    expect(observed.routes.map(({ arn }) => arn)).toEqual([LISTENER, RULE]);
    expect(planDeployment(observed, aRequest()).findings.map(({ id }) => id)).toContain(
      'group-serves-other-route',
    );
  });

  test("includes the last deployment's other group, which a sticky route has left out", async () => {
    answerFrom({ ...healthy, byDefault: { [BLUE_GROUP]: 1 } });

    const observed = await observe(aRequest(), [GREEN_GROUP, BLUE_GROUP]);

    expect(observed.groups.map(({ arn }) => arn)).toEqual([BLUE_GROUP, GREEN_GROUP]);
    expect(observed.lastGroups).toEqual([GREEN_GROUP, BLUE_GROUP]);
  });

  test('does not ask for groups of a last deployment that had another blue', async () => {
    const observed = await observe(aRequest(), [THIRD_GROUP, GREEN_GROUP]);

    expect(observed.missingGroups).toEqual([]);
    expect(elbv2).not.toHaveReceivedCommandWith(DescribeTargetGroupsCommand, {
      TargetGroupArns: [THIRD_GROUP],
    });
  });

  test('of a first deployment starts at the group of the request', async () => {
    answerFrom({ ...healthy, taskSets: [], byDefault: { [GREEN_GROUP]: 1 } });

    const observed = await observe(aFirstRequest());

    expect(observed.blueTaskDefinition).toBeNull();
    expect(observed.groups.map(({ arn }) => arn)).toEqual([GREEN_GROUP]);
    expect(observed.routes.map(({ arn }) => arn)).toEqual([LISTENER]);
  });

  test('is read and nothing is written', async () => {
    await observe();

    const names = [ecs, elbv2, cloudwatch].flatMap((client) =>
      client.calls().map((call) => call.args[0].constructor.name),
    );
    expect(names.filter((name) => !name.startsWith('Describe'))).toEqual([]);
    expect(names.length).toBeGreaterThan(8);
  });
});

describe('what does not exist is part of the answer', () => {
  test('all of it at once', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures: [{ reason: 'MISSING' }] });
    ecs
      .on(DescribeTaskDefinitionCommand)
      .rejects(awsError('ClientException', 'Unable to describe task definition.'));
    cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] });

    const observed = await observe(aRequest({ greenTargetGroup: THIRD_GROUP }));

    expect(observed).toEqual({
      service: null,
      taskDefinition: null,
      blueTaskDefinition: null,
      loadBalancers: [],
      routes: [],
      groups: [],
      missingGroups: [THIRD_GROUP],
      targets: {},
      alarms: { alarms: [], missing: ['shop-5xx'] },
      lastGroups: [],
    });
    expect(
      planDeployment(observed, aRequest({ greenTargetGroup: THIRD_GROUP })).findings.map(({ id }) => id),
    ).toEqual([
      'service-not-found',
      'task-definition-not-found',
      'target-group-not-found',
      'alarm-not-found',
    ]);
  });

  test('a missing group does not hide the other', async () => {
    answerFrom({ ...healthy, groups: [BLUE_GROUP], byDefault: { [BLUE_GROUP]: 1 } });

    const observed = await observe(aRequest({ greenTargetGroup: GREEN_GROUP }));

    expect(observed.groups.map(({ arn }) => arn)).toEqual([BLUE_GROUP]);
    expect(observed.missingGroups).toEqual([GREEN_GROUP]);
  });
});

test.each([
  [
    'ECS',
    () => ecs.on(DescribeServicesCommand).rejects(awsError('ServerException', 'oops', 500)),
    'Unavailable',
  ],
  [
    'the load balancer',
    () => elbv2.on(DescribeTargetHealthCommand).rejects(awsError('ThrottlingException', 'Rate exceeded')),
    'Throttled',
  ],
  [
    'CloudWatch',
    () => cloudwatch.on(DescribeAlarmsCommand).rejects(awsError('AccessDeniedException')),
    'AccessDenied',
  ],
  [
    'the target groups',
    () => elbv2.on(DescribeTargetGroupsCommand).rejects(awsError('AccessDenied', 'no', 403)),
    'AccessDenied',
  ],
])('an answer that %s does not give is an error, never something missing', async (_, breakIt, name) => {
  breakIt();

  await expect(observe()).rejects.toMatchObject({ name });
});

test('scaling that cannot be read stops a plan, unless the request leaves it alone', async () => {
  answerFrom({
    taskSets: [primary],
    groups: [BLUE_GROUP, GREEN_GROUP],
    byDefault: { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 },
    byRule: { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 },
  });
  const refused = new DeploymentError('AccessDenied', 'may not read the scaling');
  const scaling = { read: () => Promise.reject(refused) };

  await expect(observe(aRequest(), [], { scaling })).rejects.toBe(refused);
  const left = await observe(aRequest({ autoscaling: 'leave' }), [], { scaling });
  expect(left).not.toHaveProperty('scaling');
});
