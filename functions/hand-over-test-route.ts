import { SECOND_MS } from '../core/clock.ts';
import { isDeploymentError } from '../core/errors.ts';
import { CLOSE_TEST_LIMIT_MS, CLOSE_TEST_WAIT_MS } from '../core/pace.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import { reaches } from '../core/weights/test-route.ts';
import type { Deps } from './deps.types.ts';
import { type Leaving, readTest, servingBeside, writeTestRoute } from './test-route.ts';

/** Before the leaving colour loses its tasks the test route goes to the other, which serves. */
type HandingOver = Leaving & {
  lease: Lease;
  /** When the colour's removal began. */
  startedAtMs: number;
};

/** `waits`: the colour stays until the next visit. `open`: it goes, although testers may still reach it. */
type HandedOver = { kind: 'waits' | 'open'; reason: string };

export const CLOSE_TEST_WAIT_SECONDS = CLOSE_TEST_WAIT_MS / SECOND_MS;

/**
 * Users are with the other colour already, so this delays nobody. The route is testers' alone: where it cannot be
 * written, the colour waits for a limited time and then goes nevertheless.
 * @throws LeaseLost
 */
export const handOverTestRoute = async (
  { lease, plan, leaving, startedAtMs }: HandingOver,
  { listener, leases, clock }: Pick<Deps, 'listener' | 'leases' | 'clock'>,
): Promise<HandedOver | null> => {
  if (plan.test === undefined) return null;
  const { label } = plan.test.route;
  const late = clock.nowMs() - startedAtMs >= CLOSE_TEST_LIMIT_MS;
  try {
    const test = await readTest(plan, servingBeside(leaving), listener);
    // Somebody else's write that sends this colour nothing stays theirs.
    if (test === null || test.done || !reaches(plan, test.live.forward, leaving)) return null;
    await leases.assertHolds(lease);
    await writeTestRoute(plan, test, listener);
    if (late)
      return { kind: 'open', reason: `somebody else gave the test route ${label} to ${leaving} again` };
    return {
      kind: 'waits',
      reason:
        leaving === 'green' ? `the test route ${label} is as it was` : `the test route ${label} follows`,
    };
  } catch (error) {
    if (!isDeploymentError(error) || error.name === 'LeaseLost') throw error;
    const reason = `the test route ${label} could not be taken from ${leaving}: ${error.message}`;
    return late ? { kind: 'open', reason } : { kind: 'waits', reason: `${reason}; trying again` };
  }
};
