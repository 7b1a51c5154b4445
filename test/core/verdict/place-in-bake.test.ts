import { describe, expect, test } from 'vitest';
import { placeInBake } from '../../../core/verdict/place-in-bake.ts';
import type { Weights } from '../../../core/vocabulary/plan.types.ts';
import type { Shift } from '../../../core/vocabulary/request.types.ts';
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
    memory: null,
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
