import { sameGroups } from '../core/ending/restored-routes.ts';
import { DeploymentError } from '../core/errors.ts';
import type { Observation } from '../core/verdict/judge.ts';
import type { Weights } from '../core/vocabulary/plan.types.ts';
import type { Placement } from '../core/weights/placement.ts';
import { setsClientsFree } from '../core/weights/sticky-clients.ts';
import {
  commonOf,
  describeWeights,
  groupsFor,
  groupsOf,
  sameWeights,
  weightsOf,
} from '../core/weights/weights.ts';
import type { StepState } from '../statemachine/contract.ts';
import { assertCarried } from './assert-carried.ts';
import type { Deps } from './deps.types.ts';

type Seen = Observation['routes'];

/**
 * Each route's weights, absolute and read back; a group of which nothing runs leaves a sticky route, to set its clients
 * free, and returns at weight 0 once something does.
 * A route that no longer has the weights which the decision saw is not written: the next try sees them, and has a
 * verdict on them.
 * @throws Unavailable, and the step is tried again.
 */
export const placeUsers = async (
  { plan, lease }: Pick<StepState<'JudgeHealth'>, 'plan' | 'lease'>,
  placed: Placement,
  routes: Seen,
  { leases, listener }: Pick<Deps, 'leases' | 'listener'>,
): Promise<void> => {
  const { weights } = placed;
  if (weights === null) return;
  assertCarried({
    plan,
    from: commonOf(routes.map(({ weights }) => weights)),
    to: weights,
    ...placed.counts,
    memory: placed.memory,
  });
  await leases.assertHolds(lease);
  for (const route of plan.routes) {
    const live = await listener.read(route);
    const found = weightsOf(live.forward, groupsOf(plan));
    const expected = routes.find(({ label }) => label === route.label)?.weights ?? null;
    if (expected === null || !sameWeights(found, expected))
      throw changedMeanwhile(route.label, expected, found);
    const groups = groupsFor(live.forward, groupsOf(plan), weights, {
      evictLoser: setsClientsFree(placed),
    });
    if (sameGroups(live.forward.groups, groups)) continue;
    await listener.write(live, groups);
    const after = await listener.read(route);
    if (sameGroups(after.forward.groups, groups)) continue;
    throw new DeploymentError(
      'Unavailable',
      `wrote ${describeWeights(weights)} to ${route.label} and read back something else: someone else ` +
        'writes this listener; trying again',
    );
  }
};

const changedMeanwhile = (label: string, expected: Weights | null, found: Weights | null): DeploymentError =>
  new DeploymentError(
    'Unavailable',
    `expected ${describeWeights(expected)} on ${label} right before users are moved, found ` +
      `${describeWeights(found)}: someone else writes this listener; trying again`,
  );
