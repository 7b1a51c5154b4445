import { isDeploymentError } from '../core/errors.ts';
import { unique } from '../core/plan/discovery.ts';
import type { PlanObservation } from '../core/vocabulary/observation.types.ts';
import type { ObservedService, ObservedTargetGroup } from '../core/vocabulary/observed.types.ts';
import type { Route } from '../core/vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type { ObservedScaling } from '../core/vocabulary/scaling.types.ts';
import type { Listener, Targets } from './balancer-verbs.ts';
import { readBaseline } from './baseline.ts';
import type { EcsServices, Scaling, TaskDefinitions } from './ecs-verbs.ts';
import type { Alarms, TrafficMetrics } from './metric-verbs.ts';

export type PlanVerbs = {
  ecsServices: EcsServices;
  taskDefinitions: TaskDefinitions;
  listener: Listener;
  targets: Targets;
  alarms: Alarms;
  /** Absent where the caller may lack its permissions; it is read apart then, as far as it can be. */
  scaling?: Pick<Scaling, 'read'>;
  /** Absent where nobody asks what was usual. */
  trafficMetrics?: TrafficMetrics;
};

/**
 * Reads everything a plan is made of; writes nothing. A service, task definition, group or alarm that does not exist
 * is part of the answer, so that preflight names all that is wrong at once. An API that does not answer throws.
 */
export const observeForPlan = async (
  verbs: PlanVerbs,
  request: DeploymentRequest,
  lastGroups: string[],
): Promise<PlanObservation> => {
  const { ecsServices, taskDefinitions, listener, targets } = verbs;
  const [service, from, taskDefinition, ofHooks] = await Promise.all([
    orNull(ecsServices.read(request.cluster, request.service)),
    readFrom(verbs, request),
    orNull(taskDefinitions.read(request.taskDefinition)),
    readHookTaskDefinitions(taskDefinitions, request),
  ]);
  const primary = service?.taskSets.find(({ status }) => status === 'PRIMARY') ?? from?.wholes[0];
  const blueGroup = primary?.targetGroupArn;
  const ofFrom = (from?.wholes ?? []).map(({ targetGroupArn }) => targetGroupArn);

  // The last deployment's groups say something only about the blue they were used with.
  const partners = blueGroup !== undefined && lastGroups.includes(blueGroup) ? lastGroups : [];
  // Without a PRIMARY, whether a route sends requests to one of the others decides what a person should do with it.
  const serving = primary === undefined ? (service?.taskSets ?? []).map((set) => set.targetGroupArn) : [];
  const [blueTaskDefinition, named] = await Promise.all([
    primary === undefined ? null : orNull(taskDefinitions.read(primary.taskDefinitionArn)),
    readGroups(targets, unique([blueGroup, ...ofFrom, request.greenTargetGroup, ...partners, ...serving])),
  ]);
  const findRoutes = readingOnce(listener);
  const routes = await findRoutes(named.groups, named.groups);

  // Green's group is usually just the other one in blue's routes. Who else uses it has to be known too.
  const others = unique(
    routes.flatMap((route) => route.original.groups.map((group) => group.targetGroupArn)),
  );
  const beside = await readGroups(
    targets,
    others.filter((arn) => !named.groups.some((group) => group.arn === arn)),
  );
  const groups = [...named.groups, ...beside.groups];
  // What changes by the minute is read last: it is fresh then, and a plan that is throttled before has not asked for
  // it.
  const [routesOfOthers, loadBalancers, health, alarms, testListener, scaling] = await Promise.all([
    findRoutes(groups, beside.groups),
    readLoadBalancers(listener, groups),
    Promise.all(groups.map(async ({ arn }) => [arn, await targets.read(arn)] as const)),
    verbs.alarms.read(request.alarms.names),
    request.test === undefined ? undefined : orNull(listener.readRules(request.test.route)),
    service === null ? undefined : readScaling(verbs, service, request),
  ]);

  const known = new Set(routes.map(({ arn }) => arn));
  const observed: PlanObservation = {
    service,
    ...(from === undefined ? {} : { from }),
    taskDefinition,
    blueTaskDefinition,
    loadBalancers,
    routes: [...routes, ...routesOfOthers.filter(({ arn }) => !known.has(arn))],
    groups,
    missingGroups: [...named.missing, ...beside.missing],
    targets: Object.fromEntries(health),
    alarms,
    lastGroups,
    ...(testListener === undefined
      ? {}
      : { testListener: testListener === null ? null : { rules: testListener } }),
    ...(scaling === undefined ? {} : { scaling }),
    ...ofHooks,
  };
  return { ...observed, ...(await readBaseline(verbs.trafficMetrics, observed, request)) };
};

