import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { describeHealth, fitToServe, type GroupHealth, healthyShare } from '../health/group-health.ts';
import {
  FINISH_LIMIT_MS,
  HOLD_LIMIT_MS,
  NOBODY_LEFT_MS,
  nextWaitSeconds,
  ROLL_BACK_SOON_MS,
  ROLL_BACK_SOON_WAIT_MS,
  waits,
} from '../pace.ts';
import type { Commitment } from '../vocabulary/command.types.ts';
import type { RolledBack } from '../vocabulary/ending.types.ts';
import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan, Weights } from '../vocabulary/plan.types.ts';
import type { DeploymentState } from '../vocabulary/state.types.ts';
import { isGoing } from '../weights/colour-count.ts';
import { LATE_COUNT_WAIT_MS } from '../weights/late-counts.ts';
import type { Placement } from '../weights/placement.ts';
import { settleMs } from '../weights/propagation.ts';
import { isTest } from '../weights/test-route.ts';
import { ALL_BLUE, ALL_GREEN, groupsOf, sameWeights, weightsOf } from '../weights/weights.ts';
import { type LiveForward, restoredGroups, sameGroups } from './restored-routes.ts';

type RollBackInput = {
  plan: Plan;
  /** Live; null when gone. */
  blue: ObservedTaskSet | null;
  green: ObservedTaskSet | null;
  /** Null on a first deployment. */
  blueHealth: GroupHealth | null;
  greenHealth: GroupHealth | null;
  /** The plan's routes as they are now; one whose rule somebody deleted is left out. */
  routes: LiveForward[];
  previous: RolledBack | undefined;
  /** Where users should be, with all of them on blue as the aim; null where there is no blue to place them on. */
  placed: Placement | null;
  /** Green never had weight in this deployment. */
  neverServed: boolean;
  /** An earlier execution of this deployment ended half-way. */
  recovering: boolean;
  nowMs: number;
};

export type RollBackDecision =
  /** From `leavesUntilMs` on the load balancer surely sends green nothing more. */
  | {
      kind: 'restore';
      reason: string;
      waitSeconds: number;
      leavesUntilMs: number;
      /** Neither colour does, and `reason` says why; absent: blue does, or may. */
      nothingServes?: true;
    }
  /** `weights` null: they stay. */
  | { kind: 'held' | 'stuck'; reason: string; waitSeconds: number; weights: Weights | null }
  | {
      kind: 'finishForward';
      reason: string;
      waitSeconds: number;
      /** Some route still sends requests to blue, which serves none any more: green has to get them first. */
      raiseGreen: boolean;
    };

/**
 * Where users go now. To blue, as far as blue can carry them: what it cannot carry stays with a green that answers. A
 * blue whose retirement has begun is never returned to.
 */
export const decideRollBack = (input: RollBackInput): RollBackDecision => {
  const { plan, blue, blueHealth, routes, placed } = input;
  if (plan.blue !== null && isGoing(blue)) return finishForward(input, 'blue is beyond its point of return');
  if (alreadyPromoted(input))
    return finishForward(input, 'green was PRIMARY with all traffic when the execution ended');
  if (plan.blue === null || placed === null || blueHealth === null)
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

/** No user has seen how green answers; what an ended execution wrote is not known. */
export const neverServed = ({
  lease,
  plan,
  traffic,
}: Partial<Pick<DeploymentState, 'lease' | 'plan' | 'traffic'>>): boolean =>
  (traffic === undefined || (plan !== undefined && isTest(plan, traffic.position))) &&
  lease?.kind !== 'recovering';

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
  return { to: 'rollBack', reason: because, atMs: nowMs };
};

/** A deployment that had made up its mind is not undone because its execution ended. */
const alreadyPromoted = ({ plan, green, greenHealth, routes, recovering }: RollBackInput): boolean =>
  recovering &&
  green?.status === 'PRIMARY' &&
  greenHealth !== null &&
  fitToServe(greenHealth) &&
  routes.every(({ forward }) => sameWeights(weightsOf(forward, groupsOf(plan)), ALL_GREEN));

/**
 * Green's tasks run, but no route names their group: the load balancer checks no targets there [fact 86], so nobody
 * can know whether they are healthy, and nobody but them is left to serve.
 */
const unchecked = ({ plan, green, routes }: RollBackInput): boolean =>
  green !== null &&
  green.runningCount > 0 &&
  !routes.some(({ forward }) =>
    forward.groups.some(({ targetGroupArn }) => targetGroupArn === plan.green.targetGroupArn),
  );

const NOBODY_LEFT = 'nothing serves: somebody deleted the task sets of both colours, or the service itself';

/**
 * Neither task set is there, and no wait brings one back: held, the deployment would keep the one from the service
 * that could. Not at the first read, which may be late.
 */
const isNobodyLeft = ({ blue, green, previous, nowMs }: RollBackInput): boolean =>
  blue === null && green === null && previous !== undefined && nowMs - previous.startedAtMs >= NOBODY_LEFT_MS;

