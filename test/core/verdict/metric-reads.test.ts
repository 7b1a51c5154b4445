import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { merged, nextRead, settledMs, watchIsDue } from '../../../core/verdict/metric-reads.ts';
import type { AnalysisPlan } from '../../../core/vocabulary/analysis.types.ts';
import type { MetricMinute, MetricSeries } from '../../../core/vocabulary/metrics.types.ts';

const policy: AnalysisPlan = {
  errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
  latency: { use: 'advise', psi: 1.25, delta: 0.005 },
  alpha: 0.01,
  onInconclusive: 'advance',
  baseline: { minutes: 180, requests: 1, bad: 0, sigma: 0.25, slowOver: [0.2] },
};

const SINCE = HOUR_MS;
const minute = (at: number, requests = 10): MetricMinute => ({
  startMs: SINCE + at * MINUTE_MS,
  blue: { requests },
  green: { requests, timed: requests, withinPercent: [90] },
});
const stored = (minutes: MetricMinute[], readAtMs: number | null = null): MetricSeries => ({
  minutes,
  readAtMs,
  timedAtMs: readAtMs,
});
const read = (minutesLater: number, series = stored([]), use: AnalysisPlan = policy) =>
  nextRead({
    policy: use,
    stored: series,
    sinceMs: SINCE,
    shiftFromMs: SINCE,
    nowMs: SINCE + minutesLater * MINUTE_MS,
  });

describe('the next read', () => {
  test('comes when the first minute can be known, and takes everything so far', () => {
    expect(read(2.9)).toBeNull();
    expect(read(3.5)).toEqual({ fromMs: SINCE, toMs: SINCE + 3 * MINUTE_MS, timed: true });
  });

  test('takes the late minutes again', () => {
    const known = stored(
      Array.from({ length: 60 }, (_, at) => minute(at)),
      SINCE + 60 * MINUTE_MS,
    );

    expect(read(62, known)).toEqual({
      fromMs: SINCE + 48 * MINUTE_MS,
      toMs: SINCE + 62 * MINUTE_MS,
      timed: false,
    });
  });

  test('takes response times seldom while they only advise, each time when they decide, never when they are off', () => {
    const known = stored([minute(0)], SINCE + 5 * MINUTE_MS);
    const used = (use: 'decide' | 'advise' | 'off', later: number) =>
      read(later, known, { ...policy, latency: { ...policy.latency, use } })?.timed;

    expect([used('advise', 6), used('advise', 15), used('decide', 6), used('off', 15)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

test('the watch reads each minute of the first half hour, then after a tenth of the time, and twice an hour at least', () => {
  const due = (sinceShiftMs: number, agoMs: number) =>
    watchIsDue(SINCE + sinceShiftMs - agoMs, SINCE, SINCE + sinceShiftMs);

  expect(watchIsDue(null, SINCE, SINCE)).toBe(true);
  expect([due(10.5 * MINUTE_MS, 20_000), due(10 * MINUTE_MS, MINUTE_MS)]).toEqual([false, true]);
  expect([due(HOUR_MS, 5 * MINUTE_MS), due(HOUR_MS, 6 * MINUTE_MS)]).toEqual([false, true]);
  expect([due(48 * HOUR_MS, 29 * MINUTE_MS), due(48 * HOUR_MS, 30 * MINUTE_MS)]).toEqual([false, true]);
});

describe('a minute that is known by now', () => {
  const KNOWN = SINCE + 10 * MINUTE_MS;
  const due = (readAtMs: number, nowMs: number) => watchIsDue(readAtMs, SINCE, nowMs);

  test('is read at the next turn, however short the time since the read that missed it', () => {
    expect(due(KNOWN - 1_000, KNOWN + 48_000)).toBe(true);
    expect(due(KNOWN - 1, KNOWN)).toBe(true);
  });

  test('is not read twice', () => {
    expect(due(KNOWN, KNOWN + 59_000)).toBe(false);
  });
});

describe('what will not be read again', () => {
  const known = (timedAtMs: number | null) => ({
    ...stored(Array.from({ length: 60 }, (_, at) => minute(at))),
    timedAtMs,
  });

  test('is older than the minutes that may still grow', () => {
    const off = { ...policy, latency: { ...policy.latency, use: 'off' as const } };

    expect(settledMs(off, known(null), SINCE)).toBe(SINCE + 48 * MINUTE_MS);
    expect(settledMs(off, stored([]), SINCE)).toBe(SINCE);
  });

  test('has its response times, too: they are read less often, and then from where they end', () => {
    const behind = known(SINCE + 30 * MINUTE_MS);

    expect(settledMs(policy, known(null), SINCE)).toBe(SINCE);
    expect(settledMs(policy, behind, SINCE)).toBe(SINCE + 18 * MINUTE_MS);
    expect(read(62, behind)).toEqual({
      fromMs: SINCE + 18 * MINUTE_MS,
      toMs: SINCE + 62 * MINUTE_MS,
      timed: true,
    });
  });
});

describe('what was read', () => {
  test('replaces what was known of the same minutes', () => {
    const known = stored([minute(0), minute(1, 3)]);

    const series = merged(known, [minute(1, 10), minute(2)], { fromMs: SINCE + MINUTE_MS, timed: true }, 5);

    expect(series.minutes).toEqual([minute(0), minute(1, 10), minute(2)]);
    expect(series).toMatchObject({ readAtMs: 5, timedAtMs: 5 });
  });

  test('leaves the response times that it did not ask for', () => {
    const untimed = { startMs: SINCE, blue: { requests: 11 }, green: { requests: 12 } };

    const { minutes, timedAtMs } = merged(
      stored([minute(0)], 1),
      [untimed],
      { fromMs: SINCE, timed: false },
      5,
    );

    expect(minutes[0]?.green).toEqual({ requests: 12, timed: 10, withinPercent: [90] });
    expect(timedAtMs).toBe(1);
  });
});
