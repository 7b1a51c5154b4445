import type {
  ScalableTarget,
  ScalingPolicy,
  ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling';
import type { SurroundingsSeed } from '../../sim/surroundings.ts';
import { alarmName, CLUSTER, DESIRED_COUNT, type SmallService } from './small-names.ts';

const MADE = new Date(0);

const target = (name: string) => ({
  ServiceNamespace: 'ecs' as const,
  ResourceId: `service/${CLUSTER}/${name}`,
  ScalableDimension: 'ecs:service:DesiredCount' as const,
});

/** All three kinds of scaling, each of which would take tasks away or add some while a deployment lasts. */
export const scalingOf = (services: readonly SmallService[]): SurroundingsSeed => {
  const all = services.filter((service) => service.scaled === true);
  const scaled = all.map(({ name }) => name);
  if (scaled.length === 0) return {};
  return {
    scalableTargets: all.map(
      ({ name, tasks = DESIRED_COUNT }): ScalableTarget => ({
        ...target(name),
        MinCapacity: 1,
        MaxCapacity: 3 * tasks,
        RoleARN: 'arn:aws:iam::111122223333:role/scaling',
        CreationTime: MADE,
      }),
    ),
    scalingPolicies: scaled.flatMap((name): ScalingPolicy[] => [
      {
        ...target(name),
        PolicyARN: `arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:cpu-${name}`,
        PolicyName: 'cpu60',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 60,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        },
        CreationTime: MADE,
      },
      {
        ...target(name),
        PolicyARN: `arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:busy-${name}`,
        PolicyName: 'busy',
        PolicyType: 'StepScaling',
        StepScalingPolicyConfiguration: {
          AdjustmentType: 'ChangeInCapacity',
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
        },
        Alarms: [
          { AlarmName: alarmName(name), AlarmARN: `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}` },
        ],
        CreationTime: MADE,
      },
    ]),
    scheduledActions: all.map(
      ({ name, tasks }): ScheduledAction => ({
        ...target(name),
        ScheduledActionName: 'soon',
        ScheduledActionARN: `arn:aws:autoscaling:us-east-1:111122223333:scheduledAction:soon-${name}`,
        Schedule: 'rate(4 minutes)',
        ScalableTargetAction: { MinCapacity: tasks === undefined ? DESIRED_COUNT + 1 : 2 * tasks },
        CreationTime: MADE,
      }),
    ),
  };
};
