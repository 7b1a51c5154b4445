import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  RegisterScalableTargetCommand,
  type ScalableTarget,
  type ScalingPolicy as ScalingPolicyAnswer,
  type ScheduledAction as ScheduledActionAnswer,
  type SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import type { ScalingPolicy, ScheduledAction, Suspended } from '../core/vocabulary/scaling.types.ts';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import type { Scaling } from './ecs-verbs.ts';
import { allPages } from './pages.ts';

/** A service is scaled by its desired count and nothing else; its task sets follow [fact 8]. */
const ECS = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

export const makeScaling = (
  client: Sender,
  call: Call,
  { patienceMs }: { patienceMs?: number } = {},
): Scaling => {
  const context = (what: string) => ({ what, ...defined({ patienceMs }) });
  const readTarget = async (ResourceId: string): Promise<ScalableTarget | null> => {
    const what = `read the scaling of ${ResourceId}`;
    const targets = await allPages<ScalableTarget>(what, async (NextToken) => {
      const command = new DescribeScalableTargetsCommand({
        ...ECS,
        ResourceIds: [ResourceId],
        ...defined({ NextToken }),
      });
      const answer = await call(client, command, context(what));
      return { items: answer.ScalableTargets, next: answer.NextToken };
    });
    return targets[0] ?? null;
  };

  return {
    async read({ cluster, name }) {
      const resourceId = `service/${cluster}/${name}`;
      const target = await readTarget(resourceId);
      if (target === null) return null;
      const [policies, scheduled] = await Promise.all([
        readPolicies(resourceId, (command, what) => call(client, command, context(what))),
        readScheduled(resourceId, (command, what) => call(client, command, context(what))),
      ]);
      return {
        resourceId,
        minCapacity: target.MinCapacity ?? 0,
        maxCapacity: target.MaxCapacity ?? 0,
        suspended: suspendedOf(target.SuspendedState),
        policies,
        scheduled,
      };
    },

    async readSuspended(resourceId) {
      const target = await readTarget(resourceId);
      return target === null ? null : suspendedOf(target.SuspendedState);
    },

    async suspend(resourceId, { scaleIn, scaleOut, scheduled }) {
      const command = new RegisterScalableTargetCommand({
        ...ECS,
        ResourceId: resourceId,
        // All three: what a member that is left out becomes is not documented. And neither Min nor Max, which are not
        // ours, and without which a target that is gone is not made again.
        SuspendedState: {
          DynamicScalingInSuspended: scaleIn,
          DynamicScalingOutSuspended: scaleOut,
          ScheduledScalingSuspended: scheduled,
        },
      });
      await call(client, command, { what: `suspend or resume the scaling of ${resourceId}` });
    },
  };
};

const suspendedOf = (state: SuspendedState | undefined): Suspended => ({
  scaleIn: state?.DynamicScalingInSuspended === true,
  scaleOut: state?.DynamicScalingOutSuspended === true,
  scheduled: state?.ScheduledScalingSuspended === true,
});

const KINDS: Record<string, ScalingPolicy['kind']> = {
  StepScaling: 'step',
  PredictiveScaling: 'predictive',
};

const readPolicies = async (
  ResourceId: string,
  send: (
    command: DescribeScalingPoliciesCommand,
    what: string,
  ) => Promise<{
    ScalingPolicies?: ScalingPolicyAnswer[] | undefined;
    NextToken?: string | undefined;
  }>,
): Promise<ScalingPolicy[]> => {
  const what = `read the scaling policies of ${ResourceId}`;
  const policies = await allPages<ScalingPolicyAnswer>(what, async (NextToken) => {
    const answer = await send(
      new DescribeScalingPoliciesCommand({ ...ECS, ResourceId, ...defined({ NextToken }) }),
      what,
    );
    return { items: answer.ScalingPolicies, next: answer.NextToken };
  });
  return policies.map((policy) => {
    const tracking = policy.TargetTrackingScalingPolicyConfiguration;
    const predefined = tracking?.PredefinedMetricSpecification;
    // `app/LB/ID/targetgroup/NAME/ID` of ALBRequestCountPerTarget.
    const targetGroup = predefined?.ResourceLabel?.match(/targetgroup\/[^/]+\/[^/]+$/)?.[0];
    const metric = tracking === undefined ? undefined : (predefined?.PredefinedMetricType ?? 'custom');
    return {
      name: required(policy.PolicyName, "a scaling policy's name", what),
      kind: KINDS[policy.PolicyType ?? ''] ?? 'targetTracking',
      ...defined({ metric, targetGroup }),
    };
  });
};

const readScheduled = async (
  ResourceId: string,
  send: (
    command: DescribeScheduledActionsCommand,
    what: string,
  ) => Promise<{
    ScheduledActions?: ScheduledActionAnswer[] | undefined;
    NextToken?: string | undefined;
  }>,
): Promise<ScheduledAction[]> => {
  const what = `read the scheduled scaling of ${ResourceId}`;
  const actions = await allPages<ScheduledActionAnswer>(what, async (NextToken) => {
    const answer = await send(
      new DescribeScheduledActionsCommand({ ...ECS, ResourceId, ...defined({ NextToken }) }),
      what,
    );
    return { items: answer.ScheduledActions, next: answer.NextToken };
  });
  return actions.map((action) => ({
    name: required(action.ScheduledActionName, "a scheduled action's name", what),
    schedule: required(action.Schedule, "a scheduled action's schedule", what),
    ...defined({
      minCapacity: action.ScalableTargetAction?.MinCapacity,
      maxCapacity: action.ScalableTargetAction?.MaxCapacity,
    }),
  }));
};
