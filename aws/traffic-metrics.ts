import {
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { DeploymentError } from '../core/errors.ts';
import { type PublishedSums, seriesKey, seriesOf } from '../core/verdict/published-metrics.ts';
import type { ApplicationCounts, GroupMinute } from '../core/vocabulary/metrics.types.ts';
import type { AnsweredMinute } from '../core/vocabulary/placement.types.ts';
import type { Call, Sender } from './call.ts';
import type { TrafficMetrics } from './metric-verbs.ts';

/** A step reads metrics beside everything else and can do without: it waits no longer for them. */
const PATIENCE_MS = 5 * SECOND_MS;

/** What was usual: long enough for a quiet service, short enough for the time of day. */
const USUAL_MS = 3 * HOUR_MS;

/** A day and a half of minutes of twelve series in a page stay under GetMetricData's 100,800 data points. */
const MOST_POINTS = 100_800;

type Member = 'requests' | 'target5xx' | 'connectionErrors' | 'timed' | `within${number}`;
type Wanted = { member: Member; metric: string; stat: string };

const counted: readonly Wanted[] = [
  { member: 'requests', metric: 'RequestCount', stat: 'Sum' },
  { member: 'target5xx', metric: 'HTTPCode_Target_5XX_Count', stat: 'Sum' },
  { member: 'connectionErrors', metric: 'TargetConnectionErrorCount', stat: 'Sum' },
];

/** Absent when zero [fact 118]. */
const ANSWERED = [
  'HTTPCode_Target_2XX_Count',
  'HTTPCode_Target_3XX_Count',
  'HTTPCode_Target_4XX_Count',
] as const;

const timed = (slowOver: readonly number[]): Wanted[] =>
  slowOver.length === 0
    ? []
    : [
        { member: 'timed', metric: 'TargetResponseTime', stat: 'SampleCount' },
        ...slowOver.map((seconds, index) => ({
          member: `within${index}` as const,
          metric: 'TargetResponseTime',
          stat: `PR(:${seconds})`,
        })),
      ];

/** `app/shop/0123456789abcdef` and `targetgroup/shop-blue/0123456789abcdef`: what metrics call them. */
const endingOf = (arn: string): string => arn.replace(/^.*:(?:loadbalancer\/)?/, '');

const queryOf = (
  loadBalancerArn: string,
  targetGroupArn: string,
  { metric, stat }: Pick<Wanted, 'metric' | 'stat'>,
  id: string,
  periodSeconds: number,
): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/ApplicationELB',
      MetricName: metric,
      Dimensions: [
        { Name: 'LoadBalancer', Value: endingOf(loadBalancerArn) },
        { Name: 'TargetGroup', Value: endingOf(targetGroupArn) },
      ],
    },
    Period: periodSeconds,
    Stat: stat,
  },
});

type Group = { arn: string; application: readonly PublishedSums[] };

/** What the load balancer counts is a count, or is not known. */
const refuseWhatIsNoCount = (
  series: ReadonlyMap<string, ReadonlyMap<number, number>>,
  what: string,
): void => {
  for (const [id, points] of series) {
    const wrong = id.includes('_published')
      ? undefined
      : [...points.values()].find((value) => !isCount(value));
    if (wrong === undefined) continue;
    throw new DeploymentError(
      'Unavailable',
      `Could not ${what}: expected counts, found ${wrong} in ${id}. It is not taken for any number.`,
    );
  }
};

