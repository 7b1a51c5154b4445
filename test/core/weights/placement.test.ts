import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { MOVES_PER_HOUR, type PlacementInput, placementOf } from '../../../core/weights/placement.ts';
import {
  alive,
  baking,
  GONE,
  greenAt,
  greens,
  inTurn,
  minute,
  rollingBack,
  START_MS,
  UNWELL,
} from './placement-input.ts';

const lost = minute(0);

describe('where users should be', () => {
  const cases: [string, PlacementInput, number | 'stays'][] = [
    ['rolling back to a whole blue', rollingBack(), 0],
    ['rolling back with two thirds of blue', rollingBack({ blue: alive(2), needed: 3 }), 0],
    ['rolling back with all of blue gone', rollingBack({ blue: GONE }), 100],
    ['rolling back with 1 of 4 of blue', rollingBack({ blue: alive(1, 1), current: greenAt(100) }), 63],
    ['rolling back with 2 of 4 of blue', rollingBack({ blue: alive(2, 2), current: greenAt(100) }), 25],
    ['rolling back with 1 of 4 of blue at 50/50', rollingBack({ blue: alive(1, 1) }), 63],
    [
      'rolling back with 1 of 4 of blue, green at 5 % errors',
      rollingBack({ blue: alive(1, 1), answers: { blue: [], green: [minute(95)] } }),
      63,
    ],
    [
      'rolling back with 1 of 4 of blue, green lost',
      rollingBack({ blue: alive(1, 1), answers: { blue: [], green: [lost] } }),
      0,
    ],
    [
      'the same with 49 requests in the minute',
      rollingBack({ blue: alive(1, 1), answers: { blue: [], green: [minute(0, 90_000, 49)] } }),
      63,
    ],
    [
      'rolling back with both at 1 of 4',
      rollingBack({ blue: alive(1, 1), green: alive(1, 1), current: greenAt(100) }),
      50,
    ],
    [
      'rolling back with 1 of 4 against 2 of 4',
      rollingBack({ blue: alive(1, 1), green: alive(2, 2), current: greenAt(0) }),
      63,
    ],
    ['rolling back while green has gone', rollingBack({ green: GONE, current: greenAt(100) }), 0],
    ['rolling back with nobody left', rollingBack({ blue: GONE, green: GONE }), 'stays'],
    ['rolling back with green unread', rollingBack({ green: null }), 0],
    ['rolling back a service that wants no tasks', rollingBack({ blue: GONE, green: GONE, needed: 0 }), 0],
    ['rolling back with green unread and routes that differ', rollingBack({ green: null, current: null }), 0],
    [
      'rolling back with blue unread and routes that differ',
      rollingBack({ blue: null, current: null }),
      'stays',
    ],
    ['rolling back with blue unread', rollingBack({ blue: null }), 'stays'],
    ['rolling back with blue unread and green gone', rollingBack({ blue: null, green: GONE }), 'stays'],
    ['baking while all is well', baking(10), 'stays'],
    ['baking while blue is gone', baking(10, { blue: GONE }), 100],
    ['baking at nothing while blue is gone', baking(0, { blue: GONE }), 100],
    ['baking with 1 of 4 of blue at 10 %', baking(10, { blue: alive(1, 1) }), 63],
    ['baking with 2 of 4 of blue at 10 %', baking(10, { blue: alive(2, 2) }), 25],
    ['baking with 1 of 4 of green at 50 %', baking(50, { green: alive(1, 1) }), 37],
    ['baking with green gone', baking(50, { green: GONE }), 0],
    ['baking with blue unread', baking(50, { blue: null, green: alive(1, 1) }), 'stays'],
    ['somebody wrote green 100 while it is removed', rollingBack({ green: GONE, current: greenAt(100) }), 0],
    [
      'somebody wrote blue 100 while it retires',
      rollingBack({ blue: GONE, want: greenAt(100), current: greenAt(0) }),
      100,
    ],
    ['routes that differ are set right', rollingBack({ current: null }), 0],
    ['aborted at once with 1 of 4 of blue', rollingBack({ blue: alive(1, 1), abortNow: true }), 0],
    ['aborted at once with nothing of blue', rollingBack({ blue: GONE, abortNow: true }), 100],
    ['dead only: 1 of 4 of blue takes all', rollingBack({ blue: alive(1, 1), policy: 'deadOnly' }), 0],
    ['dead only: nothing of blue takes nothing', rollingBack({ blue: GONE, policy: 'deadOnly' }), 100],
    ['off', rollingBack({ blue: GONE, policy: 'off' }), 'stays'],
    ['frozen', rollingBack({ blue: GONE, frozen: true }), 'stays'],
    [
      'a service that needs 10 with 4 healthy',
      rollingBack({ blue: alive(4), needed: 10, green: alive(10, 10), current: greenAt(100) }),
      40,
    ],
  ];
  test.each(cases)('%s', (_name, input, expected) => {
    const placed = placementOf(input);

    if (expected === 'stays') expect(placed).toMatchObject({ move: false, weights: input.current });
    else expect(placed).toMatchObject({ move: true, weights: greenAt(expected) });
  });

  test('frozen, it says what it would do', () => {
    const placed = placementOf(baking(10, { blue: GONE, frozen: true }));

    expect(placed.reason).toBe(
      'frozen; would move users now, blue is gone, green has 4 of 4 tasks healthy: 0 % blue, 100 % green',
    );
  });
});

