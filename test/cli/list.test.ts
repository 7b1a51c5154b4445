import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { aSimulatedAccount, DEPLOY, expiredToken, SHOP } from './a-simulated-account.ts';

const MINUTE_MS = 60_000;
const TABLE = 'cutover';

const rows = (out: string): string[] => out.split('\n').filter((line) => line.includes('/'));

/** An account in which another service was deployed before, and none runs. */
const anAccount = async () => {
  const account = await aSimulatedAccount();
  const put = new PutItemCommand({
    TableName: TABLE,
    Item: { pk: { S: 'leases' }, sk: { S: 'staging/api' } },
  });
  let written = false;
  account.world.dynamoDb.client.send(put).then(() => {
    written = true;
  });
  await account.until(() => written);
  return account;
};

test('an installation that has deployed nothing yet is no error', async () => {
  const { code, out } = await (await aSimulatedAccount()).cutover(['list']);

  expect({ code, out: out.trim() }).toEqual({
    code: 0,
    out: 'no service was deployed yet: installation "default", account 123456789012, us-east-1',
  });
});

test('what runs stands before what does not, with how far it is; --running leaves the others out', async () => {
  const account = await anAccount();
  account.type(DEPLOY);
  await account.pass(4 * MINUTE_MS);

  const all = await account.cutover(['list']);
  const running = await account.cutover(['list', '--running']);

  expect(all.code).toBe(0);
  expect(all.out).toContain(
    '2 services, 1 deployment running of installation "default", account 123456789012, us-east-1',
  );
  expect(rows(all.out)[0]).toMatch(/production\/shop {2}█░{7} {2}shop:41 → shop:42 {2}\d+m.* {2}baking/);
  expect(rows(all.out)[1]).toMatch(/staging\/api +was deleted/);
  expect(rows(running.out)).toHaveLength(1);
});

test('one that waits for a person is before one that runs by itself, and says for what', async () => {
  const account = await anAccount();
  account.type([...DEPLOY, '--when-waiting', 'stay']);
  await account.pass(4 * MINUTE_MS);
  await account.cutover(['pause', SHOP, '--reason', 'reading logs']);
  await account.pass(MINUTE_MS);

  const { out } = await account.cutover(['list', '--json']);

  const [first, second] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({ service: 'shop', waitsFor: 'paused', from: 'shop:41', to: 'shop:42' });
  expect(second).toMatchObject({ cluster: 'staging', service: 'api', deploymentId: null, phase: null });
  const where = { installation: 'default', account: '123456789012', region: 'us-east-1' };
  expect([first, second]).toMatchObject([
    { ...where, there: true },
    { ...where, there: false },
  ]);
});

test('a deployment whose execution was stopped is shown with what continues it', async () => {
  const account = await anAccount();
  account.type(DEPLOY);
  await account.pass(4 * MINUTE_MS);
  const { stepFunctions } = account.orchestrator;
  stepFunctions.stopExecution(stepFunctions.executions()[0]?.arn ?? '', 'stopped by hand');
  await account.pass(5_000);

  const { code, out } = await account.cutover(['list'], { width: 200 });

  expect(code).toBe(0);
  expect(rows(out)[0]).toMatch(/production\/shop .*recovering.*stopped by hand/);
});

test('one that nothing can continue needs a person: 4', async () => {
  const account = await anAccount();
  account.type(DEPLOY);
  await account.pass(4 * MINUTE_MS);
  const { stepFunctions } = account.orchestrator;
  account.world.kernel.intercept(({ operation }) => (operation === 'StartExecution' ? 'denied' : undefined));
  stepFunctions.stopExecution(stepFunctions.executions()[0]?.arn ?? '', 'stopped by hand');
  await account.pass(3 * MINUTE_MS);

  expect((await account.cutover(['list'])).code).toBe(4);
});

test('a deployment that cannot be read hides none of the others', async () => {
  const account = await anAccount();
  account.type(DEPLOY);
  await account.pass(4 * MINUTE_MS);
  account.fail((service) => (service === 'stepFunctions' ? expiredToken() : undefined));

  const { code, out } = await account.cutover(['list'], { width: 200 });

  expect(code).toBe(0);
  expect(rows(out)[0]).toMatch(/production\/shop {2}cannot be read: /);
  expect(rows(out)[1]).toContain('staging/api');
});

test('who may not read services sees them as they were deployed', async () => {
  const account = await anAccount();
  account.fail((service) => (service === 'ecs' ? expiredToken() : undefined));

  const { code, out } = await account.cutover(['list']);

  expect(code).toBe(0);
  expect(rows(out)[0]).toMatch(/staging\/api +nothing is being deployed/);
});

test('a service is for status', async () => {
  const { code, err } = await (await aSimulatedAccount()).cutover(['list', SHOP]);

  expect(code).toBe(1);
  expect(err).toContain('cutover status CLUSTER/SERVICE');
});
