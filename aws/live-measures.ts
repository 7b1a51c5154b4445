import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';

/** What users sent and got lately; null where CloudWatch has nothing: it publishes no zeros [fact 118]. */
type LiveTraffic = {
  /** Median and 99th percentile of five-minute means. */
  requestsPerSecond: number;
  peakPerSecond: number;
  /** Share of the requests that the targets answered 5xx. */
  errorShare: number;
} | null;

/** Five-minute points are kept for 63 days; two weeks have every hour of a week twice. */
const READ_BACK_MS = 14 * DAY_MS;
const PERIOD_MS = 5 * MINUTE_MS;

/** What follows the last colon of an ARN, as a metric's dimension has it. */
const ending = (arn: string): string => (arn.split(':').at(-1) ?? arn).replace(/^loadbalancer\//, '');

type About = { loadBalancerArn: string; targetGroupArns: readonly string[] };

/** RequestCount has no dimension for a rule: several routes to one group share what is counted for the group. */
export const readLiveTraffic = async (
  cloudWatch: Sender,
  call: Call,
  { loadBalancerArn, targetGroupArns }: About,
): Promise<LiveTraffic> => {
  const query = (id: string, MetricName: string, arn: string): MetricDataQuery => ({
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName,
        Dimensions: [
          { Name: 'LoadBalancer', Value: ending(loadBalancerArn) },
          { Name: 'TargetGroup', Value: ending(arn) },
        ],
      },
      Period: PERIOD_MS / SECOND_MS,
      Stat: 'Sum',
    },
  });
  const queries = targetGroupArns.flatMap((arn, index) => [
    query(`requests${index}`, 'RequestCount', arn),
    query(`errors${index}`, 'HTTPCode_Target_5XX_Count', arn),
  ]);
  const points = await readPoints(cloudWatch, call, queries);
  const requests = summed(points, 'requests');
  const counts = [...requests.values()].sort((a, b) => a - b);
  const total = counts.reduce((sum, value) => sum + value, 0);
  if (total === 0) return null;

  const errors = [...summed(points, 'errors').values()].reduce((sum, value) => sum + value, 0);
  const at = (share: number): number =>
    round(
      (counts[Math.min(counts.length - 1, Math.floor(counts.length * share))] ?? 0) / (PERIOD_MS / SECOND_MS),
    );
  return {
    requestsPerSecond: at(0.5),
    peakPerSecond: at(0.99),
    errorShare: Math.min(1, Number((errors / total).toPrecision(3))),
  };
};

const round = (value: number): number => Number(value.toPrecision(3));

type Point = { id: string; atMs: number; value: number };

const readPoints = async (cloudWatch: Sender, call: Call, queries: MetricDataQuery[]): Promise<Point[]> => {
  const nowMs = call.clock.nowMs();
  const points: Point[] = [];
  let NextToken: string | undefined;
  do {
    const command = new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(Math.floor((nowMs - READ_BACK_MS) / PERIOD_MS) * PERIOD_MS),
      EndTime: new Date(Math.floor(nowMs / PERIOD_MS) * PERIOD_MS),
      ...defined({ NextToken }),
    });
    const answer = await call(cloudWatch, command, { what: 'read the requests of the last two weeks' });
    for (const { Id: id = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
      for (const [index, value] of Values.entries()) {
        points.push({ id, atMs: Timestamps[index]?.getTime() ?? 0, value });
      }
    }
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return points;
};

/** Both colours' groups together, by time: one of them serves, during a deployment both do. */
const summed = (points: readonly Point[], kind: string): Map<number, number> => {
  const sums = new Map<number, number>();
  for (const { id, atMs, value } of points) {
    if (id.startsWith(kind)) sums.set(atMs, (sums.get(atMs) ?? 0) + value);
  }
  return sums;
};

/** ECS API: the most tasks one describe call takes. */
const TASKS_READ = 100;

/** Median time from a task's creation to RUNNING, of the tasks that run now; null when none tells. */
export const readStartMs = async (
  ecs: Sender,
  call: Call,
  { cluster, service }: { cluster: string; service: string },
): Promise<number | null> => {
  const what = `read the tasks of ${service}`;
  const listed = await call(ecs, new ListTasksCommand({ cluster, serviceName: service }), { what });
  const arns = (listed.taskArns ?? []).slice(0, TASKS_READ);
  if (arns.length === 0) return null;
  const { tasks = [] } = await call(ecs, new DescribeTasksCommand({ cluster, tasks: arns }), { what });
  const took = tasks
    .flatMap(({ createdAt, startedAt }) =>
      createdAt === undefined || startedAt === undefined ? [] : [startedAt.getTime() - createdAt.getTime()],
    )
    .filter((ms) => ms > 0)
    .sort((a, b) => a - b);
  return took[Math.floor(took.length / 2)] ?? null;
};
