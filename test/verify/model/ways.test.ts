import { describe, expect, test } from 'vitest';
import { circling, withoutWay } from '../../../verify/model/ways.ts';

const steps = (...pairs: [number, number][]) => pairs.map(([from, to]) => ({ from, to }));

describe('a state without a way to an end', () => {
  test.each<[string, number, ReturnType<typeof steps>, number[], number | undefined]>([
    ['none, when each leads on to the end', 3, steps([0, 1], [1, 2]), [2], undefined],
    ['none, when a circle has a way out', 3, steps([0, 1], [1, 0], [1, 2]), [2], undefined],
    ['a dead end', 4, steps([0, 1], [0, 2], [2, 3]), [3], 1],
    ['a circle without a way out', 4, steps([0, 1], [1, 2], [2, 1], [0, 3]), [3], 1],
    ['the start, when there is no end', 2, steps([0, 1]), [], 0],
  ])('%s', (_what, count, among, ends, lost) => {
    expect(withoutWay(count, among, ends)).toBe(lost);
  });
});

describe('a circle that a deployment runs by itself', () => {
  test.each<[string, number[], number[], number | undefined]>([
    ['none on a straight way', [1, 2, -1], [], undefined],
    ['a circle that its way leads into', [1, 2, 1], [], 1],
    ['a state that leads to itself', [1, 1], [], 1],
    ['none, when its execution ends on the way and the sweep starts anew', [1, 2, 1], [2], undefined],
    ['one of two ways, though the other is straight', [1, -1, 3, 2], [], 2],
  ])('%s', (_what, next, ended, circle) => {
    expect(circling(next, new Set(ended))).toBe(circle);
  });
});
