import { describe, expect, test } from 'vitest';
import { awaySeconds, carriedMs, carriedSince, placeInBake } from '../../../core/verdict/place-in-bake.ts';
import type { Carried, ColourCount } from '../../../core/vocabulary/placement.types.ts';
import type { Plan, Weights } from '../../../core/vocabulary/plan.types.ts';
import type { Shift } from '../../../core/vocabulary/request.types.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import { ALL_BLUE, ALL_GREEN } from '../../../core/weights/weights.ts';
import { aPlan, NOW } from '../a-deployment.ts';

const NOBODY = { healthy: 0, registered: 0, unchecked: false, running: 0 };
const WHOLE = { healthy: 4, registered: 4, unchecked: false, running: 4 };

/** A first deployment whose green has had all users since a shift from the empty group. */
const placed = (
  weights: Weights,
  green = WHOLE,
  before: Weights = ALL_BLUE,
  shifted: { shifts: Shift[]; weights: Weights } = {
    shifts: [{ greenPct: 100, bakeMs: 60_000 }],
    weights: ALL_GREEN,
  },
  carried?: Carried,
) =>
  placeInBake({
    plan: aPlan({ blue: null, shifts: shifted.shifts }),
    traffic: {
      position: 0,
      weights: shifted.weights,
      shiftedAtMs: NOW - 10_000,
      routes: [{ label: 'HTTPS:443 default', before, after: ALL_GREEN }],
    },
    blue: NOBODY,
    green,
    needed: 4,
    routes: [{ weights }],
    answers: { blue: [], green: [] },
    commands: [],
    memory: carried === undefined ? null : { ...NO_MEMORY, carried },
    nowMs: NOW,
  });

describe('a first deployment', () => {
  test('has nothing to move while green has its users', () => {
    expect(placed(ALL_GREEN)).toBeNull();
  });

  test('gives green its users again when the routes read as before the shift, where nobody answers', () => {
    expect(placed(ALL_BLUE)).toMatchObject({
      move: true,
      weights: ALL_GREEN,
      memory: { carried: { weights: ALL_GREEN, sinceMs: null, totalMs: 0 } },
    });
  });

  test('does so once: who puts that back again is somebody else', () => {
    const shifted = { shifts: [{ greenPct: 100, bakeMs: 60_000 }], weights: ALL_GREEN };
    const again = {
      shiftedAtMs: NOW - 10_000,
      weights: ALL_GREEN,
      before: ALL_GREEN,
      writtenAtMs: NOW - 5_000,
      sinceMs: null,
      totalMs: 0,
    };

    expect(placed(ALL_BLUE, WHOLE, ALL_BLUE, shifted, again)).toBeNull();
  });

  test('leaves weights that somebody else chose to the verdict on them', () => {
    expect(placed({ blue: 50, green: 50 })).toBeNull();
  });

  test('moves nobody while green is tried: its users wait where nobody answers, on purpose', () => {
    const shifts = [
      { greenPct: 0, bakeMs: 60_000, test: true as const },
      { greenPct: 100, bakeMs: 60_000 },
    ];

    expect(placed(ALL_BLUE, WHOLE, ALL_BLUE, { shifts, weights: ALL_BLUE })).toBeNull();
  });

  test('moves nobody to a green that does not answer', () => {
    expect(placed(ALL_BLUE, NOBODY)).toBeNull();
  });
});

type Known = { plan?: Partial<Plan>; carried?: Carried };

/** A bake at 20 % whose blue has nothing left. */
const deadBlue = (
  routes: { weights: Weights | null; unreadable?: string }[],
  blue: ColourCount = NOBODY,
  { plan = {}, carried }: Known = {},
) =>
  placeInBake({
    plan: aPlan({ shifts: [{ greenPct: 20, bakeMs: 600_000 }], ...plan }),
    traffic: {
      position: 0,
      weights: { blue: 80, green: 20 },
      shiftedAtMs: NOW - 300_000,
      routes: [{ label: 'default', before: ALL_BLUE, after: { blue: 80, green: 20 } }],
    },
    blue,
    green: WHOLE,
    needed: 4,
    routes,
    answers: { blue: [], green: [] },
    commands: [],
    memory: carried === undefined ? null : { ...NO_MEMORY, carried },
    nowMs: NOW,
  });

/** Its users were moved from the plan's weights to green ten seconds ago. */
const moved: Carried = {
  shiftedAtMs: NOW - 300_000,
  weights: ALL_GREEN,
  before: { blue: 80, green: 20 },
  writtenAtMs: NOW - 10_000,
  sinceMs: NOW - 10_000,
  totalMs: 0,
};

