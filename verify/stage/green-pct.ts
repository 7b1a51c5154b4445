import type { WeightedGroup } from '../../core/vocabulary/plan.types.ts';

/** Green's share of a route's new requests, percent. */
export const greenPctOf = (groups: readonly WeightedGroup[], green: string): number => {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const own = groups.filter(({ targetGroupArn }) => targetGroupArn === green);
  if (groups.length === 1) return own.length * 100;
  return total === 0 ? 0 : (100 * own.reduce((sum, { weight }) => sum + weight, 0)) / total;
};
