/** What Cutover counts of itself: one name for the publisher (aws/metrics.ts) and the alarm (infra/). */

export const METRIC_NAMESPACE = 'Cutover';

/** Tells two installations of one account apart: each has a table of its own. */
export const METRIC_DIMENSION = 'Table';

export const ownMetrics = [
  /** Leases whose execution has ended, at each sweep. A recovery takes a lease over within seconds. */
  'EndedButHeld',
  /** Leases whose execution could not be read, or whose recovery could not be started. */
  'LeasesNotSwept',
] as const;

export type OwnMetric = (typeof ownMetrics)[number];
