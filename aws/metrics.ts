import {
  CAUSE_DIMENSION,
  DURATION_METRIC,
  METRIC_DIMENSION,
  METRIC_NAMESPACE,
  outcomeMetrics,
  RESTORE_METRIC,
  SERVICE_DIMENSION,
} from '../core/deployment/own-metrics.ts';
import type { EndFacts } from '../core/vocabulary/history.types.ts';
import type { Metrics } from './metric-verbs.ts';

/**
 * Counts as log lines in CloudWatch's embedded metric format, which turns them into metrics without a call that could
 * fail or be throttled. A count of nothing is left out: a metric that is never published costs nothing, and the alarms
 * read silence as well.
 */
export const makeMetrics = (
  writeLine: (line: string) => void,
  nowMs: () => number,
  table: string,
): Metrics => {
  const write = (metrics: Directive[], values: Record<string, string | number>): void => {
    const CloudWatchMetrics = metrics.map((one) => ({ Namespace: METRIC_NAMESPACE, ...one }));
    const line = { _aws: { Timestamp: nowMs(), CloudWatchMetrics }, [METRIC_DIMENSION]: table, ...values };
    writeLine(JSON.stringify(line));
  };

  return {
    publish(counts) {
      const counted = Object.entries(counts).filter(([, count]) => count > 0);
      if (counted.length === 0) return;
      const Metrics = counted.map(([Name]) => ({ Name, Unit: 'Count' as const }));
      write([{ Dimensions: [[METRIC_DIMENSION]], Metrics }], Object.fromEntries(counted));
    },

    publishEnd(end) {
      const outcome = outcomeMetrics[end.outcome];
      const seconds = secondsOf(end);
      const ofService: Directive = {
        Dimensions: [[METRIC_DIMENSION, SERVICE_DIMENSION]],
        Metrics: [
          { Name: outcome, Unit: 'Count' },
          ...Object.keys(seconds).map((Name) => ({ Name, Unit: 'Seconds' as const })),
        ],
      };
      const ofCause: Directive = {
        Dimensions: [[METRIC_DIMENSION, SERVICE_DIMENSION, CAUSE_DIMENSION]],
        Metrics: [{ Name: outcome, Unit: 'Count' }],
      };
      write(end.cause === null ? [ofService] : [ofService, ofCause], {
        [SERVICE_DIMENSION]: end.serviceKey,
        ...(end.cause === null ? {} : { [CAUSE_DIMENSION]: end.cause }),
        [outcome]: 1,
        ...seconds,
        // No dimension, so that it makes no metric of its own: for a query of the logs.
        deployment_id: end.deploymentId,
      });
    },
  };
};

type Directive = { Dimensions: string[][]; Metrics: { Name: string; Unit: 'Count' | 'Seconds' }[] };

/** One that was refused took no time that anybody would compare. */
const secondsOf = ({ outcome, startedAtMs, endedAtMs, usersAtMs, restoredAtMs }: EndFacts) => ({
  ...(outcome === 'refused' ? {} : { [DURATION_METRIC]: secondsBetween(startedAtMs, endedAtMs) }),
  ...(usersAtMs === null || restoredAtMs === null
    ? {}
    : { [RESTORE_METRIC]: secondsBetween(usersAtMs, restoredAtMs) }),
});

const secondsBetween = (fromMs: number, toMs: number): number => Math.max(0, toMs - fromMs) / 1_000;
