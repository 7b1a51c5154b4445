import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import {
  isJustRead,
  merged,
  nextRead,
  seriesAskedFor,
  settledMs,
  watchIsDue,
} from '../../../core/verdict/metric-reads.ts';
import type { AnalysisPlan } from '../../../core/vocabulary/analysis.types.ts';
import type { MetricMinute, MetricSeries } from '../../../core/vocabulary/metrics.types.ts';
import { anAnalysisPolicy } from '../a-deployment.ts';

const policy = anAnalysisPolicy({
  onInconclusive: 'advance',
  baseline: { minutes: 180, requests: 1, bad: 0, sigma: 0.25, slowOver: [0.2] },
});

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
    expect(read(3)).toEqual({ fromMs: SINCE, toMs: SINCE + 3 * MINUTE_MS, timed: true });
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

  test('by a clock that is behind the one that read last takes a minute all the same', () => {
    const ahead = stored([minute(60)], SINCE + 60 * MINUTE_MS);

    expect(read(10, ahead)).toEqual({
      fromMs: SINCE + 9 * MINUTE_MS,
      toMs: SINCE + 10 * MINUTE_MS,
      timed: false,
    });
  });

  test('takes no response times where none was usual for blue', () => {
    const timed = (baseline: AnalysisPlan['baseline']) => read(6, stored([]), { ...policy, baseline })?.timed;

    expect([timed(null), timed({ minutes: 180, requests: 1, bad: 0, sigma: 0.25, slowOver: [] })]).toEqual([
      false,
      false,
    ]);
  });

  test.each([
    ['ten minutes after the last time at least', 15, 9, false],
    ['then', 15, 10, true],
    ['after a fifth of the time since the shift', 100, 19, false],
    ['then', 100, 20, true],
    ['after two hours at most', 48 * 60, 119, false],
    ['then', 48 * 60, 120, true],
  ])(
    'takes response times that advise %s: %i minutes into the shift, %i after',
    (_, sinceShift, ago, timed) => {
      const known = stored([minute(0)], SINCE + (sinceShift - ago) * MINUTE_MS);

      expect(read(sinceShift, known)?.timed).toBe(timed);
    },
  );

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
  expect([due(29.9 * MINUTE_MS, MINUTE_MS), due(30 * MINUTE_MS, MINUTE_MS)]).toEqual([true, false]);
  expect([due(30 * MINUTE_MS, 2 * MINUTE_MS), due(30 * MINUTE_MS, 3 * MINUTE_MS)]).toEqual([false, true]);
  expect([due(HOUR_MS, 5 * MINUTE_MS), due(HOUR_MS, 6 * MINUTE_MS)]).toEqual([false, true]);
  // Turns come some seconds late: one that is ten seconds early is not missed for a whole minute.
  expect([due(HOUR_MS, 350_000 - 1), due(HOUR_MS, 350_000)]).toEqual([false, true]);
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

  test.each([
    [KNOWN, KNOWN + 14_999, true],
    [KNOWN, KNOWN + 15_000, false],
    // A read a second ago knew one less.
    [KNOWN - 1, KNOWN, false],
    [null, KNOWN, false],
  ])('was read at %s: at %i a read would find nothing new: %s', (readAtMs, nowMs, expected) => {
    expect(isJustRead(readAtMs, nowMs)).toBe(expected);
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

  test('makes up no response times that nobody has read', () => {
    const untimed = (requests: number): MetricMinute => ({
      startMs: SINCE,
      blue: { requests },
      green: { requests },
    });

    const { minutes } = merged(stored([untimed(1)]), [untimed(2)], { fromMs: SINCE, timed: false }, 5);

    expect(minutes).toStrictEqual([untimed(2)]);
  });

  test('leaves those of blue, too, and takes a minute that was not known as it is', () => {
    const known = { ...minute(0), blue: { requests: 10, timed: 9, withinPercent: [80] } };
    const first = { startMs: SINCE, blue: { requests: 11 }, green: { requests: 12 } };
    const second = { ...first, startMs: SINCE + MINUTE_MS };

    const { minutes } = merged(stored([known]), [first, second], { fromMs: SINCE, timed: false }, 5);

    expect(minutes).toStrictEqual([
      {
        startMs: SINCE,
        blue: { requests: 11, timed: 9, withinPercent: [80] },
        green: { requests: 12, timed: 10, withinPercent: [90] },
      },
      second,
    ]);
  });

  test('with response times replaces those of before, also by none', () => {
    const quiet = { startMs: SINCE, blue: { requests: 0 }, green: { requests: 0 } };

    const { minutes } = merged(stored([minute(0)]), [quiet], { fromMs: SINCE, timed: true }, 5);

    expect(minutes).toStrictEqual([quiet]);
  });
});

describe('the series that CloudWatch is asked for, by which it charges', () => {
  const off: AnalysisPlan = { ...policy, latency: { ...policy.latency, use: 'off' } };
  const orders = { namespace: 'Shop', metric: 'orders', dimensions: { group: '{targetGroup}' } };
  const refused = { ...orders, metric: 'refused' };
  const counting: AnalysisPlan = {
    ...off,
    application: [
      { name: 'orders', use: 'decide', psi: 1, delta: 0, requests: [orders], bad: [orders, refused] },
    ],
  };
  const bake = (minutes: number, greenPct = 10) => [{ greenPct, bakeMs: minutes * MINUTE_MS }];
  const decides: AnalysisPlan = { ...policy, latency: { ...policy.latency, use: 'decide' } };
  const noBaseline: AnalysisPlan = { ...decides, baseline: null };
  const noTimes: AnalysisPlan = { ...decides, baseline: { ...decides.baseline, slowOver: [] } as never };

  test.each<[string, Parameters<typeof seriesAskedFor>[0], AnalysisPlan | undefined, number]>([
    ['none without a comparison', bake(60), undefined, 0],
    ['none before a minute can be known', bake(2.9), off, 0],
    ['three of each colour with the first', bake(3), off, 6],
    ['and with each minute of the first half hour', bake(29), off, 27 * 6],
    ['each third minute after that', bake(39), off, (28 + 3) * 6],
    ['of green alone when it has everybody', bake(5, 100), off, 3 * 3],
    ['none while green is tried', [{ greenPct: 0, bakeMs: 60 * MINUTE_MS, test: true as const }], off, 0],
    ['each shift by itself', [...bake(3), ...bake(4)], off, 6 + 12],
    ['what the application counts, each series once', bake(3), counting, 2 * (3 + 2)],
    ['but not when green has everybody', bake(3, 100), counting, 3],
    ['response times with every read where they decide', bake(5), decides, 3 * (6 + 4)],
    ['but not when green has everybody either', bake(5, 100), decides, 3 * 3],
    ['with two thresholds where nobody has measured yet', bake(3), noBaseline, 6 + 2 * 3],
    ['none of them where nothing can be slow', bake(3), noTimes, 6],
    ['each ten minutes where they advise', bake(13), policy, 11 * 6 + 2 * 4],
    ['and once in a bake that is shorter', bake(12), policy, 10 * 6 + 4],
  ])('%s', (_, shifts, use, expected) => {
    expect(seriesAskedFor(shifts, use)).toBe(expected);
  });
});
