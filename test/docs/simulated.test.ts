import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { actionOf, impliedActions, narrowest, type Permission } from '../../infra/narrowest.ts';

const specification = readFileSync(new URL('../../sim/README.md', import.meta.url), 'utf8');

const called = (Object.keys(narrowest) as Permission[]).filter(
  (permission) => !(permission in impliedActions),
);

test.each([...new Set(called.map((permission) => actionOf(permission).split(':')[1] ?? ''))])(
  'sim/README.md says how %s is simulated, which a step may call',
  (operation) => {
    expect(specification).toMatch(new RegExp(`\\b${operation}\\b`));
  },
);
