import { expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { errorRates } from '../../report/error-rate.ts';
import type { Requests, Traffic } from '../../report/report.types.ts';

const NONE: Requests = { requests: 0, failed: 0 };

/** Green's requests and failed ones, slice by slice. */
const traffic = (sliceMs: number, green: [requests: number, failed: number][]): Traffic => ({
  sliceMs,
  slices: green.map(([requests, failed], index) => ({
    atMs: index * sliceMs,
    blue: NONE,
    green: { requests, failed },
  })),
  total: NONE,
});

const ratesOf = (sliceMs: number, green: [number, number][]): (number | null)[] =>
  errorRates(traffic(sliceMs, green), 'green').map(({ value }) => value);

const times = (count: number, slice: [number, number]): [number, number][] =>
  Array.from({ length: count }, () => slice);

test('one failed request of a dozen is no peak: a rate is of the last 1,000 requests', () => {
  const rates = ratesOf(5 * SECOND_MS, [...times(100, [12, 0]), [13, 1]]);

  // 83 slices of 12 and the last one are the fewest that have 1,000.
  expect(rates.at(-1)).toBeCloseTo(100 / (83 * 12 + 13), 10);
});

test('0.7 % and 0.2 % are apart, however small the slices', () => {
  const one: [number, number][] = [[10, 1], ...times(49, [10, 0])];
  const rates = (failed: number) =>
    ratesOf(SECOND_MS, Array.from({ length: 4 * failed }, () => one.slice(0, 100 / failed)).flat());

  expect(rates(2).at(-1)).toBeCloseTo(0.2, 10);
  expect(rates(7).at(-1)).toBeCloseTo(0.7, 1);
});

test('an outage is seen at its height after a minute, not diluted by the good requests before it', () => {
  const rates = ratesOf(30 * SECOND_MS, [...times(20, [20, 0]), ...times(2, [20, 20])]);

  expect(rates.at(-1)).toBe(100);
});

test('a window is at least a minute: a burst of one second does not stand alone', () => {
  const rates = ratesOf(SECOND_MS, [...times(59, [2_000, 0]), [2_000, 60]]);

  expect(rates.at(-1)).toBeCloseTo(0.05, 10);
});

test('too few requests are no rate, unless several of them failed', () => {
  expect(ratesOf(MINUTE_MS, [[12, 1]])).toEqual([null]);
  expect(ratesOf(MINUTE_MS, times(25, [12, 0])).slice(-2)).toEqual([null, 0]);
  expect(ratesOf(MINUTE_MS, [[12, 6]])).toEqual([50]);
});

test('a colour that nobody asks has no rate', () => {
  expect(
    ratesOf(MINUTE_MS, [
      [1_000, 2],
      [0, 0],
    ]),
  ).toEqual([0.2, null]);
  expect(errorRates(traffic(MINUTE_MS, times(2, [1_000, 2])), 'blue').map(({ value }) => value)).toEqual([
    null,
    null,
  ]);
});
