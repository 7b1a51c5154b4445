import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Sender } from '../../aws/call.ts';
import type { RouteForward, WeightedGroup } from '../../core/vocabulary/plan.types.ts';
import { makeFakeClient } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { TargetRegistry, WorldSeed } from '../parts.types.ts';
import { fingerprintOf, forwardOf, withGroups } from './actions.ts';
import { checkActions } from './check-actions.ts';
import { defaultRuleArns } from './default-rules.ts';
import { elbOperations, type RuleChange } from './operations.ts';
import { makeRoutes, type Routes, type SimRoute } from './routes.ts';
import { makeBehaviourProbe, type Probe, type Target } from './target-checks.ts';
import { type GroupSettings, readTargetGroups } from './target-groups.ts';
import { makeTargets, type Targets } from './targets.ts';

/** A route that forwards, as the world really is: for invariants, reports and the traffic. */
export type ForwardingRoute = {
  arn: string;
  kind: 'listener' | 'rule';
  listenerArn: string;
  loadBalancerArn: string;
  label: string;
  /** As configured. */
  groups: WeightedGroup[];
  /** As the data plane has it. */
  effectiveGroups: WeightedGroup[];
  stickiness: RouteForward['stickiness'];
  /** Of everything in the actions but the list of groups. */
  fingerprint: string;
};

/** A route as a load balancer that reads requests needs it. */
export type ServedRoute = {
  arn: string;
  /** Undefined for the default action. */
  rule: Rule | undefined;
  actions: readonly Action[];
  forward: RouteForward | undefined;
};

/** What requests meet. */
export type DataPlane = {
  /** A listener's routes in the order in which a request tries them; the last one is the default action. */
  routesOf(listenerArn: string): ServedRoute[];
  /** Called with a group when its targets may answer in another way, except by an app's announced changes. */
  onGroupChange(listener: (targetGroupArn: string) => void): void;
  /** Where a route's requests go now; those of a deleted rule take the listener's default. Undefined: no forward. */
  forward(routeArn: string): RouteForward | undefined;
  /**
   * The load balancer answers a route's requests without a target, and not with an error. Whatever the listener's
   * default answers where a rule was deleted is no answer of what the rule's users asked for.
   */
  answersItself(routeArn: string): boolean;
  /**
   * A group of a Lambda function: it answers without targets here. What it answers is no business of the world's
   * services, and is not modelled.
   */
  isFunction(targetGroupArn: string): boolean;
  /** Routes that forward, in the order of the listeners and rules. */
  forwardingRoutes(): string[];
  groupArns(): string[];
  /** Registered and draining targets. */
  targets(targetGroupArn: string): readonly Target[];
  counts: TargetRegistry['counts'];
};

export type SimElbv2 = {
  client: Sender;
  registry: TargetRegistry;
  /** All of them, or those of these ARNs: an account may have thousands. */
  routes(arns?: readonly string[]): ForwardingRoute[];
  /** Those that name one of the groups, as configured. */
  routesNaming(targetGroupArns: readonly string[]): ForwardingRoute[];
  /** Which route a read by this ARN shows: a default rule is its listener's default action. */
  routeReadBy(arn: string): string;
  /** Somebody else writes the weights, as a Terraform apply would. */
  foreignWrite(routeArn: string, groups: WeightedGroup[], by: string): void;
  deleteRule(ruleArn: string, by: string): void;
  /** Somebody else changes which requests a rule takes, or its place among the others. */
  changeRule(ruleArn: string, change: RuleChange, by: string): void;
  /** Describe calls of listeners and rules show the world of `ms` ago; 0, the default: the present. */
  setStaleness(ms: number): void;
  dataPlane: DataPlane;
};

const matches = new WeakMap<Rule, string>();

/** Which requests a rule takes, and before which others. A change of it makes another object. */
const matchOf = (rule: Rule): string => {
  const match = matches.get(rule) ?? JSON.stringify([rule.Priority, rule.Conditions]);
  matches.set(rule, match);
  return match;
};

const forwardingRoute = (route: SimRoute, actions: readonly Action[]): ForwardingRoute | undefined => {
  const forward = forwardOf(actions);
  if (forward === undefined) return undefined;
  return {
    arn: route.arn,
    kind: route.kind,
    listenerArn: route.listener.ListenerArn ?? '',
    loadBalancerArn: route.loadBalancer.LoadBalancerArn ?? '',
    label: route.label,
    groups: forward.groups,
    effectiveGroups: route.effective?.groups ?? [],
    stickiness: forward.stickiness,
    fingerprint:
      route.rule === undefined ? fingerprintOf(actions) : `${fingerprintOf(actions)} ${matchOf(route.rule)}`,
  };
};

/** The default action comes last. */
const priorityOf = ({ rule }: ServedRoute): number =>
  rule === undefined ? Number.POSITIVE_INFINITY : Number(rule.Priority);

/** A redirect or a fixed answer that is no error: the users' requests end there, well. */
const answersItself = (actions: readonly Action[]): boolean =>
  actions.some(
    ({ Type, FixedResponseConfig }) =>
      Type === 'redirect' ||
      (Type === 'fixed-response' && Number(FixedResponseConfig?.StatusCode ?? 200) < FIRST_ERROR),
  );
const FIRST_ERROR = 500;

