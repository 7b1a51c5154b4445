import { describeHealth, fitToServe, type GroupHealth, healthyShare } from '../health/group-health.ts';
import type { Commitment } from '../vocabulary/command.types.ts';
import type { Carried, PlacementMemory } from '../vocabulary/placement.types.ts';
import type { DeploymentState } from '../vocabulary/state.types.ts';
import { isGoing } from '../weights/colour-count.ts';
import type { Placement } from '../weights/placement.ts';
import { isTest } from '../weights/test-route.ts';
import { ALL_BLUE, ALL_GREEN, groupsOf, sameWeights, weightsOf } from '../weights/weights.ts';
import { finishForward } from './finish-forward.ts';
import type { RollBackDecision, RollBackInput } from './roll-back.types.ts';
import { held, leftToOthers, restored } from './roll-back-waits.ts';

/**
 * Where users go now. To blue, as far as blue can carry them: what it cannot carry stays with a green that answers. A
 * blue whose retirement has begun is never returned to.
 */
export const decideRollBack = (input: RollBackInput): RollBackDecision => {
  const { plan, blue, blueHealth, routes, placed, leavesRoutes } = input;
  if (leavesRoutes) return leftToOthers(input.nowMs);
  if (plan.blue !== null && isGoing(blue)) return finishForward(input, 'blue is beyond its point of return');
  if (alreadyPromoted(input))
    return finishForward(input, 'green was PRIMARY with all traffic when the execution ended');
  // Both are null where the plan has no blue.
  if (placed === null || blueHealth === null)
    return restored(input, 'a first deployment: the routes get back what they had');

  if (plan.carry === 'off') return allOrNothing(input, blueHealth);
  const serving = routes.every(({ forward }) => sameWeights(weightsOf(forward, groupsOf(plan)), ALL_BLUE));
  const toBlue = placed.move ? placed.weights?.green === 0 : serving;
  if (toBlue && mayLeaveGreen(input, placed)) {
    if (serving) return restored(input, 'blue serves everything already');
    return restored(input, `blue takes all traffic with ${describeHealth(blueHealth)}`);
  }
  return held(input, placed.reason, placed.move ? placed.weights : null);
};

/** Users were on green beside the plan: blue was short before green's first shift. */
const gotUsers = (carried: Carried | undefined): boolean =>
  carried !== undefined && (carried.weights.green > 0 || carried.before.green > 0 || carried.totalMs > 0);

/** No user has seen how green answers; what an ended execution wrote is not known. */
export const neverServed = (
  { lease, plan, traffic }: Partial<Pick<DeploymentState, 'lease' | 'plan' | 'traffic'>>,
  memory: Pick<PlacementMemory, 'carried'> | null | undefined,
): boolean =>
  (traffic === undefined || (plan !== undefined && isTest(plan, traffic.position))) &&
  lease?.kind !== 'recovering' &&
  !gotUsers(memory?.carried);

/** Green is removed once nobody needs it: blue carries everything, or green is no help. */
export const mayLeaveGreen = (
  { plan, previous, neverServed, nowMs }: Pick<RollBackInput, 'plan' | 'previous' | 'neverServed' | 'nowMs'>,
  { carry, memory, kinds }: Placement,
): boolean => {
  if (carry.blue >= 1 || memory.lostGreen !== null || kinds.green === 'gone') return true;
  if (neverServed && kinds.blue === 'alive') return true;
  // Both fail for one reason, perhaps: whichever comes back first is needed, but not for ever.
  return kinds.green === 'unwell' && nowMs - (previous?.startedAtMs ?? nowMs) >= plan.timeToHealthyMs;
};

/** `carry: "off"`: everything to blue, or nothing while blue is sick and green is healthier. */
const allOrNothing = (input: RollBackInput, blueHealth: GroupHealth): RollBackDecision => {
  const { plan, greenHealth, routes } = input;
  const serving = routes.every(({ forward }) => sameWeights(weightsOf(forward, groupsOf(plan)), ALL_BLUE));
  if (serving) return restored(input, 'blue serves everything already');
  if (fitToServe(blueHealth))
    return restored(input, `blue takes all traffic with ${describeHealth(blueHealth)}`);
  if (greenHealth === null || healthyShare(greenHealth) <= healthyShare(blueHealth)) {
    const green = greenHealth === null ? 'of unknown health' : `no better: ${describeHealth(greenHealth)}`;
    return restored(
      input,
      `blue takes all traffic although it has only ${describeHealth(blueHealth)}, because green is ${green}`,
    );
  }
  return held(
    input,
    `blue is the sicker of the two: it has ${describeHealth(blueHealth)}, green has ` +
      `${describeHealth(greenHealth)}; traffic stays where it is`,
    null,
  );
};

/**
 * What the deployment is bound to from now on, so that no command is taken that nobody obeys. Null where RetireBlue
 * still asks: a recovery that finishes what was promoted, while blue runs at full size.
 */
export const commitmentOf = (
  { plan, blue, nowMs }: Pick<RollBackInput, 'plan' | 'blue' | 'nowMs'>,
  decision: RollBackDecision,
  because: string,
): Commitment | null => {
  if (plan.blue !== null && isGoing(blue) && decision.kind !== 'restore')
    return { to: 'finish', reason: 'blue is beyond its point of return', atMs: nowMs };
  if (decision.kind === 'finishForward') return null;
  const leavesRoutes = decision.kind === 'restore' && decision.leavesRoutes === true;
  return { to: 'rollBack', reason: because, atMs: nowMs, ...(leavesRoutes && { leavesRoutes }) };
};

/**
 * A deployment that had made up its mind is not undone because its execution ended. What PromoteGreen and RetireBlue
 * refuse while blue is whole is undone here, too, or they would come back for ever: a route that somebody deleted.
 */
const alreadyPromoted = ({ plan, green, greenHealth, routes, recovering }: RollBackInput): boolean =>
  recovering &&
  green?.status === 'PRIMARY' &&
  greenHealth !== null &&
  fitToServe(greenHealth) &&
  routes.length === plan.routes.length &&
  routes.every(({ forward }) => sameWeights(weightsOf(forward, groupsOf(plan)), ALL_GREEN));
