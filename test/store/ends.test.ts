import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyChain } from '../../core/history/chain.ts';
import type { EndFacts } from '../../core/vocabulary/history.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { START_MS } from '../aws/an-invocation.ts';
import { anEnd } from '../core/history/an-end.ts';
import { engines, openStore, type Store } from './stores.ts';

const KEY = 'main/shop';
const MINUTE_MS = 60_000;

/** Of deployments that never had the lease: it is no part of these tests. */
const endOf = (name: string, changes: Partial<EndFacts> = {}): EndFacts =>
  anEnd({ deploymentId: name, outcome: 'refused', endedAtMs: START_MS, ...changes });

describe.each(engines)('ends in $name', ({ start }) => {
  let engine: Awaited<ReturnType<typeof start>>;
  let store: Store;
  beforeAll(async () => {
    engine = await start();
  });
  beforeEach(async () => {
    store = await openStore(engine);
  });
  afterAll(() => engine.stop());

  const namesOf = async (serviceKey = KEY): Promise<string[]> =>
    (await store.readEnds(serviceKey)).map(({ text }) => JSON.parse(text).deploymentId);
  const check = async () => verifyChain(KEY, await store.readEnds(KEY), null, sha256);

  test('are in the order in which they were written, each service with its own, and never expire', async () => {
    await store.ends.append(endOf('one'), START_MS);
    await store.ends.append(endOf('other', { serviceKey: 'main/api' }), START_MS);
    const { head: last } = await store.ends.append(endOf('two'), START_MS);

    expect(await namesOf()).toEqual(['one', 'two']);
    expect(await namesOf('main/api')).toEqual(['other']);
    expect(await check()).toEqual({ kind: 'whole', count: 2, last });
    expect(Object.keys((await store.item(`ends#${KEY}`, 'end#000000000001')) ?? {}).toSorted()).toEqual([
      'digest',
      'endJson',
      'pk',
      'sk',
      'writtenAtMs',
    ]);
  });

  test('are written once for a deployment, however many have ended since', async () => {
    const { head, first } = await store.ends.append(endOf('one'), START_MS);
    expect(first).toBe(true);
    for (let at = 0; at < 25; at += 1) await store.ends.append(endOf(`refused-${at}`), START_MS);
    store.at(30 * MINUTE_MS);

    expect(await store.ends.append(endOf('one', { endedAtMs: START_MS + MINUTE_MS }), START_MS)).toEqual({
      head,
      first: false,
    });

    expect(await namesOf()).toHaveLength(26);
    expect(await check()).toMatchObject({ kind: 'whole', count: 26 });
  });

  test('of many that end at the same moment make one chain', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

    // Each by two writers, as when a Lambda that was given up is still at it.
    await Promise.all([...names, ...names].map((name) => store.ends.append(endOf(name), START_MS)));

    expect((await namesOf()).toSorted()).toEqual(names);
    expect(await check()).toMatchObject({ kind: 'whole', count: names.length });
  });
});
