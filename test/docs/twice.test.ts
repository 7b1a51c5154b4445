import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Both are appended to from several branches at once, and git keeps the lines of each: one moved stands twice. */
const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

const twice = (sentences: readonly string[]): string[] =>
  sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index);

test('no decision stands twice in docs/decisions.md', () => {
  const decisions = [...read('docs/decisions.md').matchAll(/^- \*\*(.+?)\*\*/gm)].map(
    ([, lead = '']) => lead,
  );

  expect(decisions.length).toBeGreaterThan(100);
  expect(twice(decisions)).toEqual([]);
});

test('no change stands twice in CHANGELOG.md', () => {
  const changes = read('CHANGELOG.md')
    .split('\n')
    .filter((line) => line.startsWith('- '));

  expect(changes.length).toBeGreaterThan(100);
  expect(twice(changes)).toEqual([]);
});
