import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import type { Sender } from '../../aws/call.ts';
import { parseBehaviour } from '../../rehearsal/behaviour.ts';
import { makeWorld } from '../../sim/world.ts';
import { alarm } from '../../verify/stage/small-balancers.ts';
import { groupArn, listenerArn, ruleArn, type SmallService } from '../../verify/stage/small-names.ts';
import { network } from '../../verify/stage/small-services.ts';
import { smallWorld } from '../../verify/stage/small-world.ts';

const MINUTE = 60_000;
const shop: SmallService = { name: 'shop', routes: ['rule'], sticky: false, first: false };
const ECS = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

const aWorld = () => {
  const parsed = parseBehaviour('healthy');
  if (!parsed.ok) throw new Error(parsed.message);
  const world = makeWorld(smallWorld([shop]), 1, () => parsed.behaviour);
  const { scheduler } = world.kernel;
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's commands have an output each
  const send = async (client: Sender, command: object): Promise<any> => {
    let done = false;
    const answer = client.send(command).finally(() => {
      done = true;
    });
    answer.catch(() => {});
    await scheduler.run(() => done);
    return answer;
  };
  return {
    world,
    ecs: (command: object) => send(world.ecs.client, command),
    elb: (command: object) => send(world.elbv2.client, command),
    scaling: (command: object) => send(world.autoScaling.client, command),
    alarms: (command: object) => send(world.cloudWatch.client, command),
    pass: (ms: number) => scheduler.run(() => false, scheduler.nowMs() + ms),
  };
};

const group = {
  Name: 'shop-x',
  Protocol: 'HTTP',
  Port: 8080,
  TargetType: 'ip',
  VpcId: 'vpc-0a1b2c3d4e5f60718',
} as const;

const rolling = (targetGroupArn: string) => ({
  cluster: 'proof',
  serviceName: 'shop-y',
  desiredCount: 2,
  taskDefinition: 'shop:1',
  launchType: 'FARGATE' as const,
  networkConfiguration: network,
  loadBalancers: [{ targetGroupArn, containerName: 'shop', containerPort: 8080 }],
  clientToken: 'one',
});

test('a target group is made once for the same settings, refused for others, and kept while a rule names it', async () => {
  const { elb } = aWorld();
  const made = await elb(new CreateTargetGroupCommand({ ...group, Tags: [{ Key: 'a', Value: 'b' }] }));
  const arn = made.TargetGroups[0].TargetGroupArn;

  expect((await elb(new CreateTargetGroupCommand(group))).TargetGroups[0].TargetGroupArn).toBe(arn);
  await expect(elb(new CreateTargetGroupCommand({ ...group, Port: 81 }))).rejects.toThrow(
    'different settings',
  );
  expect((await elb(new DescribeTagsCommand({ ResourceArns: [arn] }))).TagDescriptions[0].Tags).toEqual([
    { Key: 'a', Value: 'b' },
  ]);
  await expect(elb(new DeleteTargetGroupCommand({ TargetGroupArn: groupArn('shop', 'a') }))).rejects.toThrow(
    'in use',
  );
  await elb(new DeleteTargetGroupCommand({ TargetGroupArn: arn }));
  await expect(elb(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))).rejects.toThrow('not found');
});

test('a rule is made at a free priority and found until it is deleted', async () => {
  const { elb } = aWorld();
  const rule = {
    ListenerArn: listenerArn('shop'),
    Priority: 9,
    Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-try', Values: ['1'] } }],
    Actions: [{ Type: 'forward' as const, TargetGroupArn: groupArn('shop', 'b') }],
  };
  const { Rules } = await elb(new CreateRuleCommand(rule));
  const listed = async () =>
    (await elb(new DescribeRulesCommand({ ListenerArn: listenerArn('shop') }))).Rules.map(
      ({ RuleArn }: { RuleArn: string }) => RuleArn,
    );

  expect(await listed()).toContain(Rules[0].RuleArn);
  await expect(elb(new CreateRuleCommand(rule))).rejects.toThrow("Priority '9' is currently in use");
  await elb(new DeleteRuleCommand({ RuleArn: Rules[0].RuleArn }));
  expect(await listed()).not.toContain(Rules[0].RuleArn);
  expect(await listed()).toContain(ruleArn('shop'));
});

test('a rolling service starts its tasks, and its name is taken until the last of them has gone', async () => {
  const { ecs, pass, world } = aWorld();
  const service = rolling(groupArn('shop', 'b'));
  const described = async () =>
    (await ecs(new DescribeServicesCommand({ cluster: 'proof', services: ['shop-y'] }))).services[0];

  await ecs(new CreateServiceCommand(service));
  await pass(2 * MINUTE);
  expect(await described()).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
  expect(world.elbv2.registry.counts(groupArn('shop', 'b')).healthy).toBe(2);
  await expect(ecs(new CreateServiceCommand({ ...service, clientToken: 'two' }))).rejects.toThrow(
    'not idempotent',
  );
  await expect(ecs(new DeleteServiceCommand({ cluster: 'proof', service: 'shop-y' }))).rejects.toThrow(
    'above 0',
  );

  await ecs(new UpdateServiceCommand({ cluster: 'proof', service: 'shop-y', desiredCount: 0 }));
  await ecs(new DeleteServiceCommand({ cluster: 'proof', service: 'shop-y' }));
  await expect(ecs(new CreateServiceCommand(service))).rejects.toThrow('still Draining');
  await pass(2 * MINUTE);
  expect(await described()).toMatchObject({ status: 'INACTIVE' });
  await ecs(new CreateServiceCommand(service));
});

