import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { grouped } from '../figures.ts';
import { exposureUsedUp } from '../verdict/exposure.ts';
import { notCounted, requestsToTell } from '../verdict/insufficient.ts';
import type { Comparison } from '../vocabulary/analysis.types.ts';
import type { HookPolicy } from './hook-policy.ts';

/** What ECS understands; anything else it takes for a failure. `reason` is for people. */
export type HookAnswer =
  | { hookStatus: 'SUCCEEDED' | 'FAILED'; reason: string }
  | { hookStatus: 'IN_PROGRESS'; reason: string; callBackDelay: number };

type Judged = {
  policy: HookPolicy;
  comparison: Comparison;
  /** Why nothing is known of the last minutes: metrics that cannot be read, or that have stopped to come. */
  unknown: string | null;
  /** Since the hook was asked first at these weights. */
  waitedMs: number;
  alone: boolean;
};

/** Metrics are minutes: asking more often shows nothing new; in a long wait ten times as seldom. */
const LEAST_DELAY_MS = MINUTE_MS;
const MOST_DELAY_MS = 10 * MINUTE_MS;

export const succeeded = (reason: string): HookAnswer => ({ hookStatus: 'SUCCEEDED', reason });
export const failed = (reason: string): HookAnswer => ({ hookStatus: 'FAILED', reason });

export const inProgress = (reason: string, waitedMs: number): HookAnswer => {
  const delayMs = Math.min(MOST_DELAY_MS, Math.max(LEAST_DELAY_MS, waitedMs / 10));
  return { hookStatus: 'IN_PROGRESS', reason, callBackDelay: Math.ceil(delayMs / SECOND_MS) };
};

/** Too little to judge by, which is never a silent success. */
export const insufficient = (
  { onInsufficientData }: Pick<HookPolicy, 'onInsufficientData'>,
  why: string,
): HookAnswer => {
  const reason = `insufficient data: ${why}; "onInsufficientData": "${onInsufficientData}"`;
  return onInsufficientData === 'succeed' ? succeeded(reason) : failed(reason);
};

/** Harm fails at once; evidence, or time with enough requests, succeeds; a suspicion at the end fails. */
export const hookAnswer = ({ policy, comparison, unknown, waitedMs, alone }: Judged): HookAnswer => {
  const { kind, reason, shift } = comparison;
  if (kind === 'worse') return failed(reason);
  const usedUp = alone ? null : exposureUsedUp(policy.analysis, comparison);
  if (usedUp !== null) return failed(`${usedUp}; ${reason}`);
  if (unknown === null && kind === 'unharmed') return succeeded(reason);
  const enough = policy.requests !== undefined && shift.requests >= policy.requests;
  if (unknown === null && kind !== 'suspect' && enough)
    return succeeded(`green has had ${grouped(shift.requests)} requests, and no harm was found; ${reason}`);

  const leftMs = policy.atMostMs - waitedMs;
  if (leftMs > 0) {
    return inProgress(
      `waits for evidence, ${formatDuration(leftMs)} at most: ${unknown ?? reason}`,
      waitedMs,
    );
  }
  if (kind === 'suspect') return failed(`${reason}; neither proven nor gone in ${formatDuration(waitedMs)}`);
  if (unknown !== null) return insufficient(policy, unknown);
  const needed = Math.max(policy.requests ?? 0, requestsToTell(policy.analysis));
  if (shift.requests < needed)
    return insufficient(
      policy,
      `green has had ${grouped(shift.requests)} requests at these weights, ${grouped(needed)} would show`,
    );
  // Without blue beside it nothing of the application's is compared.
  const uncounted = alone ? null : notCounted(policy.analysis, comparison);
  if (uncounted !== null) return insufficient(policy, uncounted);
  return succeeded(`no harm was found in ${formatDuration(waitedMs)}; ${reason}`);
};
