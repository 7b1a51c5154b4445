import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { deploymentIdOf } from '../../../core/deployment/deployment-id.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test.each([
  ['shop-v42', 'a short name'],
  ['0f9a1c2e-1111-2222-3333-444455556666', 'a UUID, which is exactly 36 characters'],
])('%s stays as it is, being %s', (name) => {
  expect(deploymentIdOf(name, sha256)).toBe(name);
});

test.each([
  ['a name of 37 characters', 'x'.repeat(37)],
  [
    'a name of 80 characters',
    'deploy-shop-production-eu-west-1-build-2026.11.20-0017-triggered-by-release-train',
  ],
  ['umlauts', 'größe-ändern'],
  ['a space', 'shop v42'],
  ['nothing but characters ECS refuses', '日本語'],
  ['nothing', ''],
])('a name with %s becomes a client token that ECS accepts', (_, name) => {
  const id = deploymentIdOf(name, sha256);

  expect(id).toMatch(/^[\x21-\x7e]{1,36}$/);
  expect(id.endsWith(`-${sha256(name).slice(0, 12)}`)).toBe(true);
});

test('two long names that differ only at their end get different ids with the same readable start', () => {
  const one = deploymentIdOf(`${'deploy-shop-production-eu-west-1'}-build-1`, sha256);
  const two = deploymentIdOf(`${'deploy-shop-production-eu-west-1'}-build-2`, sha256);

  expect(one).not.toBe(two);
  expect(one.slice(0, 23)).toBe('deploy-shop-production-');
  expect(two.slice(0, 23)).toBe('deploy-shop-production-');
});
