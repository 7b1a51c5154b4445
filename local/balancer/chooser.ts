import type { IncomingMessage } from 'node:http';
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RouteForward } from '../../core/vocabulary/plan.types.ts';
import type { DataPlane, ServedRoute } from '../../sim/elbv2/elbv2.ts';
import type { Target } from '../../sim/elbv2/target-checks.ts';
import { addressOf, chooseGroup, chooseRoute, chooseTarget } from './choose.ts';
import type { RequestFacts } from './conditions.ts';
import { APP_COOKIE, cookieText, GROUP_COOKIE, readCookie, TARGET_COOKIE, writeCookies } from './cookies.ts';
import { NO_COOKIES, type OwnCookies } from './forward.ts';
import type { Entrance } from './headers.ts';
import { FactsOfRequest } from './request-facts.ts';
import { rewriteRequest } from './rewrite.ts';

/** Where a request goes, and the cookies that keep its client there. */
export type Destination = { targetGroupArn: string; target: Target; failsOpen: boolean; cookies: OwnCookies };
type Chosen =
  | { kind: 'target'; to: Destination }
  | { kind: 'nobody'; targetGroupArn: string | undefined }
  | { kind: 'own'; action: Action | undefined; facts: RequestFacts }
  /** A rule's transforms made no request of it. */
  | { kind: 'spoilt' };

const cookiesOf = (
  { stickiness }: RouteForward,
  targetGroupArn: string,
  target: Target,
  protocol: string,
): OwnCookies => {
  const { enabled, type, cookieSeconds, appCookie } = target.group.stickiness;
  if (!stickiness.enabled && !enabled) return NO_COOKIES;
  const address = addressOf(target);
  return {
    always: [
      ...(stickiness.enabled && stickiness.durationSeconds !== undefined
        ? writeCookies(GROUP_COOKIE, targetGroupArn, stickiness.durationSeconds, protocol)
        : []),
      ...(enabled && type === 'lb_cookie'
        ? writeCookies(TARGET_COOKIE, address, cookieSeconds, protocol)
        : []),
    ],
    ...(enabled && type === 'app_cookie' ? { beside: { name: appCookie, address } } : {}),
  };
};

/** The target that the client's cookies name, where the group keeps clients at their targets. */
const keptTarget = ([first]: readonly Target[], cookie: string | undefined): string | undefined => {
  if (first === undefined || cookie === undefined) return undefined;
  const { enabled, type, appCookie } = first.group.stickiness;
  if (!enabled) return undefined;
  if (type === 'lb_cookie') return readCookie(cookie, TARGET_COOKIE);
  // Without the application's own cookie its session is over.
  return cookieText(cookie, appCookie) === undefined ? undefined : readCookie(cookie, APP_COOKIE);
};

export type Balanced = {
  dataPlane: DataPlane;
  /** The listener's routes now, in the order in which requests try them. */
  routes(): readonly ServedRoute[];
  chance(): number;
};

/** Chooses by rule, weight, cookie and turn, for one listener. */
export const makeChooser = ({ dataPlane, routes, chance }: Balanced, { protocol }: Entrance) => {
  const turns = new Map<string, number>();
  const nextTurn = (arn: string): number => {
    const turn = turns.get(arn) ?? 0;
    turns.set(arn, (turn + 1) % Number.MAX_SAFE_INTEGER);
    return turn;
  };

  return (request: IncomingMessage): Chosen => {
    const facts = new FactsOfRequest(request);
    const route = chooseRoute(routes(), facts);
    if (route?.forward === undefined) {
      const action = route?.actions.find(({ Type }) => Type === 'redirect' || Type === 'fixed-response');
      return { kind: 'own', action, facts };
    }
    const { cookie } = request.headers;
    const targetGroupArn = chooseGroup(route.forward, readCookie(cookie, GROUP_COOKIE), chance());
    if (targetGroupArn === undefined) return { kind: 'nobody', targetGroupArn };
    const targets = dataPlane.targets(targetGroupArn);
    const chosen = chooseTarget(targets, keptTarget(targets, cookie), nextTurn(targetGroupArn));
    if (chosen === undefined) return { kind: 'nobody', targetGroupArn };
    const transforms = route.rule?.Transforms;
    if (transforms !== undefined && !rewriteRequest(request, transforms)) return { kind: 'spoilt' };

    const { target, failsOpen } = chosen;
    const cookies = cookiesOf(route.forward, targetGroupArn, target, protocol);
    return { kind: 'target', to: { targetGroupArn, target, failsOpen, cookies } };
  };
};
