/** Target-group metrics as CloudWatch has them, minute by minute. */

/** One minute of one target group; undefined where CloudWatch has no data point, which is not zero [fact 118]. */
export type GroupMinute = {
  requests?: number;
  /** Answers of 5xx by targets. */
  target5xx?: number;
  connectionErrors?: number;
  /** Answers whose time was taken. */
  timed?: number;
  /** Share of them, 0 to 100, that took no longer than each threshold. */
  withinPercent?: (number | undefined)[];
  /** One for each application metric of the policy, in its order. */
  application?: ApplicationCounts[];
};

/** What the application counted in one minute; undefined where CloudWatch has no data point. */
export type ApplicationCounts = { requests?: number; bad?: number };

/** One minute of both colours. */
export type MetricMinute = { startMs: number; blue: GroupMinute; green: GroupMinute };

/** What was usual for blue in one metric. */
export type Usual = {
  /** Minutes with requests. */
  minutes: number;
  requests: number;
  bad: number;
  /** How much blue's share of bad requests varies by itself (core/verdict/analysis/sigma.ts). */
  sigma: number;
};

/**
 * Blue's last hours before the deployment: what is usual for this service. Frozen in the plan, before green has a
 * request.
 */
export type Baseline = Usual & {
  /** Response times, seconds, above which an answer counts as slow: p90 and p99 where they separate fast from slow. */
  slowOver: number[];
  /** One for each application metric of the policy, in its order; absent: the policy has none. */
  application?: Usual[];
};

/** What is kept of a deployment's metrics, oldest first. */
export type MetricSeries = {
  minutes: MetricMinute[];
  /** When they were read last; and when with response times. */
  readAtMs: number | null;
  timedAtMs: number | null;
};
