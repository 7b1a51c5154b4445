import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import { deploymentIdOf } from '../../../core/deployment/deployment-id.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const STARTED_MS = Date.UTC(2026, 10, 20, 10);
const arnOf = (name: string, { account = '111122223333', machine = 'cutover' } = {}): string =>
  `arn:aws:states:eu-west-1:${account}:execution:${machine}:${name}`;
const idOf = (
  name: string,
  { startedAtMs = STARTED_MS, ...where }: Parameters<typeof arnOf>[1] & { startedAtMs?: number } = {},
) => deploymentIdOf({ arn: arnOf(name, where), startedAtMs }, sha256);

describe('a person finds the deployment by it', () => {
  test.each([
    ['shop-v42', 'shop-v42-'],
    ['shop-20260105T090000-k3x9', 'shop-20260105T090000-k3x9-'],
    ['deploy-shop-production-eu-west-1-build-1', 'deploy-shop-production-eu-'],
  ])('%s: it begins with the name', (name, start) => {
    expect(idOf(name).slice(0, start.length)).toBe(start);
  });
});

test.each([
  ['37 characters', 'x'.repeat(37)],
  ['80 characters', 'deploy-shop-production-eu-west-1-build-2026.11.20-0017-triggered-by-release-train'],
  ['umlauts', 'größe-ändern'],
  ['a space', 'shop v42'],
  ["what Step Functions takes and the value of a tag may not hold: ( ) ! '", "web(1)!'"],
  ['what only a tag takes: + = @', 'a+b=c@d'],
  ['nothing but characters that ECS refuses', '日本語'],
  ['nothing', ''],
])('a name of %s becomes a client token and a tag that ECS accepts', (_, name) => {
  expect(idOf(name)).toMatch(/^[A-Za-z0-9._-]+-[0-9a-f]{10}$/);
  expect(idOf(name).length).toBeLessThanOrEqual(36);
});

describe('no other execution has it', () => {
  test.each([
    ['of a name that begins alike', idOf('deploy-shop-production-eu-west-1-build-2')],
    ['in another account', idOf('deploy-shop-production-eu-west-1-build-1', { account: '444455556666' })],
    ['of another installation', idOf('deploy-shop-production-eu-west-1-build-1', { machine: 'cutover-2' })],
    [
      'of the same name, once that is free again',
      idOf('deploy-shop-production-eu-west-1-build-1', { startedAtMs: STARTED_MS + 90 * DAY_MS }),
    ],
  ])('not one %s', (_, other) => {
    expect(other).not.toBe(idOf('deploy-shop-production-eu-west-1-build-1'));
  });

  test('and names that differ only in what is left out of the readable part', () => {
    expect(idOf('web(1)')).not.toBe(idOf('web!1'));
  });
});

test('it is the same whether the start was read to the millisecond, to the second or rounded', () => {
  expect(idOf('shop', { startedAtMs: STARTED_MS + 999 })).toBe(idOf('shop'));
  expect(idOf('shop', { startedAtMs: STARTED_MS + HOUR_MS })).toBe(idOf('shop'));
});
