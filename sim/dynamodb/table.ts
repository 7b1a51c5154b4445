import { SECOND_MS } from '../../core/clock.ts';
import type { Random } from '../kernel/random.ts';
import { type Item, invalid } from './values.ts';

/** The table's key: a partition key and a sort key, both strings. */
export const KEY_NAMES = ['pk', 'sk'] as const;

/** How old an eventually consistent read may be. DynamoDB says "usually within a second"; assumed never longer. */
const MAX_LAG_MS = SECOND_MS;

/** An item, key included, may be this large; UTF-8 bytes of names and values. Source: DynamoDB quotas. */
const MAX_ITEM_BYTES = 400 * 1024;

/** An item's state from a time on; undefined: not there. */
type Version = { fromMs: number; item: Item | undefined };

export type Table = {
  /** The item as it is. */
  read(key: Item): Item | undefined;
  /** The item as it was up to a second ago. */
  readStale(key: Item): Item | undefined;
  write(key: Item, item: Item | undefined): void;
  /** All items of a partition, by sort key. */
  partition(pk: string, stale: boolean): Item[];
  items(): Item[];
};

export const makeTable = (nowMs: () => number, random: Random): Table => {
  const rows = new Map<string, Version[]>();
  const rowOf = (key: Item): string => JSON.stringify(KEY_NAMES.map((name) => key[name]?.S));

  const asOf = (versions: readonly Version[] | undefined, atMs: number): Item | undefined =>
    versions?.findLast((version) => version.fromMs <= atMs)?.item;
  const staleMs = (): number => nowMs() - random.between(0, MAX_LAG_MS);
  const bySortKey = (a: Item, b: Item): number =>
    Buffer.compare(Buffer.from(a.sk?.S ?? ''), Buffer.from(b.sk?.S ?? ''));
  const all = (atMs: number): Item[] =>
    [...rows.values()].map((versions) => asOf(versions, atMs)).filter((item) => item !== undefined);

  return {
    read: (key) => asOf(rows.get(rowOf(key)), nowMs()),
    readStale: (key) => asOf(rows.get(rowOf(key)), staleMs()),
    write: (key, item) => {
      if (item !== undefined && Buffer.byteLength(JSON.stringify(item)) > MAX_ITEM_BYTES) {
        throw invalid('Item size has exceeded the maximum allowed size');
      }
      // What no read can see any more is dropped: the newest version that is older than any lag stays.
      const versions = rows.get(rowOf(key)) ?? [];
      const oldest = versions.findLastIndex((version) => version.fromMs <= nowMs() - MAX_LAG_MS);
      rows.set(rowOf(key), [...versions.slice(Math.max(0, oldest)), { fromMs: nowMs(), item }]);
    },
    partition: (pk, stale) =>
      all(stale ? staleMs() : nowMs())
        .filter((item) => item.pk?.S === pk)
        .sort(bySortKey),
    items: () => all(nowMs()),
  };
};
