import type { Dimension, Metric } from '@aws-sdk/client-cloudwatch';
import { MINUTE_MS } from '../../core/clock.ts';
import type { MinuteMetrics, WorldSeed } from '../parts.types.ts';
import { percentile, withinPercent } from './response-times.ts';

/** Where the one-minute values come from: sim/traffic. */
export type MetricSource = {
  minute(targetGroupArn: string, minuteStartMs: number): MinuteMetrics | undefined;
};

/** A metric's value in the period that starts then; undefined: no data point. */
export type Series = (periodStartMs: number) => number | undefined;

type MetricName = {
  namespace: string | undefined;
  metric: string | undefined;
  dimensions: Dimension[] | undefined;
  statistic: string | undefined;
  periodMs: number;
};

type Kind = {
  /** Of one minute; undefined where the load balancer publishes nothing [fact 118]. */
  value(minute: MinuteMetrics, statistic: string): number | undefined;
  statistics: RegExp;
  combine: 'sum' | 'mean' | 'least' | 'most';
  /** Whether CloudWatch has it by target group, by load balancer alone, or both. */
  perGroup: boolean;
  perBalancer: boolean;
  networkToo: boolean;
};

const positive = (count: number): number | undefined => (count > 0 ? count : undefined);
const whenRegistered = (minute: MinuteMetrics, count: number): number | undefined =>
  minute.registeredHosts > 0 ? count : undefined;

/** The share of the values that a statistic leaves below it; undefined for the average. */
const shareOf = (statistic: string): number | undefined => {
  if (statistic === 'Minimum') return 0;
  if (statistic === 'Maximum') return 1;
  return statistic.startsWith('p') ? Number(statistic.slice(1)) / 100 : undefined;
};

/** CloudWatch knows the metric, and no version behaves so. */
const never: Kind = {
  value: () => undefined,
  statistics: /^Sum$/,
  combine: 'sum',
  perGroup: true,
  perBalancer: true,
  networkToo: false,
};

const KINDS: Record<string, Kind> = {
  RequestCount: {
    value: (minute) => whenRegistered(minute, minute.requestCount) ?? positive(minute.requestCount),
    statistics: /^Sum$/,
    combine: 'sum',
    perGroup: true,
    perBalancer: true,
    networkToo: false,
  },
  HTTPCode_Target_5XX_Count: {
    value: ({ target5xx }) => positive(target5xx),
    statistics: /^Sum$/,
    combine: 'sum',
    perGroup: true,
    perBalancer: true,
    networkToo: false,
  },
  // What is answered and no error is a 2xx here.
  HTTPCode_Target_2XX_Count: {
    value: ({ answered, target5xx }) => positive(Math.round(answered) - target5xx),
    statistics: /^Sum$/,
    combine: 'sum',
    perGroup: true,
    perBalancer: true,
    networkToo: false,
  },
  HTTPCode_Target_3XX_Count: never,
  HTTPCode_Target_4XX_Count: never,
  HTTPCode_ELB_5XX_Count: {
    value: ({ balancer5xx }) => positive(balancer5xx),
    statistics: /^Sum$/,
    combine: 'sum',
    perGroup: false,
    perBalancer: true,
    networkToo: false,
  },
  TargetConnectionErrorCount: {
    value: ({ connectionErrors }) => positive(connectionErrors),
    statistics: /^Sum$/,
    combine: 'sum',
    perGroup: true,
    perBalancer: true,
    networkToo: false,
  },
  TargetResponseTime: {
    value: (minute, statistic) => {
      if (statistic === 'SampleCount') return positive(Math.round(minute.answered));
      const within = /^PR\(:([\d.]+)\)$/.exec(statistic)?.[1];
      if (within !== undefined) return withinPercent(minute, Number(within));
      const share = shareOf(statistic);
      if (share === undefined) return minute.responseSeconds;
      if (minute.responseQuantile !== undefined) return minute.responseQuantile(share);
      // The flow has no fastest and no slowest answer.
      return share > 0 && share < 1 ? percentile(minute, share) : minute.responseSeconds;
    },
    statistics: /^(Average|Minimum|Maximum|SampleCount|PR\(:[\d.]+\)|p\d+(\.\d+)?)$/,
    combine: 'mean',
    perGroup: true,
    perBalancer: false,
    networkToo: false,
  },
  HealthyHostCount: {
    value: (minute) => whenRegistered(minute, minute.healthyHosts),
    statistics: /^(Average|Minimum|Maximum)$/,
    combine: 'least',
    perGroup: true,
    perBalancer: false,
    networkToo: true,
  },
  UnHealthyHostCount: {
    value: (minute) => whenRegistered(minute, minute.unhealthyHosts),
    statistics: /^(Average|Minimum|Maximum)$/,
    combine: 'most',
    perGroup: true,
    perBalancer: false,
    networkToo: true,
  },
};

const combined = (values: number[], how: Kind['combine']): number | undefined => {
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  switch (how) {
    case 'sum':
      return sum;
    case 'mean':
      return sum / values.length;
    case 'least':
      return Math.min(...values);
    case 'most':
      return Math.max(...values);
    default:
      return how satisfies never;
  }
};

