import {
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type DescribeAlarmsInput,
  type MetricAlarm,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import type { AlarmChange } from '../../../sim/cloudwatch/alarm-states.ts';
import { makeCloudWatch } from '../../../sim/cloudwatch/cloudwatch.ts';
import { makeKernel } from '../../../sim/kernel/kernel.ts';
import type { MinuteMetrics } from '../../../sim/parts.types.ts';
import { aWorld, GREEN, START_MS } from '../elbv2/a-balancer.ts';

const MINUTE_MS = 60_000;
const LOAD_BALANCER = { Name: 'LoadBalancer', Value: 'app/web/50dc6c495c0c9188' };
const dimensions = (group: string) => [
  { Name: 'TargetGroup', Value: `targetgroup/${group}/73e2d6bc24d8a067` },
  LOAD_BALANCER,
];

const anAlarm = (name: string, more: Partial<MetricAlarm> = {}): MetricAlarm => ({
  AlarmName: name,
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'HTTPCode_Target_5XX_Count',
  Dimensions: dimensions('green'),
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  StateValue: 'OK',
  ...more,
});
const WELL: MinuteMetrics = {
  requestCount: 6_000,
  target5xx: 0,
  connectionErrors: 0,
  balancer5xx: 0,
  answered: 6_000,
  responseSeconds: 0.05,
  chance: 0,
  healthyHosts: 2,
  unhealthyHosts: 0,
  registeredHosts: 2,
};

type Watch = {
  alarms?: MetricAlarm[];
  composites?: CompositeAlarm[];
  /** Minutes since the start -> what differs from WELL; null: no data. */
  metrics?: (minute: number, group: string) => Partial<MinuteMetrics> | null;
  seed?: number;
};

const watching = ({
  alarms = [anAlarm('errors')],
  composites = [],
  metrics = () => ({}),
  seed = 1,
}: Watch) => {
  const kernel = makeKernel(seed, START_MS);
  const changes: (Pick<AlarmChange, 'name' | 'to'> & { atMs: number })[] = [];
  const cloudWatch = makeCloudWatch(kernel, aWorld({ metricAlarms: alarms, compositeAlarms: composites }), {
    minute: (group, minuteStartMs) => {
      const found = metrics((minuteStartMs - START_MS) / MINUTE_MS, group);
      return found === null ? undefined : { ...WELL, ...found };
    },
  });
  cloudWatch.onChange(({ name, to, atMs }) => changes.push({ name, to, atMs: atMs - START_MS }));
  const runFor = async (ms: number): Promise<void> => {
    let over = false;
    kernel.scheduler.after(ms, () => {
      over = true;
    });
    await kernel.scheduler.run(() => over);
  };
  const describeAlarms = async (input: DescribeAlarmsInput = {}) => {
    let done = false;
    const answer = cloudWatch.client.send(new DescribeAlarmsCommand(input)).finally(() => {
      done = true;
    });
    answer.catch(() => {});
    await kernel.scheduler.run(() => done);
    return answer;
  };
  return { kernel, cloudWatch, changes, runFor, describeAlarms };
};

const errorsFrom =
  (from: number, to = Number.POSITIVE_INFINITY) =>
  (minute: number) =>
    minute >= from && minute < to ? { target5xx: 500 } : {};

describe('an alarm on one-minute metrics', () => {
  test('fires about four minutes after the fault and clears later than that, for any seed [116]', async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { changes, runFor } = watching({ metrics: errorsFrom(10, 20), seed });
      await runFor(60 * MINUTE_MS);

      expect(changes.map(({ to }) => to)).toEqual(['ALARM', 'OK']);
      const [red, clear] = changes.map(({ atMs }) => atMs / MINUTE_MS);
      expect(red).toBeGreaterThan(10 + 2.7);
      expect(red).toBeLessThan(10 + 4.6);
      expect(clear).toBeGreaterThan(20 + 4);
      expect(clear).toBeLessThan(20 + 9);
    }
  });

  test('one bad minute is not two', async () => {
    const { changes, runFor } = watching({ metrics: errorsFrom(10, 11) });

    await runFor(60 * MINUTE_MS);

    expect(changes).toEqual([]);
  });

  test('says why: the points, the threshold, how many are needed', async () => {
    const { runFor, describeAlarms } = watching({ metrics: errorsFrom(0) });

    await runFor(10 * MINUTE_MS);

    const { MetricAlarms: alarms } = await describeAlarms();
    expect(alarms[0]).toMatchObject({ StateValue: 'ALARM' });
    expect(alarms[0].StateReason).toMatch(
      /^(2 of the last 2 datapoints \[500, 500\]|3 of the last 3 datapoints \[500, 500, 500\]) crossed the threshold \(2 of 3 needed for ALARM\)$/,
    );
    expect(alarms[0].StateTransitionedTimestamp).toBeInstanceOf(Date);
  });

  test('a series that is absent when zero leaves an alarm that wants data without any [118]', async () => {
    const { cloudWatch, runFor } = watching({ alarms: [anAlarm('errors', { TreatMissingData: 'missing' })] });

    await runFor(5 * MINUTE_MS);
    const early = cloudWatch.states();
    await runFor(10 * MINUTE_MS);

    expect([early, cloudWatch.states()]).toEqual([{ errors: 'OK' }, { errors: 'INSUFFICIENT_DATA' }]);
  });

  test('begins in INSUFFICIENT_DATA and leaves it with the first evaluation, unless the world says otherwise [114]', async () => {
    const { cloudWatch, changes, runFor } = watching({
      alarms: [anAlarm('new', { StateValue: undefined as never }), anAlarm('old', { StateValue: 'OK' })],
    });
    const first = cloudWatch.states();

    await runFor(5 * MINUTE_MS);

    expect(first).toEqual({ new: 'INSUFFICIENT_DATA', old: 'OK' });
    expect(changes).toMatchObject([{ name: 'new', to: 'OK' }]);
  });

  const wanted: [
    what: string,
    alarm: Partial<MetricAlarm>,
    metrics: Partial<MinuteMetrics>,
    state: StateValue,
  ][] = [
    [
      'too few healthy hosts',
      {
        MetricName: 'HealthyHostCount',
        Statistic: 'Minimum',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 2,
      },
      { healthyHosts: 1 },
      'ALARM',
    ],
    [
      'enough healthy hosts',
      {
        MetricName: 'HealthyHostCount',
        Statistic: 'Minimum',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 2,
      },
      {},
      'OK',
    ],
    [
      'unhealthy hosts',
      {
        MetricName: 'UnHealthyHostCount',
        Statistic: 'Maximum',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: 1,
      },
      { unhealthyHosts: 1 },
      'ALARM',
    ],
    [
      'slow answers',
      { MetricName: 'TargetResponseTime', Statistic: 'Average', Threshold: 0.5 },
      { responseSeconds: 0.8 },
      'ALARM',
    ],
    [
      'slow answers by percentile',
      {
        MetricName: 'TargetResponseTime',
        Statistic: undefined as never,
        ExtendedStatistic: 'p99',
        Threshold: 0.5,
      },
      { responseSeconds: 0.8 },
      'ALARM',
    ],
    [
      'no answers at all',
      { MetricName: 'TargetResponseTime', Statistic: 'Average', Threshold: 0.5, TreatMissingData: 'missing' },
      { responseSeconds: undefined },
      'INSUFFICIENT_DATA',
    ],
    ['refused connections', { MetricName: 'TargetConnectionErrorCount' }, { connectionErrors: 11 }, 'ALARM'],
    [
      'too few requests',
      { MetricName: 'RequestCount', ComparisonOperator: 'LessThanOrEqualToThreshold', Threshold: 100 },
      { requestCount: 100 },
      'ALARM',
    ],
    [
      'five-minute periods add up',
      { Period: 300, EvaluationPeriods: 1, DatapointsToAlarm: 1, Threshold: 49 },
      { target5xx: 10 },
      'ALARM',
    ],
    [
      "the balancer's own errors, by balancer only",
      { MetricName: 'HTTPCode_ELB_5XX_Count', Dimensions: [LOAD_BALANCER] },
      { balancer5xx: 6 },
      'ALARM',
    ],
  ];
  test.each(wanted)('%s: %o', async (_what, alarm, metrics, state) => {
    const { cloudWatch, runFor } = watching({ alarms: [anAlarm('it', alarm)], metrics: () => metrics });

    await runFor(20 * MINUTE_MS);

    expect(cloudWatch.notEvaluated()).toEqual([]);
    expect(cloudWatch.states()).toEqual({ it: state });
  });

  test.each([
    ['another namespace', { Namespace: 'MyApp' }, 'no metric MyApp'],
    ['an unknown metric', { MetricName: 'RuleEvaluations' }, 'no metric AWS/ApplicationELB RuleEvaluations'],
    [
      'dimensions no load balancer publishes',
      { Dimensions: [...dimensions('green'), { Name: 'AvailabilityZone', Value: 'a' }] },
      'by AvailabilityZone and LoadBalancer and TargetGroup',
    ],
    ['a group that is not there', { Dimensions: dimensions('pink') }, 'targetgroup/pink'],
    ['ELB errors by target group', { MetricName: 'HTTPCode_ELB_5XX_Count' }, 'no such metric by'],
    ['a ten-second period', { Period: 10 }, 'its period is 10 s'],
    ['an anomaly band', { ComparisonOperator: 'LessThanLowerThreshold' as const }, 'LessThanLowerThreshold'],
  ])('one on %s keeps the state the world gave it, and says why', async (_what, alarm, why) => {
    const { cloudWatch, runFor } = watching({ alarms: [anAlarm('it', { StateValue: 'ALARM', ...alarm })] });

    await runFor(20 * MINUTE_MS);

    expect(cloudWatch.states()).toEqual({ it: 'ALARM' });
    expect(cloudWatch.notEvaluated()).toEqual([{ name: 'it', why: expect.stringContaining(why) }]);
  });
});

