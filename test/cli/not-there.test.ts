import { describe, expect, test } from 'vitest';
import { aSimulatedAccount, DEPLOY, SHOP } from './a-simulated-account.ts';

const WIDE = { width: 300 };
const MINUTE_MS = 60_000;

describe('a name of something that is not there', () => {
  test.each([
    [['watch', SHOP, '--deployment', 'TYPO'], /found none called TYPO/],
    [['report', SHOP, '--deployment', 'TYPO'], /found none called TYPO/],
    [['status', 'prodction/shop'], /found no prodction\/shop; did you mean production\?/],
    [['watch', 'production/shpo'], /found no production\/shpo; did you mean production\/shop\?/],
    [['watch', 'production/api'], /found no production\/api; the services of production are shop/],
    [['report', 'production/shopp'], /did you mean production\/shop\?/],
    [['preflight', 'production/shopp'], /did you mean production\/shop\?/],
    [['preflight', 'nope/shop'], /found no nope\/shop; the clusters here are production/],
    [['rehearse', 'production/shopp'], /did you mean production\/shop\?/],
    [['plan', 'prodction/shop'], /did you mean production\?/],
    [['snapshot', 'production/shopp'], /did you mean production\/shop\?/],
    [['deploy', 'production/shopp', '-t', 'shop:42'], /did you mean production\/shop\?/],
    [['hook', 'test', 'smoke', 'production/shopp'], /did you mean production\/shop\?/],
    [['adopt', 'production/shopp'], /did you mean production\/shop\?/],
    [['leave', 'production/shopp'], /did you mean production\/shop\?/],
    [['retry', 'production/shopp'], /did you mean production\/shop\?/],
    [['rollback', 'production/shopp'], /did you mean production\/shop\?/],
    [['history', 'production/shopp'], /did you mean production\/shop\?/],
    [['figures', 'production/shopp'], /did you mean production\/shop\?/],
    [['abort', 'production/shopp'], /did you mean production\/shop\?/],
    [['deploy', SHOP, '-t', 'shop:99'], /there is no such revision/],
    [['status', SHOP, '--installation', 'nope'], /not installed under this name/],
  ])('%j ends at once with 1', async (argv, message) => {
    const account = await aSimulatedAccount();
    const session = account.type(argv, WIDE);

    await account.until(session.ended, 10 * MINUTE_MS);

    expect(session.run.err).toMatch(message);
    expect(session.run.code).toBe(1);
  });

  test('a service that nothing was deployed to yet is there', async () => {
    const account = await aSimulatedAccount();

    expect((await account.cutover(['status', SHOP])).code).toBe(0);
  });

  test('a deployment that is misspelt is offered by its name', async () => {
    const account = await aSimulatedAccount();
    account.type([...DEPLOY, '--name', 'release-1042']);
    await account.pass(2 * MINUTE_MS);

    const { err } = await account.cutover(['watch', SHOP, '--deployment', 'relaese-1042'], WIDE);

    expect(err).toContain('did you mean release-1042?');
  });
});

describe('a deploy while the service is busy', () => {
  test('registers nothing, says once who holds it, and does not become "the last" deployment', async () => {
    const account = await aSimulatedAccount();
    account.type([...DEPLOY, '--name', 'first']);
    await account.pass(2 * MINUTE_MS);

    const { err, out, code } = await account.cutover(['deploy', SHOP, '--image', 'web=repo/shop:9'], WIDE);
    await account.pass(60 * MINUTE_MS);
    const status = await account.cutover(['status', SHOP], WIDE);

    expect(`${out}${err}`.match(/is being deployed by first/g)).toHaveLength(1);
    expect(err).toContain(`\`cutover watch ${SHOP}\``);
    expect(code).toBe(3);
    expect(account.calls('ecs', 'RegisterTaskDefinition')).toBe(0);
    expect(status.out).toMatch(/succeeded +shop:41 → shop:42/);
    expect(status.code).toBe(0);
  });

  test('one that the workflow refused is passed over by status and report, and stands in the history', async () => {
    const account = await aSimulatedAccount();
    await account.cutover([...DEPLOY, '--name', 'first']);
    account.world.cloudWatch.setAlarm('shop-users-suffer', 'ALARM', 'red');
    const refused = await account.cutover(['deploy', SHOP, '-t', 'shop:41', '--alarm', 'shop-users-suffer']);

    const status = await account.cutover(['status', SHOP], WIDE);
    const report = await account.cutover(['report', SHOP, '--markdown'], WIDE);
    const history = await account.cutover(['history', SHOP], WIDE);

    expect(refused.code).toBe(3);
    expect(status.out).toMatch(/succeeded +shop:41 → shop:42/);
    expect(report.out).toContain('**shop:41 → shop:42**');
    expect(history.out).toMatch(/succeeded[^\n]*shop:42/);
  });
});
