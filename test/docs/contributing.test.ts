import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');

const folders = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
  .map(({ name }) => name);

/** What begins with a folder of the repository: `aws/verbs.ts`, `docs/events/`. */
const pathsIn = (prose: string): string[] =>
  [...prose.matchAll(/(?<![\w/.-])([\w.-]+\/[\w./-]*)/g)]
    .map(([, path = '']) => path.replace(/\.$/, ''))
    .filter((path) => folders.includes(path.split('/')[0] ?? ''));

const missingIn = (prose: string): string[] => pathsIn(prose).filter((path) => !existsSync(join(ROOT, path)));

const sectionOf = (title: string): string =>
  new RegExp(`^## ${title}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(text)?.[1] ?? '';

describe('CONTRIBUTING.md', () => {
  test('names only files and folders that there are', () => {
    expect(pathsIn(text).length).toBeGreaterThan(80);
    expect(missingIn(text)).toEqual([]);
  });

  test('would be found out if one were gone', () => {
    expect(missingIn('first core/plan/plan.ts, then (core/plan/no-such-file.ts).')).toEqual([
      'core/plan/no-such-file.ts',
    ]);
  });

  test('shows how to add each kind of thing, by the files in order', () => {
    const parts = sectionOf('Adding things').split('\n### ').slice(1);

    expect(parts.map((part) => part.split('\n')[0])).toEqual([
      'A state',
      'A state that waits',
      'A hook stage',
      'A metric',
      'A preflight check',
      'A fault',
      'A command of the command line',
      'An AWS operation',
      'An event',
    ]);
    for (const part of parts) expect(pathsIn(part).length, part.split('\n')[0]).toBeGreaterThanOrEqual(4);
  });

  test('has every room of the house', () => {
    const rooms = folders.filter((name) => !/^\.|^(docs|examples|test|dist|coverage|cdk\.out)$/.test(name));

    for (const room of rooms) expect(sectionOf('The plan of the house')).toContain(`${room}/`);
    for (const floor of readdirSync(join(ROOT, 'core'), { withFileTypes: true }))
      if (floor.isDirectory()) expect(sectionOf('The plan of the house')).toContain(`${floor.name}/`);
  });
});
