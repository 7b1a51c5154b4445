import { describe, expect, test } from 'vitest';
import {
  greenHealth,
  greenHealthFor,
  isScaledDown,
  launchPercent,
} from '../../../core/health/green-health.ts';
import { LATE_READ_MS } from '../../../core/pace.ts';
import type { GreenScale } from '../../../core/vocabulary/decision.types.ts';
import { aPlan, aTarget, aTaskSet, NOW } from '../a-deployment.ts';

/** Shifts of 10, 50 and 100 %, of a service of ten tasks. */
const plan = aPlan({ capacity: { headroom: 1.25, minTasks: 2 }, desiredCount: 10 });
const greenAt = (scalePercent: number, computedDesiredCount: number) =>
  aTaskSet({ scalePercent, computedDesiredCount, runningCount: computedDesiredCount });
const healthy = (count: number) => Array.from({ length: count }, () => aTarget('healthy'));

describe('the scale that green is launched with', () => {
  test.each([
    ['full, where the request asks for nothing else', aPlan(), 100],
    ['what the first shift takes, but for the least', plan, 15],
    ['what it takes', { ...plan, shifts: [{ greenPct: 50, bakeMs: 0 }] }, 62.5],
    ['full, where a plan has no shift', { ...plan, shifts: [] }, 100],
  ])('is %s', (_, planned, percent) => {
    expect(launchPercent(planned)).toBe(percent);
  });
});

describe('a green that has fewer tasks than the deployment left it with', () => {
  const down = (scalePercent: number, scaled: GreenScale | undefined, agoMs = 0) =>
    isScaledDown(greenAt(scalePercent, 2), { plan, scaled, nowMs: NOW + agoMs });
  const grown = { percent: 62.5, scaledAtMs: NOW };

  test('was scaled down by somebody else: from its launch on, and from what it grew to', () => {
    expect([down(15, undefined), down(14, undefined)]).toEqual([false, true]);
    expect([down(62.5, grown, LATE_READ_MS), down(15, grown, LATE_READ_MS)]).toEqual([false, true]);
  });

  test('may be a late read for a minute after it was made larger', () => {
    expect(down(15, grown, LATE_READ_MS - 1)).toBe(false);
  });
});

describe('a green that grows with its weight', () => {
  const asked = { plan, desiredCount: 10, scaled: undefined, nowMs: NOW };

  test('is healthy with the tasks that its weight takes', () => {
    expect(
      greenHealth({ ...asked, targets: healthy(2), taskSet: greenAt(15, 2), greenPct: 10 }),
    ).toMatchObject({ healthy: 2, wanted: 2 });
    expect(
      greenHealth({ ...asked, targets: healthy(2), taskSet: greenAt(15, 2), greenPct: 50 }),
    ).toMatchObject({ healthy: 2, wanted: 7 });
  });

  test('has to have all its tasks healthy before it gets more users', () => {
    const grown = { ...asked, targets: healthy(6), taskSet: greenAt(62.5, 7), greenPct: 10 };

    expect(greenHealth(grown)).toMatchObject({ wanted: 2, tasks: 7 });
    expect(greenHealthFor(grown)).toMatchObject({ healthy: 6, wanted: 7 });
    expect(greenHealthFor({ ...grown, taskSet: null })).toMatchObject({ wanted: 0 });
  });

  test('does not become whole by somebody who scales it down', () => {
    const scaled = { percent: 62.5, scaledAtMs: NOW - LATE_READ_MS };
    const found = greenHealth({
      ...asked,
      scaled,
      targets: healthy(2),
      taskSet: greenAt(12.5, 2),
      greenPct: 10,
    });

    expect(found).toMatchObject({
      healthy: 2,
      wanted: 10,
      reasons: ['somebody scaled its task set to 12.5 %'],
    });
  });

  test('is counted whole where the request asks for full size', () => {
    expect(
      greenHealth({ ...asked, plan: aPlan(), targets: healthy(6), taskSet: greenAt(100, 10), greenPct: 10 }),
    ).toMatchObject({ healthy: 6, wanted: 10 });
    // By its own count: a scale-out reaches the two sets one after the other.
    expect(
      greenHealth({ ...asked, plan: aPlan(), targets: healthy(9), taskSet: greenAt(100, 9), greenPct: 10 }),
    ).toMatchObject({ healthy: 9, wanted: 9 });
  });
});
