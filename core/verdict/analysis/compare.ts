import { HOUR_MS, MINUTE_MS } from '../../clock.ts';
import type {
  AnalysisPlan,
  ComparedMetric,
  Comparison,
  ComparisonKind,
} from '../../vocabulary/analysis.types.ts';
import type { MetricMinute } from '../../vocabulary/metrics.types.ts';
import { boundsOf } from './bounds.ts';
import { type ComparedFrom, metricRules } from './compared-metrics.ts';
import { describeComparison } from './describe-comparison.ts';
import { type FinalMinute, finalMinutes } from './final-minutes.ts';
import { logUnharmedOf, NO_HARM } from './non-inferiority.ts';
import { carriedTo, lonelyAndWorse, type RunningComparison, withMinutes } from './running.ts';
import { SIGMA_CEILING } from './sigma.ts';
import { LEAST_BAD, SUSPECT_LOG_E } from './thresholds.ts';

export type CompareInput = ComparedFrom & {
  /** What the minutes before the series left; null: the series begins with the first shift. */
  carried: RunningComparison | null;
  /** Oldest first, one entry a minute. */
  series: readonly MetricMinute[];
  /** The bounds of the difference take a hundred times the rest's work: only for what is shown. */
  withBounds: boolean;
  nowMs: number;
};

/** Unharmed needs so many minutes of the shift, and hardly a sign of the contrary. */
const LEAST_MINUTES = 3;
const NO_SIGN_LOG_E = Math.log(2);

/** The difference is shown to a millionth. */
const SHOWN_HALVINGS = 20;

const rounded = (value: number): number => Number(value.toFixed(6));

const statesOf = ({ metrics }: RunningComparison, from: ComparedFrom): ComparedMetric[] =>
  metricRules(from).flatMap(({ metric, use }, at) => {
    const state = metrics[at];
    if (state === undefined) return [];
    const { blue, green, logE, maxLogE, unharmed } = state;
    const logUnharmed = rounded(logUnharmedOf(unharmed));
    return [{ metric, use, blue, green, logE: rounded(logE), maxLogE: rounded(maxLogE), logUnharmed }];
  });

const kindOf = (
  running: RunningComparison,
  deciding: readonly ComparedMetric[],
  policy: AnalysisPlan,
): ComparisonKind => {
  const { minutes, shift, logE, maxLogE, outage } = running;
  if (minutes === 0) return 'unread';
  const bad = deciding.reduce((sum, { green }) => sum + green.bad, 0);
  if (outage !== null || (maxLogE >= Math.log(1 / policy.alpha) && bad >= LEAST_BAD)) return 'worse';
  if (logE >= SUSPECT_LOG_E || lonelyAndWorse(running, policy) !== null) return 'suspect';
  const unharmed = ({ logUnharmed, logE }: ComparedMetric): boolean =>
    logUnharmed >= Math.log(1 / NO_HARM.alpha) && logE <= NO_SIGN_LOG_E;
  return shift.minutes >= LEAST_MINUTES && deciding.length > 0 && deciding.every(unharmed)
    ? 'unharmed'
    : 'undecided';
};

/** The known minutes that the carried comparison has not got. */
const newMinutes = ({ series, policy, nowMs }: CompareInput, carriedToMs: number): FinalMinute[] =>
  finalMinutes(
    series.filter(({ startMs }) => startMs >= carriedToMs),
    nowMs,
    { thresholds: policy.baseline?.slowOver.length ?? 0, application: policy.application?.length ?? 0 },
  );

/** What the known minutes say of green beside blue, from the first shift on. */
export const compare = (input: CompareInput): Comparison => {
  const { policy, carried, sinceMs, shiftFromMs } = input;
  const before = carried === null ? null : carriedTo(carried, input);
  if (carried !== null && before === null)
    throw new Error('expected a comparison that can be carried on, found one of other minutes');
  const running = withMinutes(before, newMinutes(input, before?.toMs ?? sinceMs), input);
  const metrics = statesOf(running, input);
  const kind = kindOf(
    running,
    metrics.filter(({ use }) => use === 'decide'),
    policy,
  );
  const comparison: Omit<Comparison, 'reason'> = {
    kind,
    sinceMs,
    shiftFromMs,
    minutes: running.minutes,
    shift: running.shift,
    exposed: running.exposed,
    metrics,
    difference:
      input.withBounds && running.recent.length > 0
        ? boundsOf(
            running.recent,
            { alpha: policy.alpha, sigma: policy.baseline?.sigma ?? SIGMA_CEILING },
            SHOWN_HALVINGS,
          )
        : null,
  };
  return { ...comparison, reason: describeComparison(comparison, policy, running) };
};

/**
 * The comparison up to the last full hour that will not be read again, to be stored and carried on from; null when that
 * is no more than was carried.
 */
export const carryOn = (input: CompareInput, settledMs: number): RunningComparison | null => {
  const { carried, sinceMs } = input;
  const before = carried === null ? null : carriedTo(carried, input);
  const fromMs = before?.toMs ?? sinceMs;
  const untilMs = Math.floor(settledMs / HOUR_MS) * HOUR_MS;
  if (untilMs <= fromMs) return null;
  const settled = newMinutes(input, fromMs).filter(({ startMs }) => startMs + MINUTE_MS <= untilMs);
  // A silence at the end may yet turn out to be minutes without requests.
  if (settled.at(-1)?.startMs !== untilMs - MINUTE_MS) return null;
  return withMinutes(before, settled, input);
};
