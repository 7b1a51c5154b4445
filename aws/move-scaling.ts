import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  type ScalingPolicy,
  type ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { MoveNames, MoveObservation, ReadAlarm, ReadScaling } from '../core/adoption/adoption.types.ts';
import { copyNameOf } from '../core/adoption/scaling-copies.ts';
import { chunks } from '../core/chunks.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { allPages } from './pages.ts';

const ECS = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

/** DescribeAlarms answers so many on one page unless asked for more [fact 112]. */
const ALARMS_PER_CALL = 50;

/** What PutMetricAlarm takes, but tags. */
const ALARM_MEMBERS = [
  'AlarmName',
  'AlarmDescription',
  'ActionsEnabled',
  'AlarmActions',
  'OKActions',
  'InsufficientDataActions',
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Dimensions',
  'Period',
  'Unit',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
  'EvaluateLowSampleCountPercentile',
  'Metrics',
  'ThresholdMetricId',
] as const satisfies readonly (keyof MetricAlarm)[];

/** The scaling of both services; none where the caller has no client for it. */
export const readAllScaling = async (
  client: Sender | undefined,
  call: Call,
  { cluster, old, twin }: MoveNames,
): Promise<MoveObservation['scaling']> => {
  if (client === undefined) return { old: null, twin: null };
  const read = (name: string) => readScaling(client, call, `service/${cluster}/${name}`);
  return { old: await read(old), twin: await read(twin) };
};

/** The alarms that call the old service's step scaling, and their copies as far as there are any. */
export const readScalingAlarms = async (
  client: Sender,
  call: Call,
  names: MoveNames,
  scaling: ReadScaling | null,
): Promise<ReadAlarm[]> => {
  const wanted = (scaling?.policies ?? []).flatMap(({ alarms }) => alarms);
  const all = [...new Set(wanted.flatMap((name) => [name, copyNameOf(name, names)]))];
  const alarms: ReadAlarm[] = [];
  for (const AlarmNames of chunks(all, ALARMS_PER_CALL)) {
    const command = new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['MetricAlarm'] });
    const what = `read the alarms ${AlarmNames.join(', ')}`;
    const { MetricAlarms = [] } = await call(client, command, { what });
    alarms.push(...MetricAlarms.map(alarmOf));
  }
  return alarms;
};

const alarmOf = (alarm: MetricAlarm): ReadAlarm => ({
  name: alarm.AlarmName ?? '',
  input: defined(Object.fromEntries(ALARM_MEMBERS.map((key) => [key, alarm[key]]))),
});

const readScaling = async (client: Sender, call: Call, ResourceId: string): Promise<ReadScaling | null> => {
  const what = `read the scaling of ${ResourceId}`;
  const targets = await allPages(what, async (NextToken) => {
    const command = new DescribeScalableTargetsCommand({
      ...ECS,
      ResourceIds: [ResourceId],
      ...defined({ NextToken }),
    });
    const answer = await call(client, command, { what });
    return { items: answer.ScalableTargets, next: answer.NextToken };
  });
  const [target] = targets;
  if (target === undefined) return null;
  const policies = await allPages(what, async (NextToken) => {
    const command = new DescribeScalingPoliciesCommand({ ...ECS, ResourceId, ...defined({ NextToken }) });
    const answer = await call(client, command, { what });
    return { items: answer.ScalingPolicies, next: answer.NextToken };
  });
  const scheduled = await allPages(what, async (NextToken) => {
    const command = new DescribeScheduledActionsCommand({ ...ECS, ResourceId, ...defined({ NextToken }) });
    const answer = await call(client, command, { what });
    return { items: answer.ScheduledActions, next: answer.NextToken };
  });
  return {
    resourceId: ResourceId,
    minCapacity: target.MinCapacity ?? 0,
    maxCapacity: target.MaxCapacity ?? 0,
    suspended: {
      scaleIn: target.SuspendedState?.DynamicScalingInSuspended === true,
      scaleOut: target.SuspendedState?.DynamicScalingOutSuspended === true,
      scheduled: target.SuspendedState?.ScheduledScalingSuspended === true,
    },
    policies: policies.map(policyOf),
    scheduled: scheduled.map(scheduleOf),
  };
};

const policyOf = (policy: ScalingPolicy): ReadScaling['policies'][number] => ({
  name: policy.PolicyName ?? '',
  arn: policy.PolicyARN ?? '',
  input: {
    PolicyName: policy.PolicyName,
    PolicyType: policy.PolicyType,
    ...defined({
      TargetTrackingScalingPolicyConfiguration: policy.TargetTrackingScalingPolicyConfiguration,
      StepScalingPolicyConfiguration: policy.StepScalingPolicyConfiguration,
    }),
  },
  // Target tracking makes and deletes its alarms itself.
  alarms:
    policy.PolicyType === 'StepScaling'
      ? (policy.Alarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? [])
      : [],
});

const scheduleOf = (action: ScheduledAction): ReadScaling['scheduled'][number] => ({
  name: action.ScheduledActionName ?? '',
  input: {
    ScheduledActionName: action.ScheduledActionName,
    Schedule: action.Schedule,
    ...defined({
      Timezone: action.Timezone,
      StartTime: action.StartTime,
      EndTime: action.EndTime,
      ScalableTargetAction: action.ScalableTargetAction,
    }),
  },
});
