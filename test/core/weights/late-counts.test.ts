import { describe, expect, test } from 'vitest';
import { mayLeaveGreen } from '../../../core/ending/roll-back.ts';
import type { ColourCount } from '../../../core/vocabulary/placement.types.ts';
import { countColour } from '../../../core/weights/colour-count.ts';
import { LATE_COUNT_MS, lateColours } from '../../../core/weights/late-counts.ts';
import { worthKeeping } from '../../../core/weights/placement.ts';
import { aPlan, aTarget, aTaskSet, NOW } from '../a-deployment.ts';
import { placedBack } from '../ending/placed-back.ts';
import { alive, baking, GONE, greenAt, greens, inTurn, rollingBack } from './placement-input.ts';

const targets = (...states: Parameters<typeof aTarget>[0][]) => states.map((state) => aTarget(state));

/** Two of four targets drain, and ECS still counts four tasks: its answer is the older of the two. */
const LATE: ColourCount = { healthy: 2, registered: 2, unchecked: false, running: 4, leaving: 2 };
const LATE_S = LATE_COUNT_MS / 1_000;

describe('targets that leave while ECS still counts their tasks', () => {
  test('are seen again before users move: fewer tasks are wanted by then', () => {
    const placed = inTurn(baking(5), [
      { atS: 0 },
      { atS: 60, blue: LATE, green: LATE },
      { atS: 65, blue: alive(2, 2), green: alive(2, 2), needed: 2 },
      { atS: 70 },
    ]);

    expect(placed.map(({ move }) => move)).toEqual([false, false, false, false]);
    expect(placed.map(({ countsAreLate }) => countsAreLate ?? false)).toEqual([false, true, false, false]);
    expect(placed[1]?.reason).toBe(
      'ECS still counts tasks of blue whose targets leave, and is asked again before users move; then ' +
        'blue has 2 of 4 tasks healthy, green has 2 of 4 tasks healthy: 75 % blue, 25 % green',
    );
  });

  test('were tasks that are lost: users move as soon as ECS does not count them', () => {
    const placed = inTurn(baking(5), [{ atS: 0 }, { atS: 60, blue: LATE }, { atS: 65, blue: alive(2, 2) }]);

    expect(greens(placed)).toEqual([5, 5, 25]);
  });

  test('were taken out by hand: users wait for a bounded time', () => {
    const placed = inTurn(baking(5), [
      { atS: 0 },
      { atS: 60, blue: LATE },
      { atS: 60 + LATE_S - 1 },
      { atS: 60 + LATE_S },
      { atS: 60 + LATE_S + 30 },
    ]);

    expect(greens(placed)).toEqual([5, 5, 5, 25, 25]);
  });

  test('say nothing of the others: a task that fails its checks beside them is lost', () => {
    const placed = inTurn(baking(5), [
      { atS: 0 },
      { atS: 60, blue: { healthy: 1, registered: 2, unchecked: false, running: 4, leaving: 2 } },
    ]);

    expect(greens(placed)).toEqual([5, 63]);
  });

  test('of a colour that has no other are left at once', () => {
    const none = { ...GONE, running: 4, leaving: 4 };

    expect(greens(inTurn(baking(5), [{ atS: 0 }, { atS: 60, blue: none }]))).toEqual([5, 100]);
  });

  test('keep nobody from a rollback: blue gets what it carries for certain, and the rest without a calm minute', () => {
    const placed = inTurn(rollingBack(), [
      { atS: 0, ...baking(50) },
      { atS: 60, want: greenAt(0), blue: LATE },
      { atS: 65, blue: alive(2, 2), green: alive(2, 2), needed: 2 },
    ]);

    expect(greens(placed)).toEqual([50, 25, 0]);
  });

  test('do not wait for an operator who wants blue now', () => {
    const placed = inTurn(rollingBack({ abortNow: true }), [{ atS: 0, blue: LATE }]);

    expect(greens(placed)).toEqual([0]);
  });

  test('each time anew, once counts and targets agreed in between', () => {
    const placed = inTurn(baking(5), [
      { atS: 0, blue: LATE },
      { atS: 15, blue: alive(4) },
      { atS: 600, blue: LATE },
    ]);

    expect(greens(placed)).toEqual([5, 5, 5]);
  });

  test('are remembered, so that a second observation knows the first', () => {
    const [late, agreed] = inTurn(baking(5), [
      { atS: 0, blue: LATE },
      { atS: 15, blue: alive(4) },
    ]);

    expect(worthKeeping(late?.memory ?? expect.unreachable(), null)).toBe(true);
    expect(agreed?.memory.countsLateSinceMs).toBeUndefined();
  });
});

describe('green does not go while nobody knows whether blue has lost tasks', () => {
  test('with everybody on blue already', () => {
    const draining = targets('healthy', 'healthy', 'draining', 'draining');
    const placed = placedBack(4, { blueTargets: draining });

    expect(placed).toMatchObject({ move: false, countsAreLate: true });
    const rolling = { plan: aPlan(), previous: undefined, neverServed: false, nowMs: NOW };
    expect(mayLeaveGreen(rolling, placed)).toBe(false);
  });
});

describe('what counts as leaving', () => {
  const set = (runningCount: number) => aTaskSet({ runningCount, computedDesiredCount: 4 });

  test.each([
    [
      'four running, two of their targets draining',
      set(4),
      ['healthy', 'healthy', 'draining', 'draining'],
      2,
    ],
    [
      'two running, as ECS knows of those that stop',
      set(2),
      ['healthy', 'healthy', 'draining', 'draining'],
      undefined,
    ],
    [
      'four running, and one draining that has been replaced',
      set(4),
      ['healthy', 'healthy', 'healthy', 'initial', 'draining'],
      undefined,
    ],
    ['none draining', set(4), ['healthy', 'healthy'], undefined],
    ['a set that is scaled to nothing', { ...set(4), scalePercent: 0 }, ['draining', 'draining'], undefined],
  ] as const)('%s', (_name, of, states, leaving) => {
    expect(countColour(targets(...states), of).leaving).toBe(leaving);
  });
});

describe('a colour lacks nothing but tasks that leave', () => {
  const count = (healthy: number, leaving?: number): ColourCount => ({
    ...alive(healthy),
    ...(leaving === undefined ? {} : { leaving }),
  });
  const shares = (each: number) => ({ needed: each, blue: each, green: each });

  test.each<[string, ColourCount | null, ReturnType<typeof shares> | undefined, boolean]>([
    ['two of four leave', count(2, 2), undefined, true],
    ['one leaves, and another is missing', count(2, 1), undefined, false],
    ['none is left', count(0, 4), undefined, false],
    ['none leaves', count(2), undefined, false],
    ['it is whole, and one that was replaced leaves', count(4, 1), undefined, false],
    ['it has had no more than two tasks, and one leaves', count(1, 1), shares(2), true],
    ['it had six tasks, of which four are wanted', count(2, 2), shares(6), true],
    ['it could not be read', null, undefined, false],
  ])('%s', (_, blue, of, late) => {
    const counts = { needed: 4, shares: of };

    expect(lateColours({ ...counts, blue, green: null })).toEqual(late ? ['blue'] : []);
    expect(lateColours({ ...counts, blue: null, green: blue })).toEqual(late ? ['green'] : []);
  });
});
