import type { RouteForward } from '../../core/vocabulary/plan.types.ts';
import type { ServedRoute } from '../../sim/elbv2/elbv2.ts';
import type { Target } from '../../sim/elbv2/target-checks.ts';
import { takersOf } from '../../sim/traffic/group-answers.ts';
import { sharesByWeight } from '../../sim/traffic/stickiness.ts';
import { conditionsHold, type RequestFacts } from './conditions.ts';

/** The first route whose conditions hold; a listener's default action has none. */
export const chooseRoute = (routes: readonly ServedRoute[], facts: RequestFacts): ServedRoute | undefined =>
  routes.find(({ rule }) => rule === undefined || conditionsHold(rule.Conditions ?? [], facts));

/** Of a route as it is now: it is another object after each change. */
const known = new WeakMap<RouteForward, Map<string, number>>();
const sharesOf = (forward: RouteForward): Map<string, number> => {
  const found = known.get(forward) ?? sharesByWeight(forward);
  known.set(forward, found);
  return found;
};

/**
 * The group of one request. With group stickiness a client stays with the group of its cookie while the action names
 * that group, whatever its weight became [fact 80]. Undefined: all weights are 0. `chance` is uniform in [0, 1).
 */
export const chooseGroup = (
  forward: RouteForward,
  cookie: string | undefined,
  chance: number,
): string | undefined => {
  const named = forward.groups.some(({ targetGroupArn }) => targetGroupArn === cookie);
  if (forward.stickiness.enabled && cookie !== undefined && named) return cookie;
  let left = chance;
  for (const [arn, share] of sharesOf(forward)) {
    if (left < share) return arn;
    left -= share;
  }
  return undefined;
};

const addresses = new WeakMap<Target['id'], string>();
export const addressOf = ({ id }: Pick<Target, 'id'>): string => {
  const known = addresses.get(id);
  if (known !== undefined) return known;
  const address = `${id.id}:${id.port}`;
  addresses.set(id, address);
  return address;
};

/** The target of one request: the cookie's while it takes requests, else the next in turn. */
export const chooseTarget = (
  targets: readonly Target[],
  cookie: string | undefined,
  turn: number,
): { target: Target; failsOpen: boolean } | undefined => {
  const { takers, failsOpen } = takersOf(targets);
  const kept = cookie === undefined ? undefined : takers.find((each) => addressOf(each) === cookie);
  const target = kept ?? takers[turn % takers.length];
  return target === undefined ? undefined : { target, failsOpen };
};
