import type { ScalingPolicy, ScheduledAction } from '@aws-sdk/client-application-auto-scaling';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { type Run, run, worldOf } from './a-rehearsal.ts';

/** Six tasks, four to 24 of them, scaled in each of the three ways while a deployment lasts. */

const target = {
  ServiceNamespace: 'ecs' as const,
  ResourceId: 'service/production/orders',
  ScalableDimension: 'ecs:service:DesiredCount' as const,
  CreationTime: new Date(0),
};
export const NOTHING = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

export const cpu: ScalingPolicy = {
  ...target,
  PolicyARN: 'arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:cpu60',
  PolicyName: 'cpu60',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 60,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
  },
};
export const busy: ScalingPolicy = {
  ...target,
  PolicyARN: 'arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:busy',
  PolicyName: 'busy',
  PolicyType: 'StepScaling',
  StepScalingPolicyConfiguration: {
    AdjustmentType: 'ChangeInCapacity',
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 2 }],
    Cooldown: 3_600,
  },
  Alarms: [
    { AlarmName: 'orders-busy', AlarmARN: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:orders-busy' },
  ],
};
export const schedule = (Schedule: string, MinCapacity: number): ScheduledAction => ({
  ...target,
  ScheduledActionName: 'rush-hour',
  ScheduledActionARN: 'arn:aws:autoscaling:us-east-1:111122223333:scheduledAction:rush-hour',
  Schedule,
  ScalableTargetAction: { MinCapacity },
});

export const scaledBy = (
  scalingPolicies: ScalingPolicy[],
  scheduledActions: ScheduledAction[] = [],
  SuspendedState = NOTHING,
): WorldSeed => {
  const world = worldOf('canary');
  const role = 'arn:aws:iam::111122223333:role/scaling';
  const scalableTargets = [{ ...target, MinCapacity: 4, MaxCapacity: 24, RoleARN: role, SuspendedState }];
  // More than 150 requests a second, where 120 are usual.
  const orders: WorldSeed['metricAlarms'][number] = {
    AlarmName: 'orders-busy',
    AlarmArn: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:orders-busy',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCount',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 150 * 60,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    StateValue: 'OK',
    Dimensions: [{ Name: 'LoadBalancer', Value: 'app/orders-internal/1b3d5f7092a4c6e8' }],
  };
  return {
    ...world,
    metricAlarms: [...world.metricAlarms, orders],
    surroundings: { ...world.surroundings, scalableTargets, scalingPolicies, scheduledActions },
  };
};

export const shifts = [
  { greenPct: 10, bake: '30m' },
  { greenPct: 50, bake: '10m' },
  { greenPct: 100, bake: '10m' },
];

export const playing = (world: WorldSeed, request: Record<string, unknown> = {}, inject: string[] = []) =>
  run({
    example: 'canary',
    world,
    request: { strategy: undefined, analysis: 'off', shifts, ...request },
    inject,
  });

/** Every desired count there was. */
export const counts = ({ events }: Run): number[] =>
  events.flatMap(({ event }) =>
    typeof event.data?.desiredCount === 'number' ? [event.data.desiredCount] : [],
  );
export const suspended = ({ world }: Run) => world.autoScaling.suspendedOf('service/production/orders');
