import { expect, test } from 'vitest';
import { moveNames, SERVICE_NAME, twinNameOf } from '../../../core/adoption/names.ts';

/** API reference, CreateTargetGroup: up to 32 letters, digits and hyphens, none at an end. */
const GROUP_NAME = /^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/;

test.each([
  'shop',
  'a-service-with-a-name-of-exactly-thirty-two',
  'one-name-that-is-cut-at-one-of---its-hyphens',
  '_shop_',
  '____',
  'x'.repeat(126),
])('the target groups of %s have names that AWS takes', (old) => {
  const { twin, blue, green } = moveNames('main', old, twinNameOf(old));

  expect(twin).toMatch(SERVICE_NAME);
  expect(blue).toMatch(GROUP_NAME);
  expect(green).toMatch(GROUP_NAME);
  expect(blue).not.toBe(green);
});
