import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTrafficMetrics } from '../../aws/traffic-metrics.ts';
import { anInvocation, awsError, START_MS } from './an-invocation.ts';

const cloudWatchClient = new CloudWatchClient();
const cloudWatch = mockClient(cloudWatchClient);

beforeEach(() => cloudWatch.reset());

const of = {
  loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/shop/aaaa',
  blueGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-blue/bbbb',
  greenGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-green/cccc',
  slowOver: [] as number[],
};
const window = { fromMs: START_MS, toMs: START_MS + 3 * 60_000 };
const times = (...minutes: number[]): Date[] => minutes.map((minute) => new Date(START_MS + minute * 60_000));

/** Complete series by id: values by minute; what is not named is complete and empty. */
const answer = (series: Record<string, Record<number, number>>): void => {
  cloudWatch.on(GetMetricDataCommand).callsFake((input: GetMetricDataInput) => ({
    MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id = '' }) => ({
      Id,
      Timestamps: times(...Object.keys(series[Id] ?? {}).map(Number)),
      Values: Object.values(series[Id] ?? {}),
      StatusCode: 'Complete',
    })),
  }));
};

type Of = Parameters<ReturnType<typeof makeTrafficMetrics>['readMinutes']>[0];

const read = (changes: Partial<Of> = {}) => {
  const { call, waits } = anInvocation();
  return {
    waits,
    minutes: makeTrafficMetrics(cloudWatchClient, call).readMinutes({ ...of, ...changes }, window),
  };
};

describe('a read of both colours', () => {
  test('is one call, for whole minutes, of three series a colour', async () => {
    answer({});

    await read().minutes;

    const [sent, ...more] = cloudWatch.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input);
    expect(more).toEqual([]);
    expect(sent).toMatchObject({ StartTime: times(0)[0], EndTime: times(3)[0] });
    expect(
      sent?.MetricDataQueries?.map(({ Id, MetricStat }) => [
        Id,
        MetricStat?.Metric?.MetricName,
        MetricStat?.Stat,
        MetricStat?.Period,
        MetricStat?.Metric?.Dimensions?.map(({ Value }) => Value),
      ]),
    ).toEqual(
      ['blue', 'green'].flatMap((colour) => {
        const dimensions = [
          'app/shop/aaaa',
          `targetgroup/shop-${colour}/${colour === 'blue' ? 'bbbb' : 'cccc'}`,
        ];
        return [
          [`${colour}_requests`, 'RequestCount', 'Sum', 60, dimensions],
          [`${colour}_target5xx`, 'HTTPCode_Target_5XX_Count', 'Sum', 60, dimensions],
          [`${colour}_connectionErrors`, 'TargetConnectionErrorCount', 'Sum', 60, dimensions],
        ];
      }),
    );
  });

  test('with thresholds asks for the share of answers within each, and how many were timed', async () => {
    answer({
      blue_timed: { 0: 900 },
      blue_within0: { 0: 90 },
      blue_within1: { 0: 99 },
      green_timed: { 1: 100 },
      green_within1: { 1: 97.5 },
    });

    const [first, second] = await read({ slowOver: [0.25, 1.5] }).minutes;

    const stats = cloudWatch
      .commandCalls(GetMetricDataCommand)[0]
      ?.args[0].input.MetricDataQueries?.map(({ MetricStat }) => MetricStat?.Stat);
    expect(stats).toEqual(
      ['blue', 'green'].flatMap(() => ['Sum', 'Sum', 'Sum', 'SampleCount', 'PR(:0.25)', 'PR(:1.5)']),
    );
    expect(first?.blue).toEqual({ timed: 900, withinPercent: [90, 99] });
    expect(second?.green).toEqual({ timed: 100, withinPercent: [undefined, 97.5] });
  });

  test('adds what each colour’s application publishes, from series of its own', async () => {
    const published = (metric: string, revision: string) => ({
      namespace: 'Shop',
      metric,
      dimensions: { Revision: revision },
    });
    const sums = (revision: string) => [
      {
        requests: [published('OrdersPlaced', revision), published('OrdersRefused', revision)],
        bad: [published('OrdersRefused', revision)],
      },
    ];
    answer({
      blue_published0: { 0: 90, 1: 91 },
      blue_published1: { 0: 2 },
      green_published0: { 2: 10 },
    });

    const minutes = await read({ application: { blue: sums('7'), green: sums('8') } }).minutes;

    const asked = cloudWatch
      .commandCalls(GetMetricDataCommand)[0]
      ?.args[0].input.MetricDataQueries?.filter(({ MetricStat }) => MetricStat?.Metric?.Namespace === 'Shop')
      .map(({ Id, MetricStat }) => [
        Id,
        MetricStat?.Stat,
        MetricStat?.Metric?.MetricName,
        MetricStat?.Metric?.Dimensions,
      ]);
    // What was refused is a part of both sums, and read once.
    expect(asked).toHaveLength(4);
    expect(asked?.[3]).toEqual([
      'green_published1',
      'Sum',
      'OrdersRefused',
      [{ Name: 'Revision', Value: '8' }],
    ]);
    expect(minutes.map(({ blue, green }) => [blue.application, green.application])).toEqual([
      [[{ requests: 92, bad: 2 }], [{}]],
      [[{ requests: 91 }], [{}]],
      [[{}], [{ requests: 10 }]],
    ]);
  });

  test('leaves a missing minute missing', async () => {
    answer({ blue_requests: { 0: 950, 2: 940 }, green_requests: { 2: 60 }, green_target5xx: { 2: 3 } });

    expect(await read().minutes).toEqual([
      { startMs: START_MS, blue: { requests: 950 }, green: {} },
      { startMs: START_MS + 60_000, blue: {}, green: {} },
      { startMs: START_MS + 120_000, blue: { requests: 940 }, green: { requests: 60, target5xx: 3 } },
    ]);
  });

  test('takes every page, and a series that is complete on its last one', async () => {
    cloudWatch.on(GetMetricDataCommand).callsFake((input: GetMetricDataInput) => {
      const first = input.NextToken === undefined;
      return {
        MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id }) => ({
          Id,
          Timestamps: times(first ? 0 : 1),
          Values: [first ? 1 : 2],
          StatusCode: first ? 'PartialData' : 'Complete',
        })),
        ...(first ? { NextToken: 'more' } : {}),
      };
    });

    const minutes = await read().minutes;

    expect(minutes.map(({ blue }) => blue.requests)).toEqual([1, 2, undefined]);
  });
});

