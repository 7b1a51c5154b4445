import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { taskTime } from '../../../core/estimate/task-time.ts';
import type { Plan } from '../../../core/vocabulary/plan.types.ts';
import { aPlan } from '../a-deployment.ts';

const capacity = { headroom: 1.25, minTasks: 2 };
const planOf = (shifts: Plan['shifts'], changes: Partial<Plan> = {}): Plan =>
  aPlan({ desiredCount: 10, healthyForMs: 30 * SECOND_MS, shifts, capacity, ...changes });
const hour = { greenPct: 100, bakeMs: HOUR_MS };
const each = (bakeMs: number, ...shares: number[]) => shares.map((greenPct) => ({ greenPct, bakeMs }));
const rounded = ({ hours, fullHours }: ReturnType<typeof taskTime>) => [
  fullHours.toFixed(1),
  hours.toFixed(1),
];

describe('the task-hours of green, as docs/capacity.md has them', () => {
  test.each([
    ['10 % for 5 min', [...each(5 * MINUTE_MS, 10), hour], ['11.0', '10.4']],
    ['5, 10, 25, 50 % for 10 min', [...each(10 * MINUTE_MS, 5, 10, 25, 50), hour], ['16.9', '12.7']],
    [
      '5 % for 1 h, 33 and 66 % for 30 min',
      [...each(HOUR_MS, 5), ...each(HOUR_MS / 2, 33, 66), hour],
      ['30.2', '19.2'],
    ],
    ['1 % for 24 h', [...each(24 * HOUR_MS, 1), hour], ['250.2', '58.2']],
  ])('%s, then everything for 1 h', (_plan, shifts, expected) => {
    expect(rounded(taskTime(planOf(shifts)))).toEqual(expected);
  });

  test('at full size nothing is saved', () => {
    const full = taskTime(planOf([hour]), undefined);

    expect(full.hours).toBe(full.fullHours);
    expect(full.leastCarriedPct).toBe(100);
  });

  test('in dollars where Fargate charges for it, and in nothing else where it does not', () => {
    const shifts = [...each(24 * HOUR_MS, 1), hour];
    const green = { ...aPlan().green, fargate: { vcpu: 1, gb: 2 } };

    expect(taskTime(planOf(shifts)).savedUsd).toBeNull();
    expect(taskTime(planOf(shifts, { green })).savedUsd).toBeCloseTo(9.48, 1);
  });

  test('two of ten tasks carry three tenths if blue dies, all carry everything', () => {
    expect(taskTime(planOf([...each(HOUR_MS, 10), hour])).leastCarriedPct).toBe(30);
    expect(taskTime(planOf([...each(HOUR_MS, 80), hour])).leastCarriedPct).toBe(100);
  });
});
