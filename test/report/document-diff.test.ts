import { describe, expect, test } from 'vitest';
import { differences } from '../../report/document-diff.ts';

const SECRET = 'hunter2';
const container = (more: object) => ({ containerDefinitions: [{ name: 'web', image: 'shop:1', ...more }] });
const environment = (value: string) => ({ environment: [{ name: 'DB_PASSWORD', value }] });
const log = (token: string) => ({
  logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': token } },
});

describe('a difference says that a value differs, and not which it is', () => {
  test.each([
    {
      what: 'a changed variable',
      before: container(environment('old')),
      after: container(environment(SECRET)),
    },
    { what: 'an added variable', before: container({}), after: container(environment(SECRET)) },
    { what: 'a removed variable', before: container(environment(SECRET)), after: container({}) },
    {
      what: 'an added container',
      before: { containerDefinitions: [] },
      after: container(environment(SECRET)),
    },
    { what: 'a changed log option', before: container(log('old')), after: container(log(SECRET)) },
    { what: 'added log options', before: container({}), after: container(log(SECRET)) },
    {
      what: 'a whole definition',
      before: undefined,
      after: container({ ...environment(SECRET), ...log(SECRET) }),
    },
  ])('$what', ({ before, after }) => {
    const found = differences(before, after);

    expect(found.length).toBeGreaterThan(0);
    expect(JSON.stringify(found)).not.toContain(SECRET);
    expect(JSON.stringify(found)).toMatch(/not shown/);
  });

  test('other values are shown', () => {
    expect(differences(container({}), { containerDefinitions: [{ name: 'web', image: 'shop:2' }] })).toEqual([
      { path: 'containerDefinitions[web].image', before: 'shop:1', after: 'shop:2' },
    ]);
  });
});
