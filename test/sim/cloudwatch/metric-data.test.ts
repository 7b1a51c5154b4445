import { GetMetricDataCommand, type GetMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import { makeTrafficMetrics } from '../../../aws/traffic-metrics.ts';
import { makeCloudWatch } from '../../../sim/cloudwatch/cloudwatch.ts';
import { makeKernel } from '../../../sim/kernel/kernel.ts';
import type { MinuteMetrics } from '../../../sim/parts.types.ts';
import { anInvocation } from '../../aws/an-invocation.ts';
import { aWorld, BLUE, GREEN, START_MS } from '../elbv2/a-balancer.ts';

const MINUTE_MS = 60_000;
const BALANCER = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188';

const METRICS: MinuteMetrics = {
  requestCount: 1_000,
  target5xx: 0,
  connectionErrors: 0,
  balancer5xx: 0,
  answered: 1_000,
  responseSeconds: 0.1,
  chance: 0,
  healthyHosts: 2,
  unhealthyHosts: 0,
  registeredHosts: 2,
};

const cloudWatchOf = (metrics: (minute: number, group: string) => Partial<MinuteMetrics> = () => ({})) => {
  const kernel = makeKernel(1, START_MS);
  const cloudWatch = makeCloudWatch(kernel, aWorld({}), {
    minute: (group, startMs) => ({ ...METRICS, ...metrics((startMs - START_MS) / MINUTE_MS, group) }),
  });
  const client = makeTrafficMetrics(cloudWatch.client, anInvocation().call);
  /** Runs the world for so long, then reads everything from its start. */
  const readAt = async (ms: number, slowOver: number[] = []) => {
    let over = false;
    kernel.scheduler.after(ms, () => {
      over = true;
    });
    await kernel.scheduler.run(() => over);
    let done = false;
    const answer = client
      .readMinutes(
        { loadBalancerArn: BALANCER, blueGroupArn: BLUE, greenGroupArn: GREEN, slowOver },
        { fromMs: START_MS, toMs: START_MS + 20 * MINUTE_MS },
      )
      .finally(() => {
        done = true;
      });
    await kernel.scheduler.run(() => done);
    return answer;
  };
  return { kernel, cloudWatch, readAt };
};

describe('GetMetricData', () => {
  test('answers the minutes that are known by then, a minute or more after their end, and no others', async () => {
    const minutes = await cloudWatchOf().readAt(10 * MINUTE_MS + 20_000);

    const known = minutes.filter(({ blue }) => blue.requests !== undefined).length;
    expect(known).toBeGreaterThanOrEqual(8);
    expect(known).toBeLessThanOrEqual(9);
  });

  test('has no data point for zero errors', async () => {
    const { readAt } = cloudWatchOf((minute, group) =>
      group === GREEN && minute === 2 ? { target5xx: 7 } : {},
    );

    const minutes = await readAt(10 * MINUTE_MS);

    expect(minutes[1]?.green).toEqual({ requests: 1_000 });
    expect(minutes[2]?.green).toEqual({ requests: 1_000, target5xx: 7 });
  });

  test('knows which share of the answers took no longer, and that twice as slow is less', async () => {
    const { readAt } = cloudWatchOf((_, group) => (group === GREEN ? { responseSeconds: 0.2 } : {}));

    const [minute] = await readAt(10 * MINUTE_MS, [0.2, 0.4]);

    expect(minute?.blue.timed).toBe(1_000);
    const [blue200 = 0, blue400 = 0] = minute?.blue.withinPercent ?? [];
    const [green200 = 0] = minute?.green.withinPercent ?? [];
    expect(blue200).toBeGreaterThan(90);
    expect(blue400).toBeGreaterThan(blue200);
    expect(green200).toBeCloseTo(60, 0);
  });

  test('comes later, or says what is not so, when somebody disturbs it; alarms stay as they are', async () => {
    const { cloudWatch, readAt } = cloudWatchOf();
    cloudWatch.disturbMetrics({
      lateMs: 5 * MINUTE_MS,
      lie: (metric, _, value) => (metric === 'RequestCount' ? (value ?? 0) + 1 : value),
    });

    const minutes = await readAt(10 * MINUTE_MS);

    expect(minutes.filter(({ blue }) => blue.requests === 1_001)).toHaveLength(3);
    expect(minutes.some(({ blue }) => blue.requests === 1_000)).toBe(false);
  });

  test.each<[string, Partial<GetMetricDataInput>]>([
    ['no query', { MetricDataQueries: [] }],
    ['an end before its start', { EndTime: new Date(START_MS) }],
  ])('refuses %s', async (_, changes) => {
    const { kernel, cloudWatch } = cloudWatchOf();
    const input: GetMetricDataInput = {
      MetricDataQueries: [{ Id: 'a', MetricStat: { Metric: {}, Period: 60, Stat: 'Sum' } }],
      StartTime: new Date(START_MS),
      EndTime: new Date(START_MS + MINUTE_MS),
      ...changes,
    };
    let done = false;
    const answer = cloudWatch.client.send(new GetMetricDataCommand(input)).finally(() => {
      done = true;
    });
    answer.catch(() => {});
    await kernel.scheduler.run(() => done);

    await expect(answer).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
