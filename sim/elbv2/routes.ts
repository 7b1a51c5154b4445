import type { Action, Listener, LoadBalancer, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { labelOfDefault, labelOfRule } from '../../aws/route-label.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { groupBy } from '../../core/group-by.ts';
import type { LoadBalancerKind, RouteForward } from '../../core/vocabulary/plan.types.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { WorldSeed } from '../parts.types.ts';
import { forwardOf, storedActions } from './actions.ts';

/**
 * How long the data plane takes to follow new weights, milliseconds: [low, high]. Not published for application load
 * balancers, where seconds are typical [fact 82]; ECS itself allows ten minutes on network ones [fact 60], a minute
 * or two is assumed here.
 */
const FOLLOWS_AFTER_MS: Record<LoadBalancerKind, readonly [number, number]> = {
  application: [1_000, 10_000],
  network: [20_000, 90_000],
};

/** Actions that were replaced before this are forgotten: no read shows anything that old. */
const LONGEST_STALENESS_MS = 10 * MINUTE_MS;

/** A listener's default action, or a rule that is not the default one. */
export type SimRoute = {
  /** Counts over the listeners and rules, in their order. */
  place: number;
  arn: string;
  kind: 'listener' | 'rule';
  label: string;
  listener: Listener;
  loadBalancer: LoadBalancer;
  /** The rule as described, without its actions; undefined for a default action. */
  rule: Rule | undefined;
  /** Stored actions and since when, oldest first: stale reads reach back. An empty list: the rule was deleted. */
  versions: { atMs: number; actions: Action[] }[];
  /** What requests meet; follows the actions late. */
  effective: RouteForward | undefined;
  /** All of the actions that requests meet. */
  effectiveActions: readonly Action[];
  effectiveAtMs: number;
  /** True when requests have stopped meeting this rule. */
  effectivelyDeleted: boolean;
};

export type Routes = {
  all(): SimRoute[];
  find(arn: string): SimRoute | undefined;
  /** In their order; of an ARN that is no route, none. */
  named(arns: readonly string[]): SimRoute[];
  actionsOf(route: SimRoute, asOfMs?: number): Action[];
  isDeleted(route: SimRoute): boolean;
  /** Replaces the actions; the data plane follows. An empty list deletes the rule. */
  replace(route: SimRoute, actions: Action[]): void;
  /** ARNs of the load balancers whose routes name the group. */
  loadBalancersOf(targetGroupArn: string): string[];
  isAttached(targetGroupArn: string): boolean;
  isInUse(targetGroupArn: string): boolean;
  kindOf(targetGroupArn: string): LoadBalancerKind;
  /** Routes that name one of the groups now. */
  naming(targetGroupArns: readonly string[]): SimRoute[];
  ofListener(listenerArn: string): SimRoute[];
  /** A rule that was not there before, still without actions: `replace` makes it one that requests follow. */
  add(listenerArn: string, rule: Rule): SimRoute;
  /** One whose first actions were refused. */
  forget(route: SimRoute): void;
  ofLoadBalancer(loadBalancerArn: string): SimRoute[];
};

export const kindOfLoadBalancer = (loadBalancer: LoadBalancer): LoadBalancerKind =>
  loadBalancer.Type === 'network' ? 'network' : 'application';

const readRoutes = (seed: WorldSeed, startMs: number): SimRoute[] => {
  const loadBalancers = new Map(seed.loadBalancers.map((lb) => [lb.LoadBalancerArn, lb]));
  const rulesBy = groupBy(seed.rules, ({ ListenerArn }) => ListenerArn);
  let place = 0;
  return seed.listeners.flatMap((listener) => {
    const loadBalancer = loadBalancers.get(listener.LoadBalancerArn);
    if (loadBalancer === undefined || listener.ListenerArn === undefined) {
      throw new Error(
        `sim: expected listener ${listener.ListenerArn ?? '(no ListenerArn)'} to belong to a load ` +
          'balancer of this world',
      );
    }
    const route = (arn: string, rule: Rule | undefined, actions: Action[]): SimRoute => ({
      place: place++,
      arn,
      kind: rule === undefined ? 'listener' : 'rule',
      label: rule === undefined ? labelOfDefault(listener) : labelOfRule(listener, rule),
      listener,
      loadBalancer,
      rule,
      versions: [{ atMs: startMs, actions: storedActions(actions) }],
      effective: forwardOf(storedActions(actions)),
      effectiveActions: storedActions(actions),
      effectiveAtMs: startMs,
      effectivelyDeleted: false,
    });
    const rules = (rulesBy.get(listener.ListenerArn) ?? [])
      .filter(({ Rule }) => !Rule.IsDefault)
      .map(({ Rule: { Actions, ...rule } }) => route(rule.RuleArn ?? '', rule, Actions ?? []));
    return [...rules, route(listener.ListenerArn, undefined, listener.DefaultActions ?? [])];
  });
};

const names = (forward: RouteForward | undefined, targetGroupArn: string): boolean =>
  forward?.groups.some((group) => group.targetGroupArn === targetGroupArn) ?? false;

/** Each route once, in the order of the listeners and rules. */
const inOrder = (routes: readonly SimRoute[]): SimRoute[] =>
  [...new Set(routes)].sort((a, b) => a.place - b.place);

/**
 * Which routes may name a group. One stays listed when its actions change, because its old ones may still be followed
 * or read: the caller reads the route again.
 */
const indexUsers = (routes: readonly SimRoute[]) => {
  const byGroup = new Map<string, SimRoute[]>();
  const of = (targetGroupArn: string): SimRoute[] => byGroup.get(targetGroupArn) ?? [];
  const add = (route: SimRoute, forward: RouteForward | undefined): void => {
    for (const { targetGroupArn } of forward?.groups ?? []) {
      if (!of(targetGroupArn).includes(route))
        byGroup.set(targetGroupArn, inOrder([...of(targetGroupArn), route]));
    }
  };
  for (const route of routes) add(route, route.effective);
  return { of, add };
};

export const makeRoutes = (
  kernel: Kernel,
  seed: WorldSeed,
  useChanged: (targetGroupArn: string) => void,
): Routes => {
  const { scheduler } = kernel;
  const random = kernel.random.fork('elbv2/routes');
  const routes = readRoutes(seed, scheduler.nowMs());
  const byArn = new Map(routes.map((route) => [route.arn, route]));
  const byListener = groupBy(routes, ({ listener }) => listener.ListenerArn ?? '');
  const byLoadBalancer = groupBy(routes, ({ loadBalancer }) => loadBalancer.LoadBalancerArn ?? '');

  const listsOf = ({ listener, loadBalancer }: SimRoute): (SimRoute[] | undefined)[] => [
    routes,
    byListener.get(listener.ListenerArn ?? ''),
    byLoadBalancer.get(loadBalancer.LoadBalancerArn ?? ''),
  ];

  const forget = (route: SimRoute): void => {
    for (const list of listsOf(route)) list?.splice(list.indexOf(route), 1);
    byArn.delete(route.arn);
  };

  const add = (listenerArn: string, rule: Rule): SimRoute => {
    const beside = byArn.get(listenerArn) as SimRoute;
    const route: SimRoute = {
      place: routes.length,
      arn: rule.RuleArn ?? '',
      kind: 'rule',
      label: labelOfRule(beside.listener, rule),
      listener: beside.listener,
      loadBalancer: beside.loadBalancer,
      rule,
      versions: [{ atMs: Number.NEGATIVE_INFINITY, actions: [] }],
      effective: undefined,
      effectiveActions: [],
      effectiveAtMs: scheduler.nowMs(),
      effectivelyDeleted: true,
    };
    for (const list of listsOf(route)) list?.push(route);
    byArn.set(route.arn, route);
    return route;
  };

  const actionsOf = (route: SimRoute, asOfMs = scheduler.nowMs()): Action[] =>
    (route.versions.findLast(({ atMs }) => atMs <= asOfMs) ?? route.versions[0])?.actions ?? [];
  const configured = (route: SimRoute): RouteForward | undefined => forwardOf(actionsOf(route));
  const users = indexUsers(routes);
  const attachedTo = (arn: string): SimRoute[] =>
    users.of(arn).filter((route) => names(configured(route), arn));

  const follow = (route: SimRoute, actions: Action[]): void => {
    const before = route.effective;
    route.effective = forwardOf(actions);
    route.effectiveActions = actions;
    route.effectivelyDeleted = actions.length === 0;
    const shares = route.effective?.groups.map(
      ({ targetGroupArn, weight }) => `${targetGroupArn.split('/')[1]} ${weight}`,
    );
    kernel.emit({
      kind: 'dataPlane',
      what: `requests of ${route.label} now follow ${shares?.join(', ') ?? 'no forward action'}`,
      data: { route: route.arn },
      detail: true,
    });
    for (const { targetGroupArn } of before?.groups ?? []) useChanged(targetGroupArn);
  };

  const replace = (route: SimRoute, actions: Action[]): void => {
    const before = configured(route);
    const stored = storedActions(actions);
    users.add(route, forwardOf(stored));
    route.versions.push({ atMs: scheduler.nowMs(), actions: stored });
    const needed = route.versions.findLastIndex(
      ({ atMs }) => atMs <= scheduler.nowMs() - LONGEST_STALENESS_MS,
    );
    if (needed > 0) route.versions.splice(0, needed);
    const [low, high] = FOLLOWS_AFTER_MS[kindOfLoadBalancer(route.loadBalancer)];
    // A later write never takes effect before an earlier one.
    route.effectiveAtMs = Math.max(route.effectiveAtMs, scheduler.nowMs() + random.between(low, high));
    scheduler.after(route.effectiveAtMs - scheduler.nowMs(), () => follow(route, stored));
    kernel.noteChange();
    for (const { targetGroupArn } of [...(before?.groups ?? []), ...(forwardOf(stored)?.groups ?? [])]) {
      useChanged(targetGroupArn);
    }
  };

  return {
    all: () => routes,
    find: (arn) => byArn.get(arn),
    named: (arns) => inOrder(arns.flatMap((arn) => byArn.get(arn) ?? [])),
    actionsOf,
    isDeleted: (route) => actionsOf(route).length === 0,
    replace,
    add,
    forget,
    naming: (arns) =>
      inOrder(arns.flatMap((arn) => users.of(arn))).filter((route) =>
        arns.some((arn) => names(configured(route), arn)),
      ),
    ofListener: (arn) => byListener.get(arn) ?? [],
    ofLoadBalancer: (arn) => byLoadBalancer.get(arn) ?? [],
    loadBalancersOf: (arn) => [
      ...new Set(attachedTo(arn).map(({ loadBalancer }) => loadBalancer.LoadBalancerArn ?? '')),
    ],
    isAttached: (arn) => attachedTo(arn).length > 0,
    isInUse: (arn) =>
      attachedTo(arn).length > 0 || users.of(arn).some(({ effective }) => names(effective, arn)),
    kindOf: (arn) => {
      const isUser = (route: SimRoute) => names(configured(route), arn) || names(route.effective, arn);
      const user = users.of(arn).find(isUser);
      return user === undefined ? 'application' : kindOfLoadBalancer(user.loadBalancer);
    },
  };
};