/** Dimension values are the ARNs' endings: `app/name/id`, `targetgroup/name/id`. */
export const endingOf = (arn: string): string => arn.replace(/^.*:/, '').replace(/^loadbalancer\//, '');

/** What metrics are about; ARNs by their endings. */
export type Measured = { seed: WorldSeed; balancers: Map<string, string>; groups: Map<string, string> };

export const measuredIn = (seed: WorldSeed): Measured => {
  const byEnding = (arns: (string | undefined)[]): Map<string, string> =>
    new Map(arns.filter((arn) => arn !== undefined).map((arn) => [endingOf(arn), arn]));
  return {
    seed,
    balancers: byEnding(seed.loadBalancers.map(({ LoadBalancerArn }) => LoadBalancerArn)),
    groups: byEnding(seed.targetGroups.map(({ TargetGroupArn }) => TargetGroupArn)),
  };
};

const groupsBehind = (seed: WorldSeed, balancerArn: string): string[] => {
  const listeners = seed.listeners.filter(({ LoadBalancerArn }) => LoadBalancerArn === balancerArn);
  const rules = seed.rules.filter(({ ListenerArn }) =>
    listeners.some((each) => each.ListenerArn === ListenerArn),
  );
  const actions = [
    ...listeners.flatMap(({ DefaultActions }) => DefaultActions ?? []),
    ...rules.flatMap(({ Rule }) => Rule.Actions ?? []),
  ];
  const named = actions.flatMap((action) => [
    action.TargetGroupArn,
    ...(action.ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn }) => TargetGroupArn),
  ]);
  const described = seed.targetGroups
    .filter(({ LoadBalancerArns }) => LoadBalancerArns?.includes(balancerArn))
    .map(({ TargetGroupArn }) => TargetGroupArn);
  return [...new Set([...named, ...described])].filter((arn) => arn !== undefined);
};

/**
 * The groups a set of dimensions means, or why none; the set has to be one the load balancer publishes, exactly [fact
 * 118].
 */
const groupsMeant = (measured: Measured, dimensions: Dimension[], kind: Kind): string[] | string => {
  const dimension = (name: string) => dimensions.find(({ Name }) => Name === name)?.Value;
  const names = dimensions
    .map(({ Name }) => Name)
    .sort()
    .join(' and ');
  const balancerArn = measured.balancers.get(dimension('LoadBalancer') ?? '');
  if (balancerArn === undefined) return `its load balancer ${dimension('LoadBalancer')} is not in this world`;

  if (names === 'LoadBalancer' && kind.perBalancer) return groupsBehind(measured.seed, balancerArn);
  if (names !== 'LoadBalancer and TargetGroup' || !kind.perGroup)
    return `the simulator has no such metric by ${names || 'no dimension'}`;
  const groupArn = measured.groups.get(dimension('TargetGroup') ?? '');
  return groupArn === undefined
    ? `its target group ${dimension('TargetGroup')} is not in this world`
    : [groupArn];
};

/** The series a metric's name stands for, or a sentence saying why the simulator has none. */
export const seriesFor = (measured: Measured, source: MetricSource, name: MetricName): Series | string => {
  const kind = KINDS[name.metric ?? ''];
  const known =
    name.namespace === 'AWS/ApplicationELB' || (name.namespace === 'AWS/NetworkELB' && kind?.networkToo);
  if (kind === undefined || !known) return `the simulator has no metric ${name.namespace} ${name.metric}`;
  if (!kind.statistics.test(name.statistic ?? ''))
    return `the simulator has no ${name.statistic} of ${name.metric}`;
  if (!(name.periodMs > 0) || name.periodMs % MINUTE_MS !== 0) {
    return `load balancer metrics come by the minute; its period is ${name.periodMs / 1000} s`;
  }
  const groups = groupsMeant(measured, name.dimensions ?? [], kind);
  if (typeof groups === 'string') return groups;

  return (periodStartMs) => {
    const values: number[] = [];
    for (let startMs = periodStartMs; startMs < periodStartMs + name.periodMs; startMs += MINUTE_MS) {
      for (const group of groups) {
        const minute = source.minute(group, startMs);
        const value = minute === undefined ? undefined : kind.value(minute, name.statistic ?? '');
        if (value !== undefined) values.push(value);
      }
    }
    return combined(values, name.statistic === 'SampleCount' ? 'sum' : kind.combine);
  };
};

/** All metrics that the world's load balancers publish, with the dimensions that name each. */
export const metricsOf = ({ seed, balancers, groups }: Measured): Metric[] =>
  [...balancers].flatMap(([balancer, balancerArn]) => {
    const behind = groupsBehind(seed, balancerArn);
    const LoadBalancer = { Name: 'LoadBalancer', Value: balancer };
    const Namespace = balancer.startsWith('net/') ? 'AWS/NetworkELB' : 'AWS/ApplicationELB';
    return Object.entries(KINDS)
      .filter(([, kind]) => kind !== never && (Namespace === 'AWS/ApplicationELB' || kind.networkToo))
      .flatMap(([MetricName, { perBalancer, perGroup }]): Metric[] => [
        ...(perBalancer ? [{ Namespace, MetricName, Dimensions: [LoadBalancer] }] : []),
        ...[...groups]
          .filter(([, arn]) => perGroup && behind.includes(arn))
          .map(([Value]) => ({
            Namespace,
            MetricName,
            Dimensions: [{ Name: 'TargetGroup', Value }, LoadBalancer],
          })),
      ]);
  });
