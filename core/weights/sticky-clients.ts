import type { Plan, RouteForward } from '../vocabulary/plan.types.ts';
import type { Placement } from './placement.ts';

/**
 * Clients with a cookie for blue's group ignore its weight 0, so a sticky route has to lose the group itself [fact
 * 80].
 */
export const holdsStickyClients = (
  { blueTargetGroupArn }: Pick<Plan, 'blueTargetGroupArn'>,
  forward: RouteForward,
): boolean =>
  forward.stickiness.enabled &&
  forward.groups.some(({ targetGroupArn }) => targetGroupArn === blueTargetGroupArn);

type Placed = Pick<Placement, 'kinds' | 'counts'>;

/** Nothing of blue runs that could answer its clients: its group leaves the sticky routes, and they go to green. */
export const setsClientsFree = ({ kinds, counts }: Placed): boolean =>
  kinds.blue === 'gone' && (counts.blue?.running ?? 0) === 0;

/**
 * Blue's tasks run again, and its group is in no action: nobody checks its health [fact 86], and it would never be seen
 * to recover. It returns at weight 0, and gets users once a target is healthy.
 */
const returnsUnchecked = ({ counts }: Placed): boolean =>
  counts.blue?.unchecked === true && counts.blue.running > 0;

/** The same where routes are not read: blue's end is news until a step has seen it and kept that. */
export const regroupsSoon = (
  { routes, carry }: Pick<Plan, 'routes' | 'carry'>,
  placed: Placed,
  { seenGone, frozen }: { seenGone: boolean; frozen: boolean },
): boolean =>
  carry !== 'off' &&
  !frozen &&
  routes.some(({ original }) => original.stickiness.enabled) &&
  (returnsUnchecked(placed) || (setsClientsFree(placed) && !seenGone));

/** Whether blue's group has to leave or to return although no weight changes. */
export const regroups = (
  placed: Placed,
  { holdsBlueClients, frozen }: { holdsBlueClients: boolean; frozen: boolean },
): boolean => !frozen && (holdsBlueClients ? setsClientsFree(placed) : returnsUnchecked(placed));
