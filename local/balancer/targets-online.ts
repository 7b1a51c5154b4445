import type { Duplex } from 'node:stream';
import { Pool } from 'undici';
import type { DataPlane } from '../../sim/elbv2/elbv2.ts';
import { addressOf } from './choose.ts';

/** An answer with longer headers is 502 (its user guide, quotas: response headers). */
export const MOST_ANSWER_HEADER_BYTES = 32 * 1024;

/**
 * The connections to targets. They end when the target is deregistered and has drained, in the middle of whatever
 * they carry.
 */
export type TargetsOnline = {
  /** Undefined when nothing runs at the address. */
  pool(address: string): Pool | undefined;
  port(address: string): number | undefined;
  /** A connection of another kind, to be cut with the others. */
  add(address: string, connection: Duplex): void;
  close(): Promise<void>;
};

type Online = { port: number; pool: Pool; others: Set<Duplex> };

const cut = async ({ pool, others }: Online): Promise<void> => {
  for (const each of others) each.destroy();
  await pool.destroy();
};

/** `portOf` is the loopback port behind a target's address. */
export const makeTargetsOnline = (
  dataPlane: DataPlane,
  portOf: (address: string) => number | undefined,
): TargetsOnline => {
  const online = new Map<string, Online>();
  const forget = (address: string): void => {
    const found = online.get(address);
    online.delete(address);
    if (found !== undefined) void cut(found);
  };

  dataPlane.onGroupChange(() => {
    if (online.size === 0) return;
    const known = new Set(dataPlane.groupArns().flatMap((arn) => dataPlane.targets(arn).map(addressOf)));
    for (const address of online.keys()) if (!known.has(address)) forget(address);
  });

  const at = (address: string): Online | undefined => {
    const port = portOf(address);
    const found = online.get(address);
    if (port === undefined || found?.port === port) return port === undefined ? undefined : found;
    const made = {
      port,
      // As many connections as there are requests at a time: none waits for another, however long that one takes.
      pool: new Pool(`http://127.0.0.1:${port}`, { pipelining: 1, maxHeaderSize: MOST_ANSWER_HEADER_BYTES }),
      others: new Set<Duplex>(),
    };
    online.set(address, made);
    return made;
  };

  return {
    pool: (address) => at(address)?.pool,
    port: (address) => at(address)?.port,
    add: (address, connection) => {
      const others = at(address)?.others;
      others?.add(connection);
      connection.once('close', () => others?.delete(connection));
    },
    close: async () => {
      await Promise.all([...online.values()].map(cut));
      online.clear();
    },
  };
};
