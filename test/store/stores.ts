import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { Sender } from '../../aws/call.ts';
import { makeEnds, readEnds } from '../../aws/ends.ts';
import { makeLeases } from '../../aws/lease.ts';
import { makeRecord } from '../../aws/record.ts';
import { makeSeriesStore } from '../../aws/series.ts';
import type { DeploymentRecord, Ends, Leases, SeriesStore } from '../../aws/store-verbs.ts';
import type { StoredEnd } from '../../core/vocabulary/history.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { makeDynamoDb } from '../../sim/dynamodb/dynamodb.ts';
import { makeKernel } from '../../sim/kernel/kernel.ts';
import { anInvocation, START_MS } from '../aws/an-invocation.ts';

/**
 * The two engines the store is held against: an independent DynamoDB behind the real SDK client, and the simulator's.
 */

export type Store = {
  leases: Leases;
  record: DeploymentRecord;
  series: SeriesStore;
  ends: Ends;
  /** A service's ends, oldest first. */
  readEnds(serviceKey: string): Promise<StoredEnd[]>;
  /** Sets the clock that the adapters write times by, milliseconds after START_MS. */
  at(ms: number): void;
  /** An item as plain JSON, or undefined. */
  item(pk: string, sk: string): Promise<Record<string, unknown> | undefined>;
};

type Engine = {
  name: string;
  start(): Promise<{
    client: Sender;
    /** Lets what was sent be answered. */
    settle<T>(sent: Promise<T>): Promise<T>;
    stop(): Promise<void>;
  }>;
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const independent: Engine = {
  name: 'dynalite, through the SDK client',
  async start() {
    const server = dynalite({ createTableMs: 0 });
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${await listening(server)}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    return {
      client,
      settle: (sent) => sent,
      stop: async () => {
        client.destroy();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};

const simulated: Engine = {
  name: "the simulator's DynamoDB",
  async start() {
    const kernel = makeKernel(1, START_MS);
    return {
      client: makeDynamoDb(kernel).client,
      async settle(sent) {
        let settled = false;
        const done = sent.finally(() => {
          settled = true;
        });
        // Awaited below; this only keeps a refusal from counting as unhandled until then.
        done.catch(() => {});
        await kernel.scheduler.run(() => settled);
        return done;
      },
      stop: async () => {},
    };
  },
};

export const engines: readonly Engine[] = [independent, simulated];

/** Each of a store's verbs, answered by the engine. */
const settled = <Verbs extends object>(verbs: Verbs, settle: <T>(sent: Promise<T>) => Promise<T>): Verbs =>
  Object.fromEntries(
    Object.entries(verbs).map(([name, verb]) => [
      name,
      (...args: unknown[]) => settle((verb as (...given: unknown[]) => Promise<unknown>)(...args)),
    ]),
  ) as Verbs;

/** A table is not there yet when CreateTable answers, here as in AWS. */
const untilActive = async (client: DynamoDBClient, TableName: string): Promise<void> => {
  for (let turn = 0; turn < 1_000; turn += 1) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
  }
  throw new Error(`dynalite did not make the table ${TableName}`);
};

let tables = 0;

/** A table of its own on a running engine. */
export const openStore = async ({ client, settle }: Awaited<ReturnType<Engine['start']>>): Promise<Store> => {
  tables += 1;
  const TableName = `deployments-${tables}`;
  if (client instanceof DynamoDBClient) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    await untilActive(client, TableName);
  }

  let nowMs = START_MS;
  const { call } = anInvocation({ clock: { nowMs: () => nowMs, sleep: async () => {} } });
  return {
    leases: settled(makeLeases(client, call, TableName), settle),
    record: settled(makeRecord(client, call, TableName), settle),
    series: settled(makeSeriesStore(client, call, TableName), settle),
    ends: settled(makeEnds(client, call, TableName, sha256), settle),
    readEnds: async (serviceKey) => {
      const read = async () => {
        const ends: StoredEnd[] = [];
        for await (const end of readEnds(client, call, TableName, serviceKey)) ends.push(end);
        return ends.reverse();
      };
      return settle(read());
    },
    at: (ms) => {
      nowMs = START_MS + ms;
    },
    item: async (pk, sk) => {
      const Key = { pk: { S: pk }, sk: { S: sk } };
      return (await settle(client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true })))).Item;
    },
  };
};
