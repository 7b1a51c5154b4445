import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { AnalysisPlan } from '../vocabulary/analysis.types.ts';
import type { MetricMinute, MetricSeries } from '../vocabulary/metrics.types.ts';
import { METRIC_LAG_MS } from './analysis/final-minutes.ts';

/** Late minutes still grow: the last ones are read again each time [fact 116, 121]. */
const READ_AGAIN_MS = 12 * MINUTE_MS;

/** Somebody else has just read them. */
const FRESH_MS = 50 * SECOND_MS;

/** Response times that only advise: half of what is asked for, and nothing waits for them. */
const ADVICE_EVERY_MS = 10 * MINUTE_MS;

/**
 * How often the watch reads, by the time since the shift. CloudWatch charges by the series asked for: each minute of
 * the first half hour, when most regressions show, and seldom in a bake of days.
 */
const CADENCE: readonly { untilMs: number; everyMs: number }[] = [
  { untilMs: 30 * MINUTE_MS, everyMs: MINUTE_MS },
  { untilMs: 6 * HOUR_MS, everyMs: 5 * MINUTE_MS },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: 30 * MINUTE_MS },
];

/** The window of the next read: whole minutes, the end not included; and whether it takes response times. */
type MetricRead = { fromMs: number; toMs: number; timed: boolean };

type ReadInput = {
  policy: AnalysisPlan;
  stored: MetricSeries;
  sinceMs: number;
  nowMs: number;
};

/** The next read of a deployment's metrics; null while there is no minute that could be known. */
export const nextRead = ({ policy, stored, sinceMs, nowMs }: ReadInput): MetricRead | null => {
  const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  if (nowMs < sinceMs + MINUTE_MS + METRIC_LAG_MS) return null;
  const { use } = policy.latency;
  const timed =
    (policy.baseline?.slowOver.length ?? 0) > 0 &&
    (use === 'decide' ||
      (use === 'advise' && (stored.timedAtMs === null || nowMs - stored.timedAtMs >= ADVICE_EVERY_MS)));
  const lastMs = stored.minutes.at(-1)?.startMs;
  const fromMs = lastMs === undefined ? sinceMs : Math.max(sinceMs, lastMs + MINUTE_MS - READ_AGAIN_MS);
  return { fromMs: Math.min(fromMs, toMs - MINUTE_MS), toMs, timed };
};

/** Whether the watch has to read: a step that judges every minute leaves it nothing to do. */
export const watchIsDue = (readAtMs: number | null, shiftFromMs: number, nowMs: number): boolean => {
  if (readAtMs === null) return true;
  const everyMs = CADENCE.find(({ untilMs }) => nowMs - shiftFromMs < untilMs)?.everyMs ?? MINUTE_MS;
  return nowMs - readAtMs >= everyMs - (MINUTE_MS - FRESH_MS);
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
