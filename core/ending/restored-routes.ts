import type { Plan, Route, RouteForward, WeightedGroup } from '../vocabulary/plan.types.ts';
import { ALL_BLUE, groupsFor, groupsOf, sameWeights, weightsOf, withWeights } from '../weights/weights.ts';

export type LiveForward = { route: Pick<Route, 'label' | 'original'>; forward: RouteForward };

/**
 * The group list RollBack writes to a route: all weight on blue, to the digit as the plan found it where that was all
 * on blue, so that anybody who keeps the listener in code sees no difference. On a first deployment what the plan
 * found. A group that joined stays at weight 0: the next deployment needs it.
 */
export const restoredGroups = (
  plan: Pick<Plan, 'blue' | 'blueTargetGroupArn' | 'green'>,
  route: Pick<Route, 'original'>,
  forward: RouteForward,
): WeightedGroup[] => {
  if (plan.blue === null) return withWeights(forward, route.original.groups);

  const restored = groupsFor(forward, groupsOf(plan), ALL_BLUE, { evictLoser: true });
  const weight = blueAlone(plan, route.original);
  return restored.map((group) =>
    weight !== null && group.targetGroupArn === plan.blueTargetGroupArn ? { ...group, weight } : group,
  );
};

/**
 * Blue's weight, where it had all the requests; a lone group has them at weight 0, too, which a second group would
 * end.
 */
const blueAlone = (
  plan: Pick<Plan, 'blueTargetGroupArn' | 'green'>,
  original: RouteForward,
): number | null => {
  if (!sameWeights(weightsOf(original, groupsOf(plan)), ALL_BLUE)) return null;
  const found = original.groups.find(({ targetGroupArn }) => targetGroupArn === plan.blueTargetGroupArn);
  return found === undefined || found.weight === 0 ? null : found.weight;
};

/**
 * The group list while RollBack holds: the same weights, and whichever of our groups is not in the action is put into
 * it at weight 0. A group in no action has no health checks [fact 86], so it could never be seen to recover: blue's
 * leaves sticky routes before it retires, and somebody may take green's out. Null: nothing to add.
 */
export const checkedGroups = (
  plan: Pick<Plan, 'blue' | 'blueTargetGroupArn' | 'green'>,
  forward: RouteForward,
): WeightedGroup[] | null => {
  const groups = groupsOf(plan);
  const weights = weightsOf(forward, groups);
  // A first deployment has no other colour to read; weights that are no split are somebody else's.
  return plan.blue === null || weights === null ? null : groupsFor(forward, groups, weights);
};

/**
 * The same groups with the same weights; order means nothing to a load balancer, nor does the weight of a lone group.
 */
export const sameGroups = (a: WeightedGroup[], b: WeightedGroup[]): boolean =>
  a.length === b.length &&
  a.every(({ targetGroupArn, weight }) =>
    b.some((other) => other.targetGroupArn === targetGroupArn && (a.length === 1 || other.weight === weight)),
  );

/**
 * Before a first deployment's green goes: its routes may name nobody else, so what counts is that they are as they
 * were.
 */
export const refuseUnrestored = (plan: Plan, routes: LiveForward[]): string | null => {
  const off = routes.filter(
    ({ route, forward }) => !sameGroups(forward.groups, restoredGroups(plan, route, forward)),
  );
  return off.length === 0
    ? null
    : `expected ${off.map(({ route }) => route.label).join(', ')} to be as before the deployment before ` +
        'green goes, found other weights';
};
