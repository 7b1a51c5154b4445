import type { ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Service } from '@aws-sdk/client-ecs';
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { MoveKind } from '../../core/adoption/adoption.types.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { CLUSTER, groupArn, type SmallService } from '../stage/small-names.ts';
import { smallWorld } from '../stage/small-world.ts';
import { adoptedBefore, idleOut, sticky, twoListeners } from './shapes.ts';

/** A service that is to be moved, where it comes from and where it goes. */
export type Origin = {
  name: string;
  description: string;
  kind: MoveKind;
  /** `leave` alone: to native blue/green with this role. */
  nativeRoleArn: string | null;
  /** `leave` alone: what the person names with --group. */
  group?: string;
  /** The person accepts what Cloud Map does. */
  cloudMap?: true;
  world(): WorldSeed;
};

const shop: SmallService = {
  name: 'shop',
  routes: ['rule', 'default'],
  sticky: false,
  first: false,
  scaled: true,
};

const ROLE = 'arn:aws:iam::111122223333:role/ecs-infrastructure';

/** Scaled by an alarm on its CPU, too, which calls a step policy: both have a copy for the new service. */
const CPU_HIGH = 'shop-cpu-high';
const CPU_POLICY = 'arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:cpu-high-shop';

const cpuAlarm: MetricAlarm = {
  AlarmName: CPU_HIGH,
  AlarmActions: [CPU_POLICY, 'arn:aws:sns:us-east-1:111122223333:on-call'],
  Namespace: 'AWS/ECS',
  MetricName: 'CPUUtilization',
  Dimensions: [
    { Name: 'ClusterName', Value: CLUSTER },
    { Name: 'ServiceName', Value: 'shop' },
  ],
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 80,
  ComparisonOperator: 'GreaterThanThreshold',
  StateValue: 'OK',
};

const cpuPolicy: ScalingPolicy = {
  ServiceNamespace: 'ecs',
  ResourceId: `service/${CLUSTER}/shop`,
  ScalableDimension: 'ecs:service:DesiredCount',
  PolicyARN: CPU_POLICY,
  PolicyName: 'cpu-high',
  PolicyType: 'StepScaling',
  StepScalingPolicyConfiguration: {
    AdjustmentType: 'PercentChangeInCapacity',
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 50 }],
  },
  CreationTime: new Date(0),
};

/**
 * The one service of the small world, with a grace period, tags and scaling as people's services have them.
 */
const withService = (seed: WorldSeed, change: (service: Service) => Service): WorldSeed => ({
  ...seed,
  metricAlarms: [...seed.metricAlarms, cpuAlarm],
  surroundings: {
    ...seed.surroundings,
    scalingPolicies: [...(seed.surroundings?.scalingPolicies ?? []), cpuPolicy],
  },
  services: seed.services.map((service) =>
    change({ ...service, tags: [{ key: 'team', value: 'shop' }], healthCheckGracePeriodSeconds: 30 }),
  ),
});

/** As a service that ECS deploys itself describes what its task set has. */
const ownController = (service: Service, rest: Partial<Service>): Service => {
  const [set] = service.taskSets ?? [];
  const { taskSets: _sets, ...kept } = service;
  return {
    ...kept,
    deploymentController: { type: 'ECS' },
    ...(set?.taskDefinition === undefined ? {} : { taskDefinition: set.taskDefinition }),
    ...(set?.launchType === undefined ? {} : { launchType: set.launchType }),
    ...(set?.platformVersion === undefined ? {} : { platformVersion: set.platformVersion }),
    ...(set?.networkConfiguration === undefined ? {} : { networkConfiguration: set.networkConfiguration }),
    loadBalancers: set?.loadBalancers ?? [],
    ...rest,
  };
};

const onlyBlue = (actions: Action[] | undefined): Action[] =>
  (actions ?? []).map((action) =>
    action.ForwardConfig === undefined
      ? action
      : { Type: 'forward', Order: 1, TargetGroupArn: groupArn('shop', 'a') },
  );

