import { formatDuration } from '../duration.ts';
import { nextWaitSeconds, WAIT_LIMIT_MS, WAITER_GONE_MS, waits } from '../pace.ts';
import type { WhenBusy } from '../vocabulary/request.types.ts';

/** The lease item as read. */
export type ObservedLease = {
  holder?: string;
  executionArn?: string;
  /** Since when, ISO 8601: for people. */
  since?: string;
  /** The deployment that is next in line, and when it last said so. */
  waiter?: string;
  waiterSeenMs?: number;
};

export type LeaseDecision =
  | { kind: 'held' }
  /** The lease is free and ours to take. */
  | { kind: 'take' }
  /** Stand in line, or keep standing there. */
  | { kind: 'wait'; waitSeconds: number; reason: string }
  | { kind: 'refuse'; reason: string };

type LeaseInput = {
  lease: ObservedLease;
  me: string;
  serviceKey: string;
  whenBusy: WhenBusy;
  /** Since when this deployment has stood in line; null on its first observation. */
  waitingSinceMs: number | null;
  nowMs: number;
};

/** One deployment changes a service at a time; of several that wait, the latest wins and the others are refused. */
export const decideLease = (input: LeaseInput): LeaseDecision => {
  const { lease, me, serviceKey, whenBusy, waitingSinceMs, nowMs } = input;
  if (lease.holder === me) return { kind: 'held' };

  const waiterIsThere = lease.waiter !== undefined && nowMs - (lease.waiterSeenMs ?? 0) < WAITER_GONE_MS;
  const anotherWaits = waiterIsThere && lease.waiter !== me;
  if (lease.holder === undefined && !anotherWaits) return { kind: 'take' };
  if (waitingSinceMs !== null && anotherWaits) {
    return {
      kind: 'refuse',
      reason: `deployment ${lease.waiter} of ${serviceKey} came later and took this one's place in line`,
    };
  }

  const busy =
    lease.holder === undefined
      ? `deployment ${lease.waiter} is next in line for ${serviceKey}; had it been stopped, its place ` +
        `would be free in ${formatDuration(WAITER_GONE_MS - (nowMs - (lease.waiterSeenMs ?? 0)))}`
      : describeHolder(lease, serviceKey);
  if (whenBusy === 'reject') {
    return {
      kind: 'refuse',
      reason:
        `${busy}; one deployment at a time may change a service. Wait until it has ended, or say ` +
        `"whenBusy": "queue" or "supersede"${watchHint(lease, serviceKey)}`,
    };
  }
  const waitedMs = waitingSinceMs === null ? 0 : nowMs - waitingSinceMs;
  if (waitedMs >= WAIT_LIMIT_MS)
    return { kind: 'refuse', reason: `${busy}, and this one has waited for a day` };
  return { kind: 'wait', waitSeconds: nextWaitSeconds(waits.lease, waitedMs), reason: busy };
};

const describeHolder = ({ holder, since }: ObservedLease, serviceKey: string): string =>
  `${serviceKey} is being deployed by ${holder}${since === undefined ? '' : ` since ${since}`}`;

const watchHint = ({ executionArn }: ObservedLease, serviceKey: string): string =>
  executionArn === undefined ? '' : `; watch it with \`cutover watch ${serviceKey}\``;
