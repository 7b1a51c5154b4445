import type {
  LooseGroup,
  MoveKind,
  MoveNames,
  MoveObservation,
  ReadGroup,
  ReadRoute,
  ReadService,
} from './adoption.types.ts';
import { MOVE_TAG, markOf, PREVIEW_HEADER, SERVED_BESIDE_TAG, SERVED_TAG } from './names.ts';

/** Which of what was read plays which part in the move. Everything follows from AWS: nothing is remembered. */
export type Roles = {
  /** The group that the old service serves from. */
  from: string | null;
  /** The old service's second group, if it has one. */
  alternate: string | null;
  /** The group that the twin serves from; null: it is still to be made. */
  to: string | null;
  /** The twin's second group; `adopt` alone. */
  idle: string | null;
};

export const groupOf = ({ groups }: MoveObservation, arn: string | null): ReadGroup | undefined =>
  groups.find((group) => group.arn === arn);

const weightOn = ({ routes }: MoveObservation, arn: string): number =>
  Math.max(
    0,
    ...routes.flatMap(({ groups }) =>
      groups.filter((one) => one.targetGroupArn === arn).map(({ weight }) => weight),
    ),
  );

/** ECS and CodeDeploy let a service's two groups take turns: the weights decide which one serves. */
const servingOf = (
  names: MoveNames,
  observed: MoveObservation,
  old: ReadService,
): Pick<Roles, 'from' | 'alternate'> => {
  const primary = old.taskSets.find(({ status }) => status === 'PRIMARY')?.targetGroupArn;
  if (primary !== undefined && primary !== null)
    return { from: primary, alternate: besideOf(names, observed, primary, old) };
  const named = old.balancer?.targetGroupArn ?? null;
  if (named === null) return { from: null, alternate: null };
  const other = old.balancer?.alternateArn ?? null;
  if (other === null) return { from: named, alternate: null };
  const [ofOther, ofNamed] = [weightOn(observed, other), weightOn(observed, named)];
  const [atOther, atNamed] = [healthyIn(observed, other), healthyIn(observed, named)];
  // With all users on the new service neither has weight, and what is registered decides.
  const isOther = ofOther === ofNamed ? atOther > atNamed : ofOther > ofNamed;
  return isOther ? { from: other, alternate: named } : { from: named, alternate: other };
};

const healthyIn = (observed: MoveObservation, arn: string | null): number =>
  groupOf(observed, arn)?.healthy ?? 0;

/** The other group of an action, of weight 0: CodeDeploy leaves its second one there. */
const besideOf = (
  names: MoveNames,
  observed: MoveObservation,
  from: string,
  old: ReadService,
): string | null => {
  if (old.controller === 'ECS') return null;
  const beside = observed.routes
    .filter(({ groups }) => groups.some(({ targetGroupArn }) => targetGroupArn === from))
    .flatMap(({ groups }) => groups)
    .find(
      (one) =>
        one.targetGroupArn !== from &&
        one.weight === 0 &&
        !ours(names, groupOf(observed, one.targetGroupArn)),
    );
  return beside?.targetGroupArn ?? null;
};

export const rolesOf = (kind: MoveKind, names: MoveNames, observed: MoveObservation): Roles => {
  const { old, twin, groups } = observed;
  const mine = ours(names, twin);
  const served = (mine ? twin?.tags[SERVED_TAG] : undefined) ?? null;
  const now = old === null ? { from: null, alternate: null } : servingOf(names, observed, old);
  // A deployment of the old service in the middle of the move lets its groups change places.
  const changed =
    served !== null &&
    now.from !== null &&
    now.from !== served &&
    healthyIn(observed, served) === 0 &&
    healthyIn(observed, now.from) > 0;
  const from = changed ? now.from : (served ?? now.from);
  const beside = (mine ? twin?.tags[SERVED_BESIDE_TAG] : undefined) ?? now.alternate;
  const alternate = changed ? served : beside;
  const named = (name: string) =>
    groups.find((group) => group.name === name && !isOfOld(group, { from, alternate }))?.arn ?? null;
  if (kind === 'adopt') return { from, alternate, to: named(names.blue), idle: named(names.green) };
  const own = mine ? (twin?.balancer?.targetGroupArn ?? null) : null;
  const idle = now.alternate === from ? null : now.alternate;
  const to = own ?? previewedGroup(names, observed) ?? idle ?? partnerOf(names, observed, from)?.arn ?? null;
  return { from, alternate: null, to, idle: null };
};

