import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { permissionsOf } from '../../infra/permissions.ts';
import { isStep, stepNames } from '../../statemachine/contract.ts';

/** What the pages tell of the steps' roles is what the roles have. */

const page = (name: string): string => readFileSync(`docs/${name}.md`, 'utf8');

const stepsWith = (permission: string): string[] =>
  stepNames.filter((step) => (permissionsOf(step) as string[]).includes(permission)).toSorted();

test('deploying.md gives the permission for Cognito to the steps that write rules', () => {
  const list = /for \(const step of \[(.*)\] as const\) \{/.exec(page('deploying'))?.[1] ?? '';
  const named = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name);

  expect(named.toSorted()).toEqual(stepsWith('elasticloadbalancing:ModifyRule'));
});

test.each([
  ['actions of the allowed listeners', 'elasticloadbalancing:ModifyRule'],
  ['task sets of the allowed services', 'ecs:CreateTaskSet'],
  ["the service's PRIMARY task set", 'ecs:UpdateServicePrimaryTaskSet'],
  ['scale and deletion of task sets', 'ecs:DeleteTaskSet'],
  ['leases', 'dynamodb:UpdateItem@leases'],
  ['the history', 'dynamodb:PutItem@ends'],
  ["what is suspended of the allowed services' scaling", 'application-autoscaling:RegisterScalableTarget'],
])('security.md names the steps that may write %s', (what, permission) => {
  const row = page('security')
    .split('\n')
    .find((line) => line.startsWith('| ') && line.split(' | ')[1]?.startsWith(what));
  const named = (row?.split(' | ')[0] ?? '').replace('| ', '').split(', ').filter(isStep);

  expect(named.toSorted()).toEqual(stepsWith(permission));
});
