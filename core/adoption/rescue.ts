import type { MoveNames, MoveObservation } from './adoption.types.ts';
import { foreignHand, otherRevision } from './disturbance.ts';
import type { MovePlan, NextMove } from './move-plan.ts';
import { groupOf, type Roles, shareIn, usersRoutes } from './roles.ts';
import { dialled, writeRoute } from './shift-steps.ts';

const healthyOn = (observed: MoveObservation, arn: string | null): number =>
  groupOf(observed, arn)?.healthy ?? 0;

/** The old service has not one healthy target left for the users that it has, and the new one has some. */
const isUnserved = (names: MoveNames, observed: MoveObservation, roles: Roles): boolean =>
  healthyOn(observed, roles.from) === 0 &&
  healthyOn(observed, roles.to) > 0 &&
  usersRoutes(names, observed, roles).some((route) => shareIn(route, roles.from) > 0);

/**
 * As in a deployment (core/safety/placement-rule.ts): users who meet nobody go to the new service at once, whatever
 * share is due, in `--undo` as well. They come back as they would in any `--undo`, when enough of the old one is
 * healthy. Null where nobody needs it, and while somebody else writes the routes.
 */
export const nextRescue = (plan: MovePlan, observed: MoveObservation): NextMove => {
  const { kind, names } = plan;
  const roles = plan.roles(observed);
  const step = plan.steps.findLast(({ id }) => id.startsWith('users-'));
  if (step === undefined || !isUnserved(names, observed, roles)) return null;
  if ((foreignHand(kind, names, observed, roles) ?? otherRevision(names, observed)) !== null) return null;
  const route = usersRoutes(names, observed, roles).find((one) => shareIn(one, roles.from) > 0);
  if (route === undefined) return null;
  const what = `${route.label}: 100 % to ${names.twin}, because ${names.old} has no healthy target`;
  return { step, move: writeRoute(route, dialled(route, roles, 100), what) };
};
