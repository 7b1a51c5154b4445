import { describe, expect, test } from 'vitest';
import { judgeAlarms } from '../../../core/verdict/alarms.ts';
import type { ObservedAlarm, ObservedAlarms } from '../../../core/vocabulary/observed.types.ts';
import type { Plan } from '../../../core/vocabulary/plan.types.ts';
import { NOW } from '../a-deployment.ts';

const alarm = (name: string, state: ObservedAlarm['state'], reason = ''): ObservedAlarm => ({
  name,
  kind: 'metric',
  state,
  reason,
  updatedAtMs: NOW,
});

const read = (...alarms: ObservedAlarm[]): ObservedAlarms => ({ alarms, missing: [] });

const readWithout = (name: string, ...alarms: ObservedAlarm[]): ObservedAlarms => ({
  alarms,
  missing: [name],
});

const policy = (changes: Partial<Plan['alarms']> = {}): Plan['alarms'] => ({
  names: ['errors', 'latency'],
  redAtStart: { kind: 'refuse' },
  withoutData: 'ignore',
  ignoredUntilOk: [],
  ...changes,
});

test('a hundred red alarms are a sentence that can be read', () => {
  const names = Array.from({ length: 100 }, (_, index) => `alarm-${index}`);
  const all = (state: ObservedAlarm['state']) =>
    read(...names.map((name) => alarm(name, state, 'Threshold')));

  const { reason } = judgeAlarms(all('ALARM'), policy({ names }), []);
  const quiet = judgeAlarms(all('INSUFFICIENT_DATA'), policy({ names }), []);

  expect(reason).toBe(
    `${[0, 1, 2].map((index) => `alarm alarm-${index} is in ALARM: Threshold`).join('; ')}; and 97 more alarms`,
  );
  expect(quiet.reason).toMatch(/; without data: alarms alarm-0, .*, alarm-9, 90 more$/);
});

test('three red alarms, and ten without data, are all named', () => {
  const names = Array.from({ length: 10 }, (_, index) => `alarm-${index}`);
  const first = names.slice(0, 3);

  const red = judgeAlarms(read(...first.map((name) => alarm(name, 'ALARM'))), policy({ names: first }), []);
  const quiet = judgeAlarms(
    read(...names.map((name) => alarm(name, 'INSUFFICIENT_DATA'))),
    policy({ names }),
    [],
  );

  expect(red.reason).toBe(first.map((name) => `alarm ${name} is in ALARM`).join('; '));
  expect(quiet.reason).toBe(`0 of 10 counting alarms OK; without data: alarms ${names.join(', ')}`);
});

describe('the verdict of the watched alarms', () => {
  test.each([
    [
      'all OK',
      read(alarm('errors', 'OK'), alarm('latency', 'OK')),
      policy(),
      'healthy',
      '2 of 2 counting alarms OK',
    ],
    [
      'one red, with the reason CloudWatch gives',
      read(alarm('errors', 'ALARM', 'Threshold Crossed: 3 datapoints'), alarm('latency', 'OK')),
      policy(),
      'unhealthy',
      'alarm errors is in ALARM: Threshold Crossed: 3 datapoints',
    ],
    [
      'no data, ignored but mentioned',
      read(alarm('errors', 'INSUFFICIENT_DATA'), alarm('latency', 'OK')),
      policy(),
      'healthy',
      '1 of 2 counting alarms OK; without data: alarm errors',
    ],
    [
      'no data, which blocks',
      read(alarm('errors', 'INSUFFICIENT_DATA'), alarm('latency', 'OK')),
      policy({ withoutData: 'block' }),
      'unknown',
      'alarms must have data; without data: alarm errors',
    ],
    [
      'data of all, where none may be without',
      read(alarm('errors', 'OK'), alarm('latency', 'OK')),
      policy({ withoutData: 'block' }),
      'healthy',
      '2 of 2 counting alarms OK',
    ],
    [
      'no data and red at once',
      read(alarm('errors', 'INSUFFICIENT_DATA'), alarm('latency', 'ALARM')),
      policy({ withoutData: 'block' }),
      'unhealthy',
      'alarm latency is in ALARM; without data: alarm errors',
    ],
    [
      'one that CloudWatch reports missing',
      readWithout('latency', alarm('errors', 'OK')),
      policy(),
      'unknown',
      'not found in CloudWatch: alarm latency',
    ],
    [
      'one that was silently left out of the answer',
      read(alarm('errors', 'OK')),
      policy(),
      'unknown',
      'not found in CloudWatch: alarm latency',
    ],
    [
      'an alarm nobody watches',
      read(alarm('other', 'ALARM')),
      policy({ names: [] }),
      'healthy',
      'no alarms are watched',
    ],
  ] as const)('%s', (_, observed, rules, verdict, reason) => {
    expect(judgeAlarms(observed, rules, [])).toEqual({ verdict, reason, ignoredUntilOk: [] });
  });
});

describe('an alarm that was red at the start, to be ignored until it was OK', () => {
  const rules = policy({ redAtStart: { kind: 'ignoreUntilOk' }, ignoredUntilOk: ['errors'] });

  test.each([
    ['does not count while red', 'ALARM', 'healthy', ['errors']],
    ['does not count while without data', 'INSUFFICIENT_DATA', 'healthy', ['errors']],
    ['counts from the moment it is OK', 'OK', 'healthy', []],
  ] as const)('%s', (_, state, verdict, ignoredUntilOk) => {
    const judged = judgeAlarms(read(alarm('errors', state), alarm('latency', 'OK')), rules, ['errors']);

    expect(judged).toMatchObject({ verdict, ignoredUntilOk });
  });

  test('does not count while CloudWatch leaves it out of its answer', () => {
    const judged = judgeAlarms(read(alarm('latency', 'OK')), rules, ['errors']);

    expect(judged).toMatchObject({ verdict: 'healthy', ignoredUntilOk: ['errors'] });
  });

  test('is red again after it was OK', () => {
    const judged = judgeAlarms(read(alarm('errors', 'ALARM'), alarm('latency', 'OK')), rules, []);

    expect(judged).toMatchObject({ verdict: 'unhealthy', ignoredUntilOk: [] });
  });

  test('does not hide another one that is red', () => {
    const judged = judgeAlarms(read(alarm('errors', 'ALARM'), alarm('latency', 'ALARM')), rules, ['errors']);

    expect(judged.verdict).toBe('unhealthy');
    expect(judged.reason).toBe('alarm latency is in ALARM; red at the start and not counted: alarm errors');
  });
});

describe('an override', () => {
  const rules = policy({ redAtStart: { kind: 'override', reason: 'INC-7' }, ignoredUntilOk: ['errors'] });

  test.each(['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const)(
    'never counts the alarm, though it is %s',
    (state) => {
      const judged = judgeAlarms(read(alarm('errors', state), alarm('latency', 'OK')), rules, ['errors']);

      expect(judged).toMatchObject({ verdict: 'healthy', ignoredUntilOk: ['errors'] });
    },
  );

  test('still counts every other alarm', () => {
    const judged = judgeAlarms(read(alarm('errors', 'OK'), alarm('latency', 'ALARM')), rules, ['errors']);

    expect(judged.verdict).toBe('unhealthy');
  });
});
