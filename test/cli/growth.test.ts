import { beforeAll, expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import { aSimulatedAccount } from './a-simulated-account.ts';

/** Green's size where it grows with its weight: the same sentence wherever a deployment is shown. */

const SHOP = 'production/shop';
const request = {
  cluster: 'production',
  service: 'shop',
  taskDefinition: 'shop:42',
  alarms: ['shop-users-suffer'],
  analysis: 'off',
  capacity: 'followWeight',
  shifts: [
    { greenPct: 10, bake: '10m' },
    { greenPct: 100, bake: '5m' },
  ],
};

const shown: Record<string, string> = {};

beforeAll(async () => {
  const account = await aSimulatedAccount();
  account.orchestrator.stepFunctions.startExecution({ name: 'shop-42', input: request });
  const weight = () => account.world.elbv2.routes()[0]?.groups.map((group) => group.weight);
  await account.until(() => weight()?.includes(10) === true);
  await account.pass(3 * MINUTE_MS);
  const watching = account.type(['watch', SHOP]);
  shown.status = (await account.cutover(['status', SHOP], { width: 200 })).out;
  shown.json = (await account.cutover(['status', SHOP, '--json'])).out;
  shown.report = (await account.cutover(['report', SHOP, '--markdown'])).out;
  await account.until(watching.ended);
  shown.watch = watching.run.out.replace(/\s+/g, ' ');
});

const LINE = 'green has 2 of 4 tasks, which carry 40 %';

test.each(['status', 'json', 'watch', 'report'])('%s has it', (where) => {
  expect(shown[where]).toContain(LINE);
});

test('the machine-readable standing has the numbers', () => {
  expect(JSON.parse(shown.json ?? '{}')).toMatchObject({
    size: { tasks: 2, of: 4, carriesPct: 40, line: LINE },
  });
});
