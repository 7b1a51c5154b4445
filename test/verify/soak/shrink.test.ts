import { expect, test } from 'vitest';
import { shrink } from '../../../verify/soak/shrink.ts';

const items = [0, 1, 2, 3, 4, 5, 6, 7];

const failsWith =
  (...needed: number[]) =>
  async (kept: readonly number[]) =>
    needed.every((item) => kept.includes(item));

test.each([
  ['one fault is enough', [5]],
  ['two that only fail together, far apart', [0, 7]],
  ['three of eight', [1, 4, 6]],
  ['every one of them', items],
  ['none: it fails without faults', []],
])('%s', async (_what, needed) => {
  expect(await shrink(items, failsWith(...needed))).toEqual(needed);
});

test('either of two is enough: one of them is left', async () => {
  const left = await shrink(items, async (kept) => kept.includes(2) || kept.includes(6));

  expect(left).toHaveLength(1);
});

test('a single fault is not asked about again and again', async () => {
  let asked = 0;
  const left = await shrink([3], async (kept) => {
    asked += 1;
    return kept.includes(3);
  });

  expect(left).toEqual([3]);
  expect(asked).toBe(1);
});
