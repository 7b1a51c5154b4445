import { describe, expect, test } from 'vitest';
import { readCourse } from '../../../core/request/course.ts';
import type { Problem } from '../../../core/request/problem.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The shifts and what was wrong with them. */
const read = (fields: Record<string, unknown>) => {
  const problems: Problem[] = [];
  const course = readCourse(fields, problems);
  return { course, problems };
};

/** Percent and minutes of each shift. */
const stepsOf = (fields: Record<string, unknown>): [number, number][] =>
  (read(fields).course?.shifts ?? []).map(({ greenPct, bakeMs }) => [greenPct, bakeMs / MINUTE]);

const tenths = (every: number): [number, number][] => [
  ...[10, 20, 30, 40, 50, 60, 70, 80, 90].map((pct): [number, number] => [pct, every]),
  [100, 60],
];

describe('a strategy by name', () => {
  test.each<[string, [number, number][]]>([
    ['AllAtOnce', [[100, 60]]],
    [
      'Canary10Percent5Minutes',
      [
        [10, 5],
        [100, 60],
      ],
    ],
    [
      'Canary10Percent15Minutes',
      [
        [10, 15],
        [100, 60],
      ],
    ],
    ['Linear10PercentEvery1Minutes', tenths(1)],
    ['Linear10PercentEvery3Minutes', tenths(3)],
    [
      'Canary5Percent30Minutes',
      [
        [5, 30],
        [100, 60],
      ],
    ],
    [
      'Linear20PercentEvery10Minutes',
      [
        [20, 10],
        [40, 10],
        [60, 10],
        [80, 10],
        [100, 60],
      ],
    ],
    [
      'Linear30PercentEvery2Minutes',
      [
        [30, 2],
        [60, 2],
        [90, 2],
        [100, 60],
      ],
    ],
    [
      'Canary1Percent1Minute',
      [
        [1, 1],
        [100, 60],
      ],
    ],
  ])('%s, with and without the CodeDeploy prefix', (name, steps) => {
    expect(stepsOf({ strategy: name })).toEqual(steps);
    expect(stepsOf({ strategy: `CodeDeployDefault.ECS${name}` })).toEqual(steps);
  });

  test('keeps the name without the prefix', () => {
    expect(read({ strategy: 'CodeDeployDefault.ECSCanary10Percent5Minutes' }).course?.strategyName).toBe(
      'Canary10Percent5Minutes',
    );
  });

  test.each([
    'canary10percent5minutes',
    'ECSAllAtOnce',
    'Canary10Percent',
    'Canary100Percent5Minutes',
    'Linear0PercentEvery1Minutes',
    'Canary10Percent0Minutes',
    'Canary10Percent99999Minutes',
    'CodeDeployDefault.OneAtATime',
    '',
    'Linear10PercentEvery-1Minutes',
  ])('"%s" is refused', (name) => {
    const { course, problems } = read({ strategy: name });

    expect(course).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toBe('strategy');
  });

  test('a misspelt name gets the right one as a hint', () => {
    expect(read({ strategy: 'canary10percent5minutes' }).problems[0]?.hint).toBe(
      'Did you mean "Canary10Percent5Minutes"?',
    );
  });
});

describe('a strategy by numbers', () => {
  test('canary and linear read like their names', () => {
    expect(read({ strategy: { canary: { percent: 5, bake: '30m' } } })).toEqual(
      read({ strategy: 'Canary5Percent30Minutes' }),
    );
    expect(read({ strategy: { linear: { percent: 20, every: '10m' } } })).toEqual(
      read({ strategy: 'Linear20PercentEvery10Minutes' }),
    );
  });

  test('a bake of no whole minutes is named in words', () => {
    expect(read({ strategy: { canary: { percent: 5, bake: '90s' } } }).course?.strategyName).toBe(
      'canary 5 % for 1m30s',
    );
  });
});

describe('explicit shifts', () => {
  const shifts = [
    { greenPct: 5, bake: '10m' },
    { greenPct: 50, bake: '0s' },
    { greenPct: 100, bake: '2h' },
  ];

  test('have their own bakes, the last of which is the keep-blue window', () => {
    expect(read({ shifts }).course).toEqual({
      shifts: [
        { greenPct: 5, bakeMs: 10 * MINUTE },
        { greenPct: 50, bakeMs: 0 },
        { greenPct: 100, bakeMs: 2 * HOUR },
      ],
      strategyName: '3 shifts',
    });
  });

  test('keepBlue is the bake of a last shift that has none', () => {
    expect(stepsOf({ shifts: [{ greenPct: 100 }], keepBlue: '2d' })).toEqual([[100, 2 * 24 * 60]]);
    expect(stepsOf({ shifts: [{ greenPct: 100 }] })).toEqual([[100, 60]]);
  });

  test('keepBlue and the last bake may agree, and may not differ', () => {
    expect(read({ shifts, keepBlue: '120m' }).problems).toEqual([]);
    expect(read({ shifts, keepBlue: '1h' }).problems).toMatchObject([
      {
        path: 'keepBlue',
        expected: 'the bake of the last shift',
        found: '1h, where the last shift bakes 2h',
      },
    ]);
  });

  test('may wait for an approval after their bake, the last one before blue goes', () => {
    const gates = [
      { greenPct: 10, bake: '10m', approval: true },
      { greenPct: 50, bake: '10m', approval: false },
      { greenPct: 100, approval: true },
    ];

    expect(read({ shifts: gates }).course?.shifts).toEqual([
      { greenPct: 10, bakeMs: 10 * MINUTE, approval: true },
      { greenPct: 50, bakeMs: 10 * MINUTE },
      { greenPct: 100, bakeMs: HOUR, approval: true },
    ]);
  });

  test('a hundred shifts are the most', () => {
    const rising = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ greenPct: Math.min(100, index + 1), bake: '1m' }));

    expect(read({ shifts: rising(100) }).course?.shifts).toHaveLength(100);
    expect(read({ shifts: rising(101) }).problems).toMatchObject([
      { path: 'shifts', found: 'a list of 101' },
    ]);
  });
});

test('keepBlue sets the last bake of a named strategy, up to a week', () => {
  expect(stepsOf({ strategy: 'AllAtOnce', keepBlue: '7d' })).toEqual([[100, 7 * 24 * 60]]);
  expect(read({ strategy: 'AllAtOnce', keepBlue: '7d1s' }).problems).toMatchObject([
    { path: 'keepBlue', expected: 'a duration up to 7d', found: '"7d1s"' },
  ]);
});

test('without strategy and shifts the default starts small, never jumps more than a third, and keeps blue an hour', () => {
  expect(stepsOf({})).toEqual([
    [5, 5],
    [25, 5],
    [50, 5],
    [75, 5],
    [100, 60],
  ]);
});
