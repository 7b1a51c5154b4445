import { describe, expect, test } from 'vitest';
import { type Analysis, judgeMinutes } from '../../../../core/verdict/analysis/analyse.ts';
import { minutesToDetect, smallestDetectable } from '../../../../core/verdict/analysis/detectable.ts';
import { exponential, median, RUNS, type Service, simulate } from './simulated.ts';

const regression: Analysis = {
  method: 'recommended',
  psi: 1,
  delta: 0,
  sigma: 0.25,
  alpha: 0.01,
  baselineRate: 0,
};
const nonInferiority: Analysis = {
  ...regression,
  method: 'noninferiority',
  psi: 1.5,
  delta: 0.001,
  alpha: 0.05,
};

const DECIDED: readonly string[] = ['rollBack', 'advance'];

/** The minute of each run's decision, Infinity where none fell. */
const decisions = (minutes: number, service: Service, analysis = regression): number[] =>
  Array.from(
    { length: RUNS },
    (_, seed) =>
      judgeMinutes(simulate(seed, minutes, service), analysis).find(({ decision }) =>
        DECIDED.includes(decision),
      )?.minute ?? Number.POSITIVE_INFINITY,
  );

const decidedShare = (found: readonly number[]): number =>
  found.filter(Number.isFinite).length / found.length;

const staged = (minute: number): number => ([0.05, 0.1, 0.25, 0.5] as const)[Math.floor(minute / 15)] ?? 0.5;

describe('a good version is hardly ever rolled back, however often the test is read', () => {
  test.each<[string, Service]>([
    ['few requests', { requestsPerMinute: 1_000, badShare: 0.001, greenShare: 0.1 }],
    ['many requests', { requestsPerMinute: 10_000, badShare: 0.01, greenShare: 0.05 }],
    [
      'an error rate that swings for both colours, four stages',
      { requestsPerMinute: 10_000, badShare: 0.01, greenShare: staged, common: exponential },
    ],
  ])('%s', (_name, service) => {
    expect(decidedShare(decisions(60, service))).toBeLessThanOrEqual(0.01);
  });

  test('a burst of one minute on green alone does not roll back', () => {
    const service: Service = {
      requestsPerMinute: 10_000,
      badShare: 0.001,
      greenShare: 0.1,
      ratio: (minute) => (minute === 10 ? 60 : 1),
    };

    const margin = { ...regression, psi: 1.25, delta: 0.0001 };

    expect(decidedShare(decisions(30, service, margin))).toBeLessThanOrEqual(0.01);
  });
});

describe('a bad version is found', () => {
  test.each([
    // errors a minute, green's share, times as bad, found within (median, minutes)
    [1, 0.1, 20, 4],
    [1, 0.1, 5, 23],
    [10, 0.1, 20, 2],
    [10, 0.1, 5, 4],
    [10, 0.1, 2, 26],
    [100, 0.05, 2, 8],
  ])(
    '%i errors a minute, %f to green, %i times as bad: within %i minutes',
    (bad, greenShare, times, limit) => {
      const service: Service = {
        requestsPerMinute: 10_000,
        badShare: bad / 10_000,
        greenShare,
        ratio: () => times,
      };

      const found = median(decisions(60, service));

      expect(found).toBeGreaterThanOrEqual(2);
      expect(found).toBeLessThanOrEqual(limit);
    },
  );

  test('a regression that begins after 30 good minutes is found within six', () => {
    const service: Service = {
      requestsPerMinute: 10_000,
      badShare: 0.001,
      greenShare: 0.1,
      ratio: (minute) => (minute < 30 ? 1 : 5),
    };

    expect(median(decisions(60, service)) - 30).toBeLessThanOrEqual(6);
  });
});

describe('an early advance', () => {
  const service: Service = { requestsPerMinute: 10_000, badShare: 0.001, greenShare: 0.1 };

  test('a good version may advance within eleven minutes', () => {
    expect(median(decisions(60, service, nonInferiority))).toBeLessThanOrEqual(11);
  });

  test('one that is as bad as the margin hardly ever does', () => {
    const atMargin = { ...service, ratio: () => 2.5 };

    expect(decidedShare(decisions(60, atMargin, nonInferiority))).toBeLessThanOrEqual(0.06);
  });
});

describe('what a shift could find', () => {
  const forecast = { requestsPerMinute: 10_000, badShare: 0.001, greenShare: 0.1 };
  const limits = { psi: 1, delta: 0, alpha: 0.01, sigma: 0.25 };

  test.each([2, 5, 20])('%i times as bad: about the minutes that simulations need', (times) => {
    const simulated = median(decisions(60, { ...forecast, ratio: () => times }));

    const planned = minutesToDetect(times, forecast, limits);

    expect(planned).toBeGreaterThanOrEqual(simulated * 0.6);
    expect(planned).toBeLessThanOrEqual(simulated * 1.6);
  });

  test('more time finds less, and no traffic finds nothing', () => {
    const inFive = smallestDetectable(5, forecast, limits) as number;
    const inSixty = smallestDetectable(60, forecast, limits) as number;

    expect(inSixty).toBeLessThan(inFive);
    expect(minutesToDetect(inFive, forecast, limits)).toBeLessThanOrEqual(5.01);
    expect(smallestDetectable(5, { ...forecast, requestsPerMinute: 1 }, limits)).toBeNull();
  });
});
