import { describe, expect, test } from 'vitest';
import { aSimulatedAccount, DEPLOY, expiredToken, SHOP } from './a-simulated-account.ts';

const MINUTE_MS = 60_000;
const words = (out: string): string => out.replace(/\s+/g, ' ');

/** A deployment that an alarm rolled back; the alarm is OK again. */
const afterAnAlarm = async () => {
  const account = await aSimulatedAccount();
  const first = account.type([...DEPLOY, '--alarm', 'shop-users-suffer']);
  await account.pass(4 * MINUTE_MS);
  account.world.cloudWatch.setAlarm('shop-users-suffer', 'ALARM', 'too many errors');
  await account.until(first.ended);
  expect(first.run.code).toBe(2);
  account.world.cloudWatch.setAlarm('shop-users-suffer', 'OK', 'quiet');
  return account;
};

test('what failed is said first, then the same request is started again, by the one who asks', async () => {
  const account = await afterAnAlarm();

  const { code, out } = await account.cutover(['retry', SHOP]);
  const history = await account.cutover(['history', SHOP, '--json']);

  expect(words(out)).toMatch(/rolled back +shop:41 → shop:42 .*shop-users-suffer.*shop:42 is deployed again/);
  expect(code).toBe(0);
  const [again, failed] = history.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(again).toMatchObject({ outcome: 'succeeded', strategy: failed.strategy, startedBy: 'user/ada' });
  expect(failed).toMatchObject({ outcome: 'rolledBack', cause: 'alarm' });
});

test('--dry-run says it and starts nothing', async () => {
  const account = await afterAnAlarm();

  const { code, out } = await account.cutover(['retry', SHOP, '--dry-run']);

  expect(code).toBe(0);
  expect(out).toContain('shop:42 is deployed again');
  expect(account.orchestrator.stepFunctions.executions()).toHaveLength(1);
});

describe('it makes no sense', () => {
  test('without a deployment', async () => {
    const { code, err } = await (await aSimulatedAccount()).cutover(['retry', SHOP]);

    expect(code).toBe(3);
    expect(words(err)).toContain('no deployment of production/shop is known');
  });

  test('while one runs', async () => {
    const account = await aSimulatedAccount();
    account.type(DEPLOY);
    await account.pass(4 * MINUTE_MS);

    const { code, err } = await account.cutover(['retry', SHOP]);

    expect(code).toBe(3);
    expect(words(err)).toContain('has not ended: `cutover watch production/shop` shows it');
  });

  test('after one that succeeded', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(DEPLOY);

    const { code, err } = await account.cutover(['retry', SHOP]);

    expect(code).toBe(3);
    expect(words(err)).toContain('the last deployment succeeded: shop:42 serves since');
  });

  test('when what was asked for is forgotten: the command that asks for the version stands there', async () => {
    const account = await afterAnAlarm();
    const gone = Object.assign(new Error('Execution Does Not Exist'), {
      name: 'ExecutionDoesNotExist',
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    });
    account.fail((_service, operation) => (operation === 'DescribeExecution' ? gone : undefined));

    const { code, err } = await account.cutover(['retry', SHOP]);

    expect(code).toBe(3);
    expect(words(err)).toContain('`cutover deploy production/shop -t shop:42` asks for the same version');
  });
});

test('nothing is started when the account cannot be read', async () => {
  const account = await afterAnAlarm();
  account.fail((service) => (service === 'dynamoDb' ? expiredToken() : undefined));

  expect((await account.cutover(['retry', SHOP])).code).toBe(8);
  expect(account.orchestrator.stepFunctions.executions()).toHaveLength(1);
});

test('status --all lists what runs, and needs no service', async () => {
  const account = await aSimulatedAccount();
  const none = await account.cutover(['status', '--all']);
  account.type(DEPLOY);
  await account.pass(4 * MINUTE_MS);

  const { code, out } = await account.cutover(['status', '--all']);
  const json = await account.cutover(['status', '--all', '--json']);

  expect(none.out).toContain('no service was deployed yet: installation "default"');
  expect(code).toBe(0);
  expect(out).toMatch(/production\/shop .*shop:41 → shop:42 .*baking/);
  expect(JSON.parse(json.out)).toMatchObject({ type: 'service', service: 'shop', phase: 'baking' });
  expect((await account.cutover(['status', SHOP, '--all'])).code).toBe(1);
});

test('a report has the digest of its end and the one before', async () => {
  const account = await afterAnAlarm();
  await account.cutover(['retry', SHOP]);
  const [failed, succeeded] = account.world.dynamoDb.partition(`ends#${SHOP}`);

  const { out } = await account.cutover(['report', SHOP, '--json']);

  expect(JSON.parse(out).facts).toEqual(
    expect.arrayContaining([
      { name: 'Digest, number 2 of its service', value: succeeded?.digest, command: true },
      { name: 'Digest, number 1', value: failed?.digest, command: true },
    ]),
  );
});
