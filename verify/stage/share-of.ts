import type { WeightedGroup } from '../../core/vocabulary/plan.types.ts';

/** Between 0 and 1: the part of a route's users that goes to a group. */
export const shareOf = (groups: readonly WeightedGroup[], arn: string): number => {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const own = groups.filter(({ targetGroupArn }) => targetGroupArn === arn);
  if (groups.length === 1) return own.length;
  return total === 0 ? 0 : own.reduce((sum, { weight }) => sum + weight, 0) / total;
};
