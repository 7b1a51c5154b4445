import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { AnalysisPlan } from '../vocabulary/analysis.types.ts';
import type { MetricMinute, MetricSeries } from '../vocabulary/metrics.types.ts';
import { METRIC_LAG_MS } from './analysis/final-minutes.ts';
import { seriesOf } from './published-metrics.ts';

/** Late minutes still grow: the last ones are read again each time [fact 116, 121]. */
const READ_AGAIN_MS = 12 * MINUTE_MS;

/**
 * CloudWatch charges by the series asked for, whatever the minutes in it. So the watch reads each minute of a shift's
 * first half hour, when most regressions show, and then whenever a tenth of the time since the shift has gone by again.
 */
const EACH_MINUTE_MS = 30 * MINUTE_MS;
const MOST_BETWEEN_MS = 30 * MINUTE_MS;

/** Response times that only advise: half of what is asked for, and nothing waits for them. */
const LEAST_BETWEEN_ADVICE_MS = 10 * MINUTE_MS;
const MOST_BETWEEN_ADVICE_MS = 2 * HOUR_MS;

const betweenReadsMs = (sinceShiftMs: number): number =>
  sinceShiftMs < EACH_MINUTE_MS
    ? MINUTE_MS
    : Math.min(MOST_BETWEEN_MS, Math.floor(sinceShiftMs / 10 / MINUTE_MS) * MINUTE_MS);

const betweenAdviceMs = (sinceShiftMs: number): number =>
  Math.min(MOST_BETWEEN_ADVICE_MS, Math.max(LEAST_BETWEEN_ADVICE_MS, sinceShiftMs / 5));

/** The window of the next read: whole minutes, the end not included; and whether it takes response times. */
type MetricRead = { fromMs: number; toMs: number; timed: boolean };

type ReadInput = {
  policy: AnalysisPlan;
  stored: MetricSeries;
  sinceMs: number;
  shiftFromMs: number;
  nowMs: number;
};

const wholeMinute = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

const takesTimes = ({ latency, baseline }: AnalysisPlan): boolean =>
  latency.use !== 'off' && (baseline?.slowOver.length ?? 0) > 0;

/**
 * Up to when counts, and response times, will not be read again, so late that they change no more; null: nothing yet.
 */
const settledBy = ({ minutes, timedAtMs }: MetricSeries) => {
  const last = minutes.at(-1);
  return {
    counts: last === undefined ? null : last.startMs + MINUTE_MS - READ_AGAIN_MS,
    times: timedAtMs === null ? null : wholeMinute(timedAtMs) - READ_AGAIN_MS,
  };
};

/** The next read of a deployment's metrics; null while there is no minute that could be known. */
export const nextRead = ({ policy, stored, sinceMs, shiftFromMs, nowMs }: ReadInput): MetricRead | null => {
  const toMs = wholeMinute(nowMs);
  if (nowMs < sinceMs + MINUTE_MS + METRIC_LAG_MS) return null;
  const timed =
    takesTimes(policy) &&
    (policy.latency.use === 'decide' ||
      stored.timedAtMs === null ||
      nowMs - stored.timedAtMs >= betweenAdviceMs(nowMs - shiftFromMs));
  const settled = settledBy(stored);
  // With response times all minutes that still lack them.
  const fromMs = Math.min(settled.counts ?? sinceMs, timed ? (settled.times ?? sinceMs) : toMs);
  return { fromMs: Math.min(Math.max(sinceMs, fromMs), toMs - MINUTE_MS), toMs, timed };
};

/** Up to when the series will not be read again, its response times included where they are compared. */
export const settledMs = (policy: AnalysisPlan, stored: MetricSeries, sinceMs: number): number => {
  const { counts, times } = settledBy(stored);
  return Math.min(counts ?? sinceMs, takesTimes(policy) ? (times ?? sinceMs) : Number.POSITIVE_INFINITY);
};