describe('while the service scales out', () => {
  const outTo = (needed: number, given: Partial<PlacementInput> = {}) => ({ needed, ...given });

  test('a colour that has lost no task carries what it carried: users stay where the plan wants them', () => {
    const placed = inTurn(baking(10), [
      { atS: 0 },
      { atS: 60, ...outTo(14) },
      { atS: 90, ...outTo(14, { blue: alive(9, 14), green: alive(4, 14) }) },
      { atS: 120, ...outTo(14, { blue: alive(14), green: alive(14) }) },
    ]);

    expect(placed.map(({ move }) => move)).toEqual([false, false, false, false]);
    expect(placed.at(-1)?.memory.shares).toEqual({ needed: 14, blue: 14, green: 14 });
  });

  test('one that loses tasks of those it had gives users away', () => {
    const placed = inTurn(baking(10), [
      { atS: 0 },
      { atS: 60, ...outTo(14, { blue: alive(9, 14) }) },
      { atS: 90, ...outTo(14, { blue: alive(3, 14) }) },
    ]);

    expect(placed.map(({ weights }) => weights)).toEqual([greenAt(10), greenAt(10), greenAt(50)]);
  });

  test('rolling back does not wait for tasks that blue never had', () => {
    const placed = inTurn(rollingBack(), [
      { atS: 0, ...baking(50) },
      { atS: 60, ...outTo(14, { want: greenAt(0) }) },
    ]);

    expect(placed.at(-1)).toMatchObject({ move: true, weights: greenAt(0) });
  });

  test('one observation that does not tell the count changes nothing', () => {
    const placed = inTurn(baking(10), [
      { atS: 0 },
      { atS: 30, needed: 0 },
      { atS: 60, needed: 4, blue: alive(1) },
    ]);

    expect(placed.at(-1)?.carry.blue).toBeCloseTo(0.375);
  });
});

describe('coming back', () => {
  test('blue returns task by task: each step waits for its calm minute', () => {
    const placed = inTurn(rollingBack(), [
      { atS: 0, blue: GONE },
      { atS: 100, blue: alive(1, 1) },
      { atS: 159 },
      { atS: 160 },
      { atS: 170, blue: alive(2, 2) },
      { atS: 229 },
      { atS: 230 },
      { atS: 240, blue: alive(4) },
      { atS: 299 },
      { atS: 300 },
    ]);

    expect(greens(placed)).toEqual([100, 100, 100, 63, 63, 63, 25, 25, 25, 0]);
    expect(placed[1]?.reason).toContain('gets weight after 1m of calm');
  });

  test('the calm time doubles with each return, up to 15 minutes', () => {
    let atS = 0;
    let placed = inTurn(rollingBack(), [{ atS, blue: GONE }]).at(-1);
    const waits: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const { memory, weights } = placed ?? expect.unreachable();
      const back = rollingBack({ memory, current: weights });
      let waitedS = 0;
      atS += 1;
      while (inTurn(back, [{ atS, blue: alive(4) }, { atS: atS + waitedS }]).at(-1)?.weights?.green !== 0)
        waitedS += 30;
      waits.push(waitedS);
      placed = inTurn(back, [
        { atS, blue: alive(4) },
        { atS: atS + waitedS },
        { atS: atS + waitedS + 1, blue: GONE },
      ]).at(-1);
      atS += waitedS + 1;
    }

    expect(waits).toEqual([60, 120, 240, 480, 900, 900]);
  });

  test('behind a network load balancer it waits as long as that takes to follow', () => {
    const placed = inTurn(rollingBack({ loadBalancerKind: 'network' }), [
      { atS: 0, blue: GONE },
      { atS: 60, blue: alive(4) },
      { atS: 659 },
      { atS: 660 },
    ]);

    expect(greens(placed)).toEqual([100, 100, 100, 0]);
  });

  test('fewer than ten points are no move, unless they are the last', () => {
    const nearly = {
      blue: alive(19, 19),
      green: alive(30, 30),
      needed: 30,
      memory: placementOf(rollingBack({ blue: alive(30), green: alive(30), needed: 30 })).memory,
    };

    expect(placementOf(rollingBack({ ...nearly, current: greenAt(14) }))).toMatchObject({ move: false });
    expect(placementOf(rollingBack({ ...nearly, current: greenAt(15) }))).toMatchObject({
      weights: greenAt(5),
    });
    expect(placementOf(rollingBack({ ...nearly, blue: alive(30, 30), current: greenAt(5) }))).toMatchObject({
      weights: greenAt(0),
    });
  });

  test.each([
    ['every minute', 60],
    ['every five minutes', 300],
  ])('a blue that flaps %s for an hour moves users at most twelve times', (_name, periodS) => {
    const observations = Array.from({ length: 360 }, (_, index) => ({
      atS: index * 10,
      blue: Math.floor((index * 10) / periodS) % 2 === 0 ? GONE : alive(4),
    }));
    const placed = inTurn(rollingBack(), observations);

    expect(placed.filter(({ move }) => move).length).toBeLessThanOrEqual(MOVES_PER_HOUR);
    // Whatever the cap says, nobody is left with a blue that is gone.
    const served = placed.every(
      ({ weights }, index) => observations[index]?.blue !== GONE || weights?.green === 100,
    );
    expect(served).toBe(true);
  });

  test('after twelve moves it stays until an hour is over, but leaves a dead colour at once', () => {
    const moved = Array.from(
      { length: MOVES_PER_HOUR },
      (_, index) => START_MS - (index + 1) * MINUTE_MS,
    ).reverse();
    const memory = { ...placementOf(rollingBack()).memory, movedAtMs: moved };

    expect(placementOf(rollingBack({ memory }))).toMatchObject({ move: false });
    expect(placementOf(rollingBack({ memory, blue: GONE }))).toMatchObject({ weights: greenAt(100) });
    expect(placementOf(rollingBack({ memory, nowMs: START_MS + 56 * MINUTE_MS }))).toMatchObject({
      weights: greenAt(0),
    });
  });

  test('the survivor of a collapse that dies in its turn gives way, and nothing oscillates', () => {
    // Green carries 75 %, takes everything, dies for 90 s; meanwhile blue is back; then the other way round.
    const observations = Array.from({ length: 240 }, (_, index) => {
      const round = Math.floor(index / 18) % 2;
      return {
        atS: index * 15,
        blue: round === 0 ? GONE : alive(2, 2),
        green: round === 0 ? alive(2, 2) : GONE,
      };
    });
    const placed = inTurn(rollingBack(), observations);

    expect(placed.filter(({ move }) => move).length).toBeLessThanOrEqual(MOVES_PER_HOUR + 2);
    const onTheDead = placed.some(({ weights }, index) =>
      observations[index]?.blue === GONE ? weights?.green !== 100 : weights?.green !== 0,
    );
    expect(onTheDead).toBe(false);
  });
});