test('how a colour answers is what its targets answered without a 5xx, of each minute with requests', async () => {
  answer({
    blue_RequestCount: { 0: 100, 2: 80 },
    blue_HTTPCode_Target_2XX_Count: { 0: 60, 2: 80 },
    blue_HTTPCode_Target_3XX_Count: { 0: 20 },
    blue_HTTPCode_Target_4XX_Count: { 0: 10 },
    green_RequestCount: { 1: 50 },
  });
  const { call } = anInvocation();

  const answers = await makeTrafficMetrics(cloudWatchClient, call).readAnswers(of, window);

  expect(answers).toEqual({
    blue: [
      { startMs: START_MS, requests: 100, answered: 90 },
      { startMs: START_MS + 120_000, requests: 80, answered: 80 },
    ],
    // It hangs: requests, no answers, no 5xx.
    green: [{ startMs: START_MS + 60_000, requests: 50, answered: 0 }],
  });
  expect(cloudWatch.commandCalls(GetMetricDataCommand)).toHaveLength(1);
});

describe('what CloudWatch does not know is not zero', () => {
  test.each(['PartialData', 'InternalError', 'Forbidden'])(
    'a series that is %s fails the read',
    async (StatusCode) => {
      cloudWatch.on(GetMetricDataCommand).callsFake((input: GetMetricDataInput) => ({
        MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id }) => ({
          Id,
          Timestamps: [],
          Values: [],
          StatusCode: Id === 'green_target5xx' ? StatusCode : 'Complete',
        })),
      }));

      await expect(read().minutes).rejects.toMatchObject({
        name: 'Unavailable',
        message: expect.stringContaining(`found ${StatusCode} for green_target5xx`),
      });
    },
  );

  test('a series that is left out of the answer fails it, too', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });

    await expect(read().minutes).rejects.toMatchObject({ name: 'Unavailable' });
  });

  test('throttling ends the read within seconds: the step has other work', async () => {
    cloudWatch.on(GetMetricDataCommand).rejects(awsError('ThrottlingException'));

    const { minutes, waits } = read();

    await expect(minutes).rejects.toMatchObject({ name: 'Throttled' });
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(5_000);
  });
});

test('what was usual is read from three hours: minutes, and percentiles of the whole time, null where there are none', async () => {
  answer({ p90: { [-180]: 0.25 }, blue_requests: { [-180]: 70, [-1]: 90 }, blue_target5xx: { [-1]: 2 } });
  const metrics = makeTrafficMetrics(cloudWatchClient, anInvocation().call);

  const found = await metrics.readUsual({
    loadBalancerArn: of.loadBalancerArn,
    targetGroupArn: of.blueGroupArn,
    percentiles: [90, 99],
  });

  expect(found.times).toEqual([0.25, null]);
  expect(found.minutes).toHaveLength(180);
  expect([found.minutes[0], found.minutes[179]]).toEqual([{ requests: 70 }, { requests: 90, target5xx: 2 }]);
  const asked = cloudWatch
    .commandCalls(GetMetricDataCommand)
    .flatMap(({ args }) => args[0].input.MetricDataQueries ?? [])
    .map(({ MetricStat }) => [MetricStat?.Stat, MetricStat?.Period]);
  expect(asked).toEqual([
    ['Sum', 60],
    ['Sum', 60],
    ['Sum', 60],
    ['p90', 10_800],
    ['p99', 10_800],
  ]);
});

test('a colour that has no traffic any more is not asked for', async () => {
  answer({ green_requests: { 0: 5 } });
  const metrics = makeTrafficMetrics(cloudWatchClient, anInvocation().call);

  const minutes = await metrics.readMinutes({ ...of, blueGroupArn: null }, window);

  expect(minutes[0]).toEqual({ startMs: START_MS, blue: {}, green: { requests: 5 } });
  expect(cloudWatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input.MetricDataQueries).toHaveLength(3);
});

describe('values that are no counts', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    '%d of a target group is not known, and is not taken for any number',
    async (value) => {
      answer({ green_requests: { 0: 100, 1: 100 }, green_target5xx: { 1: value } });

      await expect(read().minutes).rejects.toMatchObject({
        name: 'Unavailable',
        message: expect.stringMatching(/expected counts, found (NaN|Infinity|-1) in green_target5xx/),
      });
    },
  );

  const metric = (name: string) => ({ namespace: 'Shop', metric: name, dimensions: {} });
  const orders = { requests: [metric('Orders')], bad: [metric('Refused')] };

  test("of the application leave their minute uncounted, and the load balancer's as they are", async () => {
    answer({
      green_requests: { 0: 100, 1: 100 },
      green_published0: { 0: 50, 1: 50 },
      green_published1: { 0: 2, 1: -3 },
    });

    const minutes = await read({ application: { blue: [], green: [orders] } }).minutes;

    expect(minutes.slice(0, 2).map(({ green }) => green)).toEqual([
      { requests: 100, application: [{ requests: 50, bad: 2 }] },
      { requests: 100, application: [{}] },
    ]);
  });
});
