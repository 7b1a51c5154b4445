import { expect, test } from 'vitest';
import { aSimulatedAccount } from './a-simulated-account.ts';

test('try', async () => {
  const account = await aSimulatedAccount();

  const run = await account.cutover([
    'deploy',
    'production/shop',
    '--image',
    'web=repo/shop:9',
    '--alarm',
    'shop-users-suffer',
    '--strategy',
    'Canary10Percent5Minutes',
  ]);
  console.log(run.out, run.err, run.code);
  expect(run.code).toBe(0);
});