describe('a green that answers nobody', () => {
  test('is remembered: without traffic it has no metrics that would show it', () => {
    const placed = inTurn(rollingBack({ blue: alive(1, 1), answers: { blue: [], green: [lost] } }), [
      { atS: 0 },
      { atS: 600, answers: { blue: [], green: [] } },
      { atS: 1_200, blue: GONE },
      { atS: 1_300, blue: alive(2, 2) },
    ]);

    expect(greens(placed)).toEqual([0, 0, 0, 0]);
  });

  const bad = { blue: [], green: [lost] };
  test.each([
    ['fails its checks', UNWELL],
    ['has a target that is only initial', { ...UNWELL, registered: 3 }],
  ])('all to blue although blue %s: a task of it runs', (_name, blue) => {
    expect(placementOf(rollingBack({ blue, answers: bad }))).toMatchObject({
      move: true,
      weights: greenAt(0),
    });
  });

  test('nothing moves where no task of blue runs, nor when they are replaced again and again', () => {
    const placed = inTurn(rollingBack({ answers: bad }), [
      { atS: 0, blue: GONE },
      { atS: 60, blue: UNWELL },
      { atS: 90, blue: GONE },
      { atS: 150, blue: UNWELL },
    ]);

    expect(placed.every(({ move }) => !move)).toBe(true);
  });

  test('behind a network load balancer nobody knows', () => {
    expect(placementOf(rollingBack({ loadBalancerKind: 'network', blue: alive(1, 1) }))).toMatchObject({
      weights: greenAt(63),
    });
  });
});

test('calm is counted from what was seen, not from the time between observations', () => {
  const placed = inTurn(rollingBack({ current: greenAt(100) }), [
    { atS: 0, blue: GONE },
    { atS: 1_000, blue: alive(4) },
    { atS: 1_000 + MINUTE_MS / SECOND_MS },
  ]);

  expect(greens(placed)).toEqual([100, 100, 0]);
});

test('the service grows fourfold as blue dies: green has everybody, and blue its part when it has its ten tasks again', () => {
  const grown = { needed: 40, green: alive(10, 40) };
  const ten = { needed: 10, blue: alive(10, 10), green: alive(10, 10) };
  const placed = inTurn(baking(10, ten), [
    { atS: 0 },
    { atS: 15, ...grown, blue: GONE },
    { atS: 60, ...grown, blue: alive(5, 40) },
    { atS: 120, ...grown },
    { atS: 135, ...grown, blue: alive(10, 40) },
    { atS: 195, ...grown, blue: alive(40, 40), green: alive(40, 40) },
  ]);

  // 5 of the 10 that it had carry 75 %.
  expect(greens(placed)).toEqual([10, 100, 100, 25, 25, 10]);
});
