import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { preflight } from '../../../../core/plan/preflight/preflight.ts';
import { anObservation, aRequest } from '../../an-observation.ts';

/** docs/preflight.md, a section for each finding, held to what the checks can say. */

const root = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const sections = new Map(
  read('docs/preflight.md')
    .split('\n### ')
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);
const files = readdirSync(new URL('core/plan/preflight/', root)).map((file) => `core/plan/preflight/${file}`);
const made = [
  ...files.flatMap((file) => [...read(file).matchAll(/\b(error|warning)\(\s*'([a-z0-9-]+)'/g)]),
  ...read('core/plan/plan.ts').matchAll(/id: '([a-z-]+)',\s*severity: '(error|warning)'/g),
].map(([, one = '', other = '']) => (one === 'error' || one === 'warning' ? [other, one] : [one, other]));
const ids = [...new Set(made.map(([id = '']) => id))].sort();

test('every finding has a section, and no section is of a finding that is never made', () => {
  expect(ids.length).toBeGreaterThan(70);
  expect([...sections.keys()].sort()).toEqual(ids);
});

test.each(ids)('%s: severity, evidence and what to do', (id) => {
  const severities = [...new Set(made.filter(([of]) => of === id).map(([, severity]) => severity))].sort();
  const section = sections.get(id) ?? '';

  expect(section).toContain(`\n*${severities.join(' or ')}* - `);
  expect(section).toMatch(/\n- Evidence: \S/);
  expect(section).toMatch(/\n- What to do: \S/);
});

test('a finding says where it is explained', () => {
  const [finding] = preflight(anObservation(), aRequest({ alarms: [] }));

  expect(finding?.docs).toBe('docs/preflight.md#no-alarms');
});
