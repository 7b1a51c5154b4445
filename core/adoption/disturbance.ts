import { shareOfTasks } from '../weights/carry.ts';
import type { MoveKind, MoveNames, MoveObservation, ReadRoute } from './adoption.types.ts';
import { groupOf, isClosing, type Roles, shareIn, usersRoutes } from './roles.ts';
import { notReady } from './twin-steps.ts';

/** Why nothing more is moved: somebody else changes what the move depends on. */
type Disturbance = { reason: string; fix: string };

/** Live task sets of the twin: two are a deployment of Cutover's. */
const twinDeploying = (kind: MoveKind, names: MoveNames, { twin }: MoveObservation): Disturbance | null => {
  const live = (twin?.taskSets ?? []).filter(({ status }) => status !== 'DRAINING').length;
  return kind === 'adopt' && live > 1
    ? {
        reason: `${names.twin} has ${live} task sets: it is being deployed, and both would write the same rule`,
        fix: 'wait until that deployment is over, and begin no other one',
      }
    : null;
};

const stranger = (route: ReadRoute, roles: Roles): string | undefined =>
  route.groups.find(
    ({ targetGroupArn, weight }) =>
      weight > 0 && ![roles.from, roles.to, roles.idle, roles.alternate].includes(targetGroupArn),
  )?.targetGroupArn;

const strangerOn = (routes: readonly ReadRoute[], roles: Roles): Disturbance | null => {
  for (const { label, ...route } of routes) {
    const arn = stranger({ label, ...route }, roles);
    if (arn !== undefined)
      return {
        reason: `somebody gave users of ${label} to ${arn}, which is of neither service`,
        fix: 'give it weight 0, or the service a rule of its own',
      };
  }
  return null;
};

/** The old service's users are without tasks, and not by the last command. */
export const emptied = (names: MoveNames, observed: MoveObservation, roles: Roles): Disturbance | null => {
  const { old, twin } = observed;
  const routes = usersRoutes(names, observed, roles);
  if (old?.status !== 'ACTIVE' || old.desired > 0 || isClosing(names, observed, roles)) return null;
  const left = Math.max(0, ...routes.map((route) => shareIn(route, roles.from)));
  return {
    reason: `somebody scaled ${names.old} to 0 while ${Math.round(left)} % of the users are on it`,
    fix: `give it its ${twin?.desired ?? 0} tasks again at once; --finish gives all users to ${names.twin} instead`,
  };
};

/** Somebody else deploys one of the two, or writes their routes. */
export const foreignHand = (
  kind: MoveKind,
  names: MoveNames,
  observed: MoveObservation,
  roles: Roles,
): Disturbance | null =>
  observed.deploying === null
    ? (twinDeploying(kind, names, observed) ?? strangerOn(usersRoutes(names, observed, roles), roles))
    : { reason: observed.deploying, fix: 'wait until that deployment is over, and begin no other one' };

/** What stands in the way of the next share, and of the one that bakes. */
export const disturbance = (
  kind: MoveKind,
  names: MoveNames,
  observed: MoveObservation,
  roles: Roles,
): Disturbance | null =>
  (observed.deploying === null ? emptied(names, observed, roles) : null) ??
  foreignHand(kind, names, observed, roles);

/** The twin would give users a revision that the old service no longer runs. */
export const otherRevision = (names: MoveNames, { old, twin }: MoveObservation): Disturbance | null => {
  const [was, now] = [twin?.taskDefinition ?? null, old?.taskDefinition ?? null];
  return was === null || now === null || was === now
    ? null
    : {
        reason: `${names.old} runs ${shortName(now)} now, and ${names.twin} ${shortName(was)}`,
        fix: 'take the move back with --undo and begin again, so that users keep their version',
      };
};

const shortName = (arn: string): string => arn.split('/').at(-1) ?? arn;

/** Percent of all users that so many healthy tasks carry, of the size that the old service has. */
export const carries = (healthy: number, needed: number): number =>
  Math.floor(shareOfTasks(healthy, needed) * 100);

/**
 * Why the twin does not serve its share well; null when it does. Somebody may have scaled it down, and then all the
 * tasks that it wants are healthy, and too few.
 */
export const notServing = (
  names: MoveNames,
  observed: MoveObservation,
  roles: Roles,
  percent: number,
): string | null => {
  const why = notReady(observed, roles.to);
  if (why !== null) return why;
  const healthy = groupOf(observed, roles.to)?.healthy ?? 0;
  const needed = observed.old?.desired ?? 0;
  const able = carries(healthy, needed);
  return able >= percent
    ? null
    : `${names.twin} carries ${able} % of the users with ${healthy} healthy tasks, and has ${percent} %`;
};
