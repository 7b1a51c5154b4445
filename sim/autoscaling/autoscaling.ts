import type {
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
  ScheduledAction,
  SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import type { Sender } from '../../aws/call.ts';
import { makeFakeClient, SimApiError } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { pageOf } from '../kernel/paging.ts';
import { alarmsOf, type Scaled, scaleByPolicies } from './policies.ts';
import { scaleBySchedule } from './schedule.ts';
import { scalingWrites, wholeState } from './writes.ts';

/** What scales the services of a world, as Application Auto Scaling describes it. */
export type AutoScalingSeed = {
  scalableTargets?: ScalableTarget[];
  scalingPolicies?: ScalingPolicy[];
  scheduledActions?: ScheduledAction[];
};

type SimAutoScaling = {
  client: Sender;
  /** All three members of a target's SuspendedState; undefined: `service/CLUSTER/SERVICE` is no scalable target. */
  suspendedOf(resourceId: string): Required<SuspendedState> | undefined;
};

/** What scaling reads of a service, and the one thing that it changes. */
type ScaledServices = {
  /** Undefined: no such service. */
  find(resourceId: string): Scaled | undefined;
};

type Named = { ServiceNamespace?: string; ScalableDimension?: string; NextToken?: string };

const ECS = { namespace: 'ecs', dimension: 'ecs:service:DesiredCount' } as const;

const badToken = (): SimApiError => new SimApiError('InvalidNextTokenException', 'Invalid token');

/** Application Auto Scaling of ECS services' desired counts. sim/README.md is its specification. */
export const makeAutoScaling = (
  kernel: Kernel,
  seed: AutoScalingSeed,
  services: ScaledServices,
): SimAutoScaling => {
  const targets = (seed.scalableTargets ?? []).map((target) => ({ ...target }));
  const policies = [...(seed.scalingPolicies ?? [])];
  const scheduled = [...(seed.scheduledActions ?? [])];
  const activities: ScalingActivity[] = [];
  const targetOf = (resourceId: string | undefined): ScalableTarget | undefined =>
    targets.find(
      (target) =>
        target.ResourceId === resourceId &&
        target.ServiceNamespace === ECS.namespace &&
        target.ScalableDimension === ECS.dimension,
    );
  const ofResource = <Item extends { ResourceId?: string | undefined }>(
    items: readonly Item[],
    resourceId: string,
  ): Item[] => items.filter(({ ResourceId }) => ResourceId === resourceId);

  /** A count inside the target's range, and why it changed: an activity. */
  const scale = (target: ScalableTarget, count: number, cause: string): void => {
    const service = services.find(target.ResourceId ?? '');
    // What a policy of a target that is gone would still do.
    if (service === undefined || !targets.includes(target)) return;
    const next = Math.min(Math.max(count, target.MinCapacity ?? 0), target.MaxCapacity ?? count);
    const before = service.desiredCount();
    if (next === before) return;
    kernel.emit({
      kind: 'task',
      what: `auto scaling takes ${target.ResourceId} from ${before} to ${next}`,
      why: cause,
    });
    activities.unshift({
      ActivityId: `activity-${activities.length}`,
      ServiceNamespace: 'ecs',
      ResourceId: target.ResourceId,
      ScalableDimension: ECS.dimension,
      Description: `Setting desired count to ${next}.`,
      Cause: cause,
      StartTime: new Date(kernel.scheduler.nowMs()),
      StatusCode: 'Successful',
    });
    service.setDesiredCount(next);
  };

  const begin = (
    target: ScalableTarget,
    by: readonly ScalingPolicy[],
    schedules: readonly ScheduledAction[],
  ): void => {
    const service = services.find(target.ResourceId ?? '');
    if (service === undefined) return;
    const state = () => wholeState(target.SuspendedState);
    scaleByPolicies(kernel, by, service, state, (count, cause) => scale(target, count, cause));
    scaleBySchedule(kernel, schedules, state, (action, cause) => {
      const { MinCapacity, MaxCapacity } = action.ScalableTargetAction ?? {};
      if (MinCapacity !== undefined) target.MinCapacity = MinCapacity;
      if (MaxCapacity !== undefined) target.MaxCapacity = MaxCapacity;
      scale(target, service.desiredCount(), cause);
    });
  };
  for (const target of targets) {
    const resourceId = target.ResourceId ?? '';
    begin(target, ofResource(policies, resourceId), ofResource(scheduled, resourceId));
  }

  const page = <Item>(all: readonly Item[], { NextToken }: Named) =>
    pageOf(all, NextToken, undefined, badToken);

  return {
    suspendedOf: (resourceId) => {
      const target = targetOf(resourceId);
      return target === undefined ? undefined : wholeState(target.SuspendedState);
    },
    client: makeFakeClient(kernel, 'application-autoscaling', {
      DescribeScalingActivities: ({ ResourceId }: { ResourceId?: string }) => ({
        ScalingActivities: activities.filter(
          (one) => ResourceId === undefined || one.ResourceId === ResourceId,
        ),
      }),
      DescribeScalableTargets: (input: Named & { ResourceIds?: string[] }) => {
        onlyMembers('DescribeScalableTargets', input, [
          'ServiceNamespace',
          'ResourceIds',
          'ScalableDimension',
          'NextToken',
        ]);
        const { items, next } = page(
          (input.ResourceIds ?? targets.map(({ ResourceId }) => ResourceId)).flatMap(
            (id) => targetOf(id) ?? [],
          ),
          input,
        );
        return {
          ScalableTargets: items.map((target) => ({
            ...target,
            SuspendedState: wholeState(target.SuspendedState),
          })),
          NextToken: next,
        };
      },
      DescribeScalingPolicies: (input: Named & { ResourceId: string }) => {
        onlyMembers('DescribeScalingPolicies', input, [
          'ServiceNamespace',
          'ResourceId',
          'ScalableDimension',
          'NextToken',
        ]);
        const { items, next } = page(ofResource(policies, input.ResourceId), input);
        const service = services.find(input.ResourceId);
        const described = items.map((policy) => {
          if (policy.PolicyType !== 'StepScaling' || service === undefined) return policy;
          const arnOf = (name: string) =>
            policy.Alarms?.find(({ AlarmName }) => AlarmName === name)?.AlarmARN ??
            `arn:aws:cloudwatch:::alarm:${name}`;
          return {
            ...policy,
            Alarms: alarmsOf(policy, service).map((AlarmName) => ({ AlarmName, AlarmARN: arnOf(AlarmName) })),
          };
        });
        return { ScalingPolicies: described, NextToken: next };
      },
      DescribeScheduledActions: (input: Named & { ResourceId: string }) => {
        onlyMembers('DescribeScheduledActions', input, [
          'ServiceNamespace',
          'ResourceId',
          'ScalableDimension',
          'NextToken',
        ]);
        const { items, next } = page(ofResource(scheduled, input.ResourceId), input);
        return { ScheduledActions: items, NextToken: next };
      },
      ...scalingWrites({
        targets,
        policies,
        scheduled,
        targetOf,
        find: services.find,
        begin,
        changed: kernel.noteChange,
        intoRange: (target, service) =>
          scale(target, service.desiredCount(), 'the scalable target was registered'),
      }),
    }),
  };
};
