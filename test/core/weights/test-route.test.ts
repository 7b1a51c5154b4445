import { describe, expect, test } from 'vitest';
import type { RouteForward } from '../../../core/vocabulary/plan.types.ts';
import {
  isTest,
  reaches,
  testGroups,
  testWeightsAt,
  testWeightsOf,
} from '../../../core/weights/test-route.ts';
import { ALL_BLUE, ALL_GREEN } from '../../../core/weights/weights.ts';
import { aForward, aPlan, aRoute, aStickyForward, BLUE, GREEN, pairsOf, THIRD } from '../a-deployment.ts';

/** A test without users, a shift to a tenth, one to everybody. */
const plan = aPlan({
  shifts: [
    { greenPct: 0, bakeMs: 0, test: true },
    { greenPct: 10, bakeMs: 0 },
    { greenPct: 100, bakeMs: 0 },
  ],
});

test.each([
  ['while it is tested', 0, true, ALL_GREEN],
  ['while users are between the two', 1, false, ALL_BLUE],
  ['once green has all users', 2, false, ALL_GREEN],
  ['at a position that the plan does not have', 3, false, ALL_BLUE],
])('testers meet the colour that is theirs %s', (_, position, tests, weights) => {
  expect(isTest(plan, position)).toBe(tests);
  expect(testWeightsAt(plan, position)).toEqual(weights);
});

describe('what is written to it', () => {
  const original = aForward([BLUE, 7], [THIRD, 0]);
  const of = { url: 'https://test.shop.example', route: aRoute('test', original) };
  const sticky = aStickyForward([BLUE, 100], [GREEN, 0]);

  test.each<[string, RouteForward, typeof ALL_BLUE, [string, number][]]>([
    ['closed, to the digit what the plan found', sticky, ALL_BLUE, pairsOf(original.groups)],
    ['open and sticky, green alone: no tester stays on blue', sticky, ALL_GREEN, [[GREEN, 100]]],
    [
      'open and not sticky, blue at 0',
      aForward([BLUE, 7]),
      ALL_GREEN,
      [
        [BLUE, 0],
        [GREEN, 100],
      ],
    ],
  ])('%s', (_, forward, weights, groups) => {
    expect(pairsOf(testGroups(plan, of, forward, weights))).toEqual(groups);
  });
});

test.each<[string, RouteForward, boolean, boolean]>([
  ['blue alone, whatever its weight', aForward([BLUE, 0]), true, false],
  ['green alone', aForward([GREEN, 1]), false, true],
  ['a group of others alone', aForward([THIRD, 1]), false, false],
  ['blue with everything', aForward([BLUE, 100], [GREEN, 0]), true, false],
  ['both', aForward([BLUE, 1], [GREEN, 1]), true, true],
  ['neither: somebody made every weight 0', aForward([BLUE, 0], [GREEN, 0]), true, true],
  ['a group of others, and green at 0', aForward([THIRD, 1], [GREEN, 0]), false, false],
  ['a group of others with everything', aForward([BLUE, 0], [THIRD, 1], [GREEN, 0]), false, false],
])('a route that names %s reaches blue %s, green %s', (_, forward, blue, green) => {
  expect([reaches(plan, forward, 'blue'), reaches(plan, forward, 'green')]).toEqual([blue, green]);
});

test('people read what it has as a split, or that it is none', () => {
  expect(testWeightsOf(plan, aForward([BLUE, 1], [GREEN, 1]))).toEqual({ blue: 50, green: 50 });
  expect(testWeightsOf(plan, aForward([THIRD, 1]))).toBeNull();
});
