import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import {
  aSimulatedAccount,
  DEPLOY,
  expiredToken,
  SHOP,
  type SimulatedAccount,
} from './a-simulated-account.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const lines = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const ends = ({ world }: SimulatedAccount) => world.dynamoDb.partition(`ends#${SHOP}`);

const sendToTable = async (account: SimulatedAccount, command: object) => {
  let done = false;
  account.world.dynamoDb.client.send(command).then(() => {
    done = true;
  });
  await account.until(() => done);
};

/** As somebody with the right to write the table would. */
const overwrite = async (account: SimulatedAccount, number: number, changes: Record<string, string>) => {
  const item = ends(account)[number - 1] as Record<string, string | number>;
  const strings = ['pk', 'sk', 'endJson', 'digest'].map((name) => [name, { S: changes[name] ?? item[name] }]);
  await sendToTable(account, new PutItemCommand({ TableName: 'cutover', Item: Object.fromEntries(strings) }));
};

/** Two deployments that succeeded, with an abort between them. */
const anAccount = async () => {
  const account = await aSimulatedAccount();
  await account.cutover(DEPLOY);
  await account.pass(DAY_MS);
  account.type(['rollback', SHOP]);
  await account.pass(2 * MINUTE_MS);
  await account.cutover(['abort', SHOP, '--reason', 'second thoughts']);
  await account.pass(60 * MINUTE_MS);
  await account.cutover(['rollback', SHOP]);
  return account;
};

test('the list is by the ends that were kept, and each has its place and both digests', async () => {
  const account = await anAccount();

  const all = lines((await account.cutover(['history', SHOP, '--all', '--json'])).out);

  expect(all.map(({ outcome, number }) => [outcome, number])).toEqual([
    ['succeeded', 3],
    ['aborted', 2],
    ['succeeded', 1],
  ]);
  expect(all[0]).toMatchObject({ previousDigest: all[1]?.digest, cause: null });
  expect(all[1]).toMatchObject({ previousDigest: all[2]?.digest, cause: 'operator' });
  expect(all[2]).toMatchObject({ previousDigest: null });
  expect(account.calls('stepFunctions', 'ListExecutions')).toBe(0);
});

test('a deployment that Step Functions and its record have forgotten is still in it', async () => {
  const account = await aSimulatedAccount();
  await account.cutover(DEPLOY);
  const { deploymentId } = JSON.parse(String(ends(account)[0]?.endJson));
  await sendToTable(
    account,
    new DeleteItemCommand({
      TableName: 'cutover',
      Key: { pk: { S: `deployment#${deploymentId}` }, sk: { S: 'record' } },
    }),
  );
  account.fail((service) => (service === 'stepFunctions' ? expiredToken() : undefined));

  const { code, out } = await account.cutover(['history', SHOP, '--all', '--json']);

  expect(code).toBe(0);
  expect(lines(out)).toMatchObject([{ outcome: 'succeeded', from: 'shop:41', to: 'shop:42' }]);
});

test('--since takes those that ended within it, a duration or a date', async () => {
  const account = await anAccount();
  const names = async (...args: string[]) =>
    lines((await account.cutover(['history', SHOP, '--json', ...args])).out).map(({ number }) => number);

  expect(await names('--since', '6h')).toEqual([3, 2]);
  expect(await names('--since', '2d')).toEqual([3, 2, 1]);
  expect(await names('--since', '2026-01-01')).toEqual([3, 2, 1]);
  expect(await names('--since', '2d', '-n', '1')).toEqual([3]);
});

test.each([
  [['--since', 'soon'], '--since: expected a duration'],
  [['--since', '2026-13-45'], '--since: expected a duration'],
  [['--since', '2025-02-31'], '--since: expected a duration'],
  [['--since', '2999-01-31'], '--since: expected a time before now'],
  [['--all', '-n', '3'], 'expected --all or --limit, found both'],
  [['--digest', 'a'.repeat(64)], '--digest: expected --verify beside it'],
  [['--verify', '--since', '5d'], 'expected --verify alone, found --since beside it'],
  [['--verify', '-n', '3', '--since', '5d'], 'found --limit and --since beside it'],
  [['--verify', '--all'], 'found --all beside it'],
  [['--verify', '--digest', 'abc'], '--digest: expected 64 hexadecimal digits'],
  [['-n', '0'], '--limit: expected a whole number from 1 to 1000'],
])('%j is refused before anything is read', async (args, message) => {
  const { code, err } = await (await aSimulatedAccount()).cutover(['history', SHOP, ...args]);

  expect(code).toBe(1);
  expect(err.replace(/\s+/g, ' ')).toContain(message);
});

