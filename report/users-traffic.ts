import { MINUTE_MS } from '../core/clock.ts';
import type { GroupMinute, MetricMinute } from '../core/vocabulary/metrics.types.ts';
import type { Report, Requests, Traffic } from './report.types.ts';
import { type Counted, plus, sliceTraffic } from './slices.ts';

/** Users' requests as CloudWatch has them, or why there are none. */
export type UsersTraffic =
  | { kind: 'read'; minutes: readonly MetricMinute[] /** Since the Unix epoch. */; untilMs: number }
  | { kind: 'unread'; reason: string };

/** A minute without a value had no request, once CloudWatch has had the time to know it. */
const requestsOf = ({ requests = 0, target5xx = 0, connectionErrors = 0 }: GroupMinute): Requests => ({
  requests,
  failed: Math.min(requests, target5xx + connectionErrors),
});

const countedIn = (minutes: readonly MetricMinute[], startedAtMs: number): Counted[] => {
  let blue: Requests = { requests: 0, failed: 0 };
  let green = blue;
  const first = minutes[0]?.startMs ?? startedAtMs;
  return [
    { atMs: first - startedAtMs, blue, green },
    ...minutes.map((minute) => {
      blue = plus(blue, requestsOf(minute.blue));
      green = plus(green, requestsOf(minute.green));
      return { atMs: minute.startMs + MINUTE_MS - startedAtMs, blue, green };
    }),
  ];
};

/** For the report's charts; null where nothing was read. */
export const chartedTraffic = (of: UsersTraffic, startedAtMs: number, durationMs: number): Traffic | null => {
  if (of.kind === 'unread') return null;
  const knownMs = Math.min(durationMs, of.untilMs - startedAtMs);
  return sliceTraffic(countedIn(of.minutes, startedAtMs), knownMs, MINUTE_MS);
};

/** For the head of the page: what the numbers do not count, or why there are none. */
export const trafficFact = (of: UsersTraffic): Report['facts'] => [
  of.kind === 'unread'
    ? { name: 'Requests', value: `not known: ${of.reason}` }
    : {
        name: 'Counted by',
        value:
          "CloudWatch, by whole minutes: both target groups' requests, their 5xx answers and connection errors; " +
          'what a route answered without a target is not among them',
      },
];
