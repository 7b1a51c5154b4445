import { expect, test } from 'vitest';
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

test('a service that was never deployed has nothing to judge', async () => {
  const account = await aSimulatedAccount();

  const { code, err } = await account.cutover(['analyse', 'production/shop']);

  expect(code).toBe(1);
  expect(err).toContain('expected a deployment of');
});
