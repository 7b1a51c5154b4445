import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventTypes } from '../../core/vocabulary/events.types.ts';

const DOCS = new URL('../../docs/events/', import.meta.url);

const page = readFileSync(new URL('README.md', DOCS), 'utf8');

test.each(eventTypes)('docs/events/README.md has a row for %s, which links its schema', (type) => {
  const [, file = ''] = new RegExp(`^\\| \\[${type}\\]\\(([\\w.-]+)\\) \\|`, 'm').exec(page) ?? [];

  expect(readdirSync(DOCS)).toContain(file);
  expect(readFileSync(new URL(file, DOCS), 'utf8')).toContain(`"const": "${type}"`);
});
