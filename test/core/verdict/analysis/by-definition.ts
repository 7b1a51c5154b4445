import { MINUTE_MS } from '../../../../core/clock.ts';
import { bakeGains } from '../../../../core/verdict/analysis/bake.ts';
import type { CompareInput } from '../../../../core/verdict/analysis/compare.ts';
import { type FinalMinute, finalMinutes } from '../../../../core/verdict/analysis/final-minutes.ts';
import { isOutage } from '../../../../core/verdict/analysis/hard-gate.ts';
import { nonInferiority } from '../../../../core/verdict/analysis/non-inferiority.ts';
import { courseOf } from '../../../../core/verdict/analysis/onsets.ts';
import { regression } from '../../../../core/verdict/analysis/regression.ts';
import type { Counts, Minute } from '../../../../core/verdict/analysis/series.types.ts';
import { allowedRate } from '../../../../core/verdict/analysis/usual-rate.ts';

/**
 * The verdict from the definitions: each course whole, over all minutes of the series, then what they mean together. It
 * shares no code with core/verdict/analysis/running.ts, which adds minutes to what the earlier ones left.
 */
export const kindByDefinition = (input: CompareInput): { kind: string; logE: number; maxLogE: number } => {
  const { policy, series, shiftFromMs, sinceMs, alone, sticky, nowMs } = input;
  const minutes = finalMinutes(series, nowMs, { thresholds: policy.baseline?.slowOver.length ?? 0 });
  if (minutes.length === 0) return { kind: 'unread', logE: 0, maxLogE: 0 };
  const sigma = Math.max(sticky ? 0.5 : 0, policy.baseline?.sigma ?? 0.75);
  const usualBad = (policy.baseline?.bad ?? 0) / Math.max(1, policy.baseline?.minutes ?? 1);
  const { alpha } = policy;

  const judge = (
    rows: { startMs: number; minute: Minute }[],
    { psi, delta }: { psi: number; delta: number },
    fromMs: number,
  ) => {
    const ofShift = rows.flatMap(({ startMs, minute }) => (startMs >= fromMs ? [minute] : []));
    const noHarm = { psi: 1.5, delta: Math.max(0.001, delta), sigma, usualBad };
    return {
      course: regression(
        rows.map(({ minute }) => minute),
        { psi, delta, sigma, alpha },
      ),
      unharmed: nonInferiority(ofShift, noHarm).at(-1) ?? 0,
      bad: rows.reduce((sum, { minute }) => sum + minute.green.bad, 0),
    };
  };
  const errors = judge(
    minutes.map(({ startMs, errors: minute }) => ({ startMs, minute })),
    policy.errors,
    shiftFromMs,
  );
  const bake = alone ? bakeOf(minutes, input) : [];
  const errorCourse = errors.course.map((logE, at) => {
    const logBake = bake[at - (minutes.length - bake.length)] ?? 0;
    return Math.log(0.9 * Math.exp(logE) + 0.1 * Math.exp(logBake));
  });
  const slow = (policy.baseline?.slowOver ?? []).map((_, threshold) =>
    judge(
      minutes.flatMap(({ startMs, slow }) =>
        startMs < sinceMs + 3 * MINUTE_MS ? [] : [{ startMs, minute: slow[threshold] as Minute }],
      ),
      policy.latency,
      shiftFromMs + MINUTE_MS,
    ),
  );
  const slowDecides = policy.latency.use === 'decide' && slow.length > 0;
  const together = minutes.map((_, at) => {
    const ofErrors = Math.exp(errorCourse[at] as number);
    if (!slowDecides) return Math.log(ofErrors);
    const each = slow.map(({ course }) => Math.exp(course[at - (minutes.length - course.length)] ?? 0));
    return Math.log((ofErrors + each.reduce((sum, one) => sum + one, 0) / each.length) / 2);
  });

  const logE = together.at(-1) as number;
  const maxLogE = Math.max(0, ...together);
  const deciding = [{ ...errors, course: errorCourse }, ...(slowDecides ? slow : [])];
  const bad = deciding.reduce((sum, one) => sum + one.bad, 0);
  const outage = minutes.some((minute) => isOutage(minute.errors));
  const ofShift = minutes.filter(({ startMs }) => startMs >= shiftFromMs).length;
  const unharmed = deciding.every(
    (one) => one.unharmed >= Math.log(20) && (one.course.at(-1) ?? 0) <= Math.log(2),
  );
  const kind =
    outage || (maxLogE >= Math.log(1 / alpha) && bad >= 3)
      ? 'worse'
      : logE >= Math.log(10)
        ? 'suspect'
        : ofShift >= 3 && unharmed
          ? 'unharmed'
          : 'undecided';
  return { kind, logE, maxLogE };
};

const bakeOf = (
  minutes: readonly FinalMinute[],
  { policy, shiftFromMs }: CompareInput,
): readonly number[] => {
  const from = minutes.findIndex(({ startMs }) => startMs >= shiftFromMs);
  if (from < 0) return [];
  const blue = [policy.baseline, ...minutes.slice(0, from).map(({ errors }) => errors.blue)].reduce<Counts>(
    (sum, counts) => ({
      requests: sum.requests + (counts?.requests ?? 0),
      bad: sum.bad + (counts?.bad ?? 0),
    }),
    { requests: 0, bad: 0 },
  );
  const rate = allowedRate(blue, policy.errors.delta);
  return courseOf(
    minutes.slice(from).map(({ errors }) => bakeGains(errors.green, rate)),
    Math.log(1 / policy.alpha),
  );
};
