import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, test } from 'vitest';
import { nameOf } from '../../core/deployment/service-key.ts';
import type { EndFacts } from '../../core/vocabulary/history.types.ts';
import { aChain, anEnd } from '../core/history/an-end.ts';
import { aSimulatedAccount, type SimulatedAccount, worldOf } from './a-simulated-account.ts';

/**
 * An installation with fifty services, each deployed four times in the last twenty days: the histories are those that
 * RecordOutcome writes, put into the table at once.
 */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SERVICES = Array.from({ length: 50 }, (_, at) => `fleet/service-${String(at).padStart(2, '0')}`);

/** Every service: two changes that succeed. Then, by its number: */
const endsOf = (serviceKey: string, at: number, nowMs: number): EndFacts[] => {
  const end = (number: number, daysAgo: number, from: number, to: number, more: Partial<EndFacts> = {}) => {
    const endedAtMs = nowMs - daysAgo * DAY_MS;
    const usersAtMs = endedAtMs - 20 * MINUTE_MS;
    return anEnd({
      serviceKey,
      deploymentId: `${serviceKey.slice(6)}-${number}`,
      startedAtMs: endedAtMs - 30 * MINUTE_MS,
      endedAtMs,
      from: `app:${from}`,
      to: `app:${to}`,
      usersAtMs,
      servedAtMs: endedAtMs - 10 * MINUTE_MS,
      ...more,
    });
  };
  const rolledBack = (daysAgo: number): EndFacts => {
    const whole = end(4, daysAgo, 3, 4);
    const restoredAtMs = (whole.usersAtMs ?? 0) + 5 * MINUTE_MS;
    return { ...whole, outcome: 'rolledBack', cause: 'alarm', servedAtMs: null, restoredAtMs };
  };
  const two = [end(1, 20, 1, 2), end(2, 15, 2, 3)];
  // 0 to 9: a refusal, and a change that is rolled back by an alarm five minutes after its first user.
  if (at < 10)
    return [
      ...two,
      end(3, 10, 3, 4, {
        outcome: 'refused',
        from: null,
        usersAtMs: null,
        reachedUsers: false,
        servedAtMs: null,
      }),
      rolledBack(5),
    ];
  // 10 to 14: a change that succeeds, and an hour later the deployment that goes back from it.
  if (at < 15) return [...two, end(3, 5, 3, 4), end(4, 5 - 1 / 24, 4, 3)];
  // 15 to 49: two more changes.
  return [...two, end(3, 10, 3, 4), end(4, 5, 4, 5)];
};

let account: SimulatedAccount;

/** One of them was deleted, and ECS has forgotten it; of another, deleted just now, it still knows. */
const [FORGOTTEN, DELETED] = ['fleet/service-41', 'fleet/service-07'];

const aWorld = () => {
  const seed = worldOf('shop');
  const there = SERVICES.filter((key) => key !== FORGOTTEN).map((key) => ({
    serviceName: nameOf(key),
    serviceArn: `arn:aws:ecs:us-east-1:123456789012:service/${key}`,
    clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/fleet',
    status: key === DELETED ? 'INACTIVE' : 'ACTIVE',
    deploymentController: { type: 'EXTERNAL' as const },
    desiredCount: 0,
    taskSets: [],
  }));
  return { ...seed, services: [...seed.services, ...there] };
};

const put = async (items: Record<string, string>[]) => {
  let left = items.length;
  for (const item of items) {
    const Item = Object.fromEntries(
      Object.entries(item).map(([name, value]) => [
        name,
        name.endsWith('Number') ? { N: value } : { S: value },
      ]),
    );
    account.world.dynamoDb.client.send(new PutItemCommand({ TableName: 'cutover', Item })).then(() => {
      left -= 1;
    });
  }
  await account.until(() => left === 0);
};

beforeAll(async () => {
  account = await aSimulatedAccount({ world: aWorld() });
  const nowMs = account.world.kernel.scheduler.nowMs();
  const items = SERVICES.flatMap((serviceKey, at) => {
    const chain = aChain(endsOf(serviceKey, at, nowMs));
    const last = chain.at(-1);
    return [
      {
        pk: 'leases',
        sk: serviceKey,
        lastEndNumber: String(chain.length),
        lastEndDigest: last?.digest ?? '',
      },
      ...chain.map(({ key, text, digest }) => ({
        pk: `ends#${serviceKey}`,
        sk: key,
        endJson: text,
        digest,
      })),
    ];
  });
  expect(items).toHaveLength(50 + 200);
  await put(items);
});