describe('an alarm on metric math', () => {
  const metric = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: dimensions('green') },
      Period: 60,
      Stat: 'Sum',
    },
    ReturnData: false,
  });
  const rate = (Expression: string): MetricAlarm => ({
    AlarmName: 'rate',
    Metrics: [
      metric('m5xx', 'HTTPCode_Target_5XX_Count'),
      metric('mreq', 'RequestCount'),
      { Id: 'e1', Expression, ReturnData: true },
    ],
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanThreshold',
    StateValue: 'OK',
  });

  test.each([
    ['100 * FILL(m5xx, 0) / mreq', { target5xx: 400 }, 'ALARM'],
    ['100 * FILL(m5xx, 0) / mreq', { target5xx: 0 }, 'OK'],
    ['IF(mreq > 10000, 100 * m5xx / mreq, 0)', { target5xx: 6_000 }, 'OK'],
  ])('%s with %o is %s', async (expression, metrics, state) => {
    const { cloudWatch, runFor } = watching({ alarms: [rate(expression)], metrics: () => metrics });

    await runFor(20 * MINUTE_MS);

    expect(cloudWatch.notEvaluated()).toEqual([]);
    expect(cloudWatch.states()).toEqual({ rate: state });
  });

  test.each([
    ['RATE(m5xx)', 'RATE'],
    ['m5xx / m404', 'm404'],
    ['e1 + 1', 'circle'],
  ])('%s is not evaluated, because of %s', (expression, why) => {
    const { cloudWatch } = watching({ alarms: [rate(expression)] });

    expect(cloudWatch.notEvaluated()).toEqual([{ name: 'rate', why: expect.stringContaining(why) }]);
  });
});

