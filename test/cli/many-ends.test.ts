import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../core/clock.ts';
import { aChain, anEnd } from '../core/history/an-end.ts';
import { aSimulatedAccount, SHOP } from './a-simulated-account.ts';

/** One an hour: of two thousand, 30 days hold 720. The table answers five a page. */
test('two thousand ends are listed, bounded by a time, and verified, a page at a time', async () => {
  const account = await aSimulatedAccount();
  const nowMs = account.world.kernel.scheduler.nowMs();
  const chain = aChain(
    Array.from({ length: 2_000 }, (_, at) =>
      anEnd({
        serviceKey: SHOP,
        deploymentId: `shop-${at}`,
        startedAtMs: nowMs - (2_000 - at) * HOUR_MS,
        endedAtMs: nowMs - (2_000 - at - 0.5) * HOUR_MS,
      }),
    ),
  );
  const lease = {
    pk: { S: 'leases' },
    sk: { S: SHOP },
    lastEndNumber: { N: String(chain.length) },
    lastEndDigest: { S: chain.at(-1)?.digest ?? '' },
  };
  const ends = chain.map(({ key, text, digest }) => ({
    pk: { S: `ends#${SHOP}` },
    sk: { S: key },
    endJson: { S: text },
    digest: { S: digest },
  }));
  let left = ends.length + 1;
  for (const Item of [lease, ...ends]) {
    account.world.dynamoDb.client.send(new PutItemCommand({ TableName: 'cutover', Item })).then(() => {
      left -= 1;
    });
  }
  await account.until(() => left === 0);
  const numbers = async (...argv: string[]) => {
    const { out } = await account.cutover(['history', SHOP, '--json', ...argv]);
    const found = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).number);
    return [found.length, found[0], found.at(-1)];
  };

  expect(await numbers('--all')).toEqual([2_000, 2_000, 1]);
  const before = account.calls('dynamoDb', 'Query');
  expect(await numbers('--all', '--since', '30d')).toEqual([720, 2_000, 1_281]);
  // What is older is not read, but for the rest of the last page.
  expect(account.calls('dynamoDb', 'Query') - before).toBeLessThanOrEqual(720 / 5 + 1);
  expect((await account.cutover(['history', SHOP, '--verify'])).out).toContain('2,000 ends');
});
