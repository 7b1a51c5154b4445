import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import {
  MAX_OBSERVATIONS_PER_BAKE,
  nextObservationMs,
  observationCount,
  observationTimes,
} from '../../../core/verdict/bake-observations.ts';

const bakes = [
  ['30 s', 30 * SECOND_MS],
  ['1 min', MINUTE_MS],
  ['90 s', 90 * SECOND_MS],
  ['5 min', 5 * MINUTE_MS],
  ['10 min', 10 * MINUTE_MS],
  ['10 min 1 s', 601 * SECOND_MS],
  ['11 min', 11 * MINUTE_MS],
  ['1 h', HOUR_MS],
  ['48 h', 48 * HOUR_MS],
  ['7 d', 7 * DAY_MS],
] as const;

/** Bakes to the end, each observation `lateMs` after the wait was over, and returns when they were. */
const observationsOf = (bakeMs: number, lateMs: number): number[] => {
  const observations: number[] = [];
  let bakedMs = 0;
  for (
    let waitMs = nextObservationMs(bakeMs, bakedMs);
    waitMs > 0;
    waitMs = nextObservationMs(bakeMs, bakedMs)
  ) {
    bakedMs += waitMs + lateMs;
    observations.push(bakedMs);
    if (observations.length > 100) throw new Error('the bake does not end');
  }
  return observations;
};

describe.each(bakes)('a bake of %s', (_, bakeMs) => {
  test('takes as many observations as announced, the last exactly at its end', () => {
    const observations = observationsOf(bakeMs, 0);

    expect(observations.length).toBe(observationCount(bakeMs));
    expect(observations.length).toBeLessThanOrEqual(MAX_OBSERVATIONS_PER_BAKE);
    expect(observations.at(-1)).toBe(bakeMs);
    expect(observationTimes(bakeMs)).toEqual(observations);
  });

  test.each([200, 2_000, 20_000])('takes no more observations when each comes %d ms late', (lateMs) => {
    expect(observationsOf(bakeMs, lateMs).length).toBeLessThanOrEqual(observationCount(bakeMs));
  });

  test('a wake just before an observation makes at most one more observation at the end', () => {
    expect(observationsOf(bakeMs, -300).length).toBeLessThanOrEqual(observationCount(bakeMs) + 1);
  });

  test('always waits whole seconds, at least one, and never beyond its end by more than rounding', () => {
    for (let bakedMs = 0; bakedMs < bakeMs; bakedMs += bakeMs / 997) {
      const waitMs = nextObservationMs(bakeMs, bakedMs);
      expect(waitMs % SECOND_MS).toBe(0);
      expect(waitMs).toBeGreaterThanOrEqual(SECOND_MS);
      expect(bakedMs + waitMs).toBeLessThan(bakeMs + SECOND_MS);
    }
  });
});

test('a bake that is over, or of no length, is not waited for', () => {
  expect(nextObservationMs(5 * MINUTE_MS, 5 * MINUTE_MS)).toBe(0);
  expect(nextObservationMs(5 * MINUTE_MS, 9 * MINUTE_MS)).toBe(0);
  expect(nextObservationMs(0, 0)).toBe(0);
  expect(observationCount(0)).toBe(0);
  expect(observationTimes(0)).toEqual([]);
});

test('long bakes are observed first after a minute and then ever more rarely', () => {
  const times = observationTimes(48 * HOUR_MS);
  const gaps = times.map((time, index) => time - (times[index - 1] ?? 0));

  expect(times[0]).toBe(MINUTE_MS);
  expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
});

test.each([
  ['30 s', 30 * SECOND_MS, [30]],
  ['90 s', 90 * SECOND_MS, [60, 90]],
  ['4 min 30 s', 270 * SECOND_MS, [60, 120, 180, 240, 270]],
  ['5 min', 5 * MINUTE_MS, [60, 120, 180, 240, 300]],
  ['10 min', 10 * MINUTE_MS, [60, 141, 251, 399, 600]],
  ['an hour', HOUR_MS, [60, 207, 566, 1_446, 3_600]],
  ['48 h', 48 * HOUR_MS, [60, 483, 3_466, 24_499, 172_800]],
])('a bake of %s is observed after so many seconds', (_, bakeMs, seconds) => {
  expect(observationTimes(bakeMs)).toEqual(seconds.map((each) => each * SECOND_MS));
});

test('a wake within five seconds of an observation counts as that observation', () => {
  expect(nextObservationMs(5 * MINUTE_MS, 54_999)).toBe(6 * SECOND_MS);
  expect(nextObservationMs(5 * MINUTE_MS, 55_000)).toBe(65 * SECOND_MS);
});

test('a signal in between moves no observation', () => {
  const times = observationTimes(HOUR_MS);
  const second = times[1] ?? 0;

  expect(61_500 + nextObservationMs(HOUR_MS, 61_500)).toBeLessThan(second + SECOND_MS);
  expect(70_000 + nextObservationMs(HOUR_MS, 70_000)).toBeGreaterThanOrEqual(second);
});
