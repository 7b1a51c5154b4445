import { describe, expect, test } from 'vitest';
import { estimate, historyEvents } from '../../../core/estimate/estimate.ts';
import { planDeployment } from '../../../core/plan/plan.ts';
import { aFirstObservation, aFirstRequest, anObservation, aRequest } from '../an-observation.ts';

const estimateOf = (changes: Record<string, unknown> = {}) => {
  const { plan } = planDeployment(anObservation(), aRequest(changes));
  if (plan === null) throw new Error('no plan');
  return estimate(plan);
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('the shortest way is launch, bakes and draining; the longest is a late green and a slow blue on top', () => {
  const { shortestMs, longestMs, blueGoneAfterMs } = estimateOf();
  const bakes = 4 * 5 * MINUTE + HOUR;

  expect(shortestMs).toBeGreaterThan(bakes);
  expect(shortestMs).toBeLessThan(bakes + 10 * MINUTE);
  expect(blueGoneAfterMs).toBeGreaterThan(bakes);
  expect(shortestMs - blueGoneAfterMs).toBe(40_000);
  expect(longestMs).toBeGreaterThan(bakes + 30 * MINUTE);
  expect(longestMs).toBeLessThan(bakes + 90 * MINUTE);
});

test('a smooth deployment is counted state by state', () => {
  // Opening 6, the first read of green 2 and ten more at 3 (45 s and 30 s, every 8 s), one shift 3, one sweep 3,
  // promotion 1, blue's two writes at 2 and two reads at 3, closing 3.
  const { transitions, historyEvents } = estimateOf({ strategy: 'AllAtOnce', keepBlue: '1m' });

  expect(transitions.min).toBe(6 + 2 + 10 * 3 + 3 + 3 + 1 + 2 * 2 + 2 * 3 + 3);
  expect(historyEvents.min).toBe(2 + 24 + 7 + 10 * 9 + 12 + 13 + 5 + 2 * 7 + 2 * 9 + 9);
});

test('a bake of 48 hours costs no more than one of ten minutes where nothing is compared', () => {
  const off = { analysis: 'off' };
  const short = estimateOf({ ...off, strategy: 'Canary10Percent10Minutes', keepBlue: '10m' });
  const long = estimateOf({ ...off, strategy: 'Canary10Percent2880Minutes', keepBlue: '2d' });

  expect(long.transitions).toEqual(short.transitions);
  expect(long.costUsd).toEqual(short.costUsd);
  expect(long.shortestMs - short.shortestMs).toBe(2 * (48 * HOUR - 10 * MINUTE));
});

test('the comparison costs what CloudWatch asks for the series that it reads', () => {
  const bakes = { strategy: 'Canary10Percent2880Minutes', keepBlue: '2d' };
  const [on, off] = [estimateOf(bakes), estimateOf({ ...bakes, analysis: 'off' })];

  // Four days: twice an hour three series a colour, response times of both every two hours for two of the days.
  expect(on.costUsd.min - off.costUsd.min).toBeGreaterThan(2 * 48 * (6 + 3) * 0.01 * 0.001);
  expect(on.costUsd.min - off.costUsd.min).toBeLessThan(0.02);
  expect(on.transitions).toEqual(off.transitions);
});

test('the default deployment costs about a cent', () => {
  const { costUsd } = estimateOf();

  expect(costUsd.min).toBeGreaterThan(0.001);
  expect(costUsd.max).toBeGreaterThan(costUsd.min);
  expect(costUsd.max).toBeLessThan(0.05);
});

test('a first deployment has no blue to wait for', () => {
  const { plan } = planDeployment(aFirstObservation(), aFirstRequest({ keepBlue: '1m' }));
  if (plan === null) throw new Error('no plan');

  const first = estimate(plan);

  expect(first.shortestMs).toBe(first.blueGoneAfterMs);
  expect(first.transitions.min).toBeLessThan(
    estimateOf({ strategy: 'AllAtOnce', keepBlue: '1m' }).transitions.min,
  );
});

describe('history', () => {
  const shape = {
    healthyForMs: 0,
    timeToHealthyMs: 30 * MINUTE,
    deregistrationDelayMs: 300_000,
    stopTimeoutMs: 30_000,
  };
  const shifts = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ greenPct: index + 1, bakeMs: HOUR }));

  test('grows with the shifts', () => {
    const ten = historyEvents({ ...shape, shifts: shifts(10) });
    const twenty = historyEvents({ ...shape, shifts: shifts(20) });

    // ShiftTraffic, JudgeHealth, WhatNext? and five times Bake, JudgeHealth, WhatNext?.
    expect(twenty.min - ten.min).toBe(10 * (12 + 5 * 13));
  });

  test('never promises less than the smooth way needs', () => {
    for (const count of [1, 5, 50]) {
      const { min, max } = historyEvents({ ...shape, shifts: shifts(count) });
      expect(max).toBeGreaterThan(min);
    }
  });
});

describe('hooks', () => {
  const lambda = 'arn:aws:lambda:eu-west-1:111122223333:function:smoke:live';
  const smoke = { name: 'smoke', stages: ['POST_SCALE_UP'], lambda, timeout: '20m' };
  const business = {
    name: 'business',
    stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
    steps: [2],
    approval: true,
    timeout: '14d',
  };
  const plain = estimateOf({ analysis: 'off' });

  test('take no time worth naming when they answer at once, and their timeouts at most', () => {
    const hooked = estimateOf({ analysis: 'off', hooks: [smoke] });

    expect(hooked.shortestMs - plain.shortestMs).toBeGreaterThan(0);
    expect(hooked.shortestMs - plain.shortestMs).toBeLessThan(MINUTE);
    expect(hooked.longestMs - plain.longestMs).toBeGreaterThanOrEqual(20 * MINUTE);
    expect(hooked.longestMs - plain.longestMs).toBeLessThan(25 * MINUTE);
  });

  test('of one moment run side by side, and one of the last bake runs beside that', () => {
    const beside = { ...smoke, name: 'beside', timeout: '10m' };
    const last = { ...smoke, name: 'last', stages: ['POST_PRODUCTION_TRAFFIC_SHIFT'], timeout: '30m' };
    const [one, two, three] = [[smoke], [smoke, beside], [smoke, beside, last]].map(
      (hooks) => estimateOf({ analysis: 'off', hooks }).longestMs,
    );

    expect(Math.abs((two ?? 0) - (one ?? 0))).toBeLessThan(MINUTE);
    expect((three ?? 0) - (two ?? 0)).toBeLessThan(5 * MINUTE);
  });

  test('cost less than a cent more, even one that is in progress for a day', () => {
    const quick = estimateOf({ analysis: 'off', hooks: [smoke] });
    const day = estimateOf({ analysis: 'off', hooks: [{ ...smoke, timeout: '1d' }] });

    expect(quick.costUsd.min - plain.costUsd.min).toBeGreaterThan(0);
    expect(quick.costUsd.min - plain.costUsd.min).toBeLessThan(0.001);
    expect(day.costUsd.min).toBe(quick.costUsd.min);
    expect(day.costUsd.max - plain.costUsd.max).toBeLessThan(0.2);
  });

  test('an approval of 14 days while green has users fits into one execution', () => {
    const { historyEvents } = estimateOf({ analysis: 'off', hooks: [business] });

    expect(historyEvents.max - plain.historyEvents.max).toBeGreaterThan(14 * 24 * 20);
    expect(historyEvents.max).toBeLessThan(15_000);
  });
});