/** A query for each series of the application, by the id under which its points come back. */
const publishedQueries = (label: string, group: Group): MetricDataQuery[] =>
  [...seriesOf(group.application).values()].map(({ namespace, metric, dimensions }, index) => ({
    Id: `${label}_published${index}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: MINUTE_MS / SECOND_MS,
      Stat: 'Sum',
    },
  }));

/** A metric of the application may hold anything; a share can be made of counts alone. */
const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0;

/**
 * What was published in one minute: undefined where none of the series has a data point, and where one of them has no
 * count: what was bad is then not known, and would be taken for nothing.
 */
const publishedIn = (
  label: string,
  group: Group,
  pointOf: (id: string) => number | undefined,
): ApplicationCounts[] => {
  const keys = [...seriesOf(group.application).keys()];
  return group.application.map((sums) => {
    const valuesOf = (part: keyof PublishedSums): number[] =>
      sums[part].flatMap((each) => pointOf(`${label}_published${keys.indexOf(seriesKey(each))}`) ?? []);
    const sumOf = (part: keyof PublishedSums) => {
      const values = valuesOf(part);
      return values.length === 0 ? {} : { [part]: values.reduce((sum, value) => sum + value, 0) };
    };
    const counts = [...valuesOf('requests'), ...valuesOf('bad')].every(isCount);
    return counts ? { ...sumOf('requests'), ...sumOf('bad') } : {};
  });
};

/**
 * Both colours' target-group metrics by GetMetricData. CloudWatch charges by the series asked for, not by its points,
 * so a call takes all minutes of its window at once. A series that is not Complete is not known, never zero: the read
 * then fails.
 */
export const makeTrafficMetrics = (client: Sender, call: Call): TrafficMetrics => {
  /** Values by series id and time, all pages. */
  const read = async (
    queries: MetricDataQuery[],
    { fromMs, toMs }: { fromMs: number; toMs: number },
    what: string,
  ): Promise<Map<string, Map<number, number>>> => {
    const series = new Map<string, Map<number, number>>();
    const last = new Map<string, MetricDataResult>();
    let token: string | undefined;
    do {
      const command = new GetMetricDataCommand({
        MetricDataQueries: queries,
        // The start is included and the end is not; both are whole minutes.
        StartTime: new Date(fromMs),
        EndTime: new Date(toMs),
        ScanBy: 'TimestampAscending',
        MaxDatapoints: MOST_POINTS,
        ...(token === undefined ? {} : { NextToken: token }),
      });
      const page = await call(client, command, { what, patienceMs: PATIENCE_MS, mostSilent: 1 });
      for (const result of page.MetricDataResults ?? []) {
        const id = result.Id ?? '';
        const points = series.get(id) ?? new Map<number, number>();
        series.set(id, points);
        last.set(id, result);
        const { Timestamps = [], Values = [] } = result;
        for (const [at, time] of Timestamps.entries()) points.set(time.getTime(), Values[at] as number);
      }
      token = page.NextToken;
    } while (token !== undefined);
    const unknown = queries.filter(({ Id = '' }) => last.get(Id)?.StatusCode !== 'Complete');
    if (unknown.length > 0) {
      const states = [...new Set(unknown.map(({ Id = '' }) => last.get(Id)?.StatusCode ?? 'no answer'))];
      throw new DeploymentError(
        'Unavailable',
        `Could not ${what}: expected every series to be complete, found ${states.join(', ')} for ` +
          `${unknown.map(({ Id }) => Id).join(', ')}. Missing metrics are not taken for zero.`,
      );
    }
    refuseWhatIsNoCount(series, what);
    return series;
  };

  /** One entry a minute for each of the groups, by the label it is given. */
  const readGroups = async (
    loadBalancerArn: string,
    groups: Readonly<Record<string, Group>>,
    slowOver: readonly number[],
    window: { fromMs: number; toMs: number },
  ): Promise<{ startMs: number; of: (label: string) => GroupMinute }[]> => {
    const wanted = [...counted, ...timed(slowOver)];
    const queries = Object.entries(groups).flatMap(([label, group]) => [
      ...wanted.map((each) =>
        queryOf(loadBalancerArn, group.arn, each, `${label}_${each.member}`, MINUTE_MS / SECOND_MS),
      ),
      ...publishedQueries(label, group),
    ]);
    const series = await read(queries, window, `read metrics of ${Object.keys(groups).join(' and ')}`);
    const minuteOf = (label: string, atMs: number): GroupMinute => {
      const { [label]: group } = groups;
      const value = (member: Member) => series.get(`${label}_${member}`)?.get(atMs);
      const numbers = [...counted.map(({ member }) => member), 'timed' as const].flatMap((member) => {
        const number = value(member);
        return number === undefined ? [] : [[member, number]];
      });
      const within = slowOver.map((_, index) => value(`within${index}`));
      return {
        ...Object.fromEntries(numbers),
        ...(value('timed') === undefined ? {} : { withinPercent: within }),
        ...(group === undefined || group.application.length === 0
          ? {}
          : { application: publishedIn(label, group, (id) => series.get(id)?.get(atMs)) }),
      };
    };
    return Array.from({ length: (window.toMs - window.fromMs) / MINUTE_MS }, (_, index) => {
      const startMs = window.fromMs + index * MINUTE_MS;
      return { startMs, of: (label) => minuteOf(label, startMs) };
    });
  };

  return {
    async readMinutes({ loadBalancerArn, blueGroupArn, greenGroupArn, slowOver, application }, window) {
      const groups = {
        ...(blueGroupArn === null
          ? {}
          : { blue: { arn: blueGroupArn, application: application?.blue ?? [] } }),
        green: { arn: greenGroupArn, application: application?.green ?? [] },
      };
      const minutes = await readGroups(loadBalancerArn, groups, slowOver, window);
      return minutes.map(({ startMs, of }) => ({ startMs, blue: of('blue'), green: of('green') }));
    },

    async readAnswers({ loadBalancerArn, blueGroupArn, greenGroupArn }, window) {
      const queries = Object.entries({ blue: blueGroupArn, green: greenGroupArn }).flatMap(([label, arn]) =>
        ['RequestCount', ...ANSWERED].map((metric) =>
          queryOf(loadBalancerArn, arn, { metric, stat: 'Sum' }, `${label}_${metric}`, MINUTE_MS / SECOND_MS),
        ),
      );
      const series = await read(queries, window, 'read how blue and green answer');
      const minutesOf = (label: string): AnsweredMinute[] =>
        [...(series.get(`${label}_RequestCount`) ?? [])]
          .sort(([one], [other]) => one - other)
          .map(([startMs, requests]) => ({
            startMs,
            requests,
            answered: ANSWERED.reduce(
              (sum, metric) => sum + (series.get(`${label}_${metric}`)?.get(startMs) ?? 0),
              0,
            ),
          }));
      return { blue: minutesOf('blue'), green: minutesOf('green') };
    },

    async readUsual({ loadBalancerArn, targetGroupArn, percentiles, application = [] }) {
      const toMs = Math.floor(call.clock.nowMs() / MINUTE_MS) * MINUTE_MS;
      const window = { fromMs: toMs - USUAL_MS, toMs };
      const queries = percentiles.map((percentile) =>
        queryOf(
          loadBalancerArn,
          targetGroupArn,
          { metric: 'TargetResponseTime', stat: `p${percentile}` },
          `p${percentile}`,
          USUAL_MS / SECOND_MS,
        ),
      );
      const [minutes, times] = await Promise.all([
        readGroups(loadBalancerArn, { blue: { arn: targetGroupArn, application } }, [], window),
        queries.length === 0
          ? new Map<string, Map<number, number>>()
          : read(queries, window, "read blue's response times"),
      ]);
      return {
        minutes: minutes.map(({ of }) => of('blue')),
        times: percentiles.map((percentile) => [...(times.get(`p${percentile}`)?.values() ?? [])][0] ?? null),
      };
    },
  };
};
