import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import { aSimulatedAccount } from './a-simulated-account.ts';

test('what a deployment has read is judged again, as it decided', async () => {
  const account = await aSimulatedAccount();
  await account.cutover([
    ...['deploy', 'production/shop', '-t', 'shop:42', '--alarm', 'shop-users-suffer', '--name', 'shop-42'],
    ...['--strategy', 'Canary10Percent10Minutes', '--keep-blue', '5m'],
  ]);

  const { code, out } = await account.cutover(['analyse', 'production/shop', '--json']);

  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(code).toBe(0);
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.at(-1)).toMatchObject({ decision: 'continue', minute: null, sigma: 0.25 });
});

test('a service whose users are moved now is judged by its two target groups, without what a deployment has kept', async () => {
  const account = await aSimulatedAccount();
  account.type([
    ...['deploy', 'production/shop', '-t', 'shop:42', '--alarm', 'shop-users-suffer', '--name', 'shop-42'],
    ...['--strategy', 'Canary10Percent10Minutes', '--keep-blue', '5m'],
  ]);
  await account.pass(9 * MINUTE_MS);

  const { code, out } = await account.cutover(['analyse', 'production/shop', '--live', '--json']);

  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(code).toBe(0);
  // From green's first request on, and no minute that CloudWatch may not have whole.
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.length).toBeLessThan(10);
  expect(lines.at(-1)).toMatchObject({ decision: 'continue', minute: null, sigma: 0.25 });
});

test('a service that was never deployed, and has users on one group alone, has nothing to judge', async () => {
  const account = await aSimulatedAccount();

  const { code, err } = await account.cutover(['analyse', 'production/shop']);

  expect(code).toBe(1);
  expect(err).toContain('expected requests of both target groups in the last hour, found none of shop-green');
});

test('a name that is no service is named', async () => {
  const account = await aSimulatedAccount();

  const { code, err } = await account.cutover(['analyse', 'production/shopp', '--live']);

  expect(code).toBe(1);
  expect(err).toContain('shopp');
});
