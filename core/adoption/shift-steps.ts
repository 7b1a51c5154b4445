import { shareOfTasks } from '../weights/carry.ts';
import type {
  GroupWeight,
  Move,
  MoveKind,
  MoveNames,
  MoveObservation,
  ReadRoute,
  Step,
} from './adoption.types.ts';
import { carries, disturbance, otherRevision } from './disturbance.ts';
import { call, stop, wait } from './moves.ts';
import { groupOf, isPreview, ours, type Roles, shareIn, usersRoutes } from './roles.ts';
import { notReady } from './twin-steps.ts';

/** Percent of the users that the new service has, one after the other: half as bold as one step, and two ways back. */
export const DEFAULT_SHARES = [10, 50, 100] as const;

/** What is neither the old service's nor the twin's stays as it is; the old one's second group has no users. */
const othersIn = ({ groups }: ReadRoute, { from, to, idle, alternate }: Roles): GroupWeight[] =>
  groups
    .filter(({ targetGroupArn }) => ![from, to, idle].includes(targetGroupArn))
    .map((group) => (group.targetGroupArn === alternate ? { ...group, weight: 0 } : group));

const named = (targetGroupArn: string | null, weight: number): GroupWeight[] =>
  targetGroupArn === null ? [] : [{ targetGroupArn, weight }];

/** So many percent on the new service, the rest on the old one. */
export const dialled = (route: ReadRoute, roles: Roles, percent: number): GroupWeight[] => [
  ...othersIn(route, roles),
  ...named(roles.from, 100 - percent),
  ...named(roles.to, percent),
  ...named(roles.idle, 0),
];

/** What the last command had already taken out. */
const lost = ({ groups }: ReadRoute, arn: string | null): GroupWeight[] =>
  groups.some(({ targetGroupArn }) => targetGroupArn === arn) ? [] : named(arn, 0);

/**
 * As the move found it: on the way in the new groups leave the action, on the way out both stay, unless a preview had
 * to name the new one. Clients with a cookie for a group follow it there at weight 0, also when nobody answers any more
 * [fact 80]: a sticky route loses the group.
 */
const restored = (kind: MoveKind, route: ReadRoute, roles: Roles, leaves: boolean): GroupWeight[] => [
  ...othersIn(route, roles),
  ...(kind === 'adopt' && shareIn(route, roles.from) === 0 ? lost(route, roles.alternate) : []),
  ...named(roles.from, 100),
  ...(leaves ? [] : named(roles.to, 0)),
];

/** The last form: the old service's groups are out, unless `keep` says that the old one stays at weight 0. */
export const detached = (route: ReadRoute, roles: Roles, keep: boolean): GroupWeight[] => [
  ...othersIn(route, roles).filter(({ targetGroupArn }) => targetGroupArn !== roles.alternate),
  ...named(roles.to, 100),
  ...named(roles.idle, 0),
  ...(keep ? named(roles.from, 0) : []),
];

/** One route, as these groups; the rest of its actions is the adapter's to keep. */
export const writeRoute = (route: ReadRoute, groups: readonly GroupWeight[], what: string): Move => ({
  kind: 'call',
  what,
  call: {
    api: 'route',
    operation: route.kind === 'rule' ? 'ModifyRule' : 'ModifyListener',
    route,
    groups,
  },
});

/** Users get onto a group only when as many healthy targets listen there as their share needs. */
const forward = (
  kind: MoveKind,
  names: MoveNames,
  observed: MoveObservation,
  roles: Roles,
  percent: number,
): Move | null => {
  const { old, twin } = observed;
  const route = usersRoutes(names, observed, roles).find((one) => shareIn(one, roles.to) < percent);
  if (route === undefined) return null;
  const against = disturbance(kind, names, observed, roles) ?? otherRevision(names, observed);
  if (against !== null) return stop(against.reason, against.fix);
  const needed = old?.desired ?? 0;
  if (twin !== null && twin.desired < needed)
    return call(
      'ecs',
      'UpdateService',
      { cluster: names.cluster, service: names.twin, desiredCount: needed },
      `give ${names.twin} as many tasks as ${names.old} has now: ${needed}`,
    );
  const healthy = groupOf(observed, roles.to)?.healthy ?? 0;
  const able = carries(healthy, needed);
  const why = notReady(observed, roles.to);
  if (able < percent || why !== null)
    return wait(why ?? `${names.twin} carries ${able} % of the users with ${healthy} healthy tasks`);
  return writeRoute(route, dialled(route, roles, percent), `${route.label}: ${percent} % to ${names.twin}`);
};

/**
 * The last command took the old group out of every route, and the load balancer checks no target of a group that none
 * names [fact 86]: nobody would ever be found healthy there. At weight 0 it gets nobody before they are.
 */
const attachedAgain = (routes: readonly ReadRoute[], names: MoveNames, { from }: Roles): Move | null => {
  const [route] = routes;
  const isNamed = routes.some(({ groups }) => groups.some(({ targetGroupArn }) => targetGroupArn === from));
  return route === undefined || isNamed
    ? null
    : writeRoute(
        route,
        [...route.groups, ...named(from, 0)],
        `${route.label}: names the target group of ${names.old} again, so that its targets are checked`,
      );
};

/** Users go back only to where somebody answers them, unless nobody answers where they are. */
export const usersBack = (
  kind: MoveKind,
  names: MoveNames,
  observed: MoveObservation,
  roles: Roles,
): Move | null => {
  const previewed = observed.routes.some((route) => isPreview(names, route));
  const leaves = ({ stickySeconds }: ReadRoute): boolean =>
    kind === 'adopt' || previewed || (stickySeconds !== null && ours(names, observed.twin));
  const touched = (one: ReadRoute): boolean =>
    one.groups.some(
      ({ targetGroupArn, weight }) =>
        (targetGroupArn === roles.to && (weight > 0 || leaves(one))) || targetGroupArn === roles.idle,
    );
  const routes = usersRoutes(names, observed, roles);
  const route = routes.find(touched);
  if (route === undefined) return null;
  const attach = attachedAgain(routes, names, roles);
  // Clients with a cookie for it follow it at once: not before there is a target to be checked.
  if (attach !== null && (groupOf(observed, roles.from)?.registered ?? 0) === 0)
    return wait(`${names.old} has no task for users to go back to`);
  if (attach !== null) return attach;
  const healthy = groupOf(observed, roles.from)?.healthy ?? 0;
  const needed = observed.old?.desired ?? 0;
  const unserved = (groupOf(observed, roles.to)?.healthy ?? 0) === 0;
  const enough = healthy > 0 && (unserved || shareOfTasks(healthy, needed) >= 1);
  if (!enough)
    return wait(
      `${names.old} has ${healthy} healthy targets of ${needed}, too few for all users to go back to it`,
    );
  return writeRoute(
    route,
    restored(kind, route, roles, leaves(route)),
    `${route.label}: all users back to ${names.old}`,
  );
};

export const shiftSteps = (
  kind: MoveKind,
  names: MoveNames,
  rolesOf: (observed: MoveObservation) => Roles,
  shares: readonly number[],
): Step[] =>
  shares.map((percent) => ({
    id: `users-${percent}`,
    title: `${percent} % of the users to ${names.twin}, when enough of its targets are healthy`,
    writes: 'ModifyRule, ModifyListener',
    undo: 'the same, with all users back',
    forward: (observed) => forward(kind, names, observed, rolesOf(observed), percent),
    backward: (observed) => usersBack(kind, names, observed, rolesOf(observed)),
  }));
