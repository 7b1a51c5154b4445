import { describe, expect, test } from 'vitest';
import type { Input, ReadAlarm, ReadScaling } from '../../../core/adoption/adoption.types.ts';
import { moveNames } from '../../../core/adoption/names.ts';
import {
  copiedAlarm,
  copiedPolicy,
  copyNameOf,
  isCopy,
  whyNotCopied,
} from '../../../core/adoption/scaling-copies.ts';

const names = moveNames('main', 'shop', 'shop-x');

type Policy = ReadScaling['policies'][number];

const policy = (input: Input, alarms: string[] = []): Policy => ({
  name: 'p',
  arn: 'old-p',
  input: { PolicyName: 'p', ...input },
  alarms,
});

const step = policy({ PolicyType: 'StepScaling' }, ['high']);

const alarm = (rest: Input = {}, name = 'high'): ReadAlarm => ({
  name,
  input: {
    AlarmName: name,
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
    Dimensions: [
      { Name: 'ClusterName', Value: 'shop' },
      { Name: 'ServiceName', Value: 'shop' },
    ],
    AlarmActions: ['old-p', 'on-call'],
    ...rest,
  },
});

const scaling = (arn: string): ReadScaling => ({
  resourceId: 'r',
  minCapacity: 1,
  maxCapacity: 2,
  suspended: { scaleIn: false, scaleOut: false, scheduled: false },
  policies: [{ ...step, arn }],
  scheduled: [],
});

const copy = (one = alarm(), to = scaling('new-p')): ReadAlarm => ({
  name: copyNameOf(one.name, names),
  input: copiedAlarm(one, { from: scaling('old-p'), to }, names),
});

describe('what is copied', () => {
  test('a step policy whose alarm measures the service; the alarm measures the new one and calls its policy', () => {
    expect(whyNotCopied(step, { alarms: [alarm()] }, names)).toBeNull();
    expect(copy().input).toMatchObject({
      AlarmName: 'high-shop-x',
      AlarmDescription: 'cutover:moved-from=main/shop',
      // A cluster of the same name keeps it.
      Dimensions: [
        { Name: 'ClusterName', Value: 'shop' },
        { Name: 'ServiceName', Value: 'shop-x' },
      ],
      AlarmActions: ['new-p', 'on-call'],
      OKActions: [],
    });
  });

  test('with expressions over metrics of the service, and its description', () => {
    const metric = (Value: string) => ({
      Metrics: [
        {
          Id: 'm',
          MetricStat: { Metric: { Namespace: 'AWS/ECS', Dimensions: [{ Name: 'ServiceName', Value }] } },
        },
      ],
    });
    const { input } = copy(alarm({ ...metric('shop'), AlarmDescription: 'busy' }));

    expect(input).toMatchObject({
      ...metric('shop-x'),
      AlarmDescription: 'busy cutover:moved-from=main/shop',
    });
  });

  test('an action of a policy that has no copy is left out, one of somebody else stays', () => {
    expect(copy(alarm(), { ...scaling('new-p'), policies: [] }).input.AlarmActions).toEqual(['on-call']);
  });

  test('a target tracking policy of a metric that AWS publishes for each service', () => {
    const tracks = (Value: string) => ({
      TargetTrackingScalingPolicyConfiguration: {
        CustomizedMetricSpecification: {
          Namespace: 'ECS/ContainerInsights',
          Dimensions: [{ Name: 'ServiceName', Value }],
        },
      },
    });
    const one = policy({ PolicyType: 'TargetTrackingScaling', ...tracks('shop') });

    expect(whyNotCopied(one, { alarms: [] }, names)).toBeNull();
    expect(copiedPolicy(one, names)).toMatchObject(tracks('shop-x'));
  });

  test('a copy is known by its description, and is no obstacle when the move continues', () => {
    expect(isCopy(copy(), names)).toBe(true);
    expect(isCopy(alarm(), names)).toBe(false);
    expect(isCopy(copy(), moveNames('main', 'other', 'shop-x'))).toBe(false);
    expect(whyNotCopied(step, { alarms: [alarm(), copy()] }, names)).toBeNull();
    expect(copy(alarm({ AlarmDescription: 'x'.repeat(1_024) })).input.AlarmDescription).toBe(
      'cutover:moved-from=main/shop',
    );
    expect(copyNameOf('a'.repeat(255), names)).toHaveLength(255);
  });
});

const inTargetGroup = { Namespace: 'AWS/ApplicationELB', Dimensions: [{ Name: 'TargetGroup', Value: 'tg' }] };
const published = { Namespace: 'Shop', Dimensions: [{ Name: 'Service', Value: 'shop' }] };

describe('what is not, with the reason', () => {
  test.each<[string, Policy, ReadAlarm[], string]>([
    [
      'its alarm counts one target group',
      step,
      [alarm(inTargetGroup)],
      'its alarm high counts the requests of one target group',
    ],
    [
      'its alarm measures what the tasks publish',
      step,
      [alarm(published)],
      'its alarm high measures shop in the namespace Shop',
    ],
    ['its alarm cannot be read', step, [], 'its alarm high cannot be read'],
    [
      "its alarm's copy would write over somebody else's",
      step,
      [alarm(), alarm({}, 'high-shop-x')],
      "somebody else's alarm has the name of its alarm's copy, high-shop-x",
    ],
    [
      'it tracks the requests of a target group',
      policy({
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          PredefinedMetricSpecification: { ResourceLabel: 'app/a/b' },
        },
      }),
      [],
      'it counts the requests of one target group',
    ],
    [
      'it tracks what the tasks publish',
      policy({
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: { CustomizedMetricSpecification: published },
      }),
      [],
      'it measures shop in the namespace Shop, and only you know',
    ],
    ['it predicts', policy({ PolicyType: 'PredictiveScaling' }), [], 'of the type PredictiveScaling'],
  ])('%s', (_when, one, alarms, why) => {
    expect(whyNotCopied(one, { alarms }, names)).toContain(why);
  });
});
