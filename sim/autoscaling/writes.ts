import type {
  DeregisterScalableTargetRequest,
  PutScalingPolicyRequest,
  PutScheduledActionRequest,
  RegisterScalableTargetRequest,
  ScalableTarget,
  ScalingPolicy,
  ScheduledAction,
  SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import { type Operations, SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { Scaled } from './policies.ts';

export const wholeState = (state: SuspendedState | undefined): Required<SuspendedState> => ({
  DynamicScalingInSuspended: state?.DynamicScalingInSuspended === true,
  DynamicScalingOutSuspended: state?.DynamicScalingOutSuspended === true,
  ScheduledScalingSuspended: state?.ScheduledScalingSuspended === true,
});

type Parts = {
  targets: ScalableTarget[];
  policies: ScalingPolicy[];
  scheduled: ScheduledAction[];
  targetOf(resourceId: string | undefined): ScalableTarget | undefined;
  find(resourceId: string): Scaled | undefined;
  begin(
    target: ScalableTarget,
    policies: readonly ScalingPolicy[],
    scheduled: readonly ScheduledAction[],
  ): void;
  /** Brings the present count into the target's range [fact 171]. */
  intoRange(target: ScalableTarget, service: Scaled): void;
  changed(): void;
};

const WHERE = ['ServiceNamespace', 'ResourceId', 'ScalableDimension'] as const;

const noTarget = (resourceId: string | undefined): SimApiError =>
  new SimApiError('ObjectNotFoundException', `No scalable target registered for resource ID: ${resourceId}`);

/** What registers, describes and removes a scalable target. */
export const scalingWrites = (parts: Parts): Operations => {
  const { targets, policies, scheduled, targetOf } = parts;

  const register = (input: RegisterScalableTargetRequest) => {
    onlyMembers('RegisterScalableTarget', input, [...WHERE, 'MinCapacity', 'MaxCapacity', 'SuspendedState']);
    const { ResourceId = '', SuspendedState: state, MinCapacity, MaxCapacity } = input;
    const known = targetOf(ResourceId);
    const service = parts.find(ResourceId);
    if (known === undefined && (MinCapacity === undefined || MaxCapacity === undefined))
      throw new SimApiError(
        'ValidationException',
        'MinCapacity and MaxCapacity are required to register a new scalable target.',
      );
    if (known === undefined && service === undefined)
      throw new SimApiError('ValidationException', `ECS service doesn't exist: ${ResourceId}`);
    const members = Object.values(state ?? {}).filter((one) => one !== undefined).length;
    if (known !== undefined ? members !== 3 : state !== undefined && members !== 3)
      throw new Error('sim does not model a SuspendedState without all of its members');
    const target: ScalableTarget = known ?? {
      ServiceNamespace: 'ecs',
      ResourceId,
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity,
      MaxCapacity,
      RoleARN: undefined,
      CreationTime: undefined,
      ScalableTargetARN: `arn:aws:application-autoscaling:::scalable-target/${ResourceId}`,
    };
    if (known === undefined) targets.push(target);
    if (MinCapacity !== undefined) target.MinCapacity = MinCapacity;
    if (MaxCapacity !== undefined) target.MaxCapacity = MaxCapacity;
    if (state !== undefined) target.SuspendedState = wholeState(state);
    parts.changed();
    if (service !== undefined) parts.intoRange(target, service);
    return { ScalableTargetARN: target.ScalableTargetARN };
  };

  const without = <Item extends { ResourceId: string | undefined }>(
    items: Item[],
    resourceId: string,
  ): void => {
    for (let at = items.length - 1; at >= 0; at -= 1)
      if (items[at]?.ResourceId === resourceId) items.splice(at, 1);
  };

  return {
    RegisterScalableTarget: register,
    /** Its policies and scheduled actions go with it (API reference). */
    DeregisterScalableTarget: (input: DeregisterScalableTargetRequest) => {
      onlyMembers('DeregisterScalableTarget', input, WHERE);
      if (targetOf(input.ResourceId) === undefined) throw noTarget(input.ResourceId);
      for (const items of [targets, policies, scheduled])
        without<{ ResourceId: string | undefined }>(items, input.ResourceId ?? '');
      parts.changed();
      return {};
    },
    PutScalingPolicy: (input: PutScalingPolicyRequest) => {
      onlyMembers('PutScalingPolicy', input, [
        ...WHERE,
        'PolicyName',
        'PolicyType',
        'TargetTrackingScalingPolicyConfiguration',
        'StepScalingPolicyConfiguration',
      ]);
      const { ResourceId = '', PolicyName = '' } = input;
      const target = targetOf(ResourceId);
      if (target === undefined) throw noTarget(ResourceId);
      const PolicyARN = `arn:aws:autoscaling:::scalingPolicy:resource/ecs/${ResourceId}:policyName/${PolicyName}`;
      const there = policies.some((one) => one.ResourceId === ResourceId && one.PolicyName === PolicyName);
      if (!there) {
        const policy = { ...input, PolicyARN, CreationTime: undefined } as ScalingPolicy;
        policies.push(policy);
        parts.begin(target, [policy], []);
      }
      return { PolicyARN, Alarms: [] };
    },
    PutScheduledAction: (input: PutScheduledActionRequest) => {
      onlyMembers('PutScheduledAction', input, [
        ...WHERE,
        'ScheduledActionName',
        'Schedule',
        'Timezone',
        'StartTime',
        'EndTime',
        'ScalableTargetAction',
      ]);
      const { ResourceId = '', ScheduledActionName = '' } = input;
      const target = targetOf(ResourceId);
      if (target === undefined) throw noTarget(ResourceId);
      const there = scheduled.some(
        (one) => one.ResourceId === ResourceId && one.ScheduledActionName === ScheduledActionName,
      );
      if (!there) {
        const action = { ...input, CreationTime: undefined } as ScheduledAction;
        scheduled.push(action);
        parts.begin(target, [], [action]);
      }
      return {};
    },
  };
};
