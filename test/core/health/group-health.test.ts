import { describe, expect, test } from 'vitest';
import { enoughHealthy, groupHealth } from '../../../core/health/group-health.ts';
import type { ObservedTaskSet } from '../../../core/vocabulary/observed.types.ts';

const healthyTargets = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `10.0.0.${index}`,
    port: 8080,
    state: 'healthy' as const,
  }));

const aSet = (computedDesiredCount: number, scalePercent: number) =>
  ({ computedDesiredCount, scalePercent }) as ObservedTaskSet;

describe('a task set that somebody scaled down', () => {
  test('is not whole because it has fewer tasks', () => {
    const health = groupHealth(healthyTargets(2), aSet(2, 50));

    expect(health).toEqual({
      healthy: 2,
      wanted: 4,
      reasons: ['somebody scaled its task set to 50 %'],
    });
    expect(enoughHealthy(health)).toBe(false);
  });

  test('is judged by the scale that the plan found', () => {
    expect(groupHealth(healthyTargets(2), aSet(2, 50), 50)).toEqual({ healthy: 2, wanted: 2, reasons: [] });
  });
});

test('a task set that is on its way out wants no task', () => {
  expect(groupHealth([], aSet(0, 0))).toEqual({ healthy: 0, wanted: 0, reasons: [] });
});
