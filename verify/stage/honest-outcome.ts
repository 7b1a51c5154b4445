import { MINUTE_MS } from '../../core/clock.ts';
import type { Outcome } from '../../core/vocabulary/ending.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import type { World } from '../../sim/world.ts';

/** A minute can be read two minutes after its end at the latest, and an observation comes within two more. */
const READABLE_MS = 5 * MINUTE_MS;

/** So much more of green's requests failed that no comparison needs statistics to see it. */
const PLAINLY = { failed: 50, share: 0.05, times: 10 } as const;

type Counts = { requests: number; failed: number };

const countsOf = ({ traffic }: World, groupArn: string, fromMs: number, toMs: number): Counts => {
  const sum = { requests: 0, failed: 0 };
  for (let atMs = Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS; atMs + MINUTE_MS <= toMs; atMs += MINUTE_MS) {
    const minute = traffic.minute(groupArn, atMs);
    const requests = minute?.requestCount ?? 0;
    sum.requests += requests;
    // Connection errors count attempts, and a request is lost once.
    sum.failed += Math.min(requests, (minute?.target5xx ?? 0) + (minute?.connectionErrors ?? 0));
  }
  return sum;
};

/** What the reason of a success does not say of the requests that green failed. */
const unnamed = (reason: string, { requests, failed }: Counts): string[] => {
  if (reason.includes('is not known')) return [];
  const [, count] = /meanwhile green failed ([\d,]+) of /.exec(reason) ?? [];
  const recorded = `the plan: it is recorded as succeeded (${reason}), and`;
  if (count === undefined)
    return [`${recorded} does not say that green failed ${failed} of ${requests} requests`];
  return Number(count.replaceAll(',', '')) >= failed
    ? []
    : [`${recorded} green failed at least ${failed} of ${requests} requests`];
};

/** What is known of the way a deployment took. */
export type Way = {
  plan: Plan;
  plannedAtMs: number;
  /** Green became PRIMARY: what happens after it no decision reads. Null: it did not. */
  promotedAtMs: number | null;
  /** Metrics were not what they are for at least a part of the way. */
  metricsDisturbed: boolean;
  /** A person let the deployment pass, or it went forward because there was no way back. */
  decidedByOthers: boolean;
};

/**
 * No success without saying what it cost: requests of green that failed, and whose metrics could be read before the
 * promotion, are named by the outcome; and where they are compared so many more than blue's are no success. Counted
 * from the requests themselves.
 */
export const falseSuccess = (world: World, way: Way, outcome: Outcome | null): string[] => {
  const { plan, plannedAtMs, promotedAtMs, metricsDisturbed, decidedByOthers } = way;
  if (outcome?.kind !== 'succeeded' || promotedAtMs === null || metricsDisturbed) return [];
  // A network load balancer sees no answers, and so has no metrics that could be named.
  if (plan.loadBalancerKind === 'network') return [];
  if (outcome.reason.includes('although it was to be rolled back')) return [];
  const toMs = promotedAtMs - READABLE_MS;
  const green = countsOf(world, plan.green.targetGroupArn, plannedAtMs, toMs);
  if (green.failed < 1) return [];
  const named = unnamed(outcome.reason, green);
  if (plan.analysis?.errors.use !== 'decide' || plan.blueTargetGroupArn === null || decidedByOthers)
    return named;
  const blue = countsOf(world, plan.blueTargetGroupArn, plannedAtMs, toMs);
  const [greens, blues] = [green, blue].map(({ requests, failed }) => failed / Math.max(1, requests)) as [
    number,
    number,
  ];
  const plainly =
    green.failed >= PLAINLY.failed && greens >= PLAINLY.share && greens >= PLAINLY.times * blues;
  return plainly
    ? [
        ...named,
        `the plan: it is recorded as succeeded although green failed ${green.failed} of ${green.requests} ` +
          `requests and blue ${blue.failed} of ${blue.requests}, which metrics showed before the promotion`,
      ]
    : named;
};