test('one that runs stands first, without a place; one that was interrupted is there once, by its recovery', async () => {
  const account = await aSimulatedAccount();
  account.type(DEPLOY);
  await account.pass(4 * MINUTE_MS);
  const running = lines((await account.cutover(['history', SHOP, '--json'])).out);
  const { stepFunctions } = account.orchestrator;
  stepFunctions.stopExecution(stepFunctions.executions()[0]?.arn ?? '', 'stopped by hand');
  await account.pass(30 * MINUTE_MS);

  const after = lines((await account.cutover(['history', SHOP, '--json'])).out);

  expect(running).toMatchObject([{ outcome: null, number: null, to: 'shop:42' }]);
  expect(after).toMatchObject([{ outcome: 'rolledBack', number: 1, cause: 'interrupted' }]);
  expect(after[0]?.deploymentId).toBe(running[0]?.deploymentId);
  expect((await account.cutover(['report', SHOP, '--json'])).code).toBe(0);
});

test('a list with a record that was changed, or that is no end any more, says so beside it', async () => {
  const account = await anAccount();
  const { endJson } = ends(account)[1] as { endJson: string };
  expect((await account.cutover(['history', SHOP])).err).toBe('');

  for (const changed of [endJson.replace('second thoughts', 'no reason at all'), '{not json']) {
    await overwrite(account, 2, { endJson: changed });
    for (const more of [[], ['--json']])
      expect((await account.cutover(['history', SHOP, ...more])).err).toContain(
        'records of production/shop are not as they were written: cutover history production/shop --verify',
      );
  }
});

describe('--verify', () => {
  test('a service that is not there has no history that is unchanged', async () => {
    const account = await aSimulatedAccount();
    const misspelt = await account.cutover(['history', 'production/shoop', '--verify']);

    expect(misspelt).toMatchObject({
      code: 1,
      err: expect.stringContaining('did you mean production/shop?'),
    });
    const { code, out } = await account.cutover(['history', SHOP, '--verify']);
    expect({ code, out: out.trim() }).toEqual({
      code: 0,
      out: 'the history of production/shop has no end yet: there is nothing to verify',
    });
  });

  test('an unchanged history is counted, with its last digest, which --digest finds in it', async () => {
    const account = await anAccount();
    const digest = String(ends(account)[1]?.digest);

    const { code, out } = await account.cutover(['history', SHOP, '--verify', '--digest', digest]);
    const json = lines((await account.cutover(['history', SHOP, '--verify', '--json'])).out);

    expect(code).toBe(0);
    expect(out).toContain('unchanged');
    expect(out).toContain('3 ends');
    expect(json).toMatchObject([
      { type: 'chain', unchanged: true, count: 3, last: { number: 3, digest: ends(account)[2]?.digest } },
    ]);
  });

  test('a changed record is named, with its deployment, and the command ends with 4', async () => {
    const account = await anAccount();
    const { endJson } = ends(account)[1] as { endJson: string };
    const name = JSON.parse(endJson).deploymentId;
    await overwrite(account, 2, { endJson: endJson.replace('second thoughts', 'no reason at all') });

    const { code, out } = await account.cutover(['history', SHOP, '--verify'], { width: 300 });
    const json = lines((await account.cutover(['history', SHOP, '--verify', '--json'])).out);

    expect(code).toBe(4);
    expect(out).toContain(`record number 2 (${name}) was changed`);
    expect(json).toMatchObject([
      { unchanged: false, broken: { what: 'changed', record: '2', deploymentId: name } },
    ]);
  });

  test('where no end has the digest, the history was rewritten', async () => {
    const account = await anAccount();

    const { code, out } = await account.cutover(['history', SHOP, '--verify', '--digest', 'f'.repeat(64)], {
      width: 300,
    });

    expect(code).toBe(4);
    expect(out).toContain('none of the 3 ends has this digest');
  });
});