describe('composite alarms', () => {
  const composite = (AlarmName: string, AlarmRule: string): CompositeAlarm => ({
    AlarmName,
    AlarmRule,
    StateValue: 'OK',
  });

  test('follow their children at once, also through one another', async () => {
    const { changes, runFor } = watching({
      alarms: [anAlarm('errors'), anAlarm('blue errors', { Dimensions: dimensions('blue') })],
      composites: [
        composite('green only', 'ALARM("errors") AND NOT ALARM("blue errors")'),
        composite('page', 'ALARM("green only")'),
      ],
      metrics: (minute, group) => (group === GREEN || minute >= 20 ? errorsFrom(10)(minute) : {}),
    });

    await runFor(40 * MINUTE_MS);

    expect(changes.map(({ name, to }) => `${name} ${to}`)).toEqual([
      'errors ALARM',
      'green only ALARM',
      'page ALARM',
      'blue errors ALARM',
      'green only OK',
      'page OK',
    ]);
    expect(changes[2]?.atMs).toBe(changes[0]?.atMs);
  });

  test.each([
    ['ALARM(nobody)', 'nobody'],
    ['ALARM(', 'cannot be read'],
    ['NOT ALARM(self)', 'leads back to itself'],
  ])('%s keeps its state, because of %s', (rule, why) => {
    const { cloudWatch } = watching({ composites: [composite('self', rule)] });

    cloudWatch.setAlarm('errors', 'ALARM', 'a test');

    expect(cloudWatch.states()).toMatchObject({ self: 'OK' });
    expect(cloudWatch.notEvaluated()).toEqual([{ name: 'self', why: expect.stringContaining(why) }]);
  });
});

