import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** docs/field-checklist.md says which file shows a row: it is held to it. */

const text = readFileSync(new URL('../../docs/field-checklist.md', import.meta.url), 'utf8');
const rows = text.split('\n').flatMap((line) => {
  const [, number, , where, shown] = line.split('|').map((cell) => cell.trim());
  return /^\d+$/.test(number ?? '') ? [{ row: Number(number), where: where ?? '', shown: shown ?? '' }] : [];
});
const filesOf = (shown: string): string[] =>
  [...shown.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map((match) => match[1] ?? '');

test('the document has all 25 rows', () => {
  expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
});

test.each(rows)('checklist row $row is shown where the document says', ({ row, shown }) => {
  const files = filesOf(shown);

  const silent = files.filter((file) => {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    return !new RegExp(`checklist row ${row}\\b|\\brow: ${row}\\b`).test(source);
  });

  expect(silent).toEqual([]);
  if (files.length === 0) expect(shown).toBe('**nothing yet**');
});

test('every row that the simulated world or the workflow answers for is rehearsed', () => {
  const missing = rows.filter(
    ({ where, shown }) => /\b[WF]\b/.test(where) && !shown.includes('test/checklist/rehearsed.verify.ts'),
  );

  expect(missing).toEqual([]);
});
