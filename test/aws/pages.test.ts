import { expect, test } from 'vitest';
import { allPages, MAX_PAGES } from '../../aws/pages.ts';
import { chunks } from '../../core/chunks.ts';
import { pageOf } from './an-invocation.ts';

test.each([0, 1, 5, 6, 23])('a list of %i is read whole and in order', async (length) => {
  const items = Array.from({ length }, (_, index) => index);

  const read = await allPages('read numbers', async (token) => {
    const page = pageOf(items, token);
    return { items: page.items, next: page.next };
  });

  expect(read).toEqual(items);
});

test.each([undefined, ''])('the token %o is the end', async (next) => {
  expect(await allPages('read numbers', async () => ({ items: [1], next }))).toEqual([1]);
});

test('a list without end is given up', async () => {
  let pages = 0;
  const reading = allPages('read numbers', async () => {
    pages += 1;
    return { items: undefined, next: 'again' };
  });

  await expect(reading).rejects.toMatchObject({
    name: 'Unavailable',
    message: expect.stringContaining('read numbers'),
  });
  expect(pages).toBe(MAX_PAGES);
});

test.each([
  [[], []],
  [[1], [[1]]],
  [
    [1, 2, 3],
    [[1, 2], [3]],
  ],
  [
    [1, 2, 3, 4],
    [
      [1, 2],
      [3, 4],
    ],
  ],
])('%o is cut into pairs', (items, expected) => {
  expect(chunks<number>(items, 2)).toEqual(expected);
});
