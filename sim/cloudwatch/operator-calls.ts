import type {
  AlarmHistoryItem,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  ListMetricsInput,
  ListMetricsOutput,
  Metric,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { validationError as invalid, type Operations, SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { pageOf } from '../kernel/paging.ts';
import type { AlarmChange, AlarmStates } from './alarm-states.ts';
import { type Measured, type MetricSource, metricsOf, seriesFor } from './metric-series.ts';

/** What people ask, and Cutover never does. */

type Parts = {
  states: AlarmStates;
  measured: Measured;
  source: MetricSource;
  /** End of the newest minute that can be read. */
  knownToMs(): number;
  pageSize: number;
};

/** The newest changes that can be read back; CloudWatch keeps them for 30 days. */
const MOST_CHANGES = 1_000;
/** API reference of GetMetricStatistics. */
const MOST_POINTS = 1_440;
const STATISTICS = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'] as const;

const badToken = (): SimApiError =>
  new SimApiError('InvalidNextToken', 'The next token is not one this operation gave');

const historyItem = ({ name, kind, from, to, reason, atMs }: AlarmChange): AlarmHistoryItem => ({
  AlarmName: name,
  AlarmType: kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
  Timestamp: new Date(atMs),
  HistoryItemType: 'StateUpdate',
  HistorySummary: `Alarm updated from ${from} to ${to}`,
  HistoryData: JSON.stringify({
    version: '1.0',
    oldState: { stateValue: from },
    newState: { stateValue: to, stateReason: reason },
  }),
});

const alarmOperations = ({ states, pageSize }: Parts): Operations => {
  const changes: AlarmChange[] = [];
  states.onChange((change) => {
    changes.unshift(change);
    changes.length = Math.min(changes.length, MOST_CHANGES);
  });
  return {
    DescribeAlarmHistory: (input: DescribeAlarmHistoryInput): DescribeAlarmHistoryOutput => {
      const members = ['AlarmName', 'AlarmTypes', 'HistoryItemType', 'StartDate', 'EndDate'] as const;
      onlyMembers('DescribeAlarmHistory', input, [...members, 'MaxRecords', 'NextToken', 'ScanBy']);
      const { AlarmName, AlarmTypes, HistoryItemType: type = 'StateUpdate', StartDate, EndDate } = input;
      const found = changes
        .filter(({ name }) => AlarmName === undefined || name === AlarmName)
        .filter(({ atMs }) => atMs >= (StartDate?.getTime() ?? 0) && atMs < (EndDate?.getTime() ?? Infinity))
        .map(historyItem)
        .filter(
          ({ AlarmType }) => AlarmTypes === undefined || AlarmTypes.includes(AlarmType ?? 'MetricAlarm'),
        );
      const wanted = type === 'StateUpdate' ? found : [];
      const ordered = input.ScanBy === 'TimestampAscending' ? wanted.toReversed() : wanted;
      const { items, next } = pageOf(ordered, input.NextToken, input.MaxRecords, badToken, pageSize);
      return { AlarmHistoryItems: items, NextToken: next };
    },
    /** Until the alarm is evaluated again, within a minute. */
    SetAlarmState: (input: SetAlarmStateInput): object => {
      onlyMembers('SetAlarmState', input, ['AlarmName', 'StateValue', 'StateReason', 'StateReasonData']);
      const alarm = states.find(input.AlarmName ?? '');
      if (alarm === undefined)
        throw new SimApiError('ResourceNotFound', `Unknown alarm ${input.AlarmName}`, 404);
      const { StateValue: to } = input;
      if (to !== 'OK' && to !== 'ALARM' && to !== 'INSUFFICIENT_DATA')
        throw invalid(`StateValue is OK, ALARM or INSUFFICIENT_DATA; found ${to}`);
      states.change(alarm, to, input.StateReason ?? '');
      return {};
    },
  };
};

const metricOperations = ({ measured, source, knownToMs, pageSize }: Parts): Operations => ({
  ListMetrics: (input: ListMetricsInput): ListMetricsOutput => {
    onlyMembers('ListMetrics', input, ['Namespace', 'MetricName', 'Dimensions', 'NextToken']);
    const { Namespace, MetricName, Dimensions = [] } = input;
    const has = (
      metric: Metric,
      wanted: { Name?: string | undefined; Value?: string | undefined },
    ): boolean =>
      metric.Dimensions?.some(
        ({ Name, Value }) => Name === wanted.Name && (wanted.Value === undefined || Value === wanted.Value),
      ) === true;
    const found = metricsOf(measured).filter(
      (metric) =>
        (Namespace === undefined || metric.Namespace === Namespace) &&
        (MetricName === undefined || metric.MetricName === MetricName) &&
        Dimensions.every((each) => has(metric, each)),
    );
    const { items, next } = pageOf(found, input.NextToken, undefined, badToken, pageSize);
    return { Metrics: items, NextToken: next };
  },
  GetMetricStatistics: (input: GetMetricStatisticsInput): GetMetricStatisticsOutput => {
    const members = ['Namespace', 'MetricName', 'Dimensions', 'StartTime', 'EndTime', 'Period'] as const;
    onlyMembers('GetMetricStatistics', input, [...members, 'Statistics', 'ExtendedStatistics', 'Unit']);
    const periodMs = (input.Period ?? 0) * SECOND_MS;
    if (!(periodMs > 0) || periodMs % MINUTE_MS !== 0) throw invalid('Period must be a multiple of 60');
    const fromMs = Math.floor((input.StartTime?.getTime() ?? Number.NaN) / periodMs) * periodMs;
    const toMs = input.EndTime?.getTime() ?? Number.NaN;
    if (!(fromMs < toMs)) throw invalid('The parameter StartTime must be less than the parameter EndTime');
    if ((toMs - fromMs) / periodMs > MOST_POINTS)
      throw new SimApiError(
        'InvalidParameterCombination',
        `More than ${MOST_POINTS} datapoints were requested`,
      );
    const { Namespace: namespace, MetricName: metric, Dimensions: dimensions } = input;
    const named = (statistic: string) =>
      seriesFor(measured, source, { namespace, metric, dimensions, statistic, periodMs });
    const untilMs = Math.min(toMs, knownToMs());
    const points: object[] = [];
    for (let atMs = fromMs; atMs < untilMs; atMs += periodMs) {
      const at = (statistic: string): number | undefined => {
        const series = named(statistic);
        return typeof series === 'string' ? undefined : series(atMs);
      };
      const plain = STATISTICS.filter((each) => input.Statistics?.includes(each)).map(
        (each) => [each, at(each)] as const,
      );
      const extended = (input.ExtendedStatistics ?? []).map((each) => [each, at(each)] as const);
      const known = [...plain, ...extended].filter(([, value]) => value !== undefined);
      if (known.length === 0) continue;
      points.push({
        Timestamp: new Date(atMs),
        ...Object.fromEntries(plain.filter(([, value]) => value !== undefined)),
        ...(extended.length === 0 ? {} : { ExtendedStatistics: Object.fromEntries(extended) }),
        Unit: metric === 'TargetResponseTime' ? 'Seconds' : 'Count',
      });
    }
    return { Label: metric, Datapoints: points };
  },
});

export const operatorCalls = (parts: Parts): Operations => ({
  ...alarmOperations(parts),
  ...metricOperations(parts),
});
