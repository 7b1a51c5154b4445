import type { LiveRoute } from '../aws/balancer-verbs.ts';
import { sameGroups } from '../core/ending/restored-routes.ts';
import { DeploymentError } from '../core/errors.ts';
import type { Plan, TestRoute, Weights } from '../core/vocabulary/plan.types.ts';
import { isTest, testGroups, testWeightsAt, testWeightsOf } from '../core/weights/test-route.ts';
import { ALL_BLUE, ALL_GREEN, describeWeights } from '../core/weights/weights.ts';
import type { Deps } from './deps.types.ts';
import { readIfThere } from './read-if-there.ts';

/** Reading and writing the test route: what the steps that touch it share. */

type Found = {
  test: TestRoute;
  live: LiveRoute;
  found: Weights | null;
  to: Weights;
  /** It has what it is to have. */
  done: boolean;
  /** It has what the plan found. */
  closed: boolean;
};

export type Leaving = { plan: Plan; leaving: 'blue' | 'green' };

export const servingBeside = (leaving: Leaving['leaving']): Weights =>
  leaving === 'green' ? ALL_BLUE : ALL_GREEN;

const foundIn = (plan: Plan, test: TestRoute, live: LiveRoute, to: Weights): Found => {
  const has = (weights: Weights) =>
    sameGroups(live.forward.groups, testGroups(plan, test, live.forward, weights));
  return {
    test,
    live,
    found: testWeightsOf(plan, live.forward),
    to,
    done: has(to),
    closed: has(ALL_BLUE),
  };
};

/** The test route as it is, and what it should have; null where the plan has none, or somebody has deleted it. */
export const readTest = async (
  plan: Plan,
  to: Weights,
  listener: Deps['listener'],
): Promise<Found | null> => {
  if (plan.test === undefined) return null;
  const live = await readIfThere(listener, plan.test.route);
  return live === null ? null : foundIn(plan, plan.test, live, to);
};

/**
 * For a shift: null as well where the test route stays as it is, so that a shift between two others reads nothing. The
 * one after the test closes it, also where it is open again once the users have come.
 * @throws NotFound when there is no test route to open.
 */
export const readTestRoute = async (
  plan: Plan,
  { from, to }: { from: number | undefined; to: number },
  listener: Deps['listener'],
): Promise<Found | null> => {
  if (plan.test === undefined) return null;
  const weights = testWeightsAt(plan, to);
  if (isTest(plan, to)) return foundIn(plan, plan.test, await listener.read(plan.test.route), weights);
  const before = from === undefined ? 0 : testWeightsAt(plan, from).green;
  const closes = from !== undefined && isTest(plan, from);
  return before === weights.green && !closes ? null : readTest(plan, weights, listener);
};

/** @throws TrafficDrifted when it has something else after the write than was written. */
export const writeTestRoute = async (
  plan: Plan,
  { test, live, to, done }: Found,
  listener: Deps['listener'],
): Promise<void> => {
  if (done) return;
  const groups = testGroups(plan, test, live.forward, to);
  await listener.write(live, groups);
  const after = await listener.read(test.route);
  if (sameGroups(after.forward.groups, groups)) return;
  throw new DeploymentError(
    'TrafficDrifted',
    `wrote ${describeWeights(to)} to the test route ${test.route.label} and read back ` +
      `${describeWeights(testWeightsOf(plan, after.forward))}: someone else writes this listener`,
  );
};