describe('a forced state', () => {
  test('stays against all evaluation, and composites see it', async () => {
    const { cloudWatch, runFor } = watching({
      composites: [{ AlarmName: 'page', AlarmRule: 'ALARM(errors)', StateValue: 'OK' }],
    });

    cloudWatch.setAlarm('errors', 'ALARM', 'injected');
    await runFor(60 * MINUTE_MS);

    expect(cloudWatch.states()).toEqual({ errors: 'ALARM', page: 'ALARM' });
  });

  test('ends when asked to, also on an alarm that nothing evaluates', async () => {
    const { cloudWatch, runFor } = watching({
      alarms: [anAlarm('errors'), anAlarm('strange', { Namespace: 'MyApp' })],
    });

    for (const name of ['errors', 'strange'])
      cloudWatch.setAlarm(name, 'ALARM', 'injected', { forMs: 5 * MINUTE_MS });
    await runFor(4 * MINUTE_MS);
    const during = cloudWatch.states();
    await runFor(3 * MINUTE_MS);

    expect([during, cloudWatch.states()]).toEqual([
      { errors: 'ALARM', strange: 'ALARM' },
      { errors: 'OK', strange: 'OK' },
    ]);
  });

  test('of an alarm that is not there is a mistake', () => {
    expect(() => watching({}).cloudWatch.setAlarm('nobody', 'ALARM', 'injected')).toThrow('no alarm nobody');
  });
});

describe('DescribeAlarms [112]', () => {
  const many = {
    alarms: Array.from({ length: 12 }, (_, index) => anAlarm(`a${index}`)),
    composites: [{ AlarmName: 'page', AlarmRule: 'ALARM(a1)', StateValue: 'OK' as const }],
  };
  const namesOf = ({ MetricAlarms = [], CompositeAlarms = [] }) =>
    [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }: { AlarmName: string }) => AlarmName);

  test('leaves composites out unless they are asked for, and unknown names without a word', async () => {
    const { describeAlarms } = watching(many);

    const plain = await describeAlarms({ AlarmNames: ['a3', 'page', 'nobody'] });
    const both = await describeAlarms({
      AlarmNames: ['a3', 'page', 'nobody'],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    });

    expect([namesOf(plain), namesOf(both)]).toEqual([['a3'], ['a3', 'page']]);
  });

  test('answers in pages of five, or less when MaxRecords says so', async () => {
    const { describeAlarms } = watching(many);
    const sizes = async (input: DescribeAlarmsInput) => {
      const found: number[] = [];
      let NextToken: string | undefined;
      do {
        const page = await describeAlarms({ ...input, ...(NextToken === undefined ? {} : { NextToken }) });
        found.push(namesOf(page).length);
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return found;
    };

    expect(await sizes({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })).toEqual([5, 5, 3]);
    expect(await sizes({ AlarmNames: ['a1', 'a2', 'a3'], MaxRecords: 2 })).toEqual([2, 1]);
  });

  test.each([
    ['names beside a prefix', { AlarmNames: ['a1'], AlarmNamePrefix: 'a' }, 'InvalidParameterCombination'],
    ['101 names', { AlarmNames: Array.from({ length: 101 }, (_, index) => `n${index}`) }, 'ValidationError'],
    ['no records at all', { MaxRecords: 0 }, 'ValidationError'],
    ['a token of its own making', { NextToken: 'page-99' }, 'InvalidNextToken'],
  ])('refuses %s', async (_what, input, name) => {
    await expect(watching(many).describeAlarms(input)).rejects.toMatchObject({ name });
  });
});

test('two days of alarms cost one event a minute', async () => {
  const { kernel, runFor } = watching({
    alarms: Array.from({ length: 8 }, (_, index) => anAlarm(`a${index}`)),
  });
  let events = 0;
  kernel.scheduler.onSettled(() => {
    events += 1;
  });

  await runFor(48 * 60 * MINUTE_MS);

  expect(events).toBeLessThanOrEqual(48 * 60 + 2);
});
