import type { GetMetricDataInput, GetMetricDataOutput, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { MINUTE_MS } from '../../core/clock.ts';
import { validationError as invalid, type Operations } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { type Measured, type MetricSource, seriesFor } from './metric-series.ts';
import { publishedSeries } from './published-series.ts';

const MODELLED = ['MetricDataQueries', 'StartTime', 'EndTime', 'ScanBy', 'MaxDatapoints', 'NextToken'];
const MOST_QUERIES = 500;
const MOST_POINTS = 100_800;

/**
 * What somebody does to the metrics, for faults: minutes come this much later, values are what it makes of them, and
 * series are answered without values and as PartialData.
 */
export type MetricTrouble = {
  lateMs?: number;
  lie?(metric: string, targetGroup: string, value: number | undefined, startMs: number): number | undefined;
  partial?(metric: string): boolean;
};

const wholeMinute = (time: Date | undefined): number =>
  Math.floor((time?.getTime() ?? Number.NaN) / MINUTE_MS) * MINUTE_MS;

/**
 * GetMetricData of the load balancer's metrics: minutes that are known by now, in any period of whole minutes, by
 * pages of queries. Metric math is not modelled here. `knownToMs`: the end of the newest minute that can be read.
 */
export const getMetricData = (
  measured: Measured,
  source: MetricSource,
  knownToMs: (lateMs: number) => number,
  trouble: () => MetricTrouble,
  pageSize = MOST_QUERIES,
): Operations => ({
  GetMetricData: (input: GetMetricDataInput): GetMetricDataOutput => {
    onlyMembers('GetMetricData', input, MODELLED);
    const { MetricDataQueries: queries = [], StartTime, EndTime, NextToken } = input;
    // Of the newest fifteen days CloudWatch rounds both down to whole minutes (API reference).
    const fromMs = wholeMinute(StartTime);
    const toMs = wholeMinute(EndTime);
    if (queries.length === 0 || queries.length > MOST_QUERIES)
      throw invalid(`MetricDataQueries takes 1 to ${MOST_QUERIES}; found ${queries.length}`);
    if (new Set(queries.map(({ Id }) => Id)).size !== queries.length)
      throw invalid('The ids of MetricDataQueries are not unique');
    if (!(fromMs < toMs)) throw invalid('StartTime must be before EndTime');
    const most = input.MaxDatapoints ?? MOST_POINTS;
    if (most < 1 || most > MOST_POINTS) throw invalid(`MaxDatapoints is from 1 to ${MOST_POINTS}`);

    const { lateMs = 0, lie, partial } = trouble();
    const untilMs = Math.min(toMs, knownToMs(lateMs));
    const begin = Number(NextToken ?? '0');
    const page = queries.slice(begin, begin + pageSize);
    const results = page.map(({ Id, MetricStat: stat, Expression }): MetricDataResult => {
      if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id ?? '')) throw invalid(`${Id} is no id`);
      if (stat === undefined || Expression !== undefined)
        throw new Error('sim does not model expressions in GetMetricData');
      const periodMs = 1000 * (stat.Period ?? 0);
      const metric = stat.Metric?.MetricName ?? '';
      const { Namespace: namespace, Dimensions: dimensions = [] } = stat.Metric ?? {};
      const published =
        stat.Stat === 'Sum'
          ? publishedSeries(measured, source, { namespace, metric, dimensions, periodMs })
          : undefined;
      const series =
        published ??
        seriesFor(measured, source, { namespace, metric, dimensions, statistic: stat.Stat, periodMs });
      // CloudWatch knows no such series: complete, and empty.
      if (typeof series === 'string') return { Id, Timestamps: [], Values: [], StatusCode: 'Complete' };
      const group = stat.Metric?.Dimensions?.find(({ Name }) => Name === 'TargetGroup')?.Value ?? '';
      if (partial?.(metric) === true)
        return { Id, Label: metric, Timestamps: [], Values: [], StatusCode: 'PartialData' };
      const points: [Date, number][] = [];
      for (let atMs = fromMs; atMs < untilMs; atMs += periodMs) {
        const value = series(atMs);
        const shown = lie === undefined ? value : lie(metric, group, value, atMs);
        if (shown !== undefined) points.push([new Date(atMs), shown]);
      }
      if (input.ScanBy !== 'TimestampAscending') points.reverse();
      return {
        Id,
        Label: metric,
        Timestamps: points.map(([time]) => time),
        Values: points.map(([, value]) => value),
        StatusCode: 'Complete',
      };
    });
    const next = begin + pageSize;
    return {
      MetricDataResults: results,
      ...(next < queries.length ? { NextToken: String(next) } : {}),
    };
  },
});
