import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancerKind } from '../../core/vocabulary/plan.types.ts';
import { validationError as invalid, SimApiError } from '../kernel/fake-client.ts';
import { kindOfLoadBalancer, type Routes, type SimRoute } from './routes.ts';
import type { GroupSettings } from './target-groups.ts';

/** What the API refuses in a list of actions that is about to replace a route's whole list [fact 74]. */

const MAX_GROUPS = 5;
const MAX_WEIGHT = 999;
const MAX_STICKY_SECONDS = 604_800;

const refused = (message: string): SimApiError =>
  new SimApiError('InvalidLoadBalancerActionException', message);

/** Actions of which exactly one ends the list. */
const FINAL = ['forward', 'redirect', 'fixed-response'];

const checkOrder = (actions: readonly Action[]): void => {
  const finals = actions.filter((action) => FINAL.includes(action.Type ?? ''));
  if (finals.length !== 1) {
    throw refused(`Exactly one action of type ${FINAL.join(', ')} is required; found ${finals.length}`);
  }
  if (actions.length === 1) return;
  const orders = actions.map((action) => action.Order);
  if (orders.includes(undefined) || new Set(orders).size !== orders.length) {
    throw refused('Each of several actions needs its own Order');
  }
  const last = [...actions].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0)).at(-1);
  if (last !== finals[0]) throw refused(`The action of type ${finals[0]?.Type} must be performed last`);
};

const checkSecret = (action: Action, live: readonly Action[]): void => {
  const config = action.AuthenticateOidcConfig;
  if (config?.ClientSecret !== undefined) return;
  const hasOne = live.some(({ Type }) => Type === 'authenticate-oidc');
  if (config?.UseExistingClientSecret && hasOne) return;
  throw refused(
    'authenticate-oidc needs ClientSecret, or UseExistingClientSecret when the action has one already',
  );
};

const checkShape = (action: Action): void => {
  const groups = action.ForwardConfig?.TargetGroups ?? [];
  if (action.ForwardConfig === undefined && action.TargetGroupArn === undefined) {
    throw refused('A forward action needs ForwardConfig or TargetGroupArn');
  }
  // TargetGroupArn is for a single group; beside a list it has to agree with it [fact 77].
  const agrees = groups.length === 1 && groups[0]?.TargetGroupArn === action.TargetGroupArn;
  if (action.ForwardConfig !== undefined && action.TargetGroupArn !== undefined && !agrees) {
    throw refused('TargetGroupArn and ForwardConfig name different target groups; give only one of them');
  }
  if (action.ForwardConfig !== undefined && groups.length === 0)
    throw refused('ForwardConfig names no target group');
  if (groups.length > MAX_GROUPS)
    throw invalid(`A forward action takes up to ${MAX_GROUPS} target groups; found ${groups.length}`);
  if (new Set(groups.map((group) => group.TargetGroupArn)).size !== groups.length) {
    throw refused('A target group is named twice in ForwardConfig');
  }
  for (const { Weight: weight } of groups) {
    const fits = weight === undefined || (Number.isInteger(weight) && weight >= 0 && weight <= MAX_WEIGHT);
    if (!fits) throw invalid(`A weight is an integer from 0 to ${MAX_WEIGHT}; found ${weight}`);
  }
};

const checkStickiness = (action: Action, groups: readonly GroupSettings[], kind: LoadBalancerKind): void => {
  const route = action.ForwardConfig?.TargetGroupStickinessConfig;
  const seconds = route?.DurationSeconds;
  if (route?.Enabled) {
    const fits =
      seconds !== undefined && Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_STICKY_SECONDS;
    if (!fits)
      throw invalid(`DurationSeconds is an integer from 1 to ${MAX_STICKY_SECONDS}; found ${seconds}`);
  }
  // The rules for two groups are the guide's for Application Load Balancers; of `source_ip` it has none [fact 79].
  if (groups.length < 2 || kind === 'network') return;
  const sticky = groups.find(({ stickiness }) => stickiness.enabled);
  if (sticky !== undefined && !route?.Enabled) {
    throw refused(
      `Target group ${sticky.name} has stickiness enabled: the action must enable target group stickiness`,
    );
  }
  const byApp = groups.find(({ stickiness }) => stickiness.enabled && stickiness.type === 'app_cookie');
  if (byApp !== undefined) {
    throw refused(
      `Target group ${byApp.name} uses application cookies, which weighted target groups do not support`,
    );
  }
};

const checkGroup = (group: GroupSettings, route: SimRoute, routes: Routes): void => {
  const { LoadBalancerArn: own, VpcId: vpc } = route.loadBalancer;
  const elsewhere = routes.loadBalancersOf(group.arn).find((arn) => arn !== own);
  if (elsewhere !== undefined) {
    throw new SimApiError(
      'TargetGroupAssociationLimitException',
      `Target group ${group.name} belongs to another load balancer already: ${elsewhere}`,
    );
  }
  if (vpc !== undefined && group.described.VpcId !== undefined && group.described.VpcId !== vpc) {
    throw refused(`Target group ${group.name} is in ${group.described.VpcId}, the load balancer in ${vpc}`);
  }
  const forHttp = group.protocol === 'HTTP' || group.protocol === 'HTTPS';
  if (forHttp !== (kindOfLoadBalancer(route.loadBalancer) === 'application')) {
    throw new SimApiError(
      'IncompatibleProtocolsException',
      `Target group ${group.name} speaks ${group.protocol}, which the listener cannot forward to`,
    );
  }
};

export const checkActions = (
  route: SimRoute,
  actions: readonly Action[],
  routes: Routes,
  groups: ReadonlyMap<string, GroupSettings>,
): void => {
  checkOrder(actions);
  for (const action of actions) {
    if (action.Type?.startsWith('authenticate-') && route.listener.Protocol !== 'HTTPS') {
      throw refused(`${action.Type} needs an HTTPS listener; this one is ${route.listener.Protocol}`);
    }
    if (action.Type === 'authenticate-oidc') checkSecret(action, routes.actionsOf(route));
    if (action.Type !== 'forward') continue;

    checkShape(action);
    const arns = action.ForwardConfig?.TargetGroups?.map((group) => group.TargetGroupArn) ?? [
      action.TargetGroupArn,
    ];
    const named = arns.map((arn) => {
      const group = groups.get(arn ?? '');
      if (group !== undefined) return group;
      throw new SimApiError('TargetGroupNotFoundException', `One or more target groups not found: ${arn}`);
    });
    checkStickiness(action, named, kindOfLoadBalancer(route.loadBalancer));
    for (const group of named) checkGroup(group, route, routes);
  }
};