const makeDataPlane = (
  routes: Routes,
  targets: Targets,
  groups: ReadonlyMap<string, GroupSettings>,
): DataPlane => ({
  onGroupChange: targets.onGroupChange,
  forward: (arn) => {
    const route = routes.find(arn);
    if (!route?.effectivelyDeleted) return route?.effective;
    return routes.find(route.listener.ListenerArn ?? '')?.effective;
  },
  answersItself: (arn) => {
    const route = routes.find(arn);
    return route !== undefined && !route.effectivelyDeleted && answersItself(route.effectiveActions);
  },
  forwardingRoutes: () =>
    routes
      .all()
      .filter((route) => route.effective !== undefined)
      .map(({ arn }) => arn),
  routesOf: (listenerArn) =>
    routes
      .ofListener(listenerArn)
      .filter(({ effectivelyDeleted }) => !effectivelyDeleted)
      .map(({ arn, rule, effectiveActions, effective }) => ({
        arn,
        rule,
        actions: effectiveActions,
        forward: effective,
      }))
      .sort((a, b) => priorityOf(a) - priorityOf(b)),
  isFunction: (arn) => groups.get(arn)?.described.TargetType === 'lambda',
  groupArns: () => [...groups.keys()],
  targets: targets.of,
  counts: targets.registry.counts,
});

/** Application and network load balancers with their listeners, rules, target groups and targets. */
export const makeElbv2 = (
  kernel: Kernel,
  seed: WorldSeed,
  probe: Probe = makeBehaviourProbe(kernel.scheduler),
): SimElbv2 => {
  const groups = readTargetGroups(seed);
  const routes: Routes = makeRoutes(kernel, seed, (arn) => {
    if (groups.has(arn)) targets.useChanged(arn);
  });
  const targets: Targets = makeTargets(kernel, groups, routes, probe);
  let stalenessMs = 0;

  const write = (route: SimRoute, actions: Action[], by: string): void => {
    checkActions(route, actions, routes, groups);
    routes.replace(route, actions);
    const written = forwardOf(routes.actionsOf(route))?.groups ?? [];
    const shares = written.map(
      ({ targetGroupArn, weight }) => `${groups.get(targetGroupArn)?.name} ${weight}`,
    );
    const what = shares.length > 0 ? shares.join(', ') : 'does not forward';
    kernel.emit({
      kind: 'weights',
      what: `${route.label}: ${what}${by === 'cutover' ? '' : ` (written by ${by})`}`,
      data: { route: route.arn, label: route.label, groups: written, by },
    });
  };

  const deleteRule = (route: SimRoute, by: string): void => {
    routes.replace(route, []);
    kernel.emit({
      kind: 'weights',
      what: `${route.label}: rule deleted by ${by}`,
      data: { route: route.arn, label: route.label, groups: [], by },
    });
  };

  const changeRule = (route: SimRoute, change: RuleChange, by: string): void => {
    route.rule = { ...route.rule, ...change };
    const what = change.Conditions === undefined ? `priority ${change.Priority}` : 'other conditions';
    const written = forwardOf(routes.actionsOf(route))?.groups ?? [];
    kernel.emit({
      kind: 'weights',
      what: `${route.label}: ${what}${by === 'cutover' ? '' : ` (written by ${by})`}`,
      data: { route: route.arn, label: route.label, groups: written, by },
    });
  };

  const forwarding = (route: SimRoute): ForwardingRoute[] => {
    const found = forwardingRoute(route, routes.actionsOf(route));
    return found === undefined ? [] : [found];
  };
  const routeNamed = (arn: string): SimRoute => {
    const route = routes.find(arn);
    if (route === undefined || routes.isDeleted(route))
      throw new Error(`sim: there is no listener or rule ${arn}`);
    return route;
  };

  const listenersOfDefaults = new Map([...defaultRuleArns(seed)].map(([listener, rule]) => [rule, listener]));
  return {
    client: makeFakeClient(
      kernel,
      'elbv2',
      elbOperations({
        seed,
        routes,
        groups,
        targets,
        write,
        deleteRule,
        changeRule,
        pageSize: kernel.pageSize,
        readsAsOfMs: () => kernel.scheduler.nowMs() - stalenessMs,
      }),
    ),
    registry: targets.registry,
    routes: (arns) => (arns === undefined ? routes.all() : routes.named(arns)).flatMap(forwarding),
    routesNaming: (arns) => routes.naming(arns).flatMap(forwarding),
    routeReadBy: (arn) => listenersOfDefaults.get(arn) ?? arn,
    foreignWrite: (arn, written, by) => {
      const route = routeNamed(arn);
      // A tool that owns the listener has the secret, so the live actions are written back as they are.
      const owned = routes.actionsOf(route).map((action) =>
        action.Type === 'authenticate-oidc' && action.AuthenticateOidcConfig !== undefined
          ? {
              ...action,
              AuthenticateOidcConfig: { ...action.AuthenticateOidcConfig, UseExistingClientSecret: true },
            }
          : action,
      );
      write(route, withGroups(owned, written), by);
    },
    deleteRule: (arn, by) => {
      const route = routeNamed(arn);
      if (route.kind === 'listener') throw new Error(`sim: ${arn} is a listener; only rules are deleted`);
      deleteRule(route, by);
    },
    changeRule: (arn, change, by) => changeRule(routeNamed(arn), change, by),
    setStaleness: (ms) => {
      stalenessMs = ms;
    },
    dataPlane: makeDataPlane(routes, targets, groups),
  };
};
