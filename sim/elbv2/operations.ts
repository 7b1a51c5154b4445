import type {
  DescribeListenersInput,
  DescribeListenersOutput,
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  DescribeRulesInput,
  DescribeRulesOutput,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  Listener,
  ModifyListenerInput,
  ModifyListenerOutput,
  ModifyRuleInput,
  ModifyRuleOutput,
  Rule,
  SetRulePrioritiesInput,
  SetRulePrioritiesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { validationError as invalid, type Operations, SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { pageOf } from '../kernel/paging.ts';
import type { WorldSeed } from '../parts.types.ts';
import { echoedActions } from './actions.ts';
import { defaultRuleArns } from './default-rules.ts';
import { madeAndDeleted } from './made-and-deleted.ts';
import type { Routes, SimRoute } from './routes.ts';
import { checkConditions, checkPriority } from './rule-limits.ts';
import { makeTags } from './tags.ts';
import type { GroupSettings } from './target-groups.ts';
import type { Targets } from './targets.ts';

type ElbParts = {
  seed: WorldSeed;
  routes: Routes;
  groups: Map<string, GroupSettings>;
  targets: Targets;
  /** The time a describe call of listeners and rules sees. */
  readsAsOfMs(): number;
  pageSize: number;
  /** Checks and writes a route's actions, and notes in the trace who did. */
  write(route: SimRoute, actions: NonNullable<ModifyRuleInput['Actions']>, by: string): void;
  deleteRule(route: SimRoute, by: string): void;
  /** Which requests a rule takes, and before which others. */
  changeRule(route: SimRoute, change: RuleChange, by: string): void;
};

export type RuleChange = Pick<Rule, 'Conditions' | 'Priority'>;

const notFound = (what: string, arn: string): SimApiError =>
  new SimApiError(`${what}NotFoundException`, `One or more ${what.toLowerCase()}s not found: ${arn}`);
const badMarker = (): SimApiError => invalid('The marker is not one this operation gave');

const NEW_BALANCER = [
  { Key: 'idle_timeout.timeout_seconds', Value: '60' },
  { Key: 'deletion_protection.enabled', Value: 'false' },
  { Key: 'routing.http2.enabled', Value: 'true' },
  { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'false' },
];

/** The found items, in the order asked for; the first unknown name is an error. */
const byName = <T>(wanted: readonly string[], find: (name: string) => T | undefined, what: string): T[] =>
  wanted.map((name) => {
    const found = find(name);
    if (found === undefined) throw notFound(what, name);
    return found;
  });

/** The calls of the Elastic Load Balancing API that Cutover makes, one function each. */
export const elbOperations = ({
  seed,
  routes,
  groups,
  targets,
  readsAsOfMs,
  pageSize,
  write,
  deleteRule,
  changeRule,
}: ElbParts): Operations => {
  const loadBalancers = new Map(seed.loadBalancers.map((balancer) => [balancer.LoadBalancerArn, balancer]));
  const defaultRules = new Map(
    seed.rules.filter(({ Rule }) => Rule.IsDefault).map(({ ListenerArn, Rule }) => [ListenerArn, Rule]),
  );
  const defaultArns = defaultRuleArns(seed);
  const ruleArnOf = ({ arn, rule }: SimRoute): string =>
    (rule === undefined ? defaultArns.get(arn) : rule.RuleArn) ?? arn;
  const byDefaultRuleArn = new Map(
    routes.all().flatMap((route) => (route.rule === undefined ? [[ruleArnOf(route), route] as const] : [])),
  );
  const byRuleArn = (arn: string): SimRoute | undefined => byDefaultRuleArn.get(arn) ?? routes.find(arn);
  const tags = makeTags(seed.surroundings?.routeTags);

  const describedListener = (route: SimRoute): Listener => ({
    ...route.listener,
    DefaultActions: echoedActions(routes.actionsOf(route, readsAsOfMs())),
  });
  const describedRule = (route: SimRoute): Rule => {
    const Actions = echoedActions(routes.actionsOf(route, readsAsOfMs()));
    if (route.rule !== undefined) return { ...route.rule, Actions, IsDefault: false };
    const given = defaultRules.get(route.arn);
    const RuleArn = ruleArnOf(route);
    return { Priority: 'default', Conditions: [], ...given, RuleArn, Actions, IsDefault: true };
  };
  const isLive = (route: SimRoute): boolean => routes.actionsOf(route, readsAsOfMs()).length > 0;
  const listenerNamed = (arn: string): SimRoute | undefined => {
    const route = routes.find(arn);
    return route?.kind === 'listener' && isLive(route) ? route : undefined;
  };
  const ruleNamed = (arn: string): SimRoute | undefined => {
    const route = byRuleArn(arn);
    return route !== undefined && isLive(route) ? route : undefined;
  };
  const describedGroup = (group: GroupSettings) => ({
    ...group.described,
    LoadBalancerArns: routes.loadBalancersOf(group.arn),
  });

  const describeLoadBalancers = (input: DescribeLoadBalancersInput): DescribeLoadBalancersOutput => {
    onlyMembers('DescribeLoadBalancers', input, ['LoadBalancerArns', 'Names', 'Marker', 'PageSize']);
    const all = seed.loadBalancers;
    const found = input.LoadBalancerArns
      ? byName(input.LoadBalancerArns, (arn) => loadBalancers.get(arn), 'LoadBalancer')
      : input.Names
        ? byName(input.Names, (name) => all.find((lb) => lb.LoadBalancerName === name), 'LoadBalancer')
        : all;
    const { items, next } = pageOf(found, input.Marker, input.PageSize, badMarker, pageSize);
    return { LoadBalancers: items, NextMarker: next };
  };

  const describeListeners = (input: DescribeListenersInput): DescribeListenersOutput => {
    onlyMembers('DescribeListeners', input, ['LoadBalancerArn', 'ListenerArns', 'Marker', 'PageSize']);
    const { LoadBalancerArn: balancer, ListenerArns: arns } = input;
    if ((balancer === undefined) === (arns === undefined)) {
      throw invalid('Specify either a load balancer ARN or listener ARNs');
    }
    if (balancer !== undefined && !loadBalancers.has(balancer)) {
      throw notFound('LoadBalancer', balancer);
    }
    const found = arns
      ? byName(arns, listenerNamed, 'Listener')
      : routes.ofLoadBalancer(balancer ?? '').filter((route) => route.kind === 'listener' && isLive(route));
    const { items, next } = pageOf(found, input.Marker, input.PageSize, badMarker, pageSize);
    return { Listeners: items.map(describedListener), NextMarker: next };
  };

  const describeRules = (input: DescribeRulesInput): DescribeRulesOutput => {
    onlyMembers('DescribeRules', input, ['ListenerArn', 'RuleArns', 'Marker', 'PageSize']);
    const { ListenerArn: listenerArn, RuleArns: arns } = input;
    if ((listenerArn === undefined) === (arns === undefined)) {
      throw invalid('Specify either a listener ARN or rule ARNs');
    }
    if (listenerArn !== undefined && listenerNamed(listenerArn) === undefined) {
      throw notFound('Listener', listenerArn);
    }
    const found = arns
      ? byName(arns, ruleNamed, 'Rule')
      : routes.ofListener(listenerArn ?? '').filter(isLive);
    const { items, next } = pageOf(found, input.Marker, input.PageSize, badMarker, pageSize);
    return { Rules: items.map(describedRule), NextMarker: next };
  };

  const describeTargetGroups = (input: DescribeTargetGroupsInput): DescribeTargetGroupsOutput => {
    onlyMembers('DescribeTargetGroups', input, [
      'LoadBalancerArn',
      'TargetGroupArns',
      'Names',
      'Marker',
      'PageSize',
    ]);
    const all = [...groups.values()];
    const { LoadBalancerArn: balancer, TargetGroupArns: arns, Names: names } = input;
    const found = arns
      ? byName(arns, (arn) => groups.get(arn), 'TargetGroup')
      : names
        ? byName(names, (name) => all.find((group) => group.name === name), 'TargetGroup')
        : all.filter(
            (group) => balancer === undefined || routes.loadBalancersOf(group.arn).includes(balancer),
          );
    const { items, next } = pageOf(found, input.Marker, input.PageSize, badMarker, pageSize);
    return { TargetGroups: items.map(describedGroup), NextMarker: next };
  };

  const groupNamed = (arn: string | undefined): GroupSettings => {
    const group = groups.get(arn ?? '');
    if (group === undefined) throw notFound('TargetGroup', `${arn}`);
    return group;
  };
  const describeAttributes = (
    input: DescribeTargetGroupAttributesInput,
  ): DescribeTargetGroupAttributesOutput => {
    onlyMembers('DescribeTargetGroupAttributes', input, ['TargetGroupArn']);
    return { Attributes: groupNamed(input.TargetGroupArn).attributes };
  };
  const describeTargetHealth = (input: DescribeTargetHealthInput): DescribeTargetHealthOutput => {
    onlyMembers('DescribeTargetHealth', input, ['TargetGroupArn', 'Targets']);
    const group = groupNamed(input.TargetGroupArn);
    const only = input.Targets?.map(({ Id, Port }) => ({
      id: Id ?? '',
      port: Port ?? group.described.Port ?? 0,
    }));
    return { TargetHealthDescriptions: targets.described(group.arn, only) };
  };

  /** The default rule is changed through its listener [fact 76], and is always the last one [fact 180]. */
  const changeable = (arn: string | undefined): SimRoute => {
    const route = byRuleArn(arn ?? '');
    if (route === undefined || routes.isDeleted(route)) throw notFound('Rule', `${arn}`);
    if (route.kind === 'listener')
      throw new SimApiError('OperationNotPermittedException', `Default rule '${arn}' cannot be modified`);
    return route;
  };
  const present = (route: SimRoute): Rule => ({
    ...route.rule,
    Actions: echoedActions(routes.actionsOf(route)),
    IsDefault: false,
  });

  const modifyRule = (input: ModifyRuleInput): ModifyRuleOutput => {
    onlyMembers('ModifyRule', input, ['RuleArn', 'Actions', 'Conditions']);
    const { Actions, Conditions } = input;
    const route = changeable(input.RuleArn);
    if (Conditions !== undefined) checkConditions(Conditions);
    if (Actions !== undefined) write(route, Actions, 'cutover');
    if (Conditions !== undefined) changeRule(route, { Conditions }, 'cutover');
    return { Rules: [present(route)] };
  };

  /** All of them or none; what is not named keeps its place [fact 180]. */
  const setRulePriorities = (input: SetRulePrioritiesInput): SetRulePrioritiesOutput => {
    onlyMembers('SetRulePriorities', input, ['RulePriorities']);
    const wanted = (input.RulePriorities ?? []).map(({ RuleArn, Priority = 0 }) => ({
      route: changeable(RuleArn),
      priority: Priority,
    }));
    const moving = wanted.map(({ route }) => route);
    for (const { route, priority } of wanted)
      checkPriority(routes, route.listener.ListenerArn ?? '', priority, moving);
    if (new Set(wanted.map(({ priority }) => priority)).size < wanted.length)
      throw invalid('A priority was specified for more than one rule');
    for (const { route, priority } of wanted) changeRule(route, { Priority: String(priority) }, 'cutover');
    return { Rules: moving.map(present) };
  };

  const modifyListener = (input: ModifyListenerInput): ModifyListenerOutput => {
    onlyMembers('ModifyListener', input, ['ListenerArn', 'DefaultActions']);
    const route = routes.find(input.ListenerArn ?? '');
    if (route?.kind !== 'listener') throw notFound('Listener', `${input.ListenerArn}`);
    if (input.DefaultActions !== undefined) write(route, input.DefaultActions, 'cutover');
    return { Listeners: [{ ...route.listener, DefaultActions: echoedActions(routes.actionsOf(route)) }] };
  };

  /** A world's files say nothing of these: what a new load balancer has. */
  const describeBalancerAttributes = (
    input: DescribeLoadBalancerAttributesInput,
  ): DescribeLoadBalancerAttributesOutput => {
    onlyMembers('DescribeLoadBalancerAttributes', input, ['LoadBalancerArn']);
    const arn = `${input.LoadBalancerArn}`;
    if (!loadBalancers.has(arn)) throw notFound('LoadBalancer', arn);
    return { Attributes: NEW_BALANCER };
  };

  return {
    DescribeLoadBalancerAttributes: describeBalancerAttributes,
    ...tags.operations,
    ...madeAndDeleted({
      seed,
      routes,
      groups,
      write,
      deleteRule,
      tags: tags.set,
      describedGroup,
      describedRule,
      byRuleArn,
    }),
    DescribeLoadBalancers: describeLoadBalancers,
    DescribeListeners: describeListeners,
    DescribeRules: describeRules,
    DescribeTargetGroups: describeTargetGroups,
    DescribeTargetGroupAttributes: describeAttributes,
    DescribeTargetHealth: describeTargetHealth,
    ModifyRule: modifyRule,
    SetRulePriorities: setRulePriorities,
    ModifyListener: modifyListener,
  };
};
