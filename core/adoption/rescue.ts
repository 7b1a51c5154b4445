import type { MoveObservation, ReadRoute } from './adoption.types.ts';
import { foreignHand, otherRevision } from './disturbance.ts';
import type { MovePlan, NextMove } from './move-plan.ts';
import { groupOf, type Roles, shareIn, usersRoutes } from './roles.ts';
import { dialled, writeRoute } from './shift-steps.ts';
import { groupsAt } from './unattended.ts';

const healthyOn = (observed: MoveObservation, arn: string | null): number =>
  groupOf(observed, arn)?.healthy ?? 0;

/** A person wants users on the new service, or on the old one again. */
type Way = 'forward' | 'back';

/**
 * Users who meet nobody of the old service, which is to have tasks. Clients with a cookie for it stay there at weight 0
 * [fact 80]; on the way back its group has to be named so, or its targets are not checked [fact 86].
 */
const meetsNobody = (
  { stickySeconds, groups, ...route }: ReadRoute,
  { from }: Roles,
  { old }: MoveObservation,
  way: Way,
): boolean =>
  shareIn({ groups, ...route }, from) > 0 ||
  (way === 'forward' &&
    stickySeconds !== null &&
    (old?.desired ?? 0) > 0 &&
    groups.some(({ targetGroupArn }) => targetGroupArn === from));

/**
 * As in a deployment (core/safety/placement-rule.ts): users who meet nobody go to the new service at once, whatever
 * share is due, in `--undo` as well. They come back as they would in any `--undo`, when enough of the old one is
 * healthy. Null where nobody needs it, and while somebody else writes the routes.
 */
export const nextRescue = (plan: MovePlan, observed: MoveObservation, way: Way): NextMove => {
  const { kind, names } = plan;
  const roles = plan.roles(observed);
  const { from, to } = roles;
  const step = plan.steps.findLast(({ id }) => id.startsWith('users-'));
  if (step === undefined || from === null || to === null) return null;
  // The old service has not one healthy target left for the users that it has, and the new one has some.
  if (healthyOn(observed, from) > 0 || healthyOn(observed, to) === 0) return null;
  const route = usersRoutes(names, observed, roles).find((one) => meetsNobody(one, roles, observed, way));
  if (route === undefined) return null;
  if ((foreignHand(kind, names, observed, roles) ?? otherRevision(names, observed)) !== null) return null;
  const groups = groupsAt(
    { groups: dialled(route, roles, 100), sticky: route.stickySeconds !== null },
    { from, to },
    100,
  );
  const what = `${route.label}: 100 % to ${names.twin}, because ${names.old} has no healthy target`;
  return { step, move: writeRoute(route, groups, what) };
};
