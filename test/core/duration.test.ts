import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../core/duration.ts';

test.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
  ['1h30m', 5_400_000],
  ['1d2h3m4s', 93_784_000],
  ['90m', 5_400_000],
  ['0s', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '5',
  'm',
  '5 m',
  ' 5m',
  '5M',
  '1.5h',
  '-5m',
  '5m30',
  '30m1h',
  '5m5m',
  '1w',
  '12345678s',
  'PT5M',
])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeNull();
});

test.each([
  [0, '0s'],
  [499, '0s'],
  [30_000, '30s'],
  [59_600, '1m'],
  [5_400_000, '1h30m'],
  [93_784_000, '1d2h3m4s'],
  [-5, '0s'],
])('%d ms is written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('what is written reads back as the same duration', () => {
  for (const ms of [1_000, 61_000, 3_600_000, 604_800_000])
    expect(parseDuration(formatDuration(ms))).toBe(ms);
});
