import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../../core/clock.ts';
import { type CompareInput, carryOn, compare } from '../../../../core/verdict/analysis/compare.ts';
import { finalMinutes } from '../../../../core/verdict/analysis/final-minutes.ts';
import { carriedTo, type RunningComparison, withMinutes } from '../../../../core/verdict/analysis/running.ts';
import type { AnalysisPlan } from '../../../../core/vocabulary/analysis.types.ts';
import type { GroupMinute, MetricMinute } from '../../../../core/vocabulary/metrics.types.ts';
import { pick, seededRandom } from '../../../../sim/kernel/random.ts';
import { kindByDefinition } from './by-definition.ts';

const START = 1_800_000_000_000 - (1_800_000_000_000 % HOUR_MS) + 17 * MINUTE_MS;

/** What has been stored comes back by way of JSON. */
const stored = (carried: RunningComparison): RunningComparison => JSON.parse(JSON.stringify(carried));

type Course = { policy: AnalysisPlan; shifts: { fromMs: number; alone: boolean }[]; series: MetricMinute[] };

/**
 * Some eight hours of a deployment whose green may be worse, get worse, or be well; with silences, and minutes without
 * ranks.
 */
const aCourse = (seed: number): Course => {
  const random = seededRandom(seed, 'course');
  const perMinute = pick(random, [20, 400, 9_000]);
  const base = pick(random, [0, 0.0005, 0.01]);
  const ratio = pick(random, [1, 1, 1.3, 3]);
  const worseFrom = pick(random, [0, 100, 300]);
  const outageAt = pick(random, [null, 60]);
  const minutes = 480;
  const shifts = [0, 90 + Math.floor(random.next() * 60), 300].map((at, index) => ({
    fromMs: START + at * MINUTE_MS,
    alone: index === 2,
  }));
  const shares = [0.1, 0.5, 1];
  const group = (requests: number, rate: number): GroupMinute => {
    if (requests === 0 || random.next() < 0.02) return {};
    const bad = Math.round(requests * rate * 2 * random.next());
    return {
      requests,
      ...(bad === 0 ? {} : { target5xx: bad }),
      timed: requests,
      ...(random.next() < 0.05 ? {} : { withinPercent: [90 - random.next(), 99 - random.next()] }),
    };
  };
  const series = Array.from({ length: minutes }, (_, at): MetricMinute => {
    const startMs = START + at * MINUTE_MS;
    const share = shares[shifts.findLastIndex(({ fromMs }) => startMs >= fromMs)] as number;
    const rate = at === outageAt ? 0.5 : base * (at >= worseFrom ? ratio : 1);
    if (random.next() < 0.03) return { startMs, blue: {}, green: {} };
    return {
      startMs,
      blue: group(Math.round(perMinute * (1 - share)), base),
      green: group(Math.round(perMinute * share), rate),
    };
  });
  return {
    policy: {
      errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
      latency: { use: pick(random, ['decide', 'advise']), psi: 1.25, delta: 0.005 },
      alpha: 0.01,
      onInconclusive: 'advance',
      baseline: pick(random, [
        null,
        {
          minutes: 180,
          requests: 180 * perMinute,
          bad: 180 * perMinute * base,
          sigma: 0.25,
          slowOver: [0.2, 1],
        },
      ]),
    },
    shifts,
    series,
  };
};

const inputAt = ({ policy, shifts, series }: Course, nowMs: number, sticky: boolean): CompareInput => {
  const shift = shifts.findLast(({ fromMs }) => fromMs <= nowMs) ?? shifts[0];
  return {
    policy,
    carried: null,
    series: series.filter(({ startMs }) => startMs + MINUTE_MS <= nowMs),
    sinceMs: START,
    shiftFromMs: shift?.fromMs ?? START,
    alone: shift?.alone ?? false,
    sticky,
    withBounds: false,
    nowMs,
  };
};