/** Undefined: the request takes over nobody's users. Null: there is no such service. */
const readFrom = async (
  verbs: PlanVerbs,
  request: DeploymentRequest,
): Promise<PlanObservation['from'] | undefined> => {
  if (request.from === undefined) return undefined;
  const from = await orNull(verbs.ecsServices.readFrom(request.cluster, request.from.service));
  if (from === null) return null;
  const scaling = await readScaling(verbs, from, request);
  return { ...from, ...(scaling === undefined ? {} : { scaling }) };
};

const readHookTaskDefinitions = async (
  taskDefinitions: TaskDefinitions,
  { hooks = [] }: DeploymentRequest,
): Promise<Pick<PlanObservation, 'hookTaskDefinitions'>> => {
  const names = unique(
    hooks.map((hook) =>
      hook.kind === 'task' && hook.task.taskDefinition !== 'green' ? hook.task.taskDefinition : undefined,
    ),
  );
  if (names.length === 0) return {};
  const read = names.map(async (name) => [name, await orNull(taskDefinitions.read(name))] as const);
  return { hookTaskDefinitions: Object.fromEntries(await Promise.all(read)) };
};

/**
 * Who leaves the scaling alone needs no right to read it, nor an API that answers: then no finding is made of it.
 * Undefined: not read.
 */
const readScaling = async (
  { scaling }: PlanVerbs,
  service: ObservedService,
  { autoscaling }: DeploymentRequest,
): Promise<ObservedScaling | null | undefined> => {
  try {
    return await scaling?.read(service);
  } catch (error) {
    if (autoscaling === 'leave' && isDeploymentError(error)) return undefined;
    throw error;
  }
};

/** Only what the API says does not exist becomes null. */
const orNull = async <Value>(answer: Promise<Value>): Promise<Value | null> => {
  try {
    return await answer;
  } catch (error) {
    if (isDeploymentError(error, 'NotFound')) return null;
    throw error;
  }
};

/** One by one: asked for together, one missing group would hide the others. */
const readGroups = async (
  targets: Targets,
  arns: string[],
): Promise<{ groups: ObservedTargetGroup[]; missing: string[] }> => {
  const answers = await Promise.all(arns.map((arn) => orNull(targets.readGroups([arn]))));
  return {
    groups: answers.flatMap((found) => found ?? []),
    missing: arns.filter((_, index) => answers[index] === null),
  };
};

const loadBalancersOf = (groups: ObservedTargetGroup[]): string[] =>
  unique(groups.flatMap(({ loadBalancerArns }) => loadBalancerArns));

/** The routes that name a group, on the load balancers of others: each load balancer is read once for a plan. */
const readingOnce = (listener: Listener) => {
  const read = new Map<string, Promise<Route[]>>();
  const on = (loadBalancer: string): Promise<Route[]> => {
    const routes = read.get(loadBalancer) ?? listener.findRoutes([loadBalancer]);
    read.set(loadBalancer, routes);
    return routes;
  };
  return async (onBalancersOf: ObservedTargetGroup[], naming: ObservedTargetGroup[]): Promise<Route[]> => {
    if (naming.length === 0) return [];
    const wanted = new Set(naming.map(({ arn }) => arn));
    const found: Route[] = [];
    for (const loadBalancer of loadBalancersOf(onBalancersOf)) found.push(...(await on(loadBalancer)));
    return found.filter(({ original }) =>
      original.groups.some(({ targetGroupArn }) => wanted.has(targetGroupArn)),
    );
  };
};

const readLoadBalancers = async (listener: Listener, groups: ObservedTargetGroup[]) => {
  const arns = loadBalancersOf(groups);
  return arns.length === 0 ? [] : listener.readLoadBalancers(arns);
};
