import type { RouteForward } from '../../core/vocabulary/plan.types.ts';

/** Share of a route's users by target group; what is missing from 1 finds no group. */
export type Shares = ReadonlyMap<string, number>;

/**
 * Shares by weight; a group that is alone gets everything whatever its weight (assumed), all weights 0 send nothing
 * anywhere.
 */
export const sharesByWeight = ({ groups }: RouteForward): Map<string, number> => {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  return new Map(
    groups.map(({ targetGroupArn, weight }) => [
      targetGroupArn,
      groups.length === 1 ? 1 : total === 0 ? 0 : weight / total,
    ]),
  );
};

/**
 * Where a route's users go over `seconds`, and where they are at the end. Without group stickiness: by weight. With
 * it [fact 80], every user holds a cookie for a group, whatever the group's weight became; users leave and new ones
 * come, and cookies expire, so the shares approach the weights exponentially. A group that left the action sets its
 * users free at once.
 */
export const followUsers = (
  before: Shares | undefined,
  forward: RouteForward,
  sessionSeconds: number,
  seconds: number,
): { mean: Shares; after: Shares } => {
  const byWeight = sharesByWeight(forward);
  if (before === undefined || !forward.stickiness.enabled) return { mean: byWeight, after: byWeight };

  const held = new Map([...byWeight.keys()].map((arn) => [arn, before.get(arn) ?? 0]));
  const free = Math.max(0, 1 - [...held.values()].reduce((sum, share) => sum + share, 0));
  const perSecond = 1 / sessionSeconds + 1 / (forward.stickiness.durationSeconds ?? Number.POSITIVE_INFINITY);
  const left = Math.exp(-perSecond * seconds);
  const leftOnAverage = seconds === 0 ? 1 : (1 - left) / (perSecond * seconds);

  const mean = new Map<string, number>();
  const after = new Map<string, number>();
  for (const [arn, weight] of byWeight) {
    const pinned = (held.get(arn) ?? 0) + free * weight;
    mean.set(arn, weight + (pinned - weight) * leftOnAverage);
    after.set(arn, weight + (pinned - weight) * left);
  }
  return { mean, after };
};
