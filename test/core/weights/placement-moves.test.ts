import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import type { Calm, PlacementMemory, Spell } from '../../../core/vocabulary/placement.types.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import {
  MOVES_PER_HOUR,
  type PlacementInput,
  placementOf,
  worthKeeping,
} from '../../../core/weights/placement.ts';
import { alive, baking, GONE, greenAt, minute, rollingBack, START_MS, UNWELL } from './placement-input.ts';

const halfBroken = { blue: [], green: [minute(50)] };
const short = { blue: alive(1, 1), green: alive(1, 1) };
const lost = { ...NO_MEMORY, lostGreen: minute(0) };
/** As many moves as an hour takes, the first of them so long ago. */
const moved = (firstAgoMs = 59 * MINUTE_MS): number[] =>
  Array.from({ length: MOVES_PER_HOUR }, (_, index) => START_MS - firstAgoMs + index * MINUTE_MS);
const tired = { ...NO_MEMORY, movedAtMs: moved() };
const justBack: Calm = { carry: 0.375, roseAtMs: START_MS - SECOND_MS, returns: 1, fell: false };
const tooFew = 'a move of fewer than 10 points is not made';

describe('whether users move now', () => {
  test.each<[string, PlacementInput, number | string]>([
    [
      'blue has a point more than it carries: the move is not worth it',
      baking(24, { blue: alive(2, 2) }),
      tooFew,
    ],
    ['blue has two points more, and green carries them', baking(23, { blue: alive(2, 2) }), 25],
    ['both carry too little, and it is a few points', baking(55, short), tooFew],
    ['both carry too little, and it is ten points', baking(60, short), 50],
    [
      'both carry too little: no calm time, though blue has just come back',
      baking(60, { ...short, memory: { ...NO_MEMORY, calm: { blue: justBack, green: null } } }),
      50,
    ],
    [
      'both carry too little, and green gets no more than a point above what it carries',
      baking(45, { blue: alive(33), green: alive(32), needed: 100 }),
      49,
    ],
    [
      'neither is healthy: a few points, too',
      rollingBack({ blue: UNWELL, green: UNWELL, current: greenAt(5) }),
      0,
    ],
    [
      'neither is healthy, and users have moved often enough',
      rollingBack({ blue: UNWELL, green: UNWELL, memory: tired }),
      'moved 12 times within an hour already',
    ],
    [
      'green is lost: that is no question of how often',
      rollingBack({ memory: { ...lost, movedAtMs: moved() } }),
      0,
    ],
    [
      'green is lost and gains: then it is',
      baking(50, { blue: null, current: greenAt(0), memory: { ...lost, movedAtMs: moved() } }),
      'moved 12 times within an hour already',
    ],
    [
      'the first of twelve moves was an hour ago',
      rollingBack({ memory: { ...NO_MEMORY, movedAtMs: moved(HOUR_MS) } }),
      0,
    ],
    [
      '`abort --now`, and blue has to be asked first: after its calm minute',
      rollingBack({ blue: UNWELL, answers: halfBroken, current: greenAt(100), abortNow: true }),
      'blue is back, and gets weight after 1m of calm',
    ],
    [
      'blue has its trial and a point more: no calm time of green matters',
      rollingBack({ blue: UNWELL, answers: halfBroken, current: greenAt(89) }),
      tooFew,
    ],
    [
      'blue was never seen before, and one of its targets leaves: it gets what it carries for certain',
      rollingBack({ blue: { ...alive(2), registered: 2, leaving: 2 } }),
      25,
    ],
  ])('%s', (_, input, expected) => {
    const placed = placementOf(input);

    if (typeof expected === 'number')
      expect(placed).toMatchObject({ move: true, weights: greenAt(expected) });
    else {
      expect(placed).toMatchObject({ move: false, weights: input.current });
      expect(placed.reason).toMatch(new RegExp(`^${expected}; then `));
    }
  });

  test('says what it was decided by, and remembers the move', () => {
    const placed = placementOf(rollingBack({ blue: alive(1), answers: { blue: [], green: [minute(0)] } }));

    expect(placed.counts).toEqual({ blue: alive(1), green: alive(4), needed: 4 });
    expect(placed.kinds).toEqual({ blue: 'alive', green: 'alive' });
    expect(placed.reason).toBe(
      'blue has 1 of 4 tasks healthy, green answered 0 of 1000 requests in a minute: 100 % blue, 0 % green',
    );
    expect(placed.memory.movedAtMs).toEqual([START_MS]);
  });

  test('where nobody moves the same is said', () => {
    expect(placementOf(baking(10))).toMatchObject({ counts: { blue: alive(4), green: alive(4), needed: 4 } });
  });

  test('no more moves are remembered than an hour takes', () => {
    const placed = placementOf(rollingBack({ blue: GONE, memory: tired }));

    expect(placed.memory.movedAtMs).toEqual([...moved().slice(1), START_MS]);
  });
});

