import { SECOND_MS } from '../core/clock.ts';
import { isDeploymentError } from '../core/errors.ts';
import { CLOSE_TEST_LIMIT_MS, CLOSE_TEST_WAIT_MS } from '../core/pace.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import { reaches } from '../core/weights/test-route.ts';
import { ALL_BLUE, ALL_GREEN } from '../core/weights/weights.ts';
import type { Deps } from './deps.types.ts';
import { ifPossible } from './if-possible.ts';
import { readTest, writeTestRoute } from './test-route.ts';

/** Before this colour loses its tasks the test route goes to the other, which serves. */
type Leaving = { plan: Plan; leaving: 'blue' | 'green' };

type HandingOver = Leaving & {
  lease: Lease;
  /** When the colour's removal began. */
  startedAtMs: number;
};

/** `waits`: the colour stays until the next visit. `open`: it goes, although testers may still reach it. */
type HandedOver = { kind: 'waits' | 'open'; reason: string };

export const CLOSE_TEST_WAIT_SECONDS = CLOSE_TEST_WAIT_MS / SECOND_MS;

const servingBeside = (leaving: 'blue' | 'green') => (leaving === 'green' ? ALL_BLUE : ALL_GREEN);

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

/** Whether testers still reach a colour that goes, by somebody else's write; what cannot be read has to wait. */
export const testRouteReaches = async (
  { plan, leaving }: Leaving,
  listener: Deps['listener'],
): Promise<boolean> => {
  if (plan.test === undefined) return false;
  const test = await ifPossible(readTest(plan, servingBeside(leaving), listener));
  return test !== null && !test.done && reaches(plan, test.live.forward, leaving);
};
