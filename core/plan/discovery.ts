import type { PlanObservation } from '../vocabulary/observation.types.ts';
import type { ObservedTargetGroup, ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { LoadBalancerKind, Route } from '../vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../vocabulary/request.types.ts';

/** What is found rather than asked for: which task set is blue, both colours' groups and the routes to shift. */
export type Discovery = {
  /** Blue, also where another service is it as a whole; null on a service's first deployment. */
  primary: ObservedTaskSet | null;
  /** Blue's group; on a first deployment the one other group of green's routes, if any. */
  blueGroupArn: string | null;
  /** Null when it cannot be known; `candidates` then says why. */
  greenGroupArn: string | null;
  /** Groups beside blue's in the owned routes. */
  candidates: string[];
  /** The routes the deployment will own. */
  routes: Route[];
  /** Routes it will not own although they send requests to one of its groups. */
  foreign: Route[];
  /** The test route that the request names; null: none, or none that forwards to one of its groups. */
  test: Route | null;
};

export const unique = (values: readonly (string | null | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== null && value !== undefined)),
];

export const namesGroup = (route: Route, targetGroupArn: string): boolean =>
  route.original.groups.some((group) => group.targetGroupArn === targetGroupArn);

/** A lone group gets every request, whatever its weight says. */
export const sendsRequestsTo = (route: Route, targetGroupArn: string): boolean =>
  namesGroup(route, targetGroupArn) &&
  (route.original.groups.length === 1 ||
    route.original.groups.some((group) => group.targetGroupArn === targetGroupArn && group.weight > 0));

export const groupOf = (
  observed: PlanObservation,
  targetGroupArn: string | null,
): ObservedTargetGroup | undefined => observed.groups.find((group) => group.arn === targetGroupArn);

/** Those of users: the test route forwards to the same groups and is none of them. */
const asked = (routes: Route[], { routes: named, test }: DeploymentRequest): Route[] =>
  routes.filter(({ arn }) => arn !== test?.route && (named === undefined || named.includes(arn)));

const othersThan = (routes: Route[], targetGroupArn: string): string[] =>
  unique(routes.flatMap((route) => route.original.groups.map((group) => group.targetGroupArn))).filter(
    (arn) => arn !== targetGroupArn,
  );

/** The partner of blue in the last deployment: a sticky route leaves the idle group out of its action [fact 80]. */
const lastPartner = (observed: PlanObservation, blueGroupArn: string): string | undefined =>
  observed.lastGroups.includes(blueGroupArn)
    ? observed.lastGroups.find((arn) => arn !== blueGroupArn)
    : undefined;

const besideBlue = (
  observed: PlanObservation,
  request: DeploymentRequest,
  primary: ObservedTaskSet,
): Omit<Discovery, 'foreign' | 'test'> => {
  const blueGroupArn = primary.targetGroupArn ?? null;
  if (blueGroupArn === null) {
    const greenGroupArn = request.greenTargetGroup ?? null;
    return { primary, blueGroupArn, greenGroupArn, candidates: [], routes: [] };
  }
  const routes = asked(
    observed.routes.filter((route) => namesGroup(route, blueGroupArn)),
    request,
  );
  const candidates = othersThan(routes, blueGroupArn);
  const only = candidates.length === 1 ? candidates[0] : undefined;
  const last = lastPartner(observed, blueGroupArn);
  const fromLast =
    last !== undefined && (candidates.length === 0 || candidates.includes(last)) ? last : undefined;
  const greenGroupArn = request.greenTargetGroup ?? only ?? fromLast ?? null;
  return { primary, blueGroupArn, greenGroupArn, candidates, routes };
};

const withoutBlue = (
  observed: PlanObservation,
  request: DeploymentRequest,
): Omit<Discovery, 'foreign' | 'test'> => {
  const greenGroupArn = request.greenTargetGroup ?? null;
  if (greenGroupArn === null) {
    return { primary: null, blueGroupArn: null, greenGroupArn, candidates: [], routes: [] };
  }
  const routes = asked(
    observed.routes.filter((route) => namesGroup(route, greenGroupArn)),
    request,
  );
  const candidates = othersThan(routes, greenGroupArn);
  const blueGroupArn = candidates.length === 1 ? (candidates[0] ?? null) : null;
  return { primary: null, blueGroupArn, greenGroupArn, candidates, routes };
};

/**
 * The service that the request takes users from, as a task set: of its groups the one that users are on, where that is
 * one. Null: there is none, or it is not clear which.
 */
const takenOver = (observed: PlanObservation, { from }: DeploymentRequest): ObservedTaskSet | null => {
  const wholes = observed.from?.wholes ?? [];
  const served = wholes.filter(({ targetGroupArn }) =>
    from?.targetGroup === undefined
      ? observed.routes.some((route) => sendsRequestsTo(route, targetGroupArn ?? ''))
      : targetGroupArn === from.targetGroup,
  );
  return served.length === 1 ? (served[0] ?? null) : null;
};

/**
 * Finds both colours and the routes in an observation. Never guesses: what is not clear stays null for preflight to
 * name.
 */
export const discover = (observed: PlanObservation, request: DeploymentRequest): Discovery => {
  const own = observed.service?.taskSets.find(({ status }) => status === 'PRIMARY');
  const primary = own ?? takenOver(observed, request);
  const found = primary === null ? withoutBlue(observed, request) : besideBlue(observed, request, primary);
  const ours = unique([found.blueGroupArn, found.greenGroupArn]);
  const test = observed.routes.find(({ arn }) => arn === request.test?.route) ?? null;
  const owned = new Set([...found.routes, ...(test === null ? [] : [test])].map(({ arn }) => arn));
  const foreign = observed.routes.filter(
    (route) => !owned.has(route.arn) && ours.some((arn) => sendsRequestsTo(route, arn)),
  );
  return { ...found, foreign, test };
};

export const loadBalancerKind = (
  observed: Pick<PlanObservation, 'loadBalancers'>,
  found: Pick<Discovery, 'routes'>,
): LoadBalancerKind => {
  const arns = found.routes.map(({ loadBalancerArn }) => loadBalancerArn);
  return observed.loadBalancers.some(({ arn, type }) => arns.includes(arn) && type === 'network')
    ? 'network'
    : 'application';
};
