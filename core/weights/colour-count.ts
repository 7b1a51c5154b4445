import type { ObservedTarget, ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { ColourCount } from '../vocabulary/placement.types.ts';
import type { Plan, RouteForward, Weights } from '../vocabulary/plan.types.ts';
import { commonOf, groupsOf, weightsOf } from './weights.ts';

/** A task set on its way out counts as nobody from that write on: its tasks only finish what they have begun. */
export const isGoing = (taskSet: ObservedTaskSet | null): boolean =>
  taskSet === null || taskSet.status === 'DRAINING' || taskSet.scalePercent === 0;

export const countColour = (targets: ObservedTarget[], taskSet: ObservedTaskSet | null): ColourCount => {
  const present = targets.filter(({ state }) => state !== 'draining');
  if (taskSet === null || isGoing(taskSet))
    return { healthy: 0, registered: 0, unchecked: false, running: 0 };
  const running = taskSet.runningCount;
  const leaving = Math.min(targets.length - present.length, running - present.length);
  return {
    healthy: present.filter(({ state }) => state === 'healthy').length,
    registered: present.length,
    unchecked: present.length > 0 && present.every(({ state }) => state === 'unused'),
    running,
    ...(leaving > 0 ? { leaving } : {}),
  };
};

/** What all routes have in common; null when they differ, or are no split between our two groups. */
export const commonWeights = (
  plan: Pick<Plan, 'blueTargetGroupArn' | 'green'>,
  routes: { forward: RouteForward }[],
): Weights | null => commonOf(routes.map(({ forward }) => weightsOf(forward, groupsOf(plan))));
