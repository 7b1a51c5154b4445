import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { decide } from '../../../core/verdict/decide.ts';
import { exposureSoFar, exposureUsedUp } from '../../../core/verdict/exposure.ts';
import type { AnalysisPlan, Comparison } from '../../../core/vocabulary/analysis.types.ts';
import { anObservation, aPlan, NOW, someTraffic } from '../a-deployment.ts';

const aComparison = (requests: number, bad = 0): Comparison => ({
  kind: 'undecided',
  reason: 'evidence 1 of 100',
  sinceMs: NOW,
  shiftFromMs: NOW,
  minutes: 5,
  shift: { minutes: 5, requests },
  exposed: { requests, bad },
  metrics: [],
  difference: null,
});

const decided = (
  exposure: NonNullable<AnalysisPlan['exposure']>,
  comparison: Comparison,
  position = 0,
  greenPct = 10,
) =>
  decide({
    plan: aPlan({
      analysis: {
        errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
        latency: { use: 'off', psi: 1.25, delta: 0.005 },
        alpha: 0.01,
        onInconclusive: 'advance',
        baseline: null,
        exposure,
      },
    }),
    traffic: someTraffic({ position, weights: { blue: 100 - greenPct, green: greenPct } }),
    previous: undefined,
    observed: anObservation({
      routes: [{ label: 'HTTPS:443 default', weights: { blue: 100 - greenPct, green: greenPct } }],
    }),
    lastAlarm: null,
    commands: [],
    comparison,
    nowMs: NOW + 2 * MINUTE_MS,
  });

describe('an exposure budget', () => {
  test('that is used up rolls back, in its numbers', () => {
    const decision = decided({ requests: 20_000, onUsedUp: 'rollBack' }, aComparison(20_140));

    expect(decision.kind).toBe('rollBack');
    expect(decision.reason).toMatch(
      /^the exposure budget is used up: green has had 20,140 of 20,000 requests; /,
    );
  });

  test('stands in each decision while something of it is left', () => {
    const decision = decided({ requests: 20_000, failed: 50, onUsedUp: 'rollBack' }, aComparison(1_200, 3));

    expect(decision.reason).toContain('; exposure 1,200 of 20,000 requests, 3 of 50 failed ones');
  });

  test('of failed requests is used up by one more than it names', () => {
    const budget = { failed: 50, onUsedUp: 'rollBack' } as const;

    expect(decided(budget, aComparison(9_000, 50)).kind).toBe('hold');
    expect(decided(budget, aComparison(9_000, 51)).kind).toBe('rollBack');
  });

  test('holds and asks a person where the request wants that', () => {
    const decision = decided({ requests: 20_000, onUsedUp: 'hold' }, aComparison(20_140));

    expect(decision).toMatchObject({ kind: 'awaitOperator', asks: 'evidence' });
    expect(decision.reason).toContain(
      'waits for an approval because the exposure budget is used up: green has',
    );
  });

  test('is of no account once green has all traffic', () => {
    expect(decided({ requests: 20_000, onUsedUp: 'rollBack' }, aComparison(90_000), 2, 100).kind).toBe(
      'hold',
    );
  });
});

test.each<[string, AnalysisPlan['exposure'], string | null]>([
  ['none', undefined, null],
  ['one without a number', { onUsedUp: 'hold' }, null],
  ['of requests', { requests: 20_000, onUsedUp: 'hold' }, 'exposure 1,200 of 20,000 requests'],
  ['of failed ones', { failed: 50, onUsedUp: 'hold' }, 'exposure 3 of 50 failed ones'],
])('a budget as it stands in each decision: %s', (_, exposure, expected) => {
  expect(exposureSoFar(exposure === undefined ? {} : { exposure }, aComparison(1_200, 3))).toBe(expected);
});

test.each<[string, AnalysisPlan['exposure'], boolean]>([
  ['none', undefined, false],
  ['one request more than there were', { requests: 1_201, onUsedUp: 'hold' }, false],
  ['exactly the requests that there were', { requests: 1_200, onUsedUp: 'hold' }, true],
  ['as many failed ones as there were', { failed: 3, onUsedUp: 'hold' }, false],
  ['fewer failed ones than there were', { failed: 2, onUsedUp: 'hold' }, true],
])('a budget that is used up or not: %s', (_, exposure, usedUp) => {
  const found = exposureUsedUp(exposure === undefined ? {} : { exposure }, aComparison(1_200, 3));

  expect(found !== null).toBe(usedUp);
});

test('where nothing is compared there is no budget', () => {
  expect(exposureSoFar(undefined, aComparison(1_200))).toBeNull();
  expect(exposureUsedUp(undefined, aComparison(1_200))).toBeNull();
});
