import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { decide } from '../../../core/verdict/decide.ts';
import type { DecideInput } from '../../../core/verdict/decision.ts';
import type { GreenSize } from '../../../core/verdict/growth-in-bake.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import type { Weights } from '../../../core/vocabulary/plan.types.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import type { Placement } from '../../../core/weights/placement.ts';
import { aCommand, aDecision, aGreenSize, anObservation, aPlan, NOW, someTraffic } from '../a-deployment.ts';

/** Shifts of 10, 50 and 100 %; green has a fourth more tasks than its share. */
const PLAN = aPlan({ capacity: { headroom: 1.25, minTasks: 2 } });
const WEIGHTS: Weights[] = [
  { blue: 90, green: 10 },
  { blue: 50, green: 50 },
  { blue: 0, green: 100 },
];

/** Of ten tasks. */
const sizeOf = (healthy: number, scalePercent: number, changes: Partial<GreenSize> = {}): GreenSize =>
  aGreenSize({ scalePercent, computedDesiredCount: healthy, healthy, ...changes });
const TWO = sizeOf(2, 15);
const SEVEN = sizeOf(7, 62.5);

/** Green's first tasks took 90 s: with healthyFor and two observations, 140 s before the next shift. */
const at = (
  seconds: number,
  size: GreenSize | undefined,
  changes: Partial<DecideInput> = {},
  position = 0,
) => {
  const weights = WEIGHTS[position] as Weights;
  return decide({
    plan: PLAN,
    traffic: someTraffic({ position, weights }),
    previous: undefined,
    observed: anObservation({
      routes: [{ label: 'HTTPS:443 default', weights }],
      ...(size === undefined ? {} : { greenSize: size }),
    }),
    lastAlarm: null,
    commands: [],
    launchMs: 90 * SECOND_MS,
    nowMs: NOW + seconds * SECOND_MS,
    ...changes,
  });
};
const grownSince = (enoughSinceMs: number | null, changes: Partial<Decision> = {}): Decision =>
  aDecision({ growth: { greenPct: 50, tasks: 7, enoughSinceMs }, ...changes });

describe("the next shift's tasks", () => {
  test('start as long before the end of the bake as green took to start, not a second sooner', () => {
    expect(at(159, TWO)).toMatchObject({ kind: 'hold', waitSeconds: 1 });
    expect(at(159, TWO)).not.toHaveProperty('growTo');
    expect(at(160, TWO)).toMatchObject({
      kind: 'hold',
      waitSeconds: 20,
      growTo: 62.5,
      scaled: { percent: 62.5, scaledAtMs: NOW + 160 * SECOND_MS },
      growth: { greenPct: 50, tasks: 7, enoughSinceMs: null },
      reason: expect.stringMatching(/^baked 2m40s of 5m at 10 %; green grows to 7 tasks for 50 %; green has/),
    });
  });

  test('of a shift that may end by its evidence start before its least time', () => {
    const [first, ...others] = PLAN.shifts;
    const shifts = [
      { greenPct: 10, ...first, bakeMs: 60 * MINUTE_MS, evidence: { atLeastMs: 5 * MINUTE_MS } },
    ];
    const plan = { ...PLAN, shifts: [...shifts, ...others] };

    expect(at(159, TWO, { plan })).not.toHaveProperty('growTo');
    expect(at(160, TWO, { plan })).toMatchObject({ growTo: 62.5 });
  });

  test('are observed when they should be there, and not written twice', () => {
    const previous = grownSince(null, { scaled: { percent: 62.5, scaledAtMs: NOW + 160 * SECOND_MS } });
    const decision = at(245, sizeOf(3, 62.5, { computedDesiredCount: 7 }), { previous });

    expect(decision).toMatchObject({ kind: 'hold', waitSeconds: 10, scaled: previous.scaled });
    expect(decision).not.toHaveProperty('growTo');
  });

  test('that have all come are noted with the time, and the bake is observed as any other', () => {
    expect(at(200, SEVEN)).toMatchObject({
      waitSeconds: 40,
      growth: { greenPct: 50, tasks: 7, enoughSinceMs: NOW + 200 * SECOND_MS },
      reason: expect.stringMatching(/^baked 3m20s of 5m at 10 %; green has/),
    });
  });

  test.each<[string, Partial<DecideInput>, GreenSize | undefined]>([
    ['of a green that has full size from the start', { plan: aPlan() }, TWO],
    ['while nobody knows how large green is', {}, undefined],
    [
      'before a person has approved their shift, which may take a day',
      { plan: { ...PLAN, shifts: PLAN.shifts.map((shift) => ({ ...shift, approval: true as const })) } },
      TWO,
    ],
  ])('are not started %s', (_, changes, size) => {
    const decision = at(250, size, changes);

    expect(decision.kind).toBe('hold');
    expect(decision).not.toHaveProperty('growTo');
    expect(decision).not.toHaveProperty('growth');
  });

  test('are not started after the last shift', () => {
    const decision = at(59 * 60, sizeOf(10, 100), {}, 2);

    expect(decision.kind).toBe('hold');
    expect(decision).not.toHaveProperty('growTo');
    expect(decision).not.toHaveProperty('growth');
  });
});

