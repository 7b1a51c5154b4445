import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, test } from 'vitest';
import { makeAlarms } from '../../aws/alarms.ts';
import { anInvocation, pageOf } from './an-invocation.ts';

const cloudWatchClient = new CloudWatchClient();
const cloudWatch = mockClient(cloudWatchClient);
const alarms = () => makeAlarms(cloudWatchClient, anInvocation().call);

beforeEach(() => cloudWatch.reset());

const metricAlarm = (name: string, more: Partial<MetricAlarm> = {}): MetricAlarm => ({
  AlarmName: name,
  StateValue: 'OK',
  StateReason: 'Threshold not crossed',
  StateUpdatedTimestamp: new Date(5_000),
  ...more,
});

test('both kinds of alarm are asked for by name', async () => {
  cloudWatch.on(DescribeAlarmsCommand).resolves({});

  await alarms().read(['errors', 'latency']);

  expect(cloudWatch).toHaveReceivedCommandExactlyOnceWith(DescribeAlarmsCommand, {
    AlarmNames: ['errors', 'latency'],
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: 100,
  });
});

test('metric and composite alarms come with their state, and unknown names are missing', async () => {
  cloudWatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [metricAlarm('errors', { StateValue: 'ALARM', StateReason: '12 errors' })],
    CompositeAlarms: [{ AlarmName: 'shop', StateValue: 'INSUFFICIENT_DATA' }],
  });

  expect(await alarms().read(['errors', 'gone', 'shop', 'errors'])).toEqual({
    alarms: [
      { name: 'errors', kind: 'metric', state: 'ALARM', reason: '12 errors', updatedAtMs: 5_000 },
      { name: 'shop', kind: 'composite', state: 'INSUFFICIENT_DATA', reason: '', updatedAtMs: 0 },
    ],
    missing: ['gone'],
  });
});

test('a reason of several lines is one, with nothing of it lost', async () => {
  const StateReason = 'crossed\n  cutover abort shop\n';
  cloudWatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [metricAlarm('errors', { StateReason })],
  });

  const [alarm] = (await alarms().read(['errors'])).alarms;

  expect(alarm?.reason).toBe('crossed\\n  cutover abort shop\\n');
});

test('no names, no call', async () => {
  expect(await alarms().read([])).toEqual({ alarms: [], missing: [] });
  expect(cloudWatch).not.toHaveReceivedAnyCommand();
});

test('more than a hundred names are asked for in several calls, and every page is read', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `alarm-${index}`);
  cloudWatch.on(DescribeAlarmsCommand).callsFake((input: { AlarmNames: string[]; NextToken?: string }) => {
    const page = pageOf(input.AlarmNames, input.NextToken);
    return { MetricAlarms: page.items.map((name) => metricAlarm(name)), NextToken: page.next };
  });

  const observed = await alarms().read(names);

  expect(observed.alarms.map((alarm) => alarm.name)).toEqual(names);
  expect(observed.missing).toEqual([]);
  const sizes = cloudWatch
    .commandCalls(DescribeAlarmsCommand)
    .map((sent) => sent.args[0].input.AlarmNames?.length);
  expect(new Set(sizes)).toEqual(new Set([100, 20]));
});

const dimension = (value: string) => ({ Name: 'TargetGroup', Value: value });
const inMath = (id: string, value: string) => ({
  Id: id,
  MetricStat: { Metric: { Dimensions: [dimension(value)] }, Period: 60, Stat: 'Sum' },
});

test.each<[string, Partial<MetricAlarm>, string | undefined]>([
  ['in its own dimensions', { Dimensions: [dimension('targetgroup/blue/1')] }, 'targetgroup/blue/1'],
  [
    'in its metric math',
    { Metrics: [inMath('a', 'targetgroup/green/2'), { Id: 'b', Expression: 'a * 2' }] },
    'targetgroup/green/2',
  ],
  ['twice the same', { Metrics: [inMath('a', 'tg/1'), inMath('b', 'tg/1')] }, 'tg/1'],
  ['of both groups', { Metrics: [inMath('a', 'tg/1'), inMath('b', 'tg/2')] }, undefined],
  ['nowhere', { Dimensions: [{ Name: 'LoadBalancer', Value: 'app/shop/1' }] }, undefined],
])('a target group named %s is reported', async (_where, alarm, expected) => {
  cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [metricAlarm('errors', alarm)] });

  const observed = await alarms().read(['errors']);

  expect(observed.alarms[0]?.targetGroupDimension).toBe(expected);
});
