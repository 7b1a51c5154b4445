import { BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { aDatabase, type Item, keyed, s, TableName } from './a-database.ts';

const keys = ['decision#1', 'decision#10', 'decision#2', 'decision#3', 'decision#4', 'decision#5', 'record'];
const items = [...keys.toReversed().map((sk) => keyed(sk)), { pk: s('other'), sk: s('decision#9') }];

const query = (more: object = {}, sk = false) =>
  new QueryCommand({
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: sk ? 'pk = :pk AND begins_with(sk, :sk)' : 'pk = :pk',
    ExpressionAttributeValues: { ':pk': s('p'), ...(sk ? { ':sk': s('decision#') } : {}) },
    ...more,
  });

const readAll = async (world: Awaited<ReturnType<typeof aDatabase>>, more: object = {}, sk = false) => {
  const pages: (string | undefined)[][] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await world.send(query({ ...more, ExclusiveStartKey }, sk));
    pages.push(page.Items.map((item: Item) => item.sk?.S));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return pages;
};

describe('Query', () => {
  test('reads one partition by its sort key, five at a time', async () => {
    const pages = await readAll(await aDatabase(items));

    expect(pages).toEqual([keys.slice(0, 5), keys.slice(5)]);
  });

  test('reads backwards', async () => {
    const pages = await readAll(await aDatabase(items), { ScanIndexForward: false });

    expect(pages.flat()).toEqual(keys.toReversed());
  });

  test('reads the sort keys that begin with a text, in pages as small as asked for', async () => {
    const pages = await readAll(await aDatabase(items), { Limit: 4 }, true);

    expect(pages).toEqual([keys.slice(0, 4), keys.slice(4, 6)]);
  });

  test('reads the sort keys between two texts, both included', async () => {
    const world = await aDatabase(items);

    const page = await world.send(
      query({
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': s('p'), ':from': s('decision#10'), ':to': s('decision#3') },
      }),
    );

    expect(page.Items.map((item: Item) => item.sk?.S)).toEqual(['decision#10', 'decision#2', 'decision#3']);
  });

  test('of an empty partition finds nothing', async () => {
    const world = await aDatabase();

    expect(await world.send(query())).toEqual({ Items: [], Count: 0, ScannedCount: 0 });
  });

  test.each([
    ['sk = :pk', 'missed key schema element: pk'],
    ['pk = :pk AND sk = :pk', 'token: "="'],
    ['pk = :pk AND holder BETWEEN :pk AND :pk', 'token: "holder"'],
    ['pk = :pk AND begins_with(holder, :pk)', 'not supported'],
    ['pk = :pk OR pk = :pk', 'token: "OR"'],
  ])('refuses %s', async (KeyConditionExpression, message) => {
    const world = await aDatabase(items);

    const answer = await world.send(query({ KeyConditionExpression }));

    expect(answer).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });
});

test('an operation that is not modelled throws', async () => {
  const world = await aDatabase();

  expect(await world.send(new BatchGetItemCommand({ RequestItems: {} }))).toMatchObject({
    message: 'sim does not model dynamodb BatchGetItem',
  });
});
