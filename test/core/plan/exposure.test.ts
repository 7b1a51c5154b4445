import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import {
  exposureInWords,
  leastRequests,
  requestsTooLate,
  requestsUnknown,
} from '../../../core/plan/exposure.ts';
import { DEFAULT_ANALYSIS } from '../../../core/request/defaults.ts';
import { aPlan } from '../a-deployment.ts';

const usual = { requests: 180_000, bad: 180, minutes: 180 };
const shift = (greenPct: number, minutes: number, atLeast?: number) => ({
  greenPct,
  bakeMs: minutes * MINUTE_MS,
  ...(atLeast === undefined ? {} : { evidence: { atLeastMs: atLeast * MINUTE_MS } }),
});

describe('what green gets before it gets everything', () => {
  test.each([
    ['whole shifts', [shift(5, 10), shift(50, 10), shift(100, 30)], 5_500],
    ['a tenth of a percent', [shift(0.1, 10), shift(100, 30)], 10],
    ['a shift that ends by evidence counts with its least time', [shift(10, 60, 3), shift(100, 5)], 300],
    ['a test, which no user meets', [{ ...shift(0, 10), test: true as const }, shift(100, 5)], 0],
    ['all at once', [shift(100, 5)], 0],
  ])('%s', (_name, shifts, expected) => {
    expect(leastRequests(shifts, usual)).toBe(expected);
  });

  test('three minutes of its largest share are not known yet, four and a half may be beyond a budget', () => {
    const shifts = [shift(5, 10), shift(20, 10), shift(100, 5)];

    expect(requestsUnknown(shifts, usual)).toBe(600);
    expect(requestsTooLate(shifts, usual)).toBe(900);
    expect(requestsTooLate([shift(100, 5)], usual)).toBe(0);
  });
});

test('a budget stands with what follows, and with what comes beyond it', () => {
  const plan = aPlan({ shifts: [shift(10, 5), shift(100, 5)] });
  const baseline = { ...usual, sigma: 0.25, slowOver: [] };
  const analysis = { ...DEFAULT_ANALYSIS, baseline };
  const exposure = { requests: 2_000, failed: 3, onUsedUp: 'hold' } as const;

  expect(exposureInWords({ ...plan, analysis: { ...analysis, exposure } })).toBe(
    'at most 2,000 requests or 3 failed ones of green before it gets everything, then a person is asked; ' +
      'up to 450 requests may be beyond it, because metrics come late',
  );
  expect(exposureInWords({ ...plan, analysis })).toBeNull();
});
