import { MINUTE_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { grouped } from '../figures.ts';
import { UNKNOWN_TOLERANCE_MS } from '../pace.ts';
import type { AnalysisPlan, Comparison } from '../vocabulary/analysis.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import { NO_HARM } from './analysis/non-inferiority.ts';
import { nextObservationMs } from './bake-observations.ts';
import { exposureUsedUp } from './exposure.ts';

/** How a bake stands: it lasts, it is over, or its metrics do not tell and the request says what then. */
type BakeEnd =
  | { kind: 'bakes'; waitMs: number; aside: string }
  | { kind: 'over'; aside: string }
  | { kind: 'ask' | 'rollBack'; reason: string };

type BakeInput = {
  shift: Shift;
  bakedMs: number;
  /** Absent: green is not compared with blue. */
  policy: AnalysisPlan | undefined;
  comparison: Comparison | null;
  /** Why the metrics could not be read just now. */
  unreadable: string | null;
};

/**
 * What appears worse without proof is given so long beside its bake, and as long as the bake: chance fades, a
 * regression grows.
 */
const LEAST_EXTENSION_MS = 5 * MINUTE_MS;

/** Fewer requests could not rule out a margin even if none of them failed: the sequential rule of three. */
const requestsFor = (deltas: readonly number[]): number =>
  Math.ceil(Math.log(1 / NO_HARM.alpha) / Math.max(NO_HARM.delta, ...deltas));

/** A shift with fewer requests has proven nothing. */
export const requestsToTell = ({ errors, latency }: Pick<AnalysisPlan, 'errors' | 'latency'>): number =>
  requestsFor([errors, latency].flatMap(({ use, delta }) => (use === 'decide' ? [delta] : [])));

/** Which of the application's metrics that decide have counted too little of green to prove anything; null: none. */
export const notCounted = (
  { application = [] }: Pick<AnalysisPlan, 'application'>,
  { metrics }: Comparison,
): string | null => {
  const short = application.flatMap(({ name, use, delta }) => {
    const counted = metrics.find(({ metric }) => metric === `bad in ${name}`)?.green.requests ?? 0;
    const needed = requestsFor([delta]);
    if (use !== 'decide' || counted >= needed) return [];
    return [`green has had ${grouped(counted)} of ${name}, ${grouped(needed)} would show`];
  });
  return short.length === 0 ? null : short.join('; ');
};

/** Whether a bake lasts, and until when it is not observed again. */
export const endOfBake = (input: BakeInput): BakeEnd => {
  const { shift, bakedMs, policy, comparison } = input;
  const decides =
    policy !== undefined &&
    [policy.errors, policy.latency, ...(policy.application ?? [])].some(({ use }) => use === 'decide');
  const waitMs = nextObservationMs(shift.bakeMs, bakedMs);
  if (policy === undefined || comparison === null || !decides) {
    return waitMs > 0 ? { kind: 'bakes', waitMs, aside: '' } : { kind: 'over', aside: '' };
  }
  if (comparison.kind === 'suspect' && waitMs === 0) return extended(input, policy);
  const usedUp = shift.greenPct === 100 ? null : exposureUsedUp(policy, comparison);
  if (usedUp !== null) return { kind: 'ask', reason: usedUp };
  const proof = comparison.kind === 'suspect' ? null : proofOf(shift, comparison, bakedMs);
  if (proof !== null) return { kind: 'over', aside: proof };
  if (waitMs > 0) return { kind: 'bakes', waitMs: untilAtLeast(shift, bakedMs, waitMs), aside: '' };
  return atItsEnd(input, policy, comparison);
};

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

const extended = ({ shift, bakedMs, comparison }: BakeInput, policy: AnalysisPlan): BakeEnd => {
  const limitMs = shift.bakeMs + Math.max(LEAST_EXTENSION_MS, shift.bakeMs);
  if (bakedMs < limitMs) {
    const waitMs = Math.min(limitMs - bakedMs, Math.max(MINUTE_MS, shift.bakeMs / 10));
    const aside =
      `; it bakes on for ${formatDuration(Math.ceil((limitMs - bakedMs) / 1_000) * 1_000)} at most ` +
      'because green may be worse';
    return { kind: 'bakes', waitMs, aside };
  }
  const reason = `${comparison?.reason ?? ''}; neither proven nor gone after ${formatDuration(limitMs)}`;
  // To advance what appears worse has to be somebody's decision.
  return { kind: policy.onInconclusive === 'rollBack' ? 'rollBack' : 'ask', reason };
};

/** The bake is over by its time: what its metrics leave open. */
const atItsEnd = (
  { shift, bakedMs, unreadable }: BakeInput,
  policy: AnalysisPlan,
  comparison: Comparison,
): BakeEnd => {
  const { shift: seen } = comparison;
  // Green is alone at 100 %: there is nothing to compare any more, and nowhere to advance to.
  if (shift.greenPct === 100) return { kind: 'over', aside: '' };
  const asked = shift.evidence?.requests ?? 0;
  const needed = requestsToTell(policy);
  const enough = seen.requests >= Math.max(asked, needed);
  const uncounted = notCounted(policy, comparison);
  if (enough && uncounted === null) return { kind: 'over', aside: '' };
  if (unreadable !== null && bakedMs < shift.bakeMs + UNKNOWN_TOLERANCE_MS) {
    return {
      kind: 'bakes',
      waitMs: MINUTE_MS,
      aside: `; waits for metrics that cannot be read: ${unreadable}`,
    };
  }
  const missing =
    unreadable !== null
      ? `the metrics cannot be read: ${unreadable}`
      : enough
        ? `too little is counted to tell: ${uncounted}`
        : seen.requests < asked
          ? `green has had ${grouped(seen.requests)} of the ${grouped(asked)} requests that the shift asks for`
          : `too few requests to tell: green has had ${grouped(seen.requests)}, ${grouped(needed)} would show`;
  if (policy.onInconclusive === 'advance') return { kind: 'over', aside: `; not proven: ${missing}` };
  return { kind: policy.onInconclusive, reason: missing };
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
