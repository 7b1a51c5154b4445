import { type FailureCause, failureCauses, type GroupTraffic, type TrafficTotals } from '../parts.types.ts';
import type { Answers } from './group-answers.ts';

/** Below this, an amount of requests is arithmetic noise. */
const NOISE = 1e-6;

type Amounts = { requests: number; failed: Map<FailureCause, number> };

const noRequests = (): Amounts => ({ requests: 0, failed: new Map() });

/**
 * Whole requests. Failures are rounded up, cause by cause, so that a chance of failing never disappears from a report
 * and no count ever goes down; the answered ones give way.
 */
const whole = ({ requests, failed }: Amounts): GroupTraffic => {
  const failedBecause: Partial<Record<FailureCause, number>> = {};
  let failures = 0;
  for (const cause of failureCauses) {
    const count = Math.ceil((failed.get(cause) ?? 0) - NOISE);
    if (count <= 0) continue;
    failedBecause[cause] = count;
    failures += count;
  }
  return { requests: Math.max(Math.round(requests), failures), failed: failures, failedBecause };
};

type Tally = {
  group(targetGroupArn: string, requests: number, answers: Answers): void;
  /** Requests that no group could be found for. */
  unrouted(requests: number): void;
  totals(): TrafficTotals;
};

/** Adds up requests by group and cause; whole numbers only come out, and their parts add up. */
export const makeTally = (groupArns: readonly string[]): Tally => {
  const byGroup = new Map(groupArns.map((arn) => [arn, noRequests()]));
  const nowhere = noRequests();

  return {
    group: (arn, requests, answers) => {
      const amounts = byGroup.get(arn) ?? noRequests();
      byGroup.set(arn, amounts);
      amounts.requests += requests;
      for (const cause of failureCauses) {
        const share = answers.failed[cause];
        if (share !== undefined)
          amounts.failed.set(cause, (amounts.failed.get(cause) ?? 0) + requests * share);
      }
    },
    unrouted: (requests) => {
      nowhere.requests += requests;
      nowhere.failed.set('noRoute', nowhere.requests);
    },
    totals: () => {
      const groups = [...byGroup].map(([arn, amounts]) => [arn, whole(amounts)] as const);
      const all = [...groups.map(([, traffic]) => traffic), whole(nowhere)];
      const failedBecause: Partial<Record<FailureCause, number>> = {};
      for (const cause of failureCauses) {
        const count = all.reduce((sum, traffic) => sum + (traffic.failedBecause[cause] ?? 0), 0);
        if (count > 0) failedBecause[cause] = count;
      }
      return {
        total: all.reduce((sum, { requests }) => sum + requests, 0),
        failed: all.reduce((sum, { failed }) => sum + failed, 0),
        failedBecause,
        byGroup: Object.fromEntries(groups),
      };
    },
  };
};
