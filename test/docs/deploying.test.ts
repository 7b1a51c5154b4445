import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { permissionsOf } from '../../infra/permissions.ts';
import { stepNames } from '../../statemachine/contract.ts';

const page = readFileSync('docs/deploying.md', 'utf8');

test('the steps that get a permission for rules with Cognito are those that write rules', () => {
  const list = /for \(const step of \[(.*)\] as const\) \{/.exec(page)?.[1] ?? '';
  const named = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name);

  const writers = stepNames.filter((step) => permissionsOf(step).includes('elasticloadbalancing:ModifyRule'));

  expect(named.toSorted()).toEqual(writers.toSorted());
});
