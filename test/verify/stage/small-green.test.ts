import { expect, test } from 'vitest';
import { tooSmallFor } from '../../../verify/stage/small-green.ts';

const split = (blue: number, green: number) => [
  { targetGroupArn: 'blue', weight: blue },
  { targetGroupArn: 'green', weight: green },
];

test.each([
  ['everybody, and one task less than all', split(0, 100), 3, 1],
  ['a third, rounded up as ECS rounds', split(2, 1), 1, 1 / 3],
  ['the only group, whatever its weight', [{ targetGroupArn: 'green', weight: 0 }], 3, 1],
  ['one weight of a thousand, and no task', split(999, 1), 0, 0.001],
])('a green is too small for %s', (_what, groups, tasks, share) => {
  expect(tooSmallFor(groups, 'green', { tasks, wanted: 4 })).toBe(share);
});

test.each([
  ['everybody', split(0, 100), 4],
  ['a quarter', split(75, 25), 1],
  ['nobody', split(100, 0), 0],
])('a green has the tasks for %s', (_what, groups, tasks) => {
  expect(tooSmallFor(groups, 'green', { tasks, wanted: 4 })).toBeNull();
});
