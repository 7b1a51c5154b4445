import { SECOND_MS } from '../../core/clock.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import type { World } from '../../sim/world.ts';

/**
 * The load balancer answers ten reads a second to a whole account [fact 92]: what the deployment itself is about to
 * read before the watch comes again, the watch has no reason to read.
 */

export const isBalancerRead = ({ service, operation }: ApiCall): boolean =>
  service === 'elbv2' && operation.startsWith('Describe');

/** The watch comes each minute. */
const WITHIN_SECONDS = 60;

/** Counts the watch's reads while a bake waits for an observation that is no more than a minute away. */
export const countNeedlessReads = ({ kernel }: World): (() => number) => {
  let nextMs = 0;
  let count = 0;
  kernel.onEvent(({ kind, data }) => {
    if (kind !== 'step' || data?.state !== 'JudgeHealth' || data.phase !== 'succeeded') return;
    const { waitSeconds } = data.result as { waitSeconds?: number };
    const waits = waitSeconds !== undefined && waitSeconds > 0 && waitSeconds <= WITHIN_SECONDS;
    nextMs = waits ? kernel.scheduler.nowMs() + waitSeconds * SECOND_MS : 0;
  });
  kernel.onServed((call) => {
    if (call.by === 'Watch' && isBalancerRead(call) && kernel.scheduler.nowMs() < nextMs) count += 1;
  });
  return () => count;
};
