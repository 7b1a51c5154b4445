import {
  describeHealth,
  enoughHealthy,
  fitToServe,
  type GroupHealth,
  healthyShare,
} from '../health/group-health.ts';
import type { Observation } from '../verdict/judge.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { Weights } from '../vocabulary/plan.types.ts';
import { ALL_GREEN, describeWeights, sameWeights } from '../weights/weights.ts';

/**
 * The safety invariants that a step asserts right before its write: each returns null, or the sentence that says
 * what the write would have broken; 2b and 2c are in core/safety/placement-rule.ts. core/safety/checks.ts checks the
 * same rules from outside, on the world.
 *
 * 1. On every route the weights we write sum to 100, or are those that were found, and no other part of the action
 * changes.
 * 2. a: A shift of the plan needs a green with all its healthy targets in the same observation. b: Every other write
 * of ours
 *    leaves each colour no more than it carries (core/weights/placement.ts), or only takes from one that has more. c:
 *    None gives an overloaded colour more while the other could take it, nor anything to one without a healthy target
 *    while the other has some; except a trial of 10 points that shows whether it answers, and `abort --now`.
 * 3. Until RetireBlue's first write, blue's task set is at full size and untouched and its group attached; on a
 * sticky route
 *    not while nothing of it runs. Its weight follows 2.
 * 4. Blue loses capacity only after a read shows green at 100 on every route and whole; green only once it has no
 *    weight.
 * 5. At most one deployment changes a service, and only task sets that carry its id.
 * 6. Whatever happens, the deployment converges and the record says how.
 * 7. An API error never skips a check.
 * 12. The test route forwards to green only while no user meets it, or once every user does. (8 to 11 are of users, and
 *    checked from outside alone: verify/stage/users-checker.ts.)
 * 13. Capacity first: a shift gives green a weight only once it has had the tasks that the weight takes, healthy, of
 *    the count that the service wants by then; and green's scale only falls when it goes.
 */

type Raise = {
  group: 'blue' | 'green';
  /** Percent before and after the write. */
  from: number;
  to: number;
  health: GroupHealth;
  /** The other colour's health, where taking over from a worse one is the point. */
  other?: GroupHealth | null;
};

/**
 * Invariant 2. A load balancer has no failover between weighted groups: the share of an empty one is answered 503,
 * and one with only unhealthy targets still gets its share (ALB guide, target groups) [fact 81].
 */
export const refuseRaise = ({ group, from, to, health, other }: Raise): string | null => {
  if (to <= from) return null;
  if (mayRaise(group, health, other ?? null)) return null;
  const wanted = health.wanted === 0 ? 'at least 1 task' : `${health.wanted} healthy targets`;
  return (
    `expected ${group} to have ${wanted} before it goes from ${from} % to ${to} %, found ` +
    `${describeHealth(health)}`
  );
};

/** Green has to earn each shift. Blue, to which users go back, has to be fit, or at least not the worse of the two. */
const mayRaise = (group: 'blue' | 'green', health: GroupHealth, other: GroupHealth | null): boolean => {
  if (enoughHealthy(health)) return true;
  if (group === 'blue')
    return fitToServe(health) || (other !== null && healthyShare(other) <= healthyShare(health));
  return other !== null && other.healthy === 0 && health.healthy > 0;
};

/** Invariant 4, before anything of blue is scaled down or deleted. */
export const mayRetireBlue = (routes: { label: string; weights: Weights | null }[]): string | null => {
  const off = routes.filter(({ weights }) => !sameWeights(weights, ALL_GREEN));
  if (routes.length === 0) return 'expected green to have all weight before blue goes, found no route at all';
  if (off.length === 0) return null;
  return `expected green to have all weight on every route before blue goes, found ${describeRoutes(off)}`;
};

/** Invariant 4 for the way back: green goes only once no route sends it anything. */
export const mayRemoveGreen = (routes: { label: string; weights: Weights | null }[]): string | null => {
  const off = routes.filter(({ weights }) => weights === null || weights.green > 0);
  return off.length === 0
    ? null
    : `expected green to have no weight on any route before it goes, found ${describeRoutes(off)}`;
};

/**
 * Invariant 5, before a task set is scaled, deleted or made PRIMARY: green is the deployment's own, blue is the one
 * its plan found, and neither passes for the other.
 */
export const refuseTaskSet = (
  colour: 'blue' | 'green',
  taskSet: { id: string; externalId?: string | undefined },
  owner: { deploymentId: string; blueTaskSetId: string | undefined },
): string | null => {
  const own = taskSet.externalId === owner.deploymentId;
  const planned = taskSet.id === owner.blueTaskSetId;
  if (colour === 'green' ? own && !planned : planned && !own) return null;
  const expected =
    colour === 'green' ? `green of deployment ${owner.deploymentId}` : `blue ${owner.blueTaskSetId ?? ''}`;
  return (
    `expected ${expected.trim()} before a task set is changed, found ${taskSet.id} of ` +
    `${taskSet.externalId ?? 'no deployment'}`
  );
};

/** Invariant 13: green's scale rises until it goes; IAM has no condition that could hold a role to it. */
export const refuseShrink = (fromPercent: number, toPercent: number): string | null =>
  toPercent > fromPercent && toPercent <= 100
    ? null
    : `expected green to get more than its ${fromPercent} % of the tasks, and 100 at most, ` +
      `found ${toPercent} % asked for`;

/** Invariant 7: a step forward takes a read of everything. A check of decide.ts that shares no code with it. */
export const refuseToGoOn = (decision: Pick<Decision, 'kind'>, observed: Observation): string | null => {
  if (decision.kind !== 'advance' && decision.kind !== 'promote') return null;
  const unread = [
    ...observed.unreadable,
    ...observed.routes.flatMap(({ label, unreadable }) => (unreadable === undefined ? [] : [label])),
    ...('unreadable' in observed.alarms ? ['alarms'] : observed.alarms.missing),
    ...(observed.green === null ? ["green's health"] : []),
    ...(observed.routes.length === 0 ? ['any route'] : []),
  ];
  if (unread.length > 0)
    return `expected everything to be read before ${decision.kind}, could not read ${unread.join(', ')}`;
  if (observed.green !== null && !enoughHealthy(observed.green)) {
    return `expected a healthy green before ${decision.kind}, found ${describeHealth(observed.green)}`;
  }
  return null;
};

const describeRoutes = (routes: { label: string; weights: Weights | null }[]): string =>
  routes.map(({ label, weights }) => `${describeWeights(weights)} on ${label}`).join(', ');
