import { MINUTE_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { grouped } from '../figures.ts';
import { UNKNOWN_TOLERANCE_MS } from '../pace.ts';
import type { AnalysisPlan, Comparison } from '../vocabulary/analysis.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import { nextObservationMs } from './bake-observations.ts';
import { exposureUsedUp } from './exposure.ts';
import { notCounted, requestsToTell, silence, silenceFromTheStart, unreached } from './insufficient.ts';

/**
 * How a bake stands: it lasts, it is over, its metrics do not tell and the request says what then, or a person is asked
 * because green has had its budget.
 */
type BakeEnd =
  | { kind: 'bakes'; waitMs: number; aside: string }
  | { kind: 'over'; aside: string }
  | { kind: 'ask' | 'rollBack' | 'usedUp'; reason: string };

type BakeInput = {
  shift: Shift;
  bakedMs: number;
  /** Absent: green is not compared with blue. */
  policy: AnalysisPlan | undefined;
  comparison: Comparison | null;
  /** Why the metrics could not be read just now. */
  unreadable: string | null;
  /** Clients stay with their colour. */
  sticky: boolean;
  nowMs: number;
};

/**
 * What appears worse without proof is given so long beside its bake, and as long as the bake: chance fades, a
 * regression grows.
 */
const LEAST_EXTENSION_MS = 5 * MINUTE_MS;

/** Whether a bake lasts, and until when it is not observed again. */
export const endOfBake = (input: BakeInput): BakeEnd => {
  const { shift, bakedMs, policy, comparison } = input;
  const waitMs = nextObservationMs(shift.bakeMs, bakedMs);
  if (policy === undefined || comparison === null) return byTime(waitMs);
  const usedUp = shift.greenPct === 100 ? null : exposureUsedUp(policy, comparison);
  if (usedUp !== null) return { kind: 'usedUp', reason: usedUp };
  if (!somethingDecides(policy)) {
    const counts = policy.exposure !== undefined && shift.greenPct < 100 && waitMs === 0;
    const open = counts ? (waitsForMetrics(input) ?? decidedBySomebody(input, policy, comparison)) : null;
    return open ?? byTime(waitMs);
  }
  if (comparison.kind === 'suspect' && waitMs === 0) return extended(input, policy, comparison);
  const known = input.unreadable === null && silence(comparison, input.nowMs) === null;
  const proof = comparison.kind === 'suspect' || !known ? null : proofOf(shift, comparison, bakedMs);
  if (proof !== null) return { kind: 'over', aside: proof };
  if (waitMs > 0) return { kind: 'bakes', waitMs: untilAtLeast(shift, bakedMs, waitMs), aside: '' };
  return atItsEnd(input, policy, comparison);
};

const byTime = (waitMs: number): BakeEnd =>
  waitMs > 0 ? { kind: 'bakes', waitMs, aside: '' } : { kind: 'over', aside: '' };

const somethingDecides = ({ errors, latency, application = [] }: AnalysisPlan): boolean =>
  [errors, latency, ...application].some(({ use }) => use === 'decide');

/** A shift whose evidence may be there already is asked at its least time, not at the next observation after it. */
const untilAtLeast = ({ evidence }: Shift, bakedMs: number, waitMs: number): number => {
  const leftMs = (evidence?.atLeastMs ?? 0) - bakedMs;
  return leftMs > 0 ? Math.min(waitMs, Math.ceil(leftMs / 1_000) * 1_000) : waitMs;
};

/** Why a shift that ends by evidence may end now. */
const proofOf = ({ evidence }: Shift, { kind, shift }: Comparison, bakedMs: number): string | null => {
  if (evidence === undefined || bakedMs < evidence.atLeastMs) return null;
  if (kind === 'unharmed') return '; its evidence ends it early';
  const { requests } = evidence;
  if (requests === undefined || shift.requests < requests) return null;
  return `; green has had ${grouped(shift.requests)} of the ${grouped(requests)} requests asked for`;
};

const extended = ({ shift, bakedMs }: BakeInput, policy: AnalysisPlan, { reason }: Comparison): BakeEnd => {
  const limitMs = shift.bakeMs + Math.max(LEAST_EXTENSION_MS, shift.bakeMs);
  if (bakedMs < limitMs) {
    const waitMs = Math.min(limitMs - bakedMs, Math.max(MINUTE_MS, shift.bakeMs / 10));
    const aside =
      `; it bakes on for ${formatDuration(Math.ceil((limitMs - bakedMs) / 1_000) * 1_000)} at most ` +
      'because green may be worse';
    return { kind: 'bakes', waitMs, aside };
  }
  // To advance what appears worse has to be somebody's decision.
  return {
    kind: policy.onInconclusive === 'rollBack' ? 'rollBack' : 'ask',
    reason: `${reason}; neither proven nor gone after ${formatDuration(limitMs)}`,
  };
};

/** What its metrics leave open at the end of a bake's time, as a sentence; null: nothing. */
const openAtTheEnd = (
  { shift, unreadable, nowMs }: BakeInput,
  policy: AnalysisPlan,
  comparison: Comparison,
): string | null => {
  const { requests: seen } = comparison.shift;
  const asked = shift.evidence?.requests ?? 0;
  const needed = requestsToTell(policy);
  if (unreadable !== null) return `the metrics cannot be read: ${unreadable}`;
  if (seen < Math.max(asked, needed))
    return seen < asked
      ? `green has had ${grouped(seen)} of the ${grouped(asked)} requests that the shift asks for`
      : `too few requests to tell: green has had ${grouped(seen)}, ${grouped(needed)} would show`;
  const uncounted = notCounted(policy, comparison);
  return uncounted === null ? silence(comparison, nowMs) : `too little is counted to tell: ${uncounted}`;
};

/** What cannot be read now may be read soon. */
const waitsForMetrics = ({ shift, bakedMs, unreadable }: BakeInput): BakeEnd | null =>
  unreadable === null || bakedMs >= shift.bakeMs + UNKNOWN_TOLERANCE_MS
    ? null
    : { kind: 'bakes', waitMs: MINUTE_MS, aside: `; waits for metrics that cannot be read: ${unreadable}` };

/**
 * What has to be somebody's decision: to give more users to a green that none of them reaches, or to continue with a
 * budget that nobody can count. Null: nothing.
 */
const decidedBySomebody = (
  { shift, unreadable, sticky, nowMs }: BakeInput,
  policy: AnalysisPlan,
  comparison: Comparison,
): BakeEnd | null => {
  const silent = silence(comparison, nowMs) ?? silenceFromTheStart(policy, comparison, nowMs);
  const unknown = unreadable === null ? silent : `the metrics cannot be read: ${unreadable}`;
  const uncounted =
    policy.exposure === undefined || unknown === null
      ? null
      : `nobody can tell whether the exposure budget is used up: ${unknown}`;
  const unreachable =
    unreadable === null && somethingDecides(policy) ? unreached(shift, comparison, sticky) : null;
  const reason = uncounted ?? unreachable;
  return reason === null ? null : { kind: policy.onInconclusive === 'rollBack' ? 'rollBack' : 'ask', reason };
};

/** The bake is over by its time: what follows of what its metrics leave open. */
const atItsEnd = (input: BakeInput, policy: AnalysisPlan, comparison: Comparison): BakeEnd => {
  const { shift } = input;
  // Green is alone at 100 %: there is nothing to compare any more, and nowhere to advance to.
  if (shift.greenPct === 100) return { kind: 'over', aside: '' };
  const open = openAtTheEnd(input, policy, comparison);
  if (open === null) return { kind: 'over', aside: '' };
  const notYet = waitsForMetrics(input) ?? decidedBySomebody(input, policy, comparison);
  if (notYet !== null) return notYet;
  if (policy.onInconclusive === 'advance') return { kind: 'over', aside: `; not proven: ${open}` };
  return { kind: policy.onInconclusive, reason: open };
};

/** Whether a comparison is news to a deployment that decided with the one before: it would decide something else. */
export const wakes = (
  { shifts, analysis }: Pick<Plan, 'shifts' | 'analysis'>,
  position: number,
  before: Comparison,
  now: Comparison,
): boolean => {
  const shift = shifts[position];
  if (shift === undefined) return false;
  if (exposureUsedUp(analysis, before) === null && exposureUsedUp(analysis, now) !== null) return true;
  if (now.kind !== before.kind) {
    if (now.kind === 'worse' || now.kind === 'suspect') return true;
    // A suspicion that has gone lets an extended bake end.
    if (before.kind === 'suspect') return true;
    if (now.kind === 'unharmed') return shift.evidence !== undefined;
  }
  const { requests } = shift.evidence ?? {};
  return requests !== undefined && before.shift.requests < requests && now.shift.requests >= requests;
};
