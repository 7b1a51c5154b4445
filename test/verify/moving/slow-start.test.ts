import { expect, test } from 'vitest';
import { movedAccount } from '../../../verify/moving/moved-account.ts';
import { originNamed } from '../../../verify/moving/origins.ts';
import { quickHealthy } from '../../../verify/stage/small-names.ts';

/** Two checks of five seconds would have ECS replace such a task; the grace period of the old service is 30 s. */
const SLOW = { ...quickHealthy, bootMs: 22_000 };

test('tasks that start as slowly as the grace period allows become healthy although ECS takes none yet', async () => {
  const account = movedAccount(originNamed('rolling'), 1, SLOW);

  expect(await account.start('continue')).toEqual({ kind: 'done' });
  expect(account.said.join('\n')).toContain('give shop-x-blue the checks of shop-a');
  const blue = (await account.observe()).groups.find(({ name }) => name === 'shop-x-blue');
  expect(blue?.settings).toMatchObject({ HealthCheckIntervalSeconds: 5, UnhealthyThresholdCount: 2 });
  expect(account.world.traffic.totals().failed).toBe(0);
});