/** The minutes that can be known by now have all begun before. */
const knownToMs = (nowMs: number): number => wholeMinute(nowMs - METRIC_LAG_MS);

/**
 * The watch's turns come a minute apart, and some seconds late: one that is not waited for would be a whole minute.
 */
const EARLY_MS = 10 * SECOND_MS;

/**
 * Whether the watch has to read: where each minute counts, because one is known that nobody has read; a step that has
 * just done so leaves it nothing to do.
 */
export const watchIsDue = (readAtMs: number | null, shiftFromMs: number, nowMs: number): boolean => {
  if (readAtMs === null) return true;
  const betweenMs = betweenReadsMs(nowMs - shiftFromMs);
  if (betweenMs === MINUTE_MS) return knownToMs(nowMs) > knownToMs(readAtMs);
  return nowMs - readAtMs >= betweenMs - EARLY_MS;
};

/** What the watch, or the step before, has read a moment ago would be read again as it is. */
const JUST_READ_MS = 15 * SECOND_MS;

/** Whether a read would find nothing new: one was made just now, and no minute can be known since. */
export const isJustRead = (readAtMs: number | null, nowMs: number): boolean =>
  readAtMs !== null && nowMs - readAtMs < JUST_READ_MS && knownToMs(nowMs) === knownToMs(readAtMs);

/** Requests, errors and connection errors of one colour. */
const COUNTS_OF_A_COLOUR = 3;

/** How many series the bakes of a plan ask for, by which CloudWatch charges: an estimate, nothing being read twice. */
export const seriesAskedFor = (
  shifts: readonly { greenPct: number; bakeMs: number; test?: true }[],
  policy: AnalysisPlan | undefined,
): number => {
  if (policy === undefined) return 0;
  const thresholds = policy.baseline?.slowOver.length ?? 2;
  const times = policy.latency.use === 'off' || thresholds === 0 ? 0 : 2 * (1 + thresholds);
  const published = seriesOf(policy.application ?? []).size;
  const ofBake = ({ greenPct, bakeMs }: { greenPct: number; bakeMs: number }): number => {
    let asked = 0;
    let timedAtMs = Number.NEGATIVE_INFINITY;
    for (let atMs = MINUTE_MS + METRIC_LAG_MS; atMs <= bakeMs; atMs += betweenReadsMs(atMs)) {
      asked += greenPct === 100 ? COUNTS_OF_A_COLOUR : 2 * (COUNTS_OF_A_COLOUR + published);
      const timed = policy.latency.use === 'decide' || atMs - timedAtMs >= betweenAdviceMs(atMs);
      if (greenPct === 100 || !timed) continue;
      asked += times;
      timedAtMs = atMs;
    }
    return asked;
  };
  return shifts.filter(({ test }) => test !== true).reduce((sum, shift) => sum + ofBake(shift), 0);
};

/** The series with what was read: whole minutes are replaced, response times that were not asked for stay. */
export const merged = (
  stored: MetricSeries,
  read: readonly MetricMinute[],
  { fromMs, timed }: Pick<MetricRead, 'fromMs' | 'timed'>,
  nowMs: number,
): MetricSeries => {
  const before = new Map(stored.minutes.map((minute) => [minute.startMs, minute]));
  const times = ({ timed, withinPercent }: MetricMinute['blue']) => ({
    ...(timed === undefined ? {} : { timed }),
    ...(withinPercent === undefined ? {} : { withinPercent }),
  });
  const fresh = read.map((minute): MetricMinute => {
    const known = before.get(minute.startMs);
    if (timed || known === undefined) return minute;
    return {
      startMs: minute.startMs,
      blue: { ...times(known.blue), ...minute.blue },
      green: { ...times(known.green), ...minute.green },
    };
  });
  return {
    minutes: [...stored.minutes.filter(({ startMs }) => startMs < fromMs), ...fresh],
    readAtMs: nowMs,
    timedAtMs: timed ? nowMs : stored.timedAtMs,
  };
};
