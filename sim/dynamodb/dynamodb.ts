import type {
  DeleteItemInput,
  DescribeTableInput,
  DescribeTableOutput,
  GetItemInput,
  ListTablesInput,
  PutItemInput,
  QueryInput,
  ScanInput,
  UpdateItemInput,
} from '@aws-sdk/client-dynamodb';
import type { Sender } from '../../aws/call.ts';
import { makeFakeClient, SimApiError } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { deleteItem, getItem, putItem, query, scan, updateItem } from './operations.ts';
import { KEY_NAMES, makeTable, type Table } from './table.ts';
import { type Item, invalid, plainItem } from './values.ts';

const describedTable = (TableName: string, ItemCount: number): DescribeTableOutput => ({
  Table: {
    TableName,
    TableStatus: 'ACTIVE',
    ItemCount,
    KeySchema: KEY_NAMES.map((AttributeName, at) => ({
      AttributeName,
      KeyType: at === 0 ? 'HASH' : 'RANGE',
    })),
    AttributeDefinitions: KEY_NAMES.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
  },
});

type DynamoDb = {
  client: Sender;
  /** Every item as plain data, by table. */
  items(): Record<string, unknown>[];
  /** One item, in whatever table it is. */
  item(pk: string, sk: string): Record<string, unknown> | undefined;
  /** The items of a partition by sort key. */
  partition(pk: string): Record<string, unknown>[];
};

/**
 * Amazon DynamoDB with on-demand tables whose keys are the strings `pk` and `sk`; a table is there once it is named.
 */
export const makeDynamoDb = (kernel: Kernel): DynamoDb => {
  // A write replaces an item and never changes one: what was read of it once stays right. Safety checks after every
  // event.
  const seen = new WeakMap<Item, Record<string, unknown>>();
  const read = (item: Item): Record<string, unknown> => {
    const plain = seen.get(item) ?? plainItem(item);
    seen.set(item, plain);
    return plain;
  };
  const random = kernel.random.fork('dynamodb');
  const tables = new Map<string, Table>();
  const tableOf = (name: string | undefined): Table => {
    if (name === undefined || name === '')
      throw invalid("Value null at 'tableName' failed to satisfy constraint");
    const table = tables.get(name) ?? makeTable(kernel.scheduler.nowMs, random.fork(name), kernel.noteChange);
    tables.set(name, table);
    return table;
  };

  return {
    client: makeFakeClient(kernel, 'dynamodb', {
      GetItem: (input: GetItemInput) => getItem(tableOf(input.TableName), input),
      PutItem: (input: PutItemInput) => putItem(tableOf(input.TableName), input),
      UpdateItem: (input: UpdateItemInput) => updateItem(tableOf(input.TableName), input),
      DeleteItem: (input: DeleteItemInput) => deleteItem(tableOf(input.TableName), input),
      ListTables: (input: ListTablesInput) => {
        onlyMembers('ListTables', input, ['Limit', 'ExclusiveStartTableName']);
        return { TableNames: [...tables.keys()] };
      },
      DescribeTable: (input: DescribeTableInput) => {
        onlyMembers('DescribeTable', input, ['TableName']);
        const table = tables.get(input.TableName ?? '');
        if (table === undefined)
          throw new SimApiError(
            'ResourceNotFoundException',
            `Requested resource not found: Table: ${input.TableName} not found`,
          );
        return describedTable(input.TableName ?? '', table.items().length);
      },
      Scan: (input: ScanInput) => scan(tableOf(input.TableName), input, kernel.pageSize),
      Query: (input: QueryInput) => query(tableOf(input.TableName), input, kernel.pageSize),
    }),
    items: () => [...tables.values()].flatMap((table) => table.items().map(read)),
    item: (pk, sk) => {
      const found = [...tables.values()].map((table) => table.read({ pk: { S: pk }, sk: { S: sk } }));
      const item = found.find((each) => each !== undefined);
      return item && read(item);
    },
    partition: (pk) =>
      [...tables.values()].flatMap((table) => [...table.walk(pk, { stale: false, forward: true })].map(read)),
  };
};
