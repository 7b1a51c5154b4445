import { expect, test } from 'vitest';
import { makeMoves } from '../../aws/moves.ts';

/** The notes of one item, as anybody may have written them. */
const notesOf = (notes: string) =>
  makeMoves({} as never, (async () => ({ Item: { notesJson: { S: notes } } })) as never, 'cutover').notes(
    'main/shop',
  );

const moved = { percent: 0, wasPct: 50, atMs: 1_800_000_000_000, reason: 'it is ill' };
const whole = { beat: 'one', seenAtMs: 7, worse: 0, moved };

test('what WatchMoves noted is read', async () => {
  expect(await notesOf(JSON.stringify(whole))).toEqual(whole);
});

test.each<[string, string]>([
  ['no JSON', '{'],
  ['no notes', 'null'],
  ['no sign', JSON.stringify({ ...whole, beat: 1 })],
  ['a time beyond all dates', JSON.stringify({ ...whole, moved: { ...moved, atMs: 1e16 } })],
  ['a share that is no number', JSON.stringify({ ...whole, moved: { ...moved, wasPct: '50' } })],
  ['no reason', JSON.stringify({ ...whole, moved: { ...moved, reason: null } })],
])('what is not as it writes it counts as nothing: %s', async (_, notes) => {
  expect(await notesOf(notes)).toBeNull();
});
