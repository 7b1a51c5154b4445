import type { Plan, RouteForward, WeightedGroup, Weights } from '../vocabulary/plan.types.ts';

/** Target group ARNs by colour; blue is null when a first deployment found no other group in its routes. */
type Groups = { blue: string | null; green: string };

/** Frozen: it is handed out by reference to every step. */
export const ALL_BLUE: Weights = Object.freeze({ blue: 100, green: 0 });
export const ALL_GREEN: Weights = Object.freeze({ blue: 0, green: 100 });

export const groupsOf = (plan: Pick<Plan, 'blueTargetGroupArn' | 'green'>): Groups => ({
  blue: plan.blueTargetGroupArn,
  green: plan.green.targetGroupArn,
});

/** Weights have one decimal, and a difference of two such numbers is not exact. */
const tenths = (percent: number): number => Math.round(percent * 10) / 10;

/** The green share with the rest on blue, percent. */
export const greenAt = (percent: number): Weights => ({ blue: tenths(100 - percent), green: percent });

/** The weights a position of the plan stands for. A position the plan does not have means less green, never more. */
export const weightsAt = (plan: Pick<Plan, 'shifts'>, position: number): Weights => {
  const shift = plan.shifts[position];
  if (shift === undefined) return ALL_BLUE;
  return greenAt(shift.greenPct);
};

export const sameWeights = (a: Weights | null, b: Weights): boolean =>
  a !== null && a.blue === b.blue && a.green === b.green;

/** What all of them are; null where they differ, or one is no split. */
export const commonOf = ([first = null, ...others]: readonly (Weights | null)[]): Weights | null =>
  first !== null && others.every((weights) => sameWeights(weights, first)) ? first : null;

/**
 * What a forward action's relative weights (0-999) mean in percent, or null when they are not a split between
 * our two groups: a third group holds weight, nobody does, or the share is no tenth of a percent. A group that is not
 * in the action counts 0. The weight of a lone group says nothing: all requests go there.
 */
export const weightsOf = (forward: RouteForward, groups: Groups): Weights | null => {
  const [only, ...others] = forward.groups;
  if (only === undefined) return null;
  if (others.length === 0) {
    if (only.targetGroupArn === groups.green) return ALL_GREEN;
    return only.targetGroupArn === groups.blue ? ALL_BLUE : null;
  }

  const total = sum(forward.groups.map((group) => group.weight));
  const green = weightOf(forward, groups.green);
  const blue = groups.blue === null ? 0 : weightOf(forward, groups.blue);
  if (total === 0 || blue + green !== total) return null;

  const perMille = (1_000 * green) / total;
  return Number.isInteger(perMille) ? greenAt(perMille / 10) : null;
};

/**
 * The group list to write so that a route has these weights: existing groups in their order, ours added at the
 * end where missing, other people's groups kept at 0, so that the list always sums to 100, or to 1,000 where a share
 * has a decimal: AWS takes whole weights of up to 999.
 *
 * With `evictLoser`, a route with stickiness leaves the colour at 0 out: clients that hold a cookie for a group
 * stay with it at weight 0, even when nothing there is healthy (ALB guide, sticky sessions) [fact 80].
 */
export const groupsFor = (
  forward: RouteForward,
  groups: Groups,
  weights: Weights,
  options: { evictLoser?: boolean } = {},
): WeightedGroup[] => {
  // With nobody beside it in the action, green's group gets every request whatever its weight says.
  if (groups.blue === null) return withWeights(forward, [{ targetGroupArn: groups.green, weight: 100 }]);

  const unit = Number.isInteger(weights.green) ? 1 : 10;
  const ours = [
    { targetGroupArn: groups.blue, weight: Math.round(weights.blue * unit) },
    { targetGroupArn: groups.green, weight: Math.round(weights.green * unit) },
  ];
  const evict = options.evictLoser === true && forward.stickiness.enabled;
  const losers = evict ? ours.filter((group) => group.weight === 0).map((group) => group.targetGroupArn) : [];
  return withWeights(forward, ours).filter((group) => !losers.includes(group.targetGroupArn));
};

/** `90 % blue, 10 % green`; null reads as not a split between the two. */
export const describeWeights = (weights: Weights | null): string =>
  weights === null
    ? 'weights that are no split between blue and green'
    : `${weights.blue} % blue, ${weights.green} % green`;

/** `shop-green` of `arn:aws:elasticloadbalancing:...:targetgroup/shop-green/0123456789abcdef`. */
export const targetGroupName = (arn: string): string => arn.split('/')[1] ?? arn;

/** The action's groups in their order with the weights given, 0 for any other, and the missing ones at the end. */
export const withWeights = (forward: RouteForward, ours: WeightedGroup[]): WeightedGroup[] => {
  const wanted = new Map(ours.map((group) => [group.targetGroupArn, group.weight]));
  const kept = forward.groups.map(({ targetGroupArn }) => ({
    targetGroupArn,
    weight: wanted.get(targetGroupArn) ?? 0,
  }));
  const present = new Set(kept.map((group) => group.targetGroupArn));
  return [...kept, ...ours.filter((group) => !present.has(group.targetGroupArn))];
};

const weightOf = (forward: RouteForward, arn: string): number =>
  sum(forward.groups.filter((group) => group.targetGroupArn === arn).map((group) => group.weight));

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