const json = async (...argv: string[]): Promise<Record<string, unknown>[]> => {
  const { out } = await account.cutover([...argv, '--json']);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

test('every service is listed, and its whole history', async () => {
  const listed = await json('list');
  const history = await json('history', 'fleet/service-03', '--all');

  const deleted = [DELETED, FORGOTTEN];
  const order = [...SERVICES.filter((key) => !deleted.includes(key)), ...deleted];
  expect(listed.map(({ service }) => service)).toEqual(order.map(nameOf));
  expect(listed.map(({ there }) => there)).toEqual(order.map((key) => !deleted.includes(key)));
  // Each with how its last deployment ended, for who has not been there.
  expect(listed.find(({ service }) => service === 'service-12')).toMatchObject({
    last: { outcome: 'succeeded', from: 'app:4', to: 'app:3' },
  });
  expect(listed[3]).toMatchObject({ deploymentId: null, last: { outcome: 'rolledBack' } });
  expect(history.map(({ number, outcome }) => [number, outcome])).toEqual([
    [4, 'rolledBack'],
    [3, 'refused'],
    [2, 'succeeded'],
    [1, 'succeeded'],
  ]);
});

test('whether fifty services are there takes five calls', async () => {
  const before = account.calls('ecs', 'DescribeServices');
  await account.cutover(['list']);

  expect(account.calls('ecs', 'DescribeServices') - before).toBe(5);
});

test.each([40, 60, 80, 120])('a terminal of %d columns has a line for each service', async (width) => {
  const { out, err } = await account.cutover(['list'], { width });
  expect(err).toBe('');

  const rows = out.split('\n').filter((line) => line.includes('fleet/'));
  expect(rows).toHaveLength(50);
  expect(rows.filter((row) => row.length > width)).toEqual([]);
  if (width >= 120)
    expect(rows[0]).toBe('  fleet/service-00  nothing is being deployed; rolled back 5d ago, app:3 → app:4');
  if (width >= 120)
    expect(rows.slice(-2)).toEqual([
      '  fleet/service-07  was deleted; rolled back 5d ago, app:3 → app:4',
      '  fleet/service-41  was deleted; succeeded 5d ago, app:4 → app:5',
    ]);
});

test.each([
  [DELETED, 2],
  [FORGOTTEN, 0],
])('the status of %s, which was deleted, says so before how its last deployment ended', async (key, ends) => {
  const { code, out } = await account.cutover(['status', key]);

  expect(code).toBe(ends);
  expect(out).toContain(`there is no service ${key} any more; how its last deployment ended:`);
  expect(out).not.toContain('nothing is being deployed');
});

test('the figures of all of them are those that one counts by hand', async () => {
  const figures = await json('figures');

  // Ten services: 2 changes that succeed, 1 that rolls back. Five: 3 changes, of which 1 is gone back from. 35: 4.
  const changes = 10 * 3 + 5 * 3 + 35 * 4;
  const succeeded = 10 * 2 + 5 * 3 + 35 * 4;
  expect(figures).toHaveLength(51);
  expect(figures.at(-1)).toMatchObject({
    service: null,
    deployments: 200,
    refused: 10,
    caughtBeforeUsers: 0,
    wentBack: 5,
    changes,
    failed: 10 + 5,
    failureRate: 15 / changes,
    perDay: Number((succeeded / 30).toFixed(4)),
    // Ten of 5 minutes; five of an hour and the 10 minutes between their first user and the last shift back.
    restoreSeconds: { known: 15, median: 5 * 60, longest: 70 * 60 },
  });
  expect(figures[0]).toMatchObject({ service: 'service-00', changes: 3, failed: 1, failureRate: 1 / 3 });
  expect(figures[49]).toMatchObject({ service: 'service-49', changes: 4, failed: 0, restoreSeconds: null });
});

test('for a person they are a line a service, and one for all', async () => {
  const { code, out } = await account.cutover(['figures', '--since', '30d']);

  expect(code).toBe(0);
  expect(out).toContain('delivery figures of 30 days');
  expect(out).toMatch(/fleet\/service-00 +3 +0\.07 +1, 33\.3 % +5m +5m/);
  expect(out).toMatch(/all 50 services +185 +5\.83 +15, 8\.11 % +5m +1h10m/);
  expect(out).toContain('200 deployments: 10 refused');
});

test('each chain is whole; a record that is changed is found, and no other service’s', async () => {
  const unchanged = await Promise.all(
    ['fleet/service-07', 'fleet/service-08'].map((key) => account.cutover(['history', key, '--verify'])),
  );
  expect(unchanged.map(({ code }) => code)).toEqual([0, 0]);

  const item = account.world.dynamoDb.partition('ends#fleet/service-07')[2] as Record<string, string>;
  await put([{ ...item, endJson: item.endJson?.replace('"refused"', '"succeeded"') ?? '' }]);

  const [found] = await json('history', 'fleet/service-07', '--verify');
  expect(found).toMatchObject({
    unchanged: false,
    broken: { what: 'changed', record: '3', deploymentId: 'service-07-3' },
  });
  const figures = await json('figures');
  expect(figures.filter(({ unchanged }) => unchanged === false).map(({ service }) => service)).toEqual([
    'service-07',
    null,
  ]);
  expect((await account.cutover(['figures'])).out).toContain(
    '\n  cutover history fleet/service-07 --verify\n',
  );
  expect((await account.cutover(['history', 'fleet/service-08', '--verify'])).code).toBe(0);
});
