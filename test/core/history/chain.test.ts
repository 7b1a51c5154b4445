import { describe, expect, test } from 'vitest';
import { nextEnd, verifyChain } from '../../../core/history/chain.ts';
import type { ChainHead, StoredEnd } from '../../../core/vocabulary/history.types.ts';
import { sha256 } from '../../../functions/identify.ts';
import { aChain, anEnd } from './an-end.ts';

const five = [1, 2, 3, 4, 5].map((number) => anEnd({ deploymentId: `deploy-${number}` }));
const chain = aChain(five);
const head: ChainHead = { number: 5, digest: chain[4]?.digest ?? '' };

const verify = (stored: readonly StoredEnd[], remembered: ChainHead | null = head) =>
  verifyChain('main/shop', stored, remembered, sha256);

/** With its digest computed anew, as somebody who covers a change would. */
const rewritten = (stored: StoredEnd | undefined, from: string, to: string): StoredEnd => {
  const text = (stored?.text ?? '').replace(from, to);
  expect(text).not.toBe(stored?.text);
  return { key: stored?.key ?? '', text, digest: sha256(text) };
};

/** Each one's text and digest at another key. */
const movedTo = (stored: StoredEnd | undefined, number: number): StoredEnd => ({
  ...(stored as StoredEnd),
  key: `end#${String(number).padStart(12, '0')}`,
});

test('each end names the digest of the one before it, which is of its text', () => {
  const [first, second] = chain;

  expect(JSON.parse(first?.text ?? '')).toMatchObject({ number: 1, previous: null });
  expect(JSON.parse(second?.text ?? '')).toMatchObject({ number: 2, previous: sha256(first?.text ?? '') });
  expect(chain.map(({ key }) => key).toSorted()).toEqual(chain.map(({ key }) => key));
  expect(second?.key).toBe('end#000000000002');
});

describe('a whole chain', () => {
  test('is counted, with the digest of its last end', () => {
    expect(verify(chain)).toEqual({ kind: 'whole', count: 5, last: head });
  });

  test('may be longer than the lease remembers: one that was refused never held it', () => {
    expect(verify(chain, { number: 4, digest: chain[3]?.digest ?? '' })).toMatchObject({ kind: 'whole' });
  });

  test('may have any number of refused ones after those that the lease remembers, and one more', () => {
    const refused = [6, 7, 8].map((n) => anEnd({ deploymentId: `deploy-${n}`, outcome: 'refused' }));
    const longer = aChain([...five, ...refused, anEnd({ deploymentId: 'deploy-9' })]);

    expect(verify(longer)).toMatchObject({ kind: 'whole', count: 9 });
  });

  test('may be empty', () => {
    expect(verify([], null)).toEqual({ kind: 'whole', count: 0, last: null });
  });
});

test.each([
  [
    'two ends put behind the last',
    aChain([...five, ...[6, 7].map((n) => anEnd({ deploymentId: `d-${n}` }))]),
    head,
    7,
  ],
  ['a lease that remembers nothing', chain, null, 2],
])('%s are found', (_what, stored, remembered, record) => {
  expect(verify(stored, remembered)).toMatchObject({ kind: 'broken', what: 'inserted', record });
});

describe('the first record that was', () => {
  const at = (number: number, changed: StoredEnd): StoredEnd[] =>
    chain.map((one, index) => (index === number - 1 ? changed : one));
  const refused = anEnd({ deploymentId: 'made-up', outcome: 'refused' });
  const forged = nextEnd(refused, { number: 2, digest: chain[1]?.digest ?? '' }, sha256);

  test.each<[string, StoredEnd[], string, number | string]>([
    ['changed', at(3, { ...(chain[2] as StoredEnd), text: '{}' }), 'changed', 3],
    ['changed, with its digest', at(3, rewritten(chain[2], 'succeeded', 'refused')), 'changed', 3],
    ['changed, the first', at(1, rewritten(chain[0], 'succeeded', 'refused')), 'changed', 1],
    ['changed, the last, with its digest', at(5, rewritten(chain[4], 'succeeded', 'refused')), 'changed', 5],
    ['replaced by one that fits what is before it', at(3, forged), 'changed', 3],
    ['emptied', at(2, { ...(chain[1] as StoredEnd), text: '' }), 'changed', 2],
    ['removed', chain.filter((_, index) => index !== 2), 'removed', 3],
    ['removed, the first', chain.slice(1), 'removed', 1],
    ['removed, the last', chain.slice(0, 4), 'removed', 5],
    ['removed, all', [], 'removed', 1],
    [
      'removed, and those after it moved up',
      [...chain.slice(0, 2), movedTo(chain[3], 3), movedTo(chain[4], 4)],
      'removed',
      3,
    ],
    [
      'reordered',
      [...chain.slice(0, 2), movedTo(chain[3], 3), movedTo(chain[2], 4), chain[4] as StoredEnd],
      'removed',
      3,
    ],
    [
      'inserted, and those after it moved down',
      [...chain.slice(0, 2), forged, movedTo(chain[2], 4), movedTo(chain[3], 5), movedTo(chain[4], 6)],
      'inserted',
      3,
    ],
    ['inserted, under a key of its own', [...chain, { ...forged, key: 'end#x' }], 'inserted', 'end#x'],
    [
      'inserted, a copy of an earlier one',
      [...chain, nextEnd(five[1] ?? refused, head, sha256)],
      'inserted',
      6,
    ],
    [
      'inserted, from another service',
      [...chain, nextEnd({ ...refused, serviceKey: 'main/api' }, head, sha256)],
      'inserted',
      6,
    ],
  ])('%s', (_what, stored, what, record) => {
    expect(verify(stored)).toMatchObject({ kind: 'broken', what, record });
  });

  test('changed, when all after it were computed anew: the lease remembers what it was', () => {
    const others = five.map((end) => (end.deploymentId === 'deploy-2' ? { ...end, reason: 'nothing' } : end));

    expect(verify(aChain(others))).toMatchObject({ kind: 'broken', what: 'changed', record: 5 });
  });

  test('names the deployment, and what was expected and found', () => {
    expect(verify(at(3, rewritten(chain[2], 'succeeded', 'refused')))).toMatchObject({
      deploymentId: 'deploy-3',
      description: expect.stringContaining(chain[2]?.digest ?? ''),
    });
  });
});
