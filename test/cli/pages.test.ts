import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withPages } from '../../cli/render/pages.ts';
import { aDirectory } from '../a-directory.ts';

const project = aDirectory('pages');
const root = join(project, 'node_modules/cutover');
mkdirSync(join(root, 'docs'), { recursive: true });
writeFileSync(join(root, 'docs/cli.md'), '');
const elsewhere = aDirectory('pages-elsewhere');

const HINT = 'docs/cli.md describes the file (docs/cli.md#exit-codes), more: docs/cli.md';

test('a page is named by where the package has it', () => {
  expect(withPages(HINT, root, project)).toBe(HINT.replaceAll('docs/', 'node_modules/cutover/docs/'));
});

test('from somewhere else by its whole path', () => {
  expect(withPages(HINT, root, elsewhere)).toBe(HINT.replaceAll('docs/', `${root}/docs/`));
});

test('in the clone as it is', () => {
  expect(withPages(HINT, root, root)).toBe(HINT);
});

test.each(['docs/nothing.md', 'their/docs/cli.md', 'https://example.com/docs/cli.md', '../docs/cli.md'])(
  '%s is no page of ours',
  (text) => {
    expect(withPages(text, root, elsewhere)).toBe(text);
  },
);