/** A rolling service has one target group, which its routes name alone. */
const oneGroup = (seed: WorldSeed): WorldSeed => ({
  ...seed,
  targetGroups: seed.targetGroups.filter(({ TargetGroupArn }) => TargetGroupArn !== groupArn('shop', 'b')),
  targetGroupAttributes: seed.targetGroupAttributes.filter(
    ({ TargetGroupArn }) => TargetGroupArn !== groupArn('shop', 'b'),
  ),
  listeners: seed.listeners.map((listener) => ({
    ...listener,
    DefaultActions: onlyBlue(listener.DefaultActions),
  })),
  rules: seed.rules.map(({ ListenerArn, Rule }) => ({
    ListenerArn,
    Rule: { ...Rule, Actions: onlyBlue(Rule.Actions) },
  })),
});

const rolling = (): WorldSeed =>
  oneGroup(
    withService(smallWorld([shop]), (service) =>
      ownController(service, { deploymentConfiguration: { strategy: 'ROLLING' } }),
    ),
  );

const codeDeploy = (): WorldSeed =>
  withService(smallWorld([shop]), (service) => ({
    ...service,
    deploymentController: { type: 'CODE_DEPLOY' },
  }));

const external = (): WorldSeed => withService(smallWorld([shop]), (service) => service);

export const origins: readonly Origin[] = [
  {
    name: 'rolling',
    description: 'rolling updates, one target group',
    kind: 'adopt',
    nativeRoleArn: null,
    world: rolling,
  },
  {
    name: 'codeDeploy',
    description: 'CODE_DEPLOY, two target groups in the routes',
    kind: 'adopt',
    nativeRoleArn: null,
    world: codeDeploy,
  },
  {
    name: 'native',
    description: 'native blue/green, two target groups in the routes',
    kind: 'adopt',
    nativeRoleArn: null,
    world: () =>
      withService(smallWorld([shop]), (service) =>
        ownController(service, {
          deploymentConfiguration: { strategy: 'BLUE_GREEN' },
          loadBalancers: (service.taskSets?.[0]?.loadBalancers ?? []).map((balancer) => ({
            ...balancer,
            advancedConfiguration: { alternateTargetGroupArn: groupArn('shop', 'b') },
          })),
        }),
      ),
  },
  {
    name: 'toRolling',
    description: 'from Cutover to rolling updates',
    kind: 'leave',
    nativeRoleArn: null,
    world: external,
  },
  {
    name: 'toNative',
    description: "from Cutover to ECS's own blue/green",
    kind: 'leave',
    nativeRoleArn: ROLE,
    world: external,
  },
  {
    name: 'twoListeners',
    description: 'rolling updates behind two listeners',
    kind: 'adopt',
    nativeRoleArn: null,
    world: () => twoListeners(rolling()),
  },
  {
    name: 'sticky',
    description: 'rolling updates with cookies, behind two listeners',
    kind: 'adopt',
    nativeRoleArn: null,
    world: () => sticky(twoListeners(rolling())),
  },
  {
    name: 'stickyCodeDeploy',
    description: 'CODE_DEPLOY with cookies, two target groups in the routes of two listeners',
    kind: 'adopt',
    nativeRoleArn: null,
    world: () => sticky(twoListeners(codeDeploy())),
  },
  {
    name: 'stickyToRolling',
    description:
      'from Cutover to rolling updates with cookies, both target groups in the routes of two listeners',
    kind: 'leave',
    nativeRoleArn: null,
    world: () => sticky(twoListeners(external())),
  },
  {
    name: 'deployedSince',
    description: 'from Cutover to rolling updates with cookies, the second target group in no route any more',
    kind: 'leave',
    nativeRoleArn: null,
    world: () => adoptedBefore(idleOut(sticky(twoListeners(external())))),
  },
];

export const originNamed = (name: string): Origin => {
  const found = origins.find((origin) => origin.name === name);
  if (found === undefined) throw new Error(`there is no origin ${name}`);
  return found;
};
