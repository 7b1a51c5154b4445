import {
  type Action,
  type Listener as AwsListener,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  type LoadBalancer,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { chunks } from '../core/chunks.ts';
import { DeploymentError } from '../core/errors.ts';
import type { ObservedLoadBalancer } from '../core/vocabulary/observed.types.ts';
import type { Route, RouteForward } from '../core/vocabulary/plan.types.ts';
import { defined, required } from './answer.ts';
import type { Listener, LiveRoute } from './balancer-verbs.ts';
import type { Call, Sender } from './call.ts';
import { readForward, withGroups } from './forward-action.ts';
import { readListeners, readRules } from './listener-pages.ts';
import { allPages } from './pages.ts';
import { readTogether } from './read-together.ts';
import { labelOfDefault, labelOfRule } from './route-label.ts';
import { observeRule } from './rule-observation.ts';

/** DescribeLoadBalancers takes at most so many ARNs (ELBv2 API reference). */
const LOAD_BALANCERS_PER_CALL = 20;

/** No limit is documented for DescribeRules and DescribeListeners by ARN: that of DescribeLoadBalancers, which is. */
const ROUTES_PER_CALL = LOAD_BALANCERS_PER_CALL;

export const makeListener = (client: Sender, call: Call): Listener => ({
  async findRoutes(loadBalancerArns, targetGroupArns) {
    const wanted = targetGroupArns === undefined ? null : new Set(targetGroupArns);
    const routes: Route[] = [];
    for (const loadBalancerArn of new Set(loadBalancerArns)) {
      for (const listener of await readListeners(client, call, loadBalancerArn)) {
        const rules = await readRules(client, call, listener);
        routes.push(...defaultRoute(listener, rules.find(isDefault), loadBalancerArn));
        for (const rule of rules.filter((rule) => !isDefault(rule))) {
          routes.push(...ruleRoute(listener, rule, loadBalancerArn));
        }
      }
    }
    if (wanted === null) return routes;
    return routes.filter(({ original }) => original.groups.some((group) => wanted.has(group.targetGroupArn)));
  },

  async readRules(routeArn) {
    const listenerArn = listenerArnOf(routeArn);
    const what = `read listener ${listenerArn}`;
    const command = new DescribeListenersCommand({ ListenerArns: [listenerArn] });
    const [listener] = (await call(client, command, { what })).Listeners ?? [];
    if (listener === undefined)
      throw new DeploymentError('NotFound', `Could not ${what}: expected a listener, found none.`);
    return (await readRules(client, call, listener)).map((rule) => observeRule(listener, rule));
  },

  read: readTogether({
    keyOf: (route) => (ruleArnOf(route) === undefined ? 'listeners' : 'rules'),
    atMost: ROUTES_PER_CALL,
    readOne: (route) => readRoute(client, call, route),
    readSeveral: (routes) => readRoutes(client, call, routes),
  }),

  async write(live, groups) {
    const { route } = live;
    // read() put them there: between the two nobody reads inside.
    const actions = withGroups(live.actions as Action[], groups);
    const what = `set the weights of ${route.label} (${route.arn})`;
    // Conditions, transforms, certificates and the rest stay as they are because they are not named [fact 74]. A
    // default action can be changed through its listener only [fact 76]. Both writes are absolute: sent twice
    // they leave what they leave when sent once.
    if (route.kind === 'rule') {
      await call(client, new ModifyRuleCommand({ RuleArn: route.arn, Actions: actions }), { what });
    } else {
      const command = new ModifyListenerCommand({ ListenerArn: route.arn, DefaultActions: actions });
      await call(client, command, { what });
    }
  },

  async readLoadBalancers(arns) {
    const what = `read load balancers ${arns.join(', ')}`;
    const found = new Map<string, ObservedLoadBalancer>();
    for (const some of chunks([...new Set(arns)], LOAD_BALANCERS_PER_CALL)) {
      const page = await allPages(what, async (Marker) => {
        const command = new DescribeLoadBalancersCommand({ LoadBalancerArns: some, ...defined({ Marker }) });
        const answer = await call(client, command, { what });
        return { items: answer.LoadBalancers, next: answer.NextMarker };
      });
      for (const balancer of page.map((item) => observeLoadBalancer(item, what)))
        found.set(balancer.arn, balancer);
    }
    const missing = arns.filter((arn) => !found.has(arn));
    if (missing.length > 0) {
      throw new DeploymentError(
        'NotFound',
        `Could not ${what}: no load balancer ${missing.join(', ')}. Check whether it was deleted, and the Region.`,
      );
    }
    return arns.flatMap((arn) => found.get(arn) ?? []);
  },
});

/** The rule that is the listener's default action under another name. */
const isDefault = ({ IsDefault, Priority }: Rule): boolean => IsDefault === true || Priority === 'default';

/**
 * `...:listener-rule/app/shop/<balancer>/<listener>/<rule>` belongs to `...:listener/app/shop/<balancer>/<listener>`.
 */
const listenerArnOf = (arn: string): string =>
  arn.includes(':listener-rule/')
    ? arn.replace(':listener-rule/', ':listener/').replace(/\/[^/]*$/, '')
    : arn;

/** By which DescribeRules has the route; a default action is still changed through its listener [fact 76]. */
const ruleArnOf = ({ kind, arn, defaultRuleArn }: Route): string | undefined =>
  kind === 'rule' ? arn : defaultRuleArn;

/**
 * Rules and default actions in one call. What it does not know, as a load balancer might not the ARN of a default
 * rule, is read alone, and a default action then through its listener.
 */
const readByRules = async (
  client: Sender,
  call: Call,
  arns: string[],
  what: string,
): Promise<(Action[] | undefined)[]> => {
  const rules = await allPages(what, async (Marker) => {
    const command = new DescribeRulesCommand({ RuleArns: arns, ...defined({ Marker }) });
    const answer = await call(client, command, { what });
    return { items: answer.Rules, next: answer.NextMarker };
  });
  return arns.map((arn) => rules.find(({ RuleArn }) => RuleArn === arn)?.Actions);
};

const readByListeners = async (
  client: Sender,
  call: Call,
  arns: string[],
  what: string,
): Promise<(Action[] | undefined)[]> => {
  const listeners = await allPages(what, async (Marker) => {
    const command = new DescribeListenersCommand({ ListenerArns: arns, ...defined({ Marker }) });
    const answer = await call(client, command, { what });
    return { items: answer.Listeners, next: answer.NextMarker };
  });
  return arns.map((arn) => listeners.find(({ ListenerArn }) => ListenerArn === arn)?.DefaultActions);
};

const readRoute = async (client: Sender, call: Call, route: Route): Promise<LiveRoute> => {
  const what = `read ${route.label} (${route.arn})`;
  const readAlone = route.kind === 'rule' ? readByRules : readByListeners;
  const [actions] = await readAlone(client, call, [route.arn], what);
  if (actions === undefined) {
    throw new DeploymentError(
      'NotFound',
      `Could not ${what}: expected a ${route.kind} that forwards, found none. Somebody deleted it; put ` +
        'it back, forwarding to the group that serves, and start again.',
    );
  }
  const forward = readForward(actions);
  if (forward === null) {
    const found = actions.map((action) => action.Type ?? '?').join(', ') || 'no action';
    throw new DeploymentError(
      'NotFound',
      `Could not ${what}: expected an action that forwards, found ${found}. Somebody changed it; make ` +
        'it forward to the group that serves and start again.',
    );
  }
  return { route, forward, actions };
};

const readRoutes = async (
  client: Sender,
  call: Call,
  routes: Route[],
): Promise<(LiveRoute | undefined)[]> => {
  const what = `read ${routes.map(({ label, arn }) => `${label} (${arn})`).join(', ')}`;
  const arns = routes.flatMap((route) => ruleArnOf(route) ?? []);
  const byRules = arns.length === routes.length;
  const found = byRules
    ? await readByRules(client, call, arns, what)
    : await readByListeners(
        client,
        call,
        routes.map(({ arn }) => arn),
        what,
      );
  return routes.map((route, index) => {
    const actions = found[index];
    const forward = readForward(actions ?? []);
    return actions === undefined || forward === null ? undefined : { route, forward, actions };
  });
};

const defaultRoute = (listener: AwsListener, rule: Rule | undefined, loadBalancerArn: string): Route[] => {
  const arn = required(listener.ListenerArn, 'the ARN of a listener', 'read listeners');
  const label = labelOfDefault(listener);
  return forwarding(listener.DefaultActions, (original) => ({
    arn,
    kind: 'listener',
    ...(rule?.RuleArn === undefined ? {} : { defaultRuleArn: rule.RuleArn }),
    listenerArn: arn,
    loadBalancerArn,
    label,
    original,
  }));
};

const ruleRoute = (listener: AwsListener, rule: Rule, loadBalancerArn: string): Route[] => {
  const arn = required(rule.RuleArn, 'the ARN of a rule', 'read rules');
  const listenerArn = required(listener.ListenerArn, 'the ARN of a listener', 'read listeners');
  const label = labelOfRule(listener, rule);
  return forwarding(rule.Actions, (original) => ({
    arn,
    kind: 'rule',
    listenerArn,
    loadBalancerArn,
    label,
    original,
  }));
};

const forwarding = (actions: Action[] | undefined, route: (original: RouteForward) => Route): Route[] => {
  const forward = readForward(actions ?? []);
  return forward === null ? [] : [route(forward)];
};

const observeLoadBalancer = (balancer: LoadBalancer, what: string): ObservedLoadBalancer => ({
  arn: required(balancer.LoadBalancerArn, 'the ARN of a load balancer', what),
  name: balancer.LoadBalancerName ?? '',
  type: balancer.Type ?? 'application',
  scheme: balancer.Scheme ?? 'internal',
  availabilityZones: (balancer.AvailabilityZones ?? []).flatMap(({ ZoneName }) => ZoneName ?? []),
  securityGroups: balancer.SecurityGroups ?? [],
});
