import { MINUTE_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { grouped } from '../figures.ts';
import { UNKNOWN_TOLERANCE_MS } from '../pace.ts';
import type { AnalysisPlan, Comparison } from '../vocabulary/analysis.types.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import { METRIC_LAG_MS } from './analysis/final-minutes.ts';
import { NO_HARM } from './analysis/non-inferiority.ts';

/** Why metrics say too little for a shift to pass by them. */

/** Fewer requests could not rule out a margin even if none of them failed: the sequential rule of three. */
const requestsFor = (deltas: readonly number[]): number =>
  Math.ceil(Math.log(1 / NO_HARM.alpha) / Math.max(NO_HARM.delta, ...deltas));

/** A shift with fewer requests has proven nothing. */
export const requestsToTell = ({ errors, latency }: Pick<AnalysisPlan, 'errors' | 'latency'>): number =>
  requestsFor([errors, latency].flatMap(({ use, delta }) => (use === 'decide' ? [delta] : [])));

/** Where response times decide: why those of green prove nothing. */
const notTimed = ({ latency }: Pick<AnalysisPlan, 'latency'>, { metrics }: Comparison): string[] => {
  if (latency.use !== 'decide') return [];
  const timed = metrics
    .filter(({ metric }) => metric.startsWith('slower'))
    .map(({ green }) => green.requests);
  if (timed.length === 0) return ["blue's usual response times are not known, so none are compared"];
  const needed = requestsFor([latency.delta]);
  const least = Math.min(...timed);
  return least >= needed
    ? []
    : [`${grouped(least)} answers of green were timed, ${grouped(needed)} would show`];
};

/**
 * Which metrics that decide, beside errors, have counted too little of green to prove anything; null: none of them.
 */
export const notCounted = (
  policy: Pick<AnalysisPlan, 'application' | 'latency'>,
  comparison: Comparison,
): string | null => {
  const short = (policy.application ?? []).flatMap(({ name, use, delta }) => {
    const counted = comparison.metrics.find(({ metric }) => metric === `bad in ${name}`)?.green.requests ?? 0;
    const needed = requestsFor([delta]);
    if (use !== 'decide' || counted >= needed) return [];
    return [`green has had ${grouped(counted)} of ${name}, ${grouped(needed)} would show`];
  });
  const missing = [...notTimed(policy, comparison), ...short];
  return missing.length === 0 ? null : missing.join('; ');
};

const errorsIn = ({ metrics }: Comparison) => metrics.find(({ metric }) => metric === 'errors');

/** So many requests a minute are not all missing for minutes by chance. */
const BUSY = 10;

/**
 * How long nothing has come of a service that was busy until then, as a sentence; null: nothing is missing. Neither a
 * good sign nor a bad one: nobody knows what green does meanwhile.
 */
export const silence = (comparison: Comparison, nowMs: number): string | null => {
  const errors = errorsIn(comparison);
  return errors === undefined
    ? null
    : silentSince(comparison, errors.blue.requests + errors.green.requests, comparison.minutes, nowMs);
};

/** The same where nothing has come since green has users: it is as busy as blue was before. */
export const silenceFromTheStart = (
  { baseline }: Pick<AnalysisPlan, 'baseline'>,
  comparison: Comparison,
  nowMs: number,
): string | null =>
  baseline === null || comparison.minutes > 0
    ? null
    : silentSince(comparison, baseline.requests, baseline.minutes, nowMs);

/** `requests` came in `countedMinutes`. */
const silentSince = (
  { sinceMs, minutes }: Pick<Comparison, 'sinceMs' | 'minutes'>,
  requests: number,
  countedMinutes: number,
  nowMs: number,
): string | null => {
  const silentMs = nowMs - sinceMs - minutes * MINUTE_MS;
  if (countedMinutes === 0 || silentMs < METRIC_LAG_MS + UNKNOWN_TOLERANCE_MS) return null;
  const perMinute = Math.round(requests / countedMinutes);
  if (perMinute < BUSY) return null;
  const lasted = formatDuration(Math.floor(silentMs / MINUTE_MS) * MINUTE_MS);
  return `nothing is known of the last ${lasted}: ${grouped(perMinute)} requests a minute came until then`;
};

/** So many are not all elsewhere by chance: once in 10^13 shifts. */
const NO_CHANCE = 30;

/**
 * Green has weight and never had a request, while blue has many: something is between it and its users, or their
 * metrics. Clients that stay with their colour leave green alone for longer.
 */
export const unreached = (
  { greenPct }: Pick<Shift, 'greenPct'>,
  comparison: Comparison,
  sticky: boolean,
): string | null => {
  const blue = errorsIn(comparison)?.blue.requests ?? 0;
  const expected = (blue * greenPct) / (100 - greenPct);
  if (sticky || comparison.exposed.requests > 0 || expected < NO_CHANCE) return null;
  return (
    `green has had none of the ${grouped(Math.round(expected))} requests that ${greenPct} % are: ` +
    'users do not reach it, or its metrics do not come'
  );
};
