import { describe, expect, test } from 'vitest';
import { parseAlarmRule } from '../../../sim/cloudwatch/alarm-rule.ts';
import { parseExpression } from '../../../sim/cloudwatch/expression.ts';

describe('metric math', () => {
  const values: Record<string, number | undefined> = { mreq: 200, m5xx: 10, gone: undefined, zero: 0 };

  test.each([
    ['FILL(m5xx,0)/mreq', 0.05],
    ['FILL(gone, 0) / mreq', 0],
    ['100*(m5xx/mreq)', 5],
    ['100 * gone / mreq', undefined],
    ['IF(mreq>100, m5xx/mreq, 0)', 0.05],
    ['IF(mreq > 500, m5xx/mreq, 0)', 0],
    ['IF(mreq > 500, 1)', undefined],
    ['IF(mreq >= 200 AND zero == 0, 1, 2)', 1],
    ['IF(zero != 0 OR m5xx <= 9, 1, 2)', 2],
    ['m5xx/zero', undefined],
    ['2 + 3 * 4 - -1', 15],
    ['ABS(3 - 10)', 7],
    ['(2 + 3) * 4', 20],
  ])('%s is %s', (text, value) => {
    expect(parseExpression(text).evaluate((id) => values[id])).toBe(value);
  });

  test.each([
    ['ANOMALY_DETECTION_BAND(m1, 2)', 'ANOMALY_DETECTION_BAND'],
    ['SUM(METRICS())', 'SUM'],
    ['m1 /', 'its end'],
    ['(m1', 'expected )'],
    ['m1 m2', 'it continues after its end: m2'],
    ['FILL(m1)', 'FILL has 1 arguments'],
    ['[m1, m2]', '"["'],
    ["SEARCH('x', 'Sum')", '"\'"'],
    ['', 'its end'],
  ])('%s is refused because of %s', (text, why) => {
    expect(() => parseExpression(text)).toThrow(why);
  });
});

describe('rules of composite alarms', () => {
  const states: Record<string, 'ALARM' | 'OK' | 'INSUFFICIENT_DATA'> = {
    red: 'ALARM',
    'two words': 'ALARM',
    green: 'OK',
    grey: 'INSUFFICIENT_DATA',
  };

  test.each([
    ['ALARM(red)', true],
    ['ALARM("two words")', true],
    ['ALARM(arn:aws:cloudwatch:eu-west-1:111122223333:alarm:red)', true],
    ['NOT ALARM(green)', true],
    ['OK(green) AND INSUFFICIENT_DATA("grey")', true],
    ['ALARM(green) OR ALARM(grey)', false],
    ['ALARM(red) OR ALARM(red) AND ALARM(green)', true],
    ['(ALARM(red) OR ALARM(red)) AND ALARM(green)', false],
    ['NOT (ALARM(red) AND OK(green))', false],
    ['NOT ALARM(red) OR TRUE', true],
    ['FALSE', false],
  ])('%s is %s', (text, holds) => {
    expect(parseAlarmRule(text).holds((name) => states[name] ?? 'OK')).toBe(holds);
  });

  test('name the alarms they read', () => {
    expect(parseAlarmRule('ALARM("a") AND NOT (OK(b) OR ALARM("a"))').names).toEqual(['a', 'b']);
  });

  test.each([['ALARM(a) AND'], ['RED(a)'], ['ALARM a'], ['ALARM(a) ALARM(b)'], ['(ALARM(a)'], ['']])(
    '%j is refused',
    (text) => {
      expect(() => parseAlarmRule(text)).toThrow();
    },
  );
});
