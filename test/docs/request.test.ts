import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { requestSchema } from '../../core/request/request.ts';

const page = readFileSync(new URL('../../docs/request.md', import.meta.url), 'utf8');

/** Names of fields at any depth: `shifts`, and `greenPct` in it. */
const fieldsIn = (schema: unknown): string[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const named = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...named, ...Object.values(schema).flatMap(fieldsIn)];
};

test.each([...new Set(fieldsIn(requestSchema))])('docs/request.md has the field %s', (field) => {
  expect(page).toMatch(new RegExp(`["\`.]${field}["\`]`));
});
