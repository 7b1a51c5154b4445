import { describe, expect, test } from 'vitest';
import { capacityFor, desiredCountOf, isBelow, tasksAt } from '../../../core/capacity/capacity-for.ts';

const usual = { headroom: 1.25, minTasks: 2 };
/** As ECS rounds computedDesiredCount. */
const byEcs = (desiredCount: number, percent: number): number => Math.ceil((desiredCount * percent) / 100);

describe('what is enough for a weight', () => {
  test.each([
    ['a tenth of ten tasks, and a quarter more', 10, 10, { tasks: 2, percent: 15 }],
    ['a half of ten', 10, 50, { tasks: 7, percent: 62.5 }],
    ['four fifths of ten, which are all with the headroom', 10, 80, { tasks: 10, percent: 100 }],
    ['everything', 10, 100, { tasks: 10, percent: 100 }],
    ['a twentieth of four: two by minTasks, of which one is enough', 4, 5, { tasks: 1, percent: 37.5 }],
    ['a thousandth of a thousand', 1_000, 0.1, { tasks: 2, percent: 0.15 }],
    ['a test without users', 10, 0, { tasks: 1, percent: 15 }],
    ['a service of one task', 1, 10, { tasks: 1, percent: 100 }],
    ['a service that wants none', 0, 10, { tasks: 0, percent: 100 }],
  ])('%s', (_what, desiredCount, greenPct, expected) => {
    expect(capacityFor({ capacity: usual, greenPct, desiredCount })).toEqual(expected);
  });

  test('full size whatever the weight, where the request does not ask for less', () => {
    expect(capacityFor({ greenPct: 10, desiredCount: 10 })).toEqual({ tasks: 10, percent: 100 });
  });

  test('the scale gives at least the tasks, whatever becomes of the desired count', () => {
    const short: string[] = [];
    for (const headroom of [1, 1.1, 1.25, 1.5, 2, 3]) {
      const capacity = { headroom, minTasks: 2 };
      for (const greenPct of [0.1, 1, 5, 7, 10, 14.3, 20, 25, 33.3, 50, 66.7, 75, 99.9, 100]) {
        for (const planned of [1, 2, 3, 4, 6, 10, 37, 100]) {
          const { percent } = capacityFor({ capacity, greenPct, desiredCount: planned });
          for (const now of [planned, planned + 1, planned * 2, planned * 4, 999]) {
            const { tasks } = capacityFor({ capacity, greenPct, desiredCount: now });
            if (byEcs(now, percent) < tasks) short.push(`${headroom} ${greenPct} ${planned} ${now}`);
          }
        }
      }
    }
    expect(short).toEqual([]);
  });

  test('and hardly more than the tasks: never two more than weight, headroom and minTasks ask for', () => {
    for (let desiredCount = 1; desiredCount <= 200; desiredCount += 1) {
      for (const greenPct of [1, 5, 10, 33.3, 50, 66.7]) {
        const { tasks, percent } = capacityFor({ capacity: usual, greenPct, desiredCount });
        const most = Math.min(desiredCount, Math.max(2, tasks + 1));
        expect(byEcs(desiredCount, percent)).toBeLessThanOrEqual(most);
      }
    }
  });
});

describe("the service's desired count, from its task sets", () => {
  const set = (scalePercent: number, computedDesiredCount: number) => ({
    scalePercent,
    computedDesiredCount,
  });

  test.each([
    ['one at full size has it exactly, whatever a small one rounds', [set(15, 2), set(100, 10)], 10],
    ['the larger, where a scale-out has reached one of them', [set(100, 6), set(100, 14)], 14],
    ['of a small one alone never less', [null, set(15, 2)], 14],
    ['of a halved blue beside a small green', [set(50, 5), set(15, 2)], 10],
    ['a set that goes tells nothing', [set(0, 0), set(25, 3)], 12],
    ['nothing of sets that go', [set(0, 0), set(0, 3)], 0],
    ['nothing of nobody', [null, null], 0],
  ])('%s', (_what, sets, expected) => {
    expect(desiredCountOf(sets)).toBe(expected);
  });

  test('tasks of a scale are rounded as ECS rounds, and a scale is compared as a double is', () => {
    expect([tasksAt(62.5, 6), tasksAt(7, 100), tasksAt(100, 3)]).toEqual([4, 7, 3]);
    expect([isBelow(62.499, 62.5), isBelow(62.495, 62.5), isBelow(62.49, 62.5)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