describe('a comparison that is carried on', () => {
  test.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'says to the digit what all minutes say, and what the definitions say: course %i',
    (seed) => {
      const course = aCourse(seed);
      const random = seededRandom(seed, 'reads');
      let carried: RunningComparison | null = null;
      let carriedOn = 0;
      let nowMs = START + 4 * MINUTE_MS;
      while (nowMs < START + 500 * MINUTE_MS) {
        const whole = inputAt(course, nowMs, seed % 3 === 0);
        const kept = carried === null ? null : carriedTo(carried, whole);
        const open: CompareInput = {
          ...whole,
          carried,
          series: whole.series.filter(({ startMs }) => startMs >= (kept?.toMs ?? 0)),
        };
        if (carried !== null && kept === null) throw new Error('expected a later shift to be carried on to');
        const found = compare(open);
        expect(found).toEqual(compare(whole));
        const defined = kindByDefinition(whole);
        expect(found.kind).toBe(defined.kind);
        const next = carryOn(open, nowMs - 12 * MINUTE_MS);
        if (next !== null) {
          carried = stored(next);
          carriedOn += 1;
        }
        nowMs += Math.ceil(random.next() * 60) * MINUTE_MS;
      }
      expect(carriedOn).toBeGreaterThan(3);
    },
  );

  test('of an earlier shift with minutes of the present one is of no use, nor one of another release', () => {
    const course = aCourse(1);
    const nowMs = START + 250 * MINUTE_MS;
    const input = inputAt(course, nowMs, false);
    const carried = carryOn(input, nowMs) as RunningComparison;
    const earlier = { ...input, shiftFromMs: carried.toMs - MINUTE_MS };

    expect(carriedTo(carried, input)).not.toBeNull();
    expect(carriedTo(carried, earlier)).toBeNull();
    expect(carriedTo(carried, { ...input, sticky: true })).toBeNull();
    expect(carriedTo(carried, { ...input, sinceMs: START + MINUTE_MS })).toBeNull();
    expect(carriedTo({ ...carried, version: 0 }, input)).toBeNull();
    expect(() => compare({ ...earlier, carried })).toThrow('carried on');
  });

  test('a green that was alone is not carried on to a later beginning', () => {
    const course = aCourse(2);
    const nowMs = START + 470 * MINUTE_MS;
    const input = inputAt(course, nowMs, false);
    const carried = carryOn(input, nowMs) as RunningComparison;

    expect(carriedTo(carried, input)).not.toBeNull();
    expect(carriedTo(carried, { ...input, shiftFromMs: carried.toMs + MINUTE_MS })).toBeNull();
  });

  test('ends at a full hour, and never with a silence that may yet become minutes without requests', () => {
    const course = aCourse(3);
    const nowMs = START + 250 * MINUTE_MS;
    const input = inputAt(course, nowMs, false);

    const carried = carryOn(input, nowMs) as RunningComparison;

    expect(carried.toMs % HOUR_MS).toBe(0);
    const silent = {
      ...input,
      series: input.series.map((minute) =>
        minute.startMs < carried.toMs - MINUTE_MS ? minute : { ...minute, blue: {}, green: {} },
      ),
    };
    expect(carryOn(silent, nowMs)).toBeNull();
    expect(carryOn({ ...input, carried }, nowMs)).toBeNull();
  });
});

type Row = [number, number, number, number];
const vectors: { minutes: Row[]; psi: number; delta: number }[] = JSON.parse(
  readFileSync(new URL('./vectors.json', import.meta.url), 'utf8'),
).recommended;

test.each(vectors.map((vector, at) => ({ at, ...vector })))(
  'vector $at, carried on from each minute',
  ({ minutes, psi, delta }) => {
    const policy: AnalysisPlan = {
      ...aCourse(0).policy,
      errors: { use: 'decide', psi, delta },
      baseline: null,
    };
    const series = minutes.map(
      ([blue, blueBad, green, greenBad], at): MetricMinute => ({
        startMs: START - (START % HOUR_MS) + at * HOUR_MS,
        blue: { requests: blue, target5xx: blueBad },
        green: { requests: green, target5xx: greenBad },
      }),
    );
    const input: CompareInput = {
      policy,
      carried: null,
      series,
      sinceMs: START - (START % HOUR_MS),
      shiftFromMs: START - (START % HOUR_MS),
      alone: false,
      sticky: false,
      withBounds: true,
      nowMs: START + (minutes.length + 1) * HOUR_MS,
    };
    const whole = compare(input);
    for (const [at] of minutes.entries()) {
      const before = withMinutes(null, finalMinutes(series.slice(0, at), input.nowMs), input);
      expect(compare({ ...input, carried: stored(before) })).toEqual(whole);
    }
  },
);
