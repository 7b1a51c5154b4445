import { mayRetireBlue } from '../safety/invariants.ts';
import type { Plan, Route, RouteForward } from '../vocabulary/plan.types.ts';
import { groupsOf, weightsOf } from '../weights/weights.ts';

type Forwarding = { route: Pick<Route, 'label'>; forward: RouteForward };

/**
 * Why blue must not go, or go on going, as the routes are; null when it may. Once it has begun to go, a route that somebody
 * deleted is no reason: with none left, none is there that could send it anything.
 */
export const refuseRetirement = (
  plan: Pick<Plan, 'blueTargetGroupArn' | 'green'>,
  live: Forwarding[],
  { mayTurnBack }: { mayTurnBack: boolean },
): string | null => {
  if (!mayTurnBack && live.length === 0) return null;
  return mayRetireBlue(
    live.map(({ route, forward }) => ({
      label: route.label,
      weights: weightsOf(forward, groupsOf(plan)),
    })),
  );
};

/** Clients with a cookie for blue's group ignore its weight 0, so a sticky route has to lose the group itself [80]. */
export const holdsStickyClients = (
  { blueTargetGroupArn }: Pick<Plan, 'blueTargetGroupArn'>,
  forward: RouteForward,
): boolean =>
  forward.stickiness.enabled &&
  forward.groups.some(({ targetGroupArn }) => targetGroupArn === blueTargetGroupArn);
