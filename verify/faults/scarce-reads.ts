import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Stage } from '../stage/stage.ts';
import { isBalancerRead } from '../stage/watch-reads.ts';
import { beginsAt } from './begins-at.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';

/** Other deployments use up what the load balancer's API gives the account, and the watch gets none of it. */

const FOR_MS = 10 * MINUTE_MS;

/** It comes again in a minute: while it stands in line, a deployment waits behind it. */
const IN_LINE_MS = 5 * SECOND_MS;

const scarce = ({ world: { kernel }, problem }: Stage): void => {
  const { scheduler } = kernel;
  const untilMs = scheduler.nowMs() + FOR_MS;
  let sinceMs = Number.NEGATIVE_INFINITY;
  let found = false;
  kernel.emit({
    kind: 'fault',
    what: 'the load balancer answers the watch nothing but that it is throttled',
  });
  kernel.intercept((call) => {
    const nowMs = scheduler.nowMs();
    if (call.by !== 'Watch' || !isBalancerRead(call) || nowMs > untilMs) return undefined;
    // One that comes by the next minute's schedule begins anew.
    if (nowMs - sinceMs > 55 * SECOND_MS) sinceMs = nowMs;
    if (nowMs - sinceMs > IN_LINE_MS && !found) {
      found = true;
      problem(
        `the watch stood in line for ${Math.round((nowMs - sinceMs) / SECOND_MS)} s before the deployments`,
      );
    }
    return 'throttle';
  });
};

export const scarceReads: ProofFault = {
  name: 'scarce-reads',
  description:
    'for ten minutes the load balancer throttles every read of the watch: it leaves the line at once',
  mayLose: NOTHING,
  endsAlike: true,
  bases: ['long-bake'],
  arm: (point) => beginsAt(point, scarce),
};