describe('a shift whose bake is over', () => {
  test('waits for its tasks', () => {
    expect(at(300, TWO)).toMatchObject({
      kind: 'hold',
      position: 0,
      waitSeconds: 60,
      growTo: 62.5,
      growth: { waitedSinceMs: NOW + 300 * SECOND_MS },
      reason: expect.stringMatching(
        /^10 % baked healthy; green grows to 7 tasks before it gets 50 %: 2 of 7 /,
      ),
    });
  });

  test('is made when they have been healthy for healthyFor', () => {
    const decision = at(300, SEVEN, { previous: grownSince(NOW + 270 * SECOND_MS) });

    expect(decision).toMatchObject({ kind: 'advance', position: 1 });
    expect(decision.reason).toMatch(/; green has 7 tasks for 50 %$/);
    expect(decision).not.toHaveProperty('growTo');
  });

  test('goes back when nobody knows how large green is', () => {
    expect(at(300, undefined)).toMatchObject({
      kind: 'rollBack',
      reason: expect.stringMatching(/^green's size is not known; green has 2 of 2/),
    });
  });

  test('after a promote waits for the tasks of everybody', () => {
    expect(at(60, SEVEN, { commands: [aCommand('promote')] })).toMatchObject({
      kind: 'hold',
      growTo: 100,
      growth: { greenPct: 100, tasks: 10 },
    });
  });
});

describe('users that green has beside the plan', () => {
  const placed = (weights: Weights): Placement => ({
    move: false,
    weights,
    carry: { blue: 0, green: 1, trial: false },
    kinds: { blue: 'gone', green: 'alive' },
    counts: { blue: null, green: null, needed: 2 },
    reason: 'blue carries nothing',
    memory: NO_MEMORY,
  });

  test('count as much as those of the plan: it gets the tasks for them', () => {
    expect(at(60, TWO, { placed: placed({ blue: 20, green: 80 }) })).toMatchObject({
      kind: 'hold',
      growTo: 100,
    });
  });

  test('count by what the routes read as, too, the largest of them', () => {
    const routes = [
      { label: 'HTTPS:443 default', weights: { blue: 90, green: 10 } },
      { label: 'HTTPS:443 path /api/*', weights: { blue: 60, green: 40 } },
      { label: 'HTTP:80 default', weights: null, unreadable: 'Throttled' },
    ];
    const observed = anObservation({ routes, greenSize: TWO, green: null });
    const commands = [aCommand('pause')];

    // Somebody else's weights roll back, and a rollback writes no scale.
    expect(at(60, TWO, { observed, commands })).not.toHaveProperty('growTo');
    const carried = {
      shiftedAtMs: NOW,
      weights: { blue: 60, green: 40 },
      before: { blue: 90, green: 10 },
      writtenAtMs: NOW + 50 * SECOND_MS,
      sinceMs: NOW + 50 * SECOND_MS,
      totalMs: 0,
    };
    expect(at(60, TWO, { observed, commands, carried })).toMatchObject({ kind: 'hold', growTo: 50 });
  });

  test('get no tasks under a freeze: nothing is written', () => {
    const decision = at(60, TWO, { placed: placed({ blue: 20, green: 80 }), commands: [aCommand('freeze')] });

    expect(decision.kind).toBe('awaitOperator');
    expect(decision).not.toHaveProperty('growTo');
  });

  test('get them while a person is waited for', () => {
    const commands = [aCommand('pause')];

    expect(at(60, TWO, { placed: placed({ blue: 20, green: 80 }), commands })).toMatchObject({
      kind: 'awaitOperator',
      growTo: 100,
    });
  });
});

test('what was scaled last is kept by every decision after it', () => {
  const previous = aDecision({ scaled: { percent: 62.5, scaledAtMs: NOW } });

  expect(at(60, SEVEN, { previous })).toMatchObject({ kind: 'hold', scaled: previous.scaled });
  expect(at(60, SEVEN)).not.toHaveProperty('scaled');
});
