import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { worldOf } from '../cli/a-simulated-account.ts';
import {
  aTaskSet,
  BALANCER,
  BLUE_GROUP,
  GREEN_GROUP,
  LISTENER,
  RULE,
  TEST_RULE,
  THIRD_GROUP,
} from '../core/an-observation.ts';
import { changed, renamed } from '../rehearsal/worlds/changed.ts';

/** The example's names, and those of the observation that the tests of preflight change. */
const NAMES: readonly [from: string, to: string][] = [
  ['us-east-1', 'eu-west-1'],
  ['111122223333', '123456789012'],
  ['cluster/production', 'cluster/main'],
  ['service/production/', 'service/main/'],
  ['task-set/production/', 'task-set/main/'],
  ['targetgroup/shop-blue/2f6a1c8d90b7e345', tail(BLUE_GROUP)],
  ['targetgroup/shop-green/73d4e5f60a1b2c98', tail(GREEN_GROUP)],
  ['listener-rule/app/shop/8f0c1d5e7a9b3c24/5b7c9d1e3f5a7b80/1a2b3c4d5e6f7081', tail(RULE)],
  ['listener/app/shop/8f0c1d5e7a9b3c24/5b7c9d1e3f5a7b80', tail(LISTENER)],
  ['app/shop/8f0c1d5e7a9b3c24', tail(BALANCER).replace('loadbalancer/', '')],
  ['ecs-svc/4815162342108642975', aTaskSet().id],
  ['shop-users-suffer', 'shop-5xx'],
];

function tail(arn: string): string {
  return arn.split(':').at(-1) ?? '';
}

/** The service whose users the one of these tests takes over. */
const classic = ({ taskSets: _sets, ...like }: WorldSeed['services'][number]) => ({
  ...like,
  serviceName: 'classic',
  serviceArn: like.serviceArn?.replace(/shop$/, 'classic') ?? '',
  deploymentController: { type: 'ECS' as const },
});

const scaled = (ResourceId: string) => ({
  ServiceNamespace: 'ecs' as const,
  ResourceId,
  ScalableDimension: 'ecs:service:DesiredCount' as const,
  MinCapacity: 1,
  MaxCapacity: 20,
  RoleARN: 'arn:aws:iam::123456789012:role/scaling',
  CreationTime: new Date(0),
});

/**
 * The account in which a finding's commands can be typed: what those tests observe, as a world, with everything that
 * one of them finds too much (a second task set, a third group), and the rule of testers.
 */
export const observedWorld = (): WorldSeed => {
  const world = NAMES.reduce((seed, [from, to]) => renamed(seed, from, to), worldOf('shop'));
  return changed(world, (copy) => {
    const [service] = copy.services;
    const [primary] = service?.taskSets ?? [];
    const [group] = copy.targetGroups;
    if (service === undefined || primary === undefined || group === undefined) throw new Error('no shop');
    copy.services.push(classic(service));
    copy.surroundings = { ...copy.surroundings, scalableTargets: [scaled('service/main/classic')] };
    const leftover = aTaskSet({ id: 'ecs-svc/2' });
    service.taskSets?.push({
      ...primary,
      id: leftover.id,
      taskSetArn: primary.taskSetArn?.replace(aTaskSet().id, leftover.id),
      status: 'ACTIVE',
      loadBalancers: (primary.loadBalancers ?? []).map((one) => ({ ...one, targetGroupArn: GREEN_GROUP })),
    });
    const third: TargetGroup = { ...group, TargetGroupArn: THIRD_GROUP, TargetGroupName: 'shop-third' };
    copy.targetGroups.push(third);
    const users = copy.rules.find(({ Rule }) => Rule.RuleArn === RULE);
    if (users === undefined) throw new Error('no rule');
    copy.rules.push({
      ...users,
      Rule: {
        ...users.Rule,
        RuleArn: TEST_RULE,
        Priority: '1',
        Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-test', Values: ['1'] } }],
      },
    });
    const attributes = copy.targetGroupAttributes.find((one) => one.TargetGroupArn === group.TargetGroupArn);
    copy.targetGroupAttributes.push({
      Attributes: attributes?.Attributes ?? [],
      TargetGroupArn: THIRD_GROUP,
    });
  });
};
