import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Holding } from '../../aws/store-verbs.ts';
import { START_MS } from '../aws/an-invocation.ts';
import { engines, openStore, type Store } from './stores.ts';

const holding = (deploymentId: string, serviceKey = 'main/shop') => ({
  serviceKey,
  deploymentId,
  executionArn: `arn:aws:states:eu-west-1:123456789012:execution:cutover:${deploymentId}`,
});
const first = holding('release-41');
const second = holding('release-42');

/** As the sweep and a recovery do it together. */
const takeOver = async (
  { leases }: Store,
  holding: Holding,
  endedExecutionArn: string,
  recoveries: number,
): Promise<boolean> => {
  const proof = (await leases.prove({ ...holding, executionArn: endedExecutionArn }, 0)) ?? 'none';
  return leases.takeOver(holding, { endedExecutionArn, proof }, recoveries);
};

describe.each(engines)('leases in $name', ({ start }) => {
  let engine: Awaited<ReturnType<typeof start>>;
  let store: Store;
  beforeAll(async () => {
    engine = await start();
  });
  beforeEach(async () => {
    store = await openStore(engine);
  });
  afterAll(() => engine.stop());

  describe('taking', () => {
    test('a lease nobody ever held', async () => {
      expect(await store.leases.read('main/shop')).toEqual({ lastGroups: [], recoveries: 0 });
      expect(await store.leases.take(first, ['shop-5xx'])).toBe(true);

      expect(await store.leases.read('main/shop')).toEqual({
        holder: 'release-41',
        executionArn: first.executionArn,
        acquiredAtMs: START_MS,
        since: '2026-11-20T10:00:00.000Z',
        lastGroups: [],
        recoveries: 0,
      });
    });

    test('a lease that another holds changes nothing', async () => {
      await store.leases.take(first, ['shop-5xx']);
      const before = await store.item('leases', 'main/shop');
      store.at(5_000);

      expect(await store.leases.take(second, [])).toBe(false);

      expect(await store.item('leases', 'main/shop')).toEqual(before);
    });

    test('again after a lost answer keeps the first time', async () => {
      await store.leases.take(first, ['shop-5xx']);
      store.at(5_000);

      expect(await store.leases.take(first, ['shop-5xx'])).toBe(true);
      expect(await store.leases.read('main/shop')).toMatchObject({ acquiredAtMs: START_MS });
    });

    test('of ten at the same moment, one', async () => {
      const ten = Array.from({ length: 10 }, (_, index) => holding(`release-${index}`));

      const taken = await Promise.all(ten.map((one) => store.leases.take(one, [])));

      expect(taken.filter((won) => won)).toHaveLength(1);
      expect((await store.leases.read('main/shop')).holder).toBe(`release-${taken.indexOf(true)}`);
    });

    test('one service leaves the others free', async () => {
      await store.leases.take(first, []);

      expect(await store.leases.take(holding('release-42', 'main/shop-admin'), [])).toBe(true);
    });
  });

  describe('the line', () => {
    beforeEach(async () => {
      await store.leases.take(first, []);
    });

    test('has one place, with the time at which its owner was last seen', async () => {
      expect(await store.leases.wait(second, true)).toBe(true);
      store.at(60_000);
      expect(await store.leases.wait(second, false)).toBe(true);

      expect(await store.leases.read('main/shop')).toMatchObject({
        holder: 'release-41',
        waiter: 'release-42',
        waiterSeenMs: START_MS + 60_000,
      });
    });

    test('gives its place to the latest to come, and the one before cannot take it back', async () => {
      await store.leases.wait(second, true);

      expect(await store.leases.wait(holding('release-43'), true)).toBe(true);
      expect(await store.leases.wait(second, false)).toBe(false);
      expect((await store.leases.read('main/shop')).waiter).toBe('release-43');
    });

    test('is not for the one that holds the lease', async () => {
      expect(await store.leases.wait(first, true)).toBe(false);
      expect((await store.leases.read('main/shop')).waiter).toBeUndefined();
    });

    test('ends with the lease: the one that takes it leaves no one in line', async () => {
      await store.leases.wait(second, true);
      await store.leases.release(first, []);

      expect(await store.leases.take(second, [])).toBe(true);
      const lease = await store.leases.read('main/shop');
      expect(lease).toMatchObject({ holder: 'release-42' });
      expect(lease).not.toHaveProperty('waiter');
      expect(lease).not.toHaveProperty('waiterSeenMs');
    });

    test('is left by its owner alone', async () => {
      await store.leases.wait(second, true);

      await store.leases.leaveLine(holding('release-43'));
      expect((await store.leases.read('main/shop')).waiter).toBe('release-42');
      await store.leases.leaveLine(second);
      await store.leases.leaveLine(second);
      expect(await store.leases.read('main/shop')).not.toHaveProperty('waiter');
    });

    test('may form at a service that was never deployed', async () => {
      expect(await store.leases.wait(holding('release-42', 'main/new'), true)).toBe(true);
      expect(await store.leases.read('main/new')).toMatchObject({ waiter: 'release-42' });
    });
  });

  describe('holding', () => {
    test.each([
      ['a free lease', async () => {}, 'found it free'],
      [
        "another's lease",
        async () => void (await store.leases.take(second, [])),
        'found that release-42 holds it',
      ],
      [
        'a lease that another execution of the deployment took over',
        async () => {
          await store.leases.take(first, []);
          await takeOver(store, { ...first, executionArn: 'arn:recovery' }, first.executionArn, 1);
        },
        'found that execution arn:recovery has taken this deployment over',
      ],
    ])('%s is LeaseLost', async (_, given, found) => {
      await given();

      await expect(store.leases.assertHolds(first)).rejects.toMatchObject({
        name: 'LeaseLost',
        message: expect.stringContaining(found),
      });
    });

    test('a lease of ours is held', async () => {
      await store.leases.take(first, []);

      await expect(store.leases.assertHolds(first)).resolves.toBeUndefined();
    });
  });

  describe('a recovery', () => {
    const recovery = { ...first, executionArn: 'arn:recovery-1' };
    const again = { ...first, executionArn: 'arn:recovery-2' };
    beforeEach(async () => {
      await store.leases.take(first, ['shop-5xx']);
    });

    test('takes over from the execution that ended, also when asked twice', async () => {
      store.at(90_000);

      expect(await takeOver(store, recovery, first.executionArn, 1)).toBe(true);
      expect(await takeOver(store, recovery, first.executionArn, 1)).toBe(true);

      await expect(store.leases.assertHolds(recovery)).resolves.toBeUndefined();
      expect(await store.leases.held()).toEqual([
        { ...recovery, alarms: ['shop-5xx'], recoveries: 1, recoveredAtMs: START_MS + 90_000 },
      ]);
    });

    test('of two that want to take over from the same execution, one does', async () => {
      const won = await Promise.all([
        takeOver(store, recovery, first.executionArn, 1),
        takeOver(store, again, first.executionArn, 1),
      ]);

      expect(won.toSorted()).toEqual([false, true]);
    });

    test('of a recovery that ended takes over from that one, not from the first', async () => {
      await takeOver(store, recovery, first.executionArn, 1);

      expect(await takeOver(store, again, first.executionArn, 2)).toBe(false);
      expect(await takeOver(store, again, recovery.executionArn, 2)).toBe(true);
      expect(await store.leases.read('main/shop')).toMatchObject({ recoveries: 2 });
    });

    test('takes no lease that is free, or of another deployment', async () => {
      await store.leases.release(first, []);
      expect(await takeOver(store, recovery, first.executionArn, 1)).toBe(false);

      await store.leases.take(second, []);
      expect(await takeOver(store, recovery, second.executionArn, 1)).toBe(false);
    });

    test('does not lose the lease to a late step of the ended execution', async () => {
      await takeOver(store, recovery, first.executionArn, 1);

      expect(await store.leases.take(first, [])).toBe(false);
      await expect(store.leases.assertHolds(recovery)).resolves.toBeUndefined();
    });

    test('leaves the ended execution nothing to free', async () => {
      await takeOver(store, recovery, first.executionArn, 1);

      await store.leases.release(first, ['blue', 'green']);
      await expect(store.leases.assertHolds(recovery)).resolves.toBeUndefined();
    });
  });

  describe('releasing', () => {
    test('remembers the groups, and nothing of the deployment', async () => {
      await store.leases.take(first, ['shop-5xx']);
      await takeOver(store, { ...first, executionArn: 'arn:recovery' }, first.executionArn, 3);
      await store.leases.release({ ...first, executionArn: 'arn:recovery' }, ['green', 'blue']);

      expect(await store.item('leases', 'main/shop')).toEqual({
        pk: { S: 'leases' },
        sk: { S: 'main/shop' },
        lastGroups: { L: [{ S: 'green' }, { S: 'blue' }] },
      });
    });

    test('without groups keeps those of the deployment before', async () => {
      await store.leases.take(first, []);
      await store.leases.release(first, ['green', 'blue']);
      await store.leases.take(second, []);
      await store.leases.release(second, []);

      expect(await store.leases.read('main/shop')).toEqual({ lastGroups: ['green', 'blue'], recoveries: 0 });
    });

    test("twice, or of another's lease, changes nothing", async () => {
      await store.leases.take(first, []);
      await store.leases.release(first, []);
      await store.leases.take(second, []);

      await store.leases.release(first, ['wrong']);

      expect(await store.leases.read('main/shop')).toMatchObject({ holder: 'release-42', lastGroups: [] });
    });

    test('gives the next one a time of its own', async () => {
      await store.leases.take(first, []);
      await store.leases.release(first, []);
      store.at(3_600_000);
      await store.leases.take(second, []);

      expect((await store.leases.read('main/shop')).acquiredAtMs).toBe(START_MS + 3_600_000);
    });
  });

  describe('every service that is being deployed', () => {
    test('is listed, more than a page of them, and no other', async () => {
      const many = Array.from({ length: 12 }, (_, index) =>
        holding(`release-${index}`, `main/service-${index}`),
      );
      for (const [index, one] of many.entries()) await store.leases.take(one, [`alarm-${index}`, 'shared']);
      await store.leases.release(many[3] as typeof first, ['blue']);
      await store.leases.wait(holding('release-x', 'main/never'), true);

      const held = await store.leases.held();

      const expected = many
        .map((one, index) => ({
          ...one,
          alarms: [`alarm-${index}`, 'shared'],
          recoveries: 0,
          recoveredAtMs: 0,
        }))
        .filter(({ deploymentId }) => deploymentId !== 'release-3');
      const byId = (a: { deploymentId: string }, b: { deploymentId: string }): number =>
        a.deploymentId < b.deploymentId ? -1 : 1;
      expect(held.toSorted(byId)).toEqual(expected.toSorted(byId));
    });

    test('may be none', async () => {
      expect(await store.leases.held()).toEqual([]);
    });
  });
});
