import { nameOf } from '../core/deployment/service-key.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { WorldSeed } from '../sim/parts.types.ts';

/** The target groups by colour; undefined while nobody knows. */
export type Colours = { blue: string | undefined; green: string | undefined };

/**
 * What the world file alone tells: blue is the group of the service's PRIMARY task set, green one that shares a
 * route.
 */
export const coloursOfWorld = (
  world: WorldSeed,
  service: string | undefined,
  greenGroup: string | undefined,
): Colours => {
  const found = world.services.find(({ serviceName }) => serviceName === nameOf(service ?? ''));
  const primary = found?.taskSets?.find(({ status }) => status === 'PRIMARY');
  const blue = primary?.loadBalancers?.[0]?.targetGroupArn;
  const actions = [
    ...world.listeners.flatMap(({ DefaultActions }) => DefaultActions ?? []),
    ...world.rules.flatMap(({ Rule }) => Rule.Actions ?? []),
  ];
  const beside = actions
    .map(({ ForwardConfig }) =>
      (ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn }) => TargetGroupArn ?? ''),
    )
    .find((groups) => blue !== undefined && groups.includes(blue) && groups.length > 1)
    ?.find((arn) => arn !== blue);
  return { blue, green: greenGroup ?? beside };
};

export const coloursOfPlan = (plan: Plan): Colours => ({
  blue: plan.blueTargetGroupArn ?? undefined,
  green: plan.green.targetGroupArn,
});
