import { describe, expect, test } from 'vitest';
import {
  ALL_BLUE,
  ALL_GREEN,
  commonOf,
  describeWeights,
  groupsFor,
  sameWeights,
  targetGroupName,
  weightsAt,
  weightsOf,
} from '../../../core/weights/weights.ts';
import { aForward, aPlan, aStickyForward, BLUE, GREEN, pairsOf, THIRD } from '../a-deployment.ts';

const groups = { blue: BLUE, green: GREEN };

test.each([
  [0, { blue: 90, green: 10 }],
  [2, { blue: 0, green: 100 }],
  [3, ALL_BLUE],
  [-1, ALL_BLUE],
  [0.5, ALL_BLUE],
  [Number.NaN, ALL_BLUE],
])('position %d of the plan stands for %o', (position, weights) => {
  expect(weightsAt(aPlan(), position)).toEqual(weights);
});

describe('what relative weights mean in percent', () => {
  test.each([
    ['percent as we write them', aForward([BLUE, 90], [GREEN, 10]), { blue: 90, green: 10 }],
    ['the same ratio with small numbers', aForward([BLUE, 9], [GREEN, 1]), { blue: 90, green: 10 }],
    ['the largest weights AWS takes', aForward([GREEN, 999], [BLUE, 999]), { blue: 50, green: 50 }],
    ['a ratio that is no whole percent', aForward([BLUE, 2], [GREEN, 1]), null],
    ['a third group without weight', aForward([THIRD, 0], [BLUE, 1], [GREEN, 0]), ALL_BLUE],
    ['a third group that holds weight', aForward([THIRD, 10], [BLUE, 90], [GREEN, 0]), null],
    ['nobody holding weight', aForward([BLUE, 0], [GREEN, 0]), null],
    ['a group missing beside a third one', aForward([THIRD, 0], [GREEN, 5]), ALL_GREEN],
    ['blue alone', aForward([BLUE, 1]), ALL_BLUE],
    ['green alone, at a weight that means nothing', aForward([GREEN, 0]), ALL_GREEN],
    ['a third group alone', aForward([THIRD, 1]), null],
    ['no group at all', aForward(), null],
  ])('%s', (_, forward, weights) => {
    expect(weightsOf(forward, groups)).toEqual(weights);
  });

  test('without a blue group, any weight beside green is somebody else’s', () => {
    const onlyGreen = { blue: null, green: GREEN };

    expect(weightsOf(aForward([GREEN, 1]), onlyGreen)).toEqual(ALL_GREEN);
    expect(weightsOf(aForward([GREEN, 1], [THIRD, 0]), onlyGreen)).toEqual(ALL_GREEN);
    expect(weightsOf(aForward([GREEN, 1], [THIRD, 1]), onlyGreen)).toBeNull();
  });
});

