import { describe, expect, test } from 'vitest';
import { placeInBake } from '../../../core/verdict/place-in-bake.ts';
import type { ColourCount, PlacementMemory } from '../../../core/vocabulary/placement.types.ts';
import type { Weights } from '../../../core/vocabulary/plan.types.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import { ALL_BLUE, ALL_GREEN, greenAt } from '../../../core/weights/weights.ts';
import { aCommand, aPlan, NOW } from '../a-deployment.ts';

const WHOLE = { healthy: 4, registered: 4, unchecked: false, running: 4 };
const PLANNED: Weights = { blue: 80, green: 20 };
const THEIRS: Weights = { blue: 50, green: 50 };
const SHIFTED_AT = NOW - 300_000;

type Seen = {
  policy?: 'reassert' | 'rollBack';
  routes?: { weights: Weights | null; unreadable?: string }[];
  memory?: Partial<PlacementMemory>;
  healthyGreen?: number;
  blue?: ColourCount | null;
  /** The share that the plan wants green to have. */
  greenPct?: number;
  before?: [Weights, Weights];
  shiftedAtMs?: number;
  frozen?: boolean;
};

/** A bake at 20 % on two routes, which somebody else has at 50 %. */
const placed = ({
  policy = 'reassert',
  routes = [{ weights: THEIRS }, { weights: THEIRS }],
  memory = {},
  healthyGreen = 4,
  blue = WHOLE,
  greenPct = 20,
  before = [ALL_BLUE, ALL_BLUE],
  shiftedAtMs = SHIFTED_AT,
  frozen = false,
}: Seen = {}) =>
  placeInBake({
    plan: aPlan({
      onDrift: policy,
      shifts: [
        { greenPct, bakeMs: 600_000 },
        { greenPct: 100, bakeMs: 60_000 },
      ],
    }),
    traffic: {
      position: 0,
      weights: greenAt(greenPct),
      shiftedAtMs,
      routes: before.map((one, at) => ({ label: `${at}`, before: one, after: greenAt(greenPct) })),
    },
    blue,
    green: { ...WHOLE, healthy: healthyGreen },
    needed: 4,
    routes,
    answers: { blue: [], green: [] },
    commands: frozen ? [aCommand('freeze')] : [],
    memory: { ...NO_MEMORY, ...memory },
    nowMs: NOW,
  });

describe('weights that somebody else wrote', () => {
  test.each<[what: string, seen: Seen, before: Weights]>([
    ['on every route', {}, THEIRS],
    ['on one of them', { routes: [{ weights: PLANNED }, { weights: THEIRS }] }, THEIRS],
    [
      'that are those from before the shift, when no read can be so late',
      { routes: [{ weights: ALL_BLUE }, { weights: ALL_BLUE }], shiftedAtMs: NOW - 60_000 },
      ALL_BLUE,
    ],
    [
      'after another shift had its users beside the plan',
      {
        memory: {
          carried: {
            shiftedAtMs: SHIFTED_AT - 1,
            weights: ALL_GREEN,
            before: PLANNED,
            writtenAtMs: SHIFTED_AT - 1,
            sinceMs: SHIFTED_AT - 1,
            totalMs: 9,
          },
        },
      },
      THEIRS,
    ],
    ['where green carries no more than it gets', { healthyGreen: 1 }, THEIRS],
  ])("are written over with the plan's: %s", (_what, seen, before) => {
    expect(placed(seen)).toMatchObject({
      move: true,
      reasserts: true,
      weights: PLANNED,
      memory: {
        reassertedAtMs: NOW,
        carried: { weights: PLANNED, before, writtenAtMs: NOW, sinceMs: null, totalMs: 0 },
      },
    });
  });

  test.each<[what: string, seen: Seen, weights: Weights]>([
    ['green carries just what it gets', { greenPct: 37.5, healthyGreen: 1 }, greenAt(37.5)],
    [
      'blue is gone, and the plan gives it nobody',
      { greenPct: 100, blue: { healthy: 0, registered: 0, unchecked: false, running: 0 } },
      ALL_GREEN,
    ],
  ])('are written over where %s', (_what, seen, weights) => {
    expect(placed(seen)).toMatchObject({ reasserts: true, weights });
  });

  test('keep the time that users were beside the plan in the same bake', () => {
    const carried = { weights: PLANNED, before: ALL_GREEN, writtenAtMs: NOW - 1, sinceMs: null, totalMs: 7 };

    expect(placed({ memory: { carried: { ...carried, shiftedAtMs: SHIFTED_AT } } })).toMatchObject({
      reasserts: true,
      memory: { carried: { totalMs: 7 } },
    });
  });

  test.each<[what: string, seen: Seen]>([
    ['the request does not ask for it', { policy: 'rollBack' }],
    ['it has been done before', { memory: { reassertedAtMs: 1 } }],
    ['a person has frozen the deployment', { frozen: true }],
    ['a group is gone from a route', { routes: [{ weights: null }, { weights: null }] }],
    ['a group is gone from one route', { routes: [{ weights: THEIRS }, { weights: null }] }],
    ['a route cannot be read', { routes: [{ weights: THEIRS }, { weights: null, unreadable: 'throttled' }] }],
    ['they differ from route to route', { routes: [{ weights: THEIRS }, { weights: ALL_GREEN }] }],
    [
      'a read may be late by so much',
      { routes: [{ weights: ALL_BLUE }, { weights: ALL_BLUE }], shiftedAtMs: NOW - 59_999 },
    ],
    [
      'a route cannot be read and has what the plan wants',
      { routes: [{ weights: PLANNED, unreadable: 'throttled' }, { weights: THEIRS }] },
    ],
    [
      'a read of one route may be late',
      { routes: [{ weights: THEIRS }], before: [ALL_BLUE, THEIRS], shiftedAtMs: NOW - 59_999 },
    ],
    ['green answers nobody', { healthyGreen: 0 }],
    ['blue carries less than it gets', { blue: { ...WHOLE, healthy: 1 } }],
    ['blue could not be read', { blue: null }],
    [
      'blue could not be read, and had more than the plan gives it',
      { blue: null, routes: [{ weights: greenAt(10) }, { weights: greenAt(10) }] },
    ],
    ['none differ', { routes: [{ weights: PLANNED }, { weights: PLANNED }] }],
    [
      'users were beside the plan already',
      {
        memory: {
          carried: {
            shiftedAtMs: SHIFTED_AT,
            weights: ALL_BLUE,
            before: PLANNED,
            writtenAtMs: NOW - 1,
            sinceMs: NOW - 1,
            totalMs: 0,
          },
        },
      },
    ],
  ])('stay: %s', (_what, seen) => {
    expect(placed(seen)?.reasserts).toBeUndefined();
  });

  test('stay the second time, also where they are those of the first and a read might be late', () => {
    const carried = {
      shiftedAtMs: SHIFTED_AT,
      weights: PLANNED,
      before: THEIRS,
      writtenAtMs: NOW - 30_000,
      sinceMs: null,
      totalMs: 0,
    };

    expect(placed({ memory: { carried, reassertedAtMs: NOW - 30_000 } })).toMatchObject({
      move: false,
      weights: null,
    });
  });
});
