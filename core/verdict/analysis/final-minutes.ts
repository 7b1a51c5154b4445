import { MINUTE_MS } from '../../clock.ts';
import type { GroupMinute, MetricMinute } from '../../vocabulary/metrics.types.ts';
import type { Counts, Minute } from './series.types.ts';

/** A minute's metrics are usable when its end is so old: most are complete after two minutes [fact 116, 121]. */
export const METRIC_LAG_MS = 2 * MINUTE_MS;

/**
 * A minute that counts: errors, slow answers by threshold, and what the application counts, undefined where it has
 * published nothing for either colour yet.
 */
export type FinalMinute = {
  startMs: number;
  errors: Minute;
  slow: Minute[];
  application: (Minute | undefined)[];
};

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

/** What the application counted, by the place of its metric in the policy. Without a data point: nothing happened. */
export const countedBy = ({ application = [] }: GroupMinute, at: number): Counts => {
  const { requests = 0, bad = 0 } = application[at] ?? {};
  return { requests, bad: Math.min(requests, bad) };
};

/**
 * An application publishes later than the load balancer: its minutes count up to the last in which it published for
 * either colour. In an earlier one a colour without a data point had nothing to count.
 */
const applicationMinutes = (minutes: readonly MetricMinute[], at: number): (Minute | undefined)[] => {
  const published = (minute: GroupMinute): boolean => minute.application?.[at]?.requests !== undefined;
  const last = minutes.findLastIndex(({ blue, green }) => published(blue) || published(green));
  return minutes.map(({ blue, green }, index) =>
    index > last ? undefined : { blue: countedBy(blue, at), green: countedBy(green, at) },
  );
};

/**
 * The minutes that are known by now, oldest first, without a gap: those old enough, up to the last of which
 * CloudWatch has requests of either colour. A colour without a data point in one of them had no request; a later
 * minute without any is not published yet, or nobody came: it is not counted.
 */
export const finalMinutes = (
  series: readonly MetricMinute[],
  nowMs: number,
  { thresholds = 0, application = 0 }: { thresholds?: number; application?: number } = {},
): FinalMinute[] => {
  const old = series.filter(({ startMs }) => startMs + MINUTE_MS + METRIC_LAG_MS <= nowMs);
  const last = old.findLastIndex(
    ({ blue, green }) => blue.requests !== undefined || green.requests !== undefined,
  );
  const known = old.slice(0, last + 1);
  const counted = Array.from({ length: application }, (_, at) => applicationMinutes(known, at));
  return known.map(({ startMs, blue, green }, index) => ({
    startMs,
    errors: { blue: errorsOf(blue), green: errorsOf(green) },
    slow: Array.from({ length: thresholds }, (_, at) => ({
      blue: slowOf(blue, at),
      green: slowOf(green, at),
    })),
    application: counted.map((minutes) => minutes[index]),
  }));
};