const GREEN_NO_HELP =
  'nothing serves: somebody deleted the task set of blue, and green, which never had users, did not become healthy';

/**
 * Blue does not come back, and green has had as long as the plan gives it, once more. One that has served is kept: it
 * may recover, and nothing else could serve.
 */
const isGreenNoHelp = ({ plan, blue, neverServed, previous, nowMs }: RollBackInput): boolean =>
  blue === null &&
  neverServed &&
  previous !== undefined &&
  nowMs - previous.startedAtMs >= plan.timeToHealthyMs;

/** Blue has begun to go. Green finishes what it started, as long as it has anything that answers or may answer. */
const finishForward = (input: RollBackInput, why: string): RollBackDecision => {
  const { plan, greenHealth, routes, previous, nowMs } = input;
  if (greenHealth === null || (greenHealth.healthy === 0 && !unchecked(input))) {
    if (isNobodyLeft(input)) return restored(input, NOBODY_LEFT, { nothingServes: true });
    if (isGreenNoHelp(input)) return restored(input, GREEN_NO_HELP, { nothingServes: true });
    const green = greenHealth === null ? 'its health is not known' : describeHealth(greenHealth);
    return held(input, `${why} and green cannot serve yet: ${green}; traffic stays where it is`, null);
  }

  const elapsedMs = nowMs - (previous?.startedAtMs ?? nowMs);
  if (previous?.kind === 'finishForward' && elapsedMs >= FINISH_LIMIT_MS) {
    const reason =
      `blue could not be removed in ${formatDuration(elapsedMs)}; green serves with ` +
      `${describeHealth(greenHealth)}`;
    return { kind: 'stuck', reason, waitSeconds: 0, weights: null };
  }
  const raiseGreen = !routes.every(({ forward }) =>
    sameWeights(weightsOf(forward, groupsOf(plan)), ALL_GREEN),
  );
  const reason = `${why} and green has ${describeHealth(greenHealth)}: finishing forward`;
  return {
    kind: 'finishForward',
    reason,
    waitSeconds: nextWaitSeconds(waits.finishing, elapsedMs),
    raiseGreen,
  };
};

/**
 * The wait lets the data plane follow before green goes. A signal that ends it early does not restart it; somebody
 * who gives green traffic back does, and then it grows, but not for ever.
 */
const restored = (
  input: RollBackInput,
  reason: string,
  also: { nothingServes?: true } = {},
): RollBackDecision => {
  const { plan, green, previous, nowMs } = input;
  const leavesUntilMs = previous?.kind === 'restored' ? (previous.leavesUntilMs ?? 0) : 0;
  if (leavesUntilMs > nowMs && isRestored(input)) {
    const waitSeconds = Math.ceil((leavesUntilMs - nowMs) / SECOND_MS);
    return { kind: 'restore', reason, waitSeconds, leavesUntilMs, ...also };
  }
  const elapsedMs = nowMs - (previous?.startedAtMs ?? nowMs);
  if (previous?.kind === 'restored' && elapsedMs >= HOLD_LIMIT_MS) {
    const why =
      'blue has all weight and does not stay whole, or somebody keeps giving green traffic, for ' +
      `${formatDuration(elapsedMs)}`;
    return { kind: 'stuck', reason: why, waitSeconds: 0, weights: null };
  }
  // A green that is on its way out keeps nobody waiting: what is left is to see that nobody gives it traffic again.
  const waitSeconds = Math.max(
    previous !== undefined && isGoing(green) ? 0 : settleMs(plan) / SECOND_MS,
    nextWaitSeconds(waits.repeatedRollBack, elapsedMs),
  );
  return { kind: 'restore', reason, waitSeconds, leavesUntilMs: nowMs + waitSeconds * SECOND_MS, ...also };
};

/** Nothing is to be written. */
const isRestored = ({ plan, routes }: RollBackInput): boolean =>
  routes.every(({ route, forward }) => sameGroups(forward.groups, restoredGroups(plan, route, forward)));

const held = (
  { previous, placed, nowMs }: RollBackInput,
  reason: string,
  weights: Weights | null,
): RollBackDecision => {
  const elapsedMs = nowMs - (previous?.startedAtMs ?? nowMs);
  if (elapsedMs >= HOLD_LIMIT_MS) {
    return { kind: 'stuck', reason: `${reason}, for ${formatDuration(elapsedMs)}`, waitSeconds: 0, weights };
  }
  const waitSeconds =
    placed?.countsAreLate === true ? LATE_COUNT_WAIT_MS / SECOND_MS : heldSeconds(elapsedMs);
  return { kind: 'held', reason, waitSeconds, weights };
};

const heldSeconds = (elapsedMs: number): number =>
  elapsedMs < ROLL_BACK_SOON_MS
    ? ROLL_BACK_SOON_WAIT_MS / SECOND_MS
    : nextWaitSeconds(waits.heldRollBack, elapsedMs);
