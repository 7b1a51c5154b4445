import { expect, test } from 'vitest';
import { type Point, slopeOf } from '../../bench/load/slope.ts';

const points = (count: number, valueAt: (x: number) => number): Point[] =>
  Array.from({ length: count }, (_none, x) => ({ x, y: valueAt(x) }));

/** Without a trend and without a neighbour alike: 1, -1, -1, 1 and again. */
const noise = (x: number): number => ([1, -1, -1, 1][x % 4] ?? 0) * ((x >> 2) % 2 === 0 ? 1 : -1);

test('of a line is the line’s, without an error', () => {
  expect(slopeOf(points(10, (x) => 5 + 3 * x))).toEqual({ slope: 3, error: 0 });
});

test('of noise around a line has the line’s within its error, and not twice the line’s', () => {
  const { slope, error } = slopeOf(points(200, (x) => 0.1 * x + noise(x)));

  expect(Math.abs(slope - 0.1)).toBeLessThan(error);
  expect(error).toBeLessThan(0.01);
});

test('of values that keep for long has a wider error than of as many that do not', () => {
  const short = slopeOf(points(200, noise));
  const long = slopeOf(points(200, (x) => noise(x >> 3)));

  expect(long.error).toBeGreaterThan(2 * short.error);
});

test('of something that grows does not have zero within its error', () => {
  const { slope, error } = slopeOf(points(200, (x) => 0.1 * x + noise(x >> 3)));

  expect(slope - error).toBeGreaterThan(0);
});
