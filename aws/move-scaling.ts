import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  type ScalingPolicy,
  type ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling';
import type { MoveNames, MoveObservation, ReadScaling } from '../core/adoption/adoption.types.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { allPages } from './pages.ts';

const ECS = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

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
  input: {
    PolicyName: policy.PolicyName,
    PolicyType: policy.PolicyType,
    ...defined({
      TargetTrackingScalingPolicyConfiguration: policy.TargetTrackingScalingPolicyConfiguration,
    }),
  },
  notCopied: whyNotCopied(policy),
});

const whyNotCopied = (policy: ScalingPolicy): string | null => {
  if (policy.PolicyType !== 'TargetTrackingScaling')
    return 'CloudWatch alarms call it by its ARN: make it and them for the new service';
  const tracking = policy.TargetTrackingScalingPolicyConfiguration;
  if (tracking?.PredefinedMetricSpecification?.ResourceLabel !== undefined)
    return 'it counts the requests of one target group, and users take turns between two: track CPU';
  if (JSON.stringify(tracking?.CustomizedMetricSpecification ?? {}).includes('"ServiceName"'))
    return 'its metric names the old service: make it for the new one';
  return null;
};

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
