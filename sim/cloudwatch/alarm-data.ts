import type { MetricAlarm, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type Expression, parseExpression } from './expression.ts';
import type { Rule } from './judge-points.ts';
import { type Measured, type MetricSource, type Series, seriesFor } from './metric-series.ts';

/** A metric alarm the simulator can evaluate. */
export type EvaluatedAlarm = { rule: Rule; series: Series; periodMs: number };

const COMPARISONS: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

const ruleOf = (alarm: MetricAlarm): Rule | string => {
  const compare = COMPARISONS[alarm.ComparisonOperator ?? ''];
  const { Threshold: threshold, EvaluationPeriods: periods } = alarm;
  if (compare === undefined || threshold === undefined)
    return `the simulator does not model ${alarm.ComparisonOperator}`;
  if (periods === undefined || periods < 1) return `its EvaluationPeriods is ${periods}`;
  const treatment = TREATMENTS.find((each) => each === (alarm.TreatMissingData ?? 'missing'));
  if (treatment === undefined)
    return `the simulator does not model TreatMissingData ${alarm.TreatMissingData}`;
  return {
    evaluationPeriods: periods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? periods,
    breaches: (value) => compare(value, threshold),
    treatMissingData: treatment,
  };
};

/** The series of a metric math alarm: its queries by id, expressions over them, and the one that is returned. */
const mathSeries = (
  queries: MetricDataQuery[],
  measured: Measured,
  source: MetricSource,
): { series: Series; periodMs: number } | string => {
  const returned = queries.filter(({ ReturnData }) => ReturnData !== false);
  const result = returned[0];
  if (returned.length !== 1 || result?.Id === undefined)
    return `${returned.length} of its metrics have ReturnData`;
  const periodMs =
    1000 * (queries.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat?.Period ?? 0);

  const metrics = new Map<string, Series>();
  const expressions = new Map<string, { evaluate: Expression; ids: string[] }>();
  for (const { Id = '', Expression: text, MetricStat: stat } of queries) {
    if (text !== undefined) {
      try {
        expressions.set(Id, parseExpression(text));
      } catch (error) {
        return `its expression ${text} cannot be evaluated: ${error instanceof Error ? error.message : error}`;
      }
      continue;
    }
    if (stat?.Period === undefined || stat.Period * 1000 !== periodMs)
      return 'its metrics have different periods';
    const series = seriesFor(measured, source, {
      namespace: stat.Metric?.Namespace,
      metric: stat.Metric?.MetricName,
      dimensions: stat.Metric?.Dimensions,
      statistic: stat.Stat,
      periodMs,
    });
    if (typeof series === 'string') return series;
    metrics.set(Id, series);
  }

  const unknown = [...expressions.values()]
    .flatMap(({ ids }) => ids)
    .find((id) => !metrics.has(id) && !expressions.has(id));
  if (unknown !== undefined) return `its expression names ${unknown}, which is none of its metrics`;
  if (refersToItself(expressions)) return 'its expressions refer to each other in a circle';
  const pointOf = (id: string, startMs: number): number | undefined =>
    expressions.get(id)?.evaluate((inner) => pointOf(inner, startMs)) ?? metrics.get(id)?.(startMs);
  return { series: (startMs) => pointOf(result.Id ?? '', startMs), periodMs };
};

const refersToItself = (expressions: ReadonlyMap<string, { ids: string[] }>): boolean => {
  const reaches = (id: string, path: readonly string[]): boolean =>
    path.includes(id) || (expressions.get(id)?.ids ?? []).some((inner) => reaches(inner, [...path, id]));
  return [...expressions.keys()].some((id) => reaches(id, []));
};

/**
 * What is needed to evaluate a metric alarm, or a sentence saying why the simulator cannot: then its state stays as
 * given.
 */
export const evaluatedAlarm = (
  alarm: MetricAlarm,
  measured: Measured,
  source: MetricSource,
): EvaluatedAlarm | string => {
  const rule = ruleOf(alarm);
  if (typeof rule === 'string') return rule;
  if (alarm.Metrics !== undefined && alarm.Metrics.length > 0) {
    const math = mathSeries(alarm.Metrics, measured, source);
    return typeof math === 'string' ? math : { rule, ...math };
  }

  const periodMs = (alarm.Period ?? 0) * 1000;
  const series = seriesFor(measured, source, {
    namespace: alarm.Namespace,
    metric: alarm.MetricName,
    dimensions: alarm.Dimensions,
    statistic: alarm.Statistic ?? alarm.ExtendedStatistic,
    periodMs,
  });
  return typeof series === 'string' ? series : { rule, series, periodMs };
};