describe('the group list to write', () => {
  test.each([
    [
      'the order found is kept',
      aForward([GREEN, 0], [BLUE, 1]),
      { blue: 75, green: 25 },
      [
        [GREEN, 25],
        [BLUE, 75],
      ],
    ],
    [
      'a missing green joins at the end',
      aForward([BLUE, 1]),
      ALL_BLUE,
      [
        [BLUE, 100],
        [GREEN, 0],
      ],
    ],
    [
      'a blue that was evicted comes back',
      aForward([GREEN, 100]),
      ALL_BLUE,
      [
        [GREEN, 0],
        [BLUE, 100],
      ],
    ],
    [
      'an empty list',
      aForward(),
      { blue: 60, green: 40 },
      [
        [BLUE, 60],
        [GREEN, 40],
      ],
    ],
    [
      'a third group stays, at 0',
      aForward([BLUE, 1], [THIRD, 0], [GREEN, 0]),
      ALL_GREEN,
      [
        [BLUE, 0],
        [THIRD, 0],
        [GREEN, 100],
      ],
    ],
    [
      'a third group that was given weight loses it',
      aForward([BLUE, 50], [THIRD, 50]),
      ALL_BLUE,
      [
        [BLUE, 100],
        [THIRD, 0],
        [GREEN, 0],
      ],
    ],
  ] as const)('%s', (_, forward, weights, expected) => {
    const written = groupsFor(forward, groups, weights);

    expect(pairsOf(written)).toEqual(expected);
    expect(written.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
  });

  test.each([
    [
      'green, on the way back',
      ALL_BLUE,
      [
        [BLUE, 100],
        [THIRD, 0],
      ],
    ],
    [
      'blue, on retirement',
      ALL_GREEN,
      [
        [THIRD, 0],
        [GREEN, 100],
      ],
    ],
    [
      'nobody, while both have weight',
      { blue: 50, green: 50 },
      [
        [BLUE, 50],
        [THIRD, 0],
        [GREEN, 50],
      ],
    ],
  ] as const)('a sticky route leaves out %s, and keeps what is not ours', (_, weights, expected) => {
    const forward = aStickyForward([BLUE, 50], [THIRD, 0], [GREEN, 50]);

    expect(pairsOf(groupsFor(forward, groups, weights, { evictLoser: true }))).toEqual(expected);
  });

  test('without stickiness, or without being asked, nobody is left out', () => {
    const sticky = aStickyForward([BLUE, 50], [GREEN, 50]);

    expect(pairsOf(groupsFor(sticky, groups, ALL_BLUE))).toEqual([
      [BLUE, 100],
      [GREEN, 0],
    ]);
    expect(
      pairsOf(groupsFor(aForward([BLUE, 50], [GREEN, 50]), groups, ALL_BLUE, { evictLoser: true })),
    ).toEqual([
      [BLUE, 100],
      [GREEN, 0],
    ]);
  });

  test('without a blue group green gets everything, since nobody else can', () => {
    expect(pairsOf(groupsFor(aForward([GREEN, 1]), { blue: null, green: GREEN }, ALL_BLUE))).toEqual([
      [GREEN, 100],
    ]);
  });

  test('writing what was just written changes nothing', () => {
    const once = groupsFor(aForward([BLUE, 3], [THIRD, 0]), groups, { blue: 70, green: 30 });
    const twice = groupsFor({ groups: once, stickiness: { enabled: false } }, groups, {
      blue: 70,
      green: 30,
    });

    expect(twice).toEqual(once);
    expect(weightsOf({ groups: once, stickiness: { enabled: false } }, groups)).toEqual({
      blue: 70,
      green: 30,
    });
  });
});

test('weights that are unknown are the same as no weights, not even as all blue', () => {
  expect(sameWeights(null, ALL_BLUE)).toBe(false);
  expect(sameWeights({ blue: 100, green: 0 }, ALL_BLUE)).toBe(true);
  expect(sameWeights({ blue: 0, green: 100 }, ALL_BLUE)).toBe(false);
});

test('weights are the same only with both shares', () => {
  expect(sameWeights({ blue: 100, green: 10 }, ALL_BLUE)).toBe(false);
  expect(sameWeights({ blue: 90, green: 0 }, ALL_BLUE)).toBe(false);
});

test.each([
  ['none', [], null],
  ['one', [ALL_GREEN], ALL_GREEN],
  ['two that are the same', [ALL_GREEN, { ...ALL_GREEN }], ALL_GREEN],
  ['two that differ', [ALL_GREEN, ALL_BLUE], null],
  ['one that is no split, first', [null, ALL_BLUE], null],
  ['one that is no split, last', [ALL_BLUE, null], null],
])('what weights have in common: %s', (_, all, common) => {
  expect(commonOf(all)).toEqual(common);
});

test('people read percent and names', () => {
  expect(describeWeights({ blue: 75, green: 25 })).toBe('75 % blue, 25 % green');
  expect(describeWeights(null)).toContain('no split');
  expect(targetGroupName(GREEN)).toBe('shop-green');
  expect(targetGroupName('not an arn')).toBe('not an arn');
});

describe('a share with a decimal', () => {
  const weights = weightsAt(aPlan({ shifts: [{ greenPct: 0.1, bakeMs: 0 }] }), 0);

  test('is written in whole weights that AWS takes, and read back as what it is', () => {
    const written = groupsFor(aForward([BLUE, 100], [GREEN, 0]), { blue: BLUE, green: GREEN }, weights);

    expect(pairsOf(written)).toEqual([
      [BLUE, 999],
      [GREEN, 1],
    ]);
    expect(weightsOf({ ...aForward(), groups: written }, { blue: BLUE, green: GREEN })).toEqual({
      blue: 99.9,
      green: 0.1,
    });
  });

  test.each([0.1, 4.4, 33.3, 99.9])('of %d %% is the same in every step', (greenPct) => {
    const at = weightsAt(aPlan({ shifts: [{ greenPct, bakeMs: 0 }] }), 0);
    const written = groupsFor(aForward([BLUE, 100], [GREEN, 0]), { blue: BLUE, green: GREEN }, at);

    expect(written.reduce((sum, { weight }) => sum + weight, 0)).toBe(1_000);
    expect(written.every(({ weight }) => Number.isInteger(weight) && weight <= 999)).toBe(true);
    expect(weightsOf({ ...aForward(), groups: written }, { blue: BLUE, green: GREEN })).toEqual(at);
  });
});
