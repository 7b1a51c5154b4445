import { MINUTE_MS } from '../../clock.ts';
import type { GroupMinute, MetricMinute } from '../../vocabulary/metrics.types.ts';
import type { Counts, Minute } from './series.types.ts';

/** A minute's metrics are usable when its end is so old: most are complete after two minutes [fact 116, 121]. */
export const METRIC_LAG_MS = 2 * MINUTE_MS;

/** A minute that counts: errors, and slow answers by threshold. */
export type FinalMinute = { startMs: number; errors: Minute; slow: Minute[] };

/**
 * Connection errors count attempts and the balancer may try another target, so they may exceed the requests; both
 * sides alike. The balancer's own 5xx have no target group and are left to alarms [fact 118].
 */
export const errorsOf = ({ requests = 0, target5xx = 0, connectionErrors = 0 }: GroupMinute): Counts => ({
  requests,
  bad: Math.min(requests, target5xx + connectionErrors),
});

/** Without a rank the slow ones are not known, and the minute says nothing. */
const slowOf = ({ timed = 0, withinPercent = [] }: GroupMinute, threshold: number): Counts => {
  const within = withinPercent[threshold];
  return within === undefined
    ? { requests: 0, bad: 0 }
    : { requests: timed, bad: Math.round(timed * (1 - within / 100)) };
};

/**
 * The minutes that are known by now, oldest first, without a gap: those old enough, up to the last of which
 * CloudWatch has requests of either colour. A colour without a data point in one of them had no request; a later
 * minute without any is not published yet, or nobody came: it is not counted.
 */
export const finalMinutes = (
  series: readonly MetricMinute[],
  thresholds: number,
  nowMs: number,
): FinalMinute[] => {
  const old = series.filter(({ startMs }) => startMs + MINUTE_MS + METRIC_LAG_MS <= nowMs);
  const last = old.findLastIndex(
    ({ blue, green }) => blue.requests !== undefined || green.requests !== undefined,
  );
  return old.slice(0, last + 1).map(({ startMs, blue, green }) => ({
    startMs,
    errors: { blue: errorsOf(blue), green: errorsOf(green) },
    slow: Array.from({ length: thresholds }, (_, at) => ({
      blue: slowOf(blue, at),
      green: slowOf(green, at),
    })),
  }));
};
