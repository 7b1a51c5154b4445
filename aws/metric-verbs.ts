import type { OwnMetric } from '../core/deployment/own-metrics.ts';
import type { PublishedSums } from '../core/verdict/published-metrics.ts';
import type { EndFacts } from '../core/vocabulary/history.types.ts';
import type { GroupMinute, MetricMinute } from '../core/vocabulary/metrics.types.ts';
import type { ObservedAlarms } from '../core/vocabulary/observed.types.ts';
import type { Answers } from '../core/vocabulary/placement.types.ts';

/** aws/alarms.ts */
export type Alarms = {
  /** DescribeAlarms of both kinds, by 100 names a call [fact 112]. No names: no call. */
  read(names: string[]): Promise<ObservedAlarms>;
};

/** Whole minutes, milliseconds; the end is not included. */
type Window = { fromMs: number; toMs: number };

/** aws/traffic-metrics.ts */
export type TrafficMetrics = {
  /**
   * GetMetricData of the groups named: one entry for each minute of the window. With `slowOver` (seconds) also
   * response times. Unavailable when a series is not complete: what CloudWatch does not know is not zero.
   */
  readMinutes(
    of: {
      loadBalancerArn: string;
      /** Null: not asked for, once it has no traffic. */
      blueGroupArn: string | null;
      greenGroupArn: string;
      slowOver: readonly number[];
      /** What the colours' applications publish, added minute by minute; absent: nothing of it is read. */
      application?: { blue: readonly PublishedSums[]; green: readonly PublishedSums[] };
    },
    window: Window,
  ): Promise<MetricMinute[]>;
  /**
   * GetMetricData: for each minute with requests, how many of them the group's targets answered with 2xx, 3xx or 4xx.
   * A group whose targets hang has requests and no answers, and no 5xx either.
   */
  readAnswers(
    of: { loadBalancerArn: string; blueGroupArn: string; greenGroupArn: string },
    window: Window,
  ): Promise<Answers>;
  /**
   * A group's last three hours: its minutes, and percentiles of all its response times in them, seconds; null without
   * data.
   */
  readUsual(of: {
    loadBalancerArn: string;
    targetGroupArn: string;
    percentiles: readonly number[];
    application?: readonly PublishedSums[];
  }): Promise<{ minutes: GroupMinute[]; times: (number | null)[] }>;
};

/** aws/metrics.ts: counts that alarms on Cutover itself read. */
export type Metrics = {
  publish(counts: Partial<Record<OwnMetric, number>>): void;
  /** A service's deployment, once it has ended. */
  publishEnd(end: EndFacts): void;
};