describe('how long a colour has carried what it carries', () => {
  const back: Calm = { carry: 1, roseAtMs: START_MS - HOUR_MS, returns: 3, fell: false };
  const blueAfter = (before: Calm | null, given: Partial<PlacementInput> = {}) =>
    placementOf(baking(10, { memory: { ...NO_MEMORY, calm: { blue: before, green: null } }, ...given }))
      .memory.calm.blue;

  test.each<[string, Calm | null, Partial<PlacementInput>, Calm | null]>([
    ['first seen, it has not risen', null, {}, { carry: 1, roseAtMs: 0, returns: 0, fell: false }],
    ['after an hour it is back for good', back, {}, { carry: 1, roseAtMs: 0, returns: 0, fell: false }],
    [
      'before that each return counts',
      { ...back, roseAtMs: back.roseAtMs + 1 },
      {},
      { ...back, roseAtMs: back.roseAtMs + 1 },
    ],
    [
      'an hour after a fall it is not',
      { ...back, carry: 0.375, fell: true },
      { blue: alive(1) },
      { ...back, carry: 0.375, fell: true },
    ],
    [
      'unread, it is what it was',
      { ...back, roseAtMs: START_MS },
      { blue: null, current: greenAt(50) },
      { ...back, roseAtMs: START_MS },
    ],
    ['a fall is remembered until it rises', back, { blue: alive(1) }, { ...back, carry: 0.375, fell: true }],
    [
      'a rise after it is one return more',
      { ...back, carry: 0, fell: true },
      {},
      { ...back, roseAtMs: START_MS, returns: 4 },
    ],
    ['a further rise is the same return', { ...back, carry: 0.375 }, {}, { ...back, roseAtMs: START_MS }],
  ])('%s', (_, before, given, after) => {
    expect(blueAfter(before, given)).toEqual(after);
  });
});

describe('what is learned is worth a write', () => {
  const spell: Spell = { seenAtMs: START_MS, overAtMs: null, trialAtMs: null, verdict: null };
  const shares = { needed: 4, blue: 4, green: 4 };

  test.each<[string, Partial<PlacementMemory>, PlacementMemory | null, boolean]>([
    ['nothing', {}, null, false],
    ['both whole', { shares }, null, false],
    ['both calm', { calm: { blue: { ...justBack, carry: 1 }, green: null } }, null, false],
    ['a green that is lost', lost, null, true],
    ['a blue that is gone', { gone: { blue: true, green: false } }, null, true],
    ['a green that is gone', { gone: { blue: false, green: true } }, null, true],
    ['a spell', { spell }, null, true],
    ['a move', { movedAtMs: [START_MS] }, null, true],
    ['a blue behind a scale-out', { shares: { ...shares, blue: 3 } }, null, true],
    ['a green behind a scale-out', { shares: { ...shares, green: 3 } }, null, true],
    ['weights that were written back', { reassertedAtMs: START_MS }, null, true],
    ['counts that are late', { countsLateSinceMs: START_MS }, null, true],
    ['what is stored already', lost, lost, false],
    ['nothing, as it is stored', {}, NO_MEMORY, false],
    ['that what was stored is over', {}, tired, true],
  ])('%s', (_, changes, stored, worth) => {
    expect(worthKeeping({ ...NO_MEMORY, ...changes }, stored)).toBe(worth);
  });
});
