import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../core/deployment/own-metrics.ts';
import type { Metrics } from './verbs.ts';

/**
 * Counts as log lines in CloudWatch's embedded metric format, which turns them into metrics without a call that could
 * fail or be throttled. A count of nothing is left out: a metric that is never published costs nothing, and the alarms
 * read silence as well.
 */
export const makeMetrics = (write: (line: string) => void, nowMs: () => number, table: string): Metrics => ({
  publish(counts) {
    const counted = Object.entries(counts).filter(([, count]) => count > 0);
    if (counted.length === 0) return;
    const CloudWatchMetrics = [
      {
        Namespace: METRIC_NAMESPACE,
        Dimensions: [[METRIC_DIMENSION]],
        Metrics: counted.map(([Name]) => ({ Name, Unit: 'Count' })),
      },
    ];
    const line = {
      _aws: { Timestamp: nowMs(), CloudWatchMetrics },
      [METRIC_DIMENSION]: table,
      ...Object.fromEntries(counted),
    };
    write(JSON.stringify(line));
  },
});
