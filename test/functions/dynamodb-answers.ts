import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { NOW } from '../core/a-deployment.ts';
import { DEPLOYMENT, execution } from './a-plan.ts';
import { answering } from './faults.ts';
import { dynamoDb } from './sent-commands.ts';

export const TABLE = 'cutover';

type Item = Record<string, AttributeValue>;

export type DynamoDbWorld = {
  /** By `<pk> <sk>`. */
  items: Record<string, Item>;
};

export const LEASE = 'service#main/shop lease';
export const RECORD = `deployment#${DEPLOYMENT} record`;
export const leaseKey = { pk: { S: 'service#main/shop' }, sk: { S: 'lease' } };
export const recordKey = { pk: { S: `deployment#${DEPLOYMENT}` }, sk: { S: 'record' } };

export const aLeaseOf = (deploymentId: string): Item => ({
  ...leaseKey,
  holder: { S: deploymentId },
  executionArn: { S: execution.id.replace(DEPLOYMENT, deploymentId) },
  acquiredAtMs: { N: String(NOW) },
});

const keyOf = (key: Item | undefined): string => `${key?.pk?.S} ${key?.sk?.S}`;

/** The conditions that the adapters use, and no others: an unknown one is a mistake of the test. */
const holds = (condition: string | undefined, item: Item, values: Item): boolean => {
  const mine = item.holder?.S !== undefined && item.holder.S === values[':me']?.S;
  switch (condition) {
    case undefined:
      return true;
    case 'holder = :me':
      return mine;
    case 'attribute_not_exists(holder) OR holder = :me':
      return item.holder === undefined || mine;
    case 'attribute_not_exists(outcomeJson)':
      return item.outcomeJson === undefined;
    default:
      throw new Error(`the test's table does not know the condition ${condition}`);
  }
};

const updated = (item: Item, expression: string, values: Item): Item => {
  const [, sets = '', removes = ''] = /^(?:SET (.*?))? ?(?:REMOVE (.*))?$/.exec(expression) ?? [];
  const result = { ...item };
  for (const [, name = '', kept, value = ''] of sets.matchAll(/(\w+) = (if_not_exists\(\w+, )?(:\w+)/g)) {
    const given = values[value];
    if (given === undefined) throw new Error(`no value for ${value}`);
    if (kept === undefined || result[name] === undefined) result[name] = given;
  }
  for (const name of removes.split(', ')) delete result[name];
  return result;
};

export const answerForDynamoDb = (world: DynamoDbWorld): void => {
  answering(dynamoDb, GetItemCommand, ({ Key }) => {
    const Item = world.items[keyOf(Key)];
    return Item === undefined ? {} : { Item };
  });
  answering(dynamoDb, PutItemCommand, ({ Item = {} }) => {
    world.items[keyOf(Item)] = Item;
    return {};
  });
  answering(dynamoDb, UpdateItemCommand, (input) => {
    const { Key = {}, ConditionExpression, UpdateExpression = '', ExpressionAttributeValues = {} } = input;
    const item = world.items[keyOf(Key)] ?? Key;
    if (!holds(ConditionExpression, item, ExpressionAttributeValues)) {
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
      });
    }
    world.items[keyOf(Key)] = updated(item, UpdateExpression, ExpressionAttributeValues);
    return {};
  });
};
