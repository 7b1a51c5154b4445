import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { HOLD_LIMIT_MS, nextWaitSeconds, ROLL_BACK_SOON_MS, ROLL_BACK_SOON_WAIT_MS, waits } from '../pace.ts';
import type { Weights } from '../vocabulary/plan.types.ts';
import { isGoing } from '../weights/colour-count.ts';
import { LATE_COUNT_WAIT_MS } from '../weights/late-counts.ts';
import { settleMs } from '../weights/propagation.ts';
import { restoredGroups, sameGroups } from './restored-routes.ts';
import type { RollBackDecision, RollBackInput } from './roll-back.types.ts';

/** The two ways to wait of a rollback: for the load balancer to follow, and for a colour that can serve. */

/**
 * The wait lets the data plane follow before green goes. A signal that ends it early does not restart it; somebody
 * who gives green traffic back does, and then it grows, but not for ever.
 */
export const restored = (
  input: RollBackInput,
  reason: string,
  also: { nothingServes?: true } = {},
): RollBackDecision => {
  const { plan, green, previous, nowMs } = input;
  const leavesUntilMs = previous?.leavesUntilMs ?? 0;
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

/** Before its tasks register beside those of the deployment that stays. */
const LEAVE_SOON_MS = SECOND_MS;

/** Green never had a request of this deployment, and whatever the routes give its group is another one's. */
export const leftToOthers = (nowMs: number): RollBackDecision => ({
  kind: 'restore',
  reason: "the routes stay as they are: they are another deployment's",
  waitSeconds: LEAVE_SOON_MS / SECOND_MS,
  leavesUntilMs: nowMs + LEAVE_SOON_MS,
  leavesRoutes: true,
});

/** Nothing is to be written. */
const isRestored = ({ plan, routes }: RollBackInput): boolean =>
  routes.every(({ route, forward }) => sameGroups(forward.groups, restoredGroups(plan, route, forward)));

export const held = (
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
