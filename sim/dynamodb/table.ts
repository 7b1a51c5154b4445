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

/** Oldest version first. */
type Row = { sk: Uint8Array; versions: Version[] };

/** Of its own: a Buffer of a few bytes is a part of a slab of many kilobytes, which it would keep. */
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export type Table = {
  /** The item as it is. */
  read(key: Item): Item | undefined;
  /** The item as it was up to a second ago. */
  readStale(key: Item): Item | undefined;
  write(key: Item, item: Item | undefined): void;
  /**
   * The items of a partition by sort key, beyond the one of `startKey` when there is one; as many as the reader
   * takes.
   */
  walk(pk: string, how: { stale: boolean; forward: boolean; startKey?: string | undefined }): Iterable<Item>;
  items(): Item[];
};

/** Where a sort key stands, or would stand, among the rows of a partition. */
const placeOf = (rows: readonly Row[], sk: Uint8Array): { index: number; found: boolean } => {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare((rows[middle] as Row).sk, sk) < 0) low = middle + 1;
    else high = middle;
  }
  return { index: low, found: low < rows.length && Buffer.compare((rows[low] as Row).sk, sk) === 0 };
};

/** `written` is called after each write. */
export const makeTable = (nowMs: () => number, random: Random, written: () => void): Table => {
  /** In the order of their first write. A row stays when its item goes: a stale read may still see it. */
  const rows = new Map<string, Row>();
  /** The same rows by partition and sort key: every execution's end asks for all leases. */
  const partitions = new Map<string, Row[]>();
  const idOf = (key: Item): string => JSON.stringify(KEY_NAMES.map((name) => key[name]?.S));

  const asOf = ({ versions }: Row, atMs: number): Item | undefined =>
    versions.findLast((version) => version.fromMs <= atMs)?.item;
  const now = ({ versions }: Row): Item | undefined => versions.at(-1)?.item;
  const staleMs = (): number => nowMs() - random.between(0, MAX_LAG_MS);

  const addRow = (id: string, key: Item): Row => {
    const row: Row = { sk: bytesOf(key.sk?.S ?? ''), versions: [] };
    const pk = key.pk?.S ?? '';
    const partition = partitions.get(pk) ?? [];
    partitions.set(pk, partition);
    partition.splice(placeOf(partition, row.sk).index, 0, row);
    rows.set(id, row);
    return row;
  };

  return {
    read: (key) => {
      const row = rows.get(idOf(key));
      return row && now(row);
    },
    readStale: (key) => {
      const atMs = staleMs();
      const row = rows.get(idOf(key));
      return row && asOf(row, atMs);
    },
    write: (key, item) => {
      if (item !== undefined && Buffer.byteLength(JSON.stringify(item)) > MAX_ITEM_BYTES) {
        throw invalid('Item size has exceeded the maximum allowed size');
      }
      const id = idOf(key);
      const row = rows.get(id) ?? addRow(id, key);
      // What no read can see any more is dropped: the newest version that is older than any lag stays.
      const oldest = row.versions.findLastIndex((version) => version.fromMs <= nowMs() - MAX_LAG_MS);
      row.versions = [...row.versions.slice(Math.max(0, oldest)), { fromMs: nowMs(), item }];
      written();
    },
    walk: function* (pk, { stale, forward, startKey }) {
      const partition = partitions.get(pk) ?? [];
      const atMs = stale ? staleMs() : undefined;
      const start = startKey === undefined ? undefined : placeOf(partition, bytesOf(startKey));
      const first = forward
        ? (start?.index ?? 0) + (start?.found ? 1 : 0)
        : (start?.index ?? partition.length) - 1;
      for (let at = first; at >= 0 && at < partition.length; at += forward ? 1 : -1) {
        const row = partition[at] as Row;
        const item = atMs === undefined ? now(row) : asOf(row, atMs);
        if (item !== undefined) yield item;
      }
    },
    items: () => [...rows.values()].map(now).filter((item) => item !== undefined),
  };
};
