import type {
  DeleteItemInput,
  DeleteItemOutput,
  GetItemInput,
  GetItemOutput,
  PutItemInput,
  PutItemOutput,
  QueryInput,
  QueryOutput,
  ScanInput,
  ScanOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb';
import { SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { parseCondition } from './condition.ts';
import { parseKeyCondition } from './key-condition.ts';
import { KEY_NAMES, type Table } from './table.ts';
import { makePlaceholders, type Placeholders, readExpression } from './tokens.ts';
import { parseUpdate } from './update.ts';
import { type Item, invalid, normalisedItem } from './values.ts';

/** What DynamoDB does with one table for each operation. Time and latency are the caller's. */

type Conditional = Pick<
  PutItemInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues' | 'ReturnValues'
>;

const COMMON = ['TableName', 'ExpressionAttributeNames', 'ExpressionAttributeValues'];
const WRITE = [...COMMON, 'ConditionExpression', 'ReturnValues'];

/** The key of an item or of a Key member. @throws ValidationException when it is not two non-empty strings. */
const keyOf = (item: Item | undefined, exact: boolean): Item => {
  const key = Object.fromEntries(KEY_NAMES.map((name) => [name, item?.[name] ?? { S: '' }]));
  const extra = exact && Object.keys(item ?? {}).length !== KEY_NAMES.length;
  if (extra || Object.values(key).some((value) => value.S === undefined || value.S === '')) {
    throw invalid(
      'The provided key element does not match the schema: expected non-empty strings ' +
        `${KEY_NAMES.join(' and ')}, found ${JSON.stringify(item)}`,
    );
  }
  return key;
};

const assertCondition = (input: Conditional, placeholders: Placeholders, before: Item | undefined): void => {
  const text = input.ConditionExpression;
  const holds =
    text === undefined
      ? () => true
      : parseCondition(readExpression(text, 'ConditionExpression', placeholders));
  // Every placeholder has been read by now: the condition is the last of a call's expressions.
  placeholders.assertAllUsed();
  if (!holds(before ?? {})) {
    throw new SimApiError('ConditionalCheckFailedException', 'The conditional request failed');
  }
};

const returned = (
  wanted: string | undefined,
  allowed: readonly string[],
  before: Item | undefined,
  after?: Item,
) => {
  if (wanted === undefined || wanted === 'NONE') return {};
  if (!allowed.includes(wanted)) throw new Error(`sim does not model ReturnValues ${wanted} here`);
  const item = wanted === 'ALL_OLD' ? before : after;
  return item === undefined ? {} : { Attributes: item };
};

export const getItem = (table: Table, input: GetItemInput): GetItemOutput => {
  onlyMembers('GetItem', input, ['TableName', 'Key', 'ConsistentRead']);
  const key = keyOf(input.Key, true);
  const item = input.ConsistentRead === true ? table.read(key) : table.readStale(key);
  return item === undefined ? {} : { Item: item };
};

export const putItem = (table: Table, input: PutItemInput): PutItemOutput => {
  onlyMembers('PutItem', input, [...WRITE, 'Item']);
  const key = keyOf(input.Item, false);
  const before = table.read(key);
  const placeholders = makePlaceholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  assertCondition(input, placeholders, before);
  table.write(key, normalisedItem(input.Item ?? {}));
  return returned(input.ReturnValues, ['ALL_OLD'], before);
};

export const deleteItem = (table: Table, input: DeleteItemInput): DeleteItemOutput => {
  onlyMembers('DeleteItem', input, [...WRITE, 'Key']);
  const key = keyOf(input.Key, true);
  const before = table.read(key);
  const placeholders = makePlaceholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  assertCondition(input, placeholders, before);
  if (before !== undefined) table.write(key, undefined);
  return returned(input.ReturnValues, ['ALL_OLD'], before);
};

export const updateItem = (table: Table, input: UpdateItemInput): UpdateItemOutput => {
  onlyMembers('UpdateItem', input, [...WRITE, 'Key', 'UpdateExpression']);
  const key = keyOf(input.Key, true);
  const before = table.read(key);
  const placeholders = makePlaceholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const text = input.UpdateExpression ?? '';
  const update = parseUpdate(readExpression(text, 'UpdateExpression', placeholders));
  const keyName = update.attributes.find((name) => name in key);
  if (keyName !== undefined) {
    throw invalid(
      `One or more parameter values were invalid: Cannot update attribute ${keyName}. This attribute ` +
        'is part of the key',
    );
  }
  assertCondition(input, placeholders, before);

  const after = update.apply(before ?? key);
  table.write(key, after);
  return returned(input.ReturnValues, ['ALL_OLD', 'ALL_NEW'], before, after);
};

export const query = (table: Table, input: QueryInput, pageSize: number): QueryOutput => {
  onlyMembers('Query', input, [
    ...COMMON,
    'KeyConditionExpression',
    'ConsistentRead',
    'ScanIndexForward',
    'Limit',
    'ExclusiveStartKey',
  ]);
  const placeholders = makePlaceholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const text = input.KeyConditionExpression ?? '';
  const { pk, holds } = parseKeyCondition(readExpression(text, 'KeyConditionExpression', placeholders));
  placeholders.assertAllUsed();

  const limit = Math.min(input.Limit ?? pageSize, pageSize);
  const page: Item[] = [];
  let more = false;
  const items = table.walk(pk, {
    stale: input.ConsistentRead !== true,
    forward: input.ScanIndexForward !== false,
    startKey: input.ExclusiveStartKey && keyOf(input.ExclusiveStartKey, true).sk?.S,
  });
  for (const item of items) {
    if (!holds(item.sk?.S ?? '')) continue;
    more = page.length === limit;
    if (more) break;
    page.push(item);
  }
  const last = page.at(-1);
  return {
    Items: page,
    Count: page.length,
    ScannedCount: page.length,
    ...(more && last !== undefined ? { LastEvaluatedKey: keyOf(last, false) } : {}),
  };
};

/** All items, page by page; what filters them is not modelled. */
export const scan = (table: Table, input: ScanInput, pageSize: number): ScanOutput => {
  onlyMembers('Scan', input, ['TableName', 'Limit', 'ExclusiveStartKey', 'ConsistentRead']);
  const all = table.items();
  const sameKey = (item: Item, key: Item): boolean =>
    KEY_NAMES.every((name) => item[name]?.S === key[name]?.S);
  const start = input.ExclusiveStartKey && keyOf(input.ExclusiveStartKey, true);
  const from = start === undefined ? 0 : all.findIndex((item) => sameKey(item, start)) + 1;
  const page = all.slice(from, from + Math.min(input.Limit ?? pageSize, pageSize));
  const last = page.at(-1);
  const more = from + page.length < all.length;
  return {
    Items: page,
    Count: page.length,
    ScannedCount: page.length,
    ...(more && last !== undefined ? { LastEvaluatedKey: keyOf(last, false) } : {}),
  };
};