describe('a deployment whose blue is gone', () => {
  const planned = { weights: { blue: 80, green: 20 } };

  test('has the move finished that reached one of its routes', () => {
    expect(deadBlue([{ weights: ALL_GREEN }, planned], NOBODY, { carried: moved })).toMatchObject({
      move: true,
      weights: ALL_GREEN,
      memory: { carried: { ...moved, before: ALL_GREEN, writtenAtMs: NOW } },
    });
  });

  test('and was answered for already: weights from before the shift are somebody else’s', () => {
    const routes = [{ weights: ALL_BLUE }, { weights: ALL_BLUE }];

    expect(deadBlue(routes, NOBODY, { carried: moved })).toMatchObject({ move: false, weights: null });
  });

  test('what was moved at an earlier shift is no more than that', () => {
    const carried = { ...moved, shiftedAtMs: NOW - 300_001 };

    expect(carriedSince({ ...NO_MEMORY, carried: moved }, moved)).toBe(moved);
    expect(carriedSince({ ...NO_MEMORY, carried }, moved)).toBeNull();
    expect(deadBlue([{ weights: ALL_GREEN }, planned], NOBODY, { carried })).toMatchObject({ move: false });
  });

  test('has them moved while green is tried, too', () => {
    const shifts = [
      { greenPct: 0, bakeMs: 60_000, test: true as const },
      { greenPct: 100, bakeMs: 60_000 },
    ];

    expect(deadBlue([{ weights: ALL_BLUE }], NOBODY, { plan: { shifts } })).toMatchObject({
      move: true,
      weights: ALL_GREEN,
    });
  });

  test('stays as it is where the request says so', () => {
    expect(deadBlue([planned], NOBODY, { plan: { carry: 'off' } })).toMatchObject({
      move: false,
      reason: expect.stringContaining('carry: "off"'),
    });
  });

  test("has its users moved to green where all routes have the plan's weights", () => {
    expect(deadBlue([planned, planned])).toMatchObject({
      move: true,
      weights: ALL_GREEN,
      memory: {
        carried: {
          weights: ALL_GREEN,
          before: { blue: 80, green: 20 },
          writtenAtMs: NOW,
          sinceMs: NOW,
          totalMs: 0,
        },
      },
    });
  });

  test.each([
    ["are somebody else's", [planned, { weights: { blue: 50, green: 50 } }]],
    ['could not be read', [planned, { ...planned, unreadable: 'throttled' }]],
    ['read as before the shift', [planned, { weights: ALL_BLUE }]],
  ])("moves nobody while a route's weights %s", (_what, routes) => {
    expect(deadBlue(routes)).toMatchObject({ move: false, weights: null });
  });

  test('and one that is whole moves nobody', () => {
    const stays = deadBlue([planned, planned], WHOLE);

    expect(stays).toMatchObject({ move: false, weights: planned.weights });
    expect(stays?.memory.carried).toBeUndefined();
  });

  test('a route that is no split between the two is left to the verdict', () => {
    expect(deadBlue([{ weights: null }, planned])).toMatchObject({ move: false, weights: null });
  });

  test('without a route there is nothing that could differ', () => {
    expect(deadBlue([])).toMatchObject({ weights: ALL_GREEN });
  });
});

describe('a deployment whose blue is short', () => {
  const short = { ...WHOLE, healthy: 1, registered: 4 };
  const planned = { weights: { blue: 80, green: 20 } };

  test('has as many users moved to green as blue does not carry', () => {
    expect(deadBlue([planned], short)).toMatchObject({ move: true, weights: { blue: 37, green: 63 } });
  });

  test('and whose routes read as before the shift is left to the verdict: blue still answers', () => {
    expect(deadBlue([{ weights: ALL_BLUE }], short)).toMatchObject({ move: false, weights: null });
  });
});

test.each([
  [null, 0],
  [{ totalMs: 7, sinceMs: null }, 7],
  [{ totalMs: 7, sinceMs: NOW - 10 }, 17],
  [{ totalMs: 7, sinceMs: NOW + 10 }, 7],
])('users were beside the plan, %j: for %i ms', (times, ms) => {
  const carried = { shiftedAtMs: NOW, weights: ALL_BLUE, before: ALL_BLUE, writtenAtMs: NOW };
  expect(carriedMs(times === null ? null : { ...carried, ...times }, NOW)).toBe(ms);
});

test.each([
  [0, 15],
  [299_999, 15],
  [300_000, 60],
  [3_600_000, 60],
  [7_200_000, 120],
  [36_000_000, 300],
])('away for %i ms, users are observed again after %i s', (awayMs, seconds) => {
  expect(awaySeconds(awayMs)).toBe(seconds);
});
