import { expect, test } from 'vitest';
import { capacityFor } from '../../../core/capacity/capacity-for.ts';
import { greenTasks } from '../../../core/capacity/green-tasks.ts';

const capacity = { headroom: 1.25, minTasks: 2 };

test.each([
  [0, 10, 0, 'green has 0 of 10 tasks, which carry 0 %'],
  [1, 10, 8, 'green has 1 of 10 tasks, which carries 8 %'],
  [3, 10, 24, 'green has 3 of 10 tasks, which carry 24 %'],
  [10, 10, 100, 'green has 10 of 10 tasks, which carry 100 %'],
  [11, 10, 100, 'green has 11 of 10 tasks, which carry 100 %'],
  [1, 1, 100, 'green has 1 of 1 task, which carries 100 %'],
  [0, 0, 100, 'green has 0 of 0 tasks, which carry 100 %'],
])('%i healthy of %i carry %i %%', (healthy, desiredCount, carriesPct, line) => {
  expect(greenTasks({ capacity, healthy, desiredCount })).toEqual({
    tasks: healthy,
    of: desiredCount,
    carriesPct,
    line,
  });
});

test('the tasks that a weight needs carry that weight at least', () => {
  for (let desiredCount = 1; desiredCount <= 60; desiredCount += 1)
    for (let greenPct = 1; greenPct <= 100; greenPct += 1) {
      const { tasks } = capacityFor({ capacity, greenPct, desiredCount });
      expect(greenTasks({ capacity, healthy: tasks, desiredCount }).carriesPct).toBeGreaterThanOrEqual(
        greenPct,
      );
    }
});