test.each([
  [{ serviceName: 'shop-y', deploymentController: { type: 'EXTERNAL' as const }, taskDefinition: 'shop:1' }],
  [
    {
      serviceName: 'shop-y',
      deploymentController: { type: 'EXTERNAL' as const },
      healthCheckGracePeriodSeconds: 9,
    },
  ],
])('an EXTERNAL service takes nothing that its task sets have: %o', async (input) => {
  const { ecs } = aWorld();
  await expect(ecs(new CreateServiceCommand({ cluster: 'proof', ...input }))).rejects.toThrow(
    'must be blank',
  );
});

test('no UpdateService changes the controller to EXTERNAL or from it', async () => {
  const { ecs } = aWorld();
  const change = { cluster: 'proof', service: 'shop', deploymentController: { type: 'ECS' as const } };
  await expect(ecs(new UpdateServiceCommand(change))).rejects.toThrow('cannot be changed');
});

test('a service that is made can be scaled, and its policies end with its scalable target', async () => {
  const { ecs, scaling, pass, world } = aWorld();
  await ecs(new CreateServiceCommand(rolling(groupArn('shop', 'b'))));
  const where = { ...ECS, ResourceId: 'service/proof/shop-y' };

  await scaling(new RegisterScalableTargetCommand({ ...where, MinCapacity: 3, MaxCapacity: 6 }));
  await scaling(
    new PutScalingPolicyCommand({
      ...where,
      PolicyName: 'cpu',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 50,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    }),
  );
  await pass(2 * MINUTE);
  const arn = world.ecs.services().find(({ name }) => name === 'shop-y')?.arn ?? '';
  expect(world.ecs.desiredCountOf(arn)).toBe(3);

  await scaling(new DeregisterScalableTargetCommand(where));
  const left = await scaling(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: [where.ResourceId] }),
  );
  expect(left.ScalableTargets).toEqual([]);
});

test('an alarm that is made calls the step policy that its actions name, is evaluated, written over and deleted', async () => {
  const { ecs, scaling, alarms, pass, world } = aWorld();
  await ecs(new CreateServiceCommand(rolling(groupArn('shop', 'b'))));
  const where = { ...ECS, ResourceId: 'service/proof/shop-y' };
  await scaling(new RegisterScalableTargetCommand({ ...where, MinCapacity: 1, MaxCapacity: 9 }));
  await pass(5 * MINUTE);
  const { PolicyARN } = await scaling(
    new PutScalingPolicyCommand({
      ...where,
      PolicyName: 'busy',
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 2 }],
      },
    }),
  );
  const busy = {
    AlarmName: 'shop-y-busy',
    AlarmActions: [PolicyARN],
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCount',
    Dimensions: [
      ...(alarm('shop').Dimensions ?? []).filter(({ Name }) => Name === 'LoadBalancer'),
      { Name: 'TargetGroup', Value: groupArn('shop', 'a').split(':').at(-1) },
    ],
    Statistic: 'Sum' as const,
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold' as const,
  };
  await alarms(new PutMetricAlarmCommand(busy));
  expect(world.cloudWatch.states()['shop-y-busy']).toBe('INSUFFICIENT_DATA');
  const read = await scaling(new DescribeScalingPoliciesCommand(where));
  expect(read.ScalingPolicies[0].Alarms).toEqual([
    { AlarmName: 'shop-y-busy', AlarmARN: expect.stringContaining(':alarm:shop-y-busy') },
  ]);

  await pass(4 * MINUTE);
  const arn = world.ecs.services().find(({ name }) => name === 'shop-y')?.arn ?? '';
  expect(world.cloudWatch.states()['shop-y-busy']).toBe('ALARM');
  expect(world.ecs.desiredCountOf(arn)).toBe(4);

  await alarms(new PutMetricAlarmCommand({ ...busy, AlarmActions: [], Threshold: 1_000_000 }));
  expect(world.cloudWatch.states()['shop-y-busy']).toBe('ALARM');
  await pass(4 * MINUTE);
  expect(world.cloudWatch.states()['shop-y-busy']).toBe('OK');

  await expect(alarms(new DeleteAlarmsCommand({ AlarmNames: ['shop-y-busy', 'nobody'] }))).rejects.toThrow(
    'nobody',
  );
  await alarms(new DeleteAlarmsCommand({ AlarmNames: ['shop-y-busy'] }));
  expect(Object.keys(world.cloudWatch.states())).not.toContain('shop-y-busy');
});
