import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { type Counted, sliceTraffic, sliceWidthMs } from '../../report/slices.ts';

const counted = (atMs: number, blue: number, green: number, failed = 0): Counted => ({
  atMs,
  blue: { requests: blue, failed: 0 },
  green: { requests: green, failed },
});

const sums = ({ slices }: ReturnType<typeof sliceTraffic>) =>
  slices.reduce(
    (sum, { blue, green }) => ({
      blue: sum.blue + blue.requests,
      green: sum.green + green.requests,
      failed: sum.failed + blue.failed + green.failed,
    }),
    { blue: 0, green: 0, failed: 0 },
  );

describe('slices of time', () => {
  test.each([
    [30 * SECOND_MS, SECOND_MS],
    [7 * MINUTE_MS, 5 * SECOND_MS],
    [60 * MINUTE_MS, 30 * SECOND_MS],
    [48 * 60 * MINUTE_MS, 30 * MINUTE_MS],
  ])('of a run of %d ms are %d ms wide: round, and at most 120', (durationMs, width) => {
    expect(sliceWidthMs(durationMs)).toBe(width);
    expect(durationMs / width).toBeLessThanOrEqual(120);
  });

  test('requests between two counts are spread evenly over the time between', () => {
    const { slices } = sliceTraffic([counted(0, 0, 0), counted(10_000, 100, 0)], 10_000);

    expect(slices).toHaveLength(10);
    expect(slices.every(({ blue }) => blue.requests === 10)).toBe(true);
  });

  test('failures are in the slices in which they were counted', () => {
    const { slices } = sliceTraffic(
      [counted(0, 0, 0), counted(5_000, 50, 0, 0), counted(6_000, 60, 10, 10), counted(10_000, 100, 10, 10)],
      10_000,
    );

    expect(slices.map(({ green }) => green.failed)).toEqual([0, 0, 0, 0, 0, 10, 0, 0, 0, 0]);
  });

  test('odd counts at odd times: nothing is lost by rounding', () => {
    const counts = Array.from({ length: 57 }, (_, index) =>
      counted(index * 1_237, index * 7, index * 3, Math.floor(index / 2)),
    );
    const durationMs = 56 * 1_237 + 333;

    const traffic = sliceTraffic([...counts, counted(durationMs, 401, 171, 31)], durationMs);

    expect(sums(traffic)).toEqual({ blue: 401, green: 171, failed: 31 });
    expect(traffic.total).toEqual({ requests: 572, failed: 31 });
  });

  test('several counts of one instant count once', () => {
    const traffic = sliceTraffic(
      [counted(0, 0, 0), counted(2_000, 10, 0), counted(2_000, 12, 0), counted(4_000, 20, 0)],
      4_000,
    );

    expect(sums(traffic).blue).toBe(20);
  });

  test('nothing counted is no request, not an error', () => {
    expect(sliceTraffic([], 0)).toEqual({
      sliceMs: SECOND_MS,
      slices: [],
      total: { requests: 0, failed: 0 },
    });
  });
});
