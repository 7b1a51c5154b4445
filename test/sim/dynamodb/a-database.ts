import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { makeDynamoDb } from '../../../sim/dynamodb/dynamodb.ts';
import { makeKernel } from '../../../sim/kernel/kernel.ts';

export type Item = Record<string, AttributeValue>;

export const TableName = 'deployments';
export const s = (value: string): AttributeValue => ({ S: value });
export const n = (value: number): AttributeValue => ({ N: String(value) });
export const keyed = (sk: string, more: Item = {}): Item => ({ pk: s('p'), sk: s(sk), ...more });

/** A database with items in it, and calls that return their answer or the error they ended with. */
export const aDatabase = async (items: Item[] = [], seed = 1) => {
  const kernel = makeKernel(seed, Date.UTC(2026, 0, 5, 9));
  const database = makeDynamoDb(kernel);

  // biome-ignore lint/suspicious/noExplicitAny: each test knows the output of the command it sends
  const send = async (command: object): Promise<any> => {
    let answer: unknown;
    database.client.send(command).then(
      (value) => {
        answer = value;
      },
      (error) => {
        answer = error;
      },
    );
    await kernel.scheduler.run(() => answer !== undefined);
    return answer;
  };
  const pass = async (ms: number): Promise<void> => {
    let passed = false;
    kernel.scheduler.after(ms, () => {
      passed = true;
    });
    await kernel.scheduler.run(() => passed);
  };
  const read = async (sk = 'a'): Promise<Item | undefined> =>
    (await send(new GetItemCommand({ TableName, Key: keyed(sk), ConsistentRead: true }))).Item;

  for (const Item of items) await send(new PutItemCommand({ TableName, Item }));
  return { kernel, database, send, pass, read };
};