/** What the preview rule forwards to, once there is one. */
const previewedGroup = (names: MoveNames, { routes }: MoveObservation): string | null =>
  routes.find((route) => isPreview(names, route))?.groups.find(({ weight }) => weight > 0)?.targetGroupArn ??
  null;

/** The second group of a service that was adopted has the tag of the first; that of any other the person names. */
export const partnerOf = (
  { group }: Pick<MoveNames, 'group'>,
  { groups, loose }: Pick<MoveObservation, 'groups' | 'loose'>,
  from: string | null,
): LooseGroup | undefined => {
  if (group !== null) return loose.find(({ name }) => name === group);
  const made = groups.find(({ arn }) => arn === from)?.tags[MOVE_TAG];
  const alike = made === undefined ? [] : loose.filter(({ tags }) => tags[MOVE_TAG] === made);
  return alike.length === 1 ? alike[0] : undefined;
};

/** No route of the users names the group of the new service, and ECS starts tasks in no such group [fact 20]. */
export const isUnrouted = (names: MoveNames, observed: MoveObservation, roles: Roles): boolean =>
  !usersRoutes(names, observed, roles).some(({ groups }) =>
    groups.some(({ targetGroupArn }) => targetGroupArn === roles.to),
  );

/** Made by this move, and by no other. */
export const ours = (
  names: MoveNames,
  made: { tags: Readonly<Record<string, string>> } | null | undefined,
): boolean => made?.tags[MOVE_TAG] === markOf(names);

/** The old service serves from it, or has it as its second one: no group of the twin's, whatever its name and tags. */
export const isOfOld = (
  { arn }: Pick<ReadGroup, 'arn'>,
  { from, alternate }: Pick<Roles, 'from' | 'alternate'>,
): boolean => arn === from || arn === alternate;

export const isPreview = ({ twin }: MoveNames, { conditions }: ReadRoute): boolean =>
  JSON.stringify(conditions).includes(`"HttpHeaderName":"${PREVIEW_HEADER}","Values":["${twin}"]`);

/** Where users come in: every route that forwards to the old group or to the twin's. */
export const usersRoutes = (names: MoveNames, observed: MoveObservation, { from, to }: Roles): ReadRoute[] =>
  observed.routes.filter(
    (route) =>
      !isPreview(names, route) &&
      route.groups.some(({ targetGroupArn }) => targetGroupArn === from || targetGroupArn === to),
  );

const weightIn = ({ groups }: Pick<ReadRoute, 'groups'>, arn: string | null): number =>
  groups.find(({ targetGroupArn }) => targetGroupArn === arn)?.weight ?? 0;

/** Percent of a route's requests that reach the group: a group alone gets all, whatever its weight. */
export const shareIn = (route: Pick<ReadRoute, 'groups'>, arn: string | null): number => {
  const [only, ...others] = route.groups;
  if (others.length === 0) return only?.targetGroupArn === arn && arn !== null ? 100 : 0;
  const all = route.groups.reduce((sum, { weight }) => sum + weight, 0);
  return all === 0 ? 0 : (100 * weightIn(route, arn)) / all;
};

/** The least that any of the users' routes sends to the new service, percent, and whether all send the same. */
export const shareOfUsers = (
  names: MoveNames,
  observed: MoveObservation,
  roles: Roles,
): { percent: number; even: boolean } => {
  const shares = usersRoutes(names, observed, roles).map((route) => Math.round(shareIn(route, roles.to)));
  const percent = shares.length === 0 ? 0 : Math.min(...shares);
  return { percent, even: shares.every((share) => share === percent) };
};

/**
 * The old service has begun to go: from its first missing task on there is no way back by weights. One that was scaled
 * to 0 while it has users was so by another hand than the last command's.
 */
export const isClosing = (names: MoveNames, observed: MoveObservation, roles: Roles): boolean => {
  const { old } = observed;
  if (old === null || old.status !== 'ACTIVE') return true;
  return (
    old.desired === 0 &&
    usersRoutes(names, observed, roles).every((route) => shareIn(route, roles.to) === 100)
  );
};

/** No route of the users names the old group any more. */
export const isDetached = (names: MoveNames, observed: MoveObservation, roles: Roles): boolean => {
  const routes = usersRoutes(names, observed, roles);
  return (
    routes.length > 0 &&
    routes.every(
      (route) =>
        shareIn(route, roles.to) === 100 &&
        !route.groups.some(({ targetGroupArn }) => targetGroupArn === roles.from),
    )
  );
};
