import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Command, Commitment } from '../../core/vocabulary/command.types.ts';
import type { PlacementMemory } from '../../core/vocabulary/placement.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import type { Outcome } from '../../core/vocabulary/state.types.ts';
import { NOW } from '../core/a-deployment.ts';
import { DEPLOYMENT, execution, request } from './a-plan.ts';
import { answering } from './faults.ts';
import { dynamoDb } from './sent-commands.ts';

export const TABLE = 'cutover';

type Item = Record<string, AttributeValue>;

export type DynamoDbWorld = {
  /** By `<pk> <sk>`. */
  items: Record<string, Item>;
};

export const LEASE = 'leases main/shop';
export const RECORD = `deployment#${DEPLOYMENT} record`;
export const leaseKey = { pk: { S: 'leases' }, sk: { S: 'main/shop' } };
export const recordKey = { pk: { S: `deployment#${DEPLOYMENT}` }, sk: { S: 'record' } };

export const aLeaseOf = (
  deploymentId: string,
  executionArn = execution.id.replace(DEPLOYMENT, deploymentId),
): Item => ({
  ...leaseKey,
  holder: { S: deploymentId },
  executionArn: { S: executionArn },
  acquiredAtMs: { N: String(NOW) },
  alarms: { L: [{ S: 'shop-5xx' }] },
});

type Stored = {
  plan?: Plan;
  outcome?: Outcome;
  commands?: Command[];
  commitment?: Commitment;
  placement?: PlacementMemory;
  signal?: { atMs: number; by: string };
  alarm?: { atMs: number; name: string };
};

/** The deployment's record as its steps and its operators left it. */
export const aRecord = ({
  plan,
  outcome,
  commands = [],
  commitment,
  placement,
  signal,
  alarm,
}: Stored = {}): Item => ({
  ...recordKey,
  serviceKey: { S: 'main/shop' },
  executionArn: { S: execution.id },
  requestJson: { S: JSON.stringify(request) },
  commandCount: { N: String(commands.length) },
  ...(plan === undefined ? {} : { planJson: { S: JSON.stringify(plan) } }),
  ...(outcome === undefined ? {} : { outcomeJson: { S: JSON.stringify(outcome) } }),
  ...(signal === undefined
    ? {}
    : { lastSignalAtMs: { N: String(signal.atMs) }, lastSignalBy: { S: signal.by } }),
  ...(alarm === undefined
    ? {}
    : { lastAlarmAtMs: { N: String(alarm.atMs) }, lastAlarmName: { S: alarm.name } }),
  ...(placement === undefined ? {} : { placementJson: { S: JSON.stringify(placement) } }),
  ...(commitment === undefined ? {} : { commitmentJson: { S: JSON.stringify(commitment) } }),
  ...(commands.length === 0 ? {} : { lastCommandId: { S: commands.at(-1)?.id ?? '' } }),
  ...Object.fromEntries(commands.map((command) => [`command_${command.id}`, { S: JSON.stringify(command) }])),
});

const keyOf = (key: Item | undefined): string => `${key?.pk?.S} ${key?.sk?.S}`;

const OPEN = 'attribute_exists(requestJson) AND attribute_not_exists(outcomeJson)';

/** The conditions that the adapters use, and no others: an unknown one is a mistake of the test. */
const conditions: Record<string, (item: Item, values: Item) => boolean> = {
  'attribute_not_exists(holder) OR (holder = :me AND executionArn = :execution)': (item, values) =>
    isFree(item) || (isMine(item, values) && isBy(item, values[':execution'])),
  'attribute_not_exists(holder) OR holder <> :me': (item, values) => !isMine(item, values),
  'holder = :me AND executionArn = :execution': (item, values) =>
    isMine(item, values) && isBy(item, values[':execution']),
  'holder = :me AND ((executionArn = :ended AND recoveryProof = :proof) OR executionArn = :execution)': (
    item,
    values,
  ) => {
    const proven = item.recoveryProof?.S === values[':proof']?.S;
    return (
      isMine(item, values) && ((isBy(item, values[':ended']) && proven) || isBy(item, values[':execution']))
    );
  },
  'holder = :me AND executionArn = :execution AND attribute_not_exists(recoveryProof)': (item, values) =>
    isMine(item, values) && isBy(item, values[':execution']) && item.recoveryProof === undefined,
  'holder = :me AND executionArn = :execution AND recoveryProof = :given': (item, values) =>
    isMine(item, values) && isBy(item, values[':execution']) && item.recoveryProof?.S === values[':given']?.S,
  'waiter = :me': (item, values) => item.waiter?.S !== undefined && item.waiter.S === values[':me']?.S,
  'attribute_not_exists(executionArn) OR executionArn = :execution': (item, values) => isOwn(item, values),
  'executionArn = :execution': (item, values) => isBy(item, values[':execution']),
  'attribute_not_exists(pk)': (item) => Object.keys(item).length === 0,
  'attribute_not_exists(outcomeJson) AND (attribute_not_exists(executionArn) OR executionArn = :execution)': (
    item,
    values,
  ) => item.outcomeJson === undefined && isOwn(item, values),
  [OPEN]: (item) => isOpen(item),
  [`${OPEN} AND executionArn = :execution`]: (item, values) =>
    isOpen(item) && isBy(item, values[':execution']),
  [`${OPEN} AND executionArn = :execution AND attribute_not_exists(lastCommandId)`]: (item, values) =>
    isOpen(item) && isBy(item, values[':execution']) && item.lastCommandId === undefined,
  [`${OPEN} AND executionArn = :execution AND lastCommandId = :seen`]: (item, values) =>
    isOpen(item) && isBy(item, values[':execution']) && item.lastCommandId?.S === values[':seen']?.S,
};

const isOpen = ({ requestJson, outcomeJson }: Item): boolean =>
  requestJson !== undefined && outcomeJson === undefined;
const isOwn = (item: Item, values: Item): boolean =>
  item.executionArn === undefined || isBy(item, values[':execution']);
const isFree = ({ holder }: Item): boolean => holder === undefined;
const isMine = ({ holder }: Item, values: Item): boolean =>
  holder?.S !== undefined && holder.S === values[':me']?.S;
const isBy = ({ executionArn }: Item, execution: AttributeValue | undefined): boolean =>
  executionArn?.S !== undefined && executionArn.S === execution?.S;

/** Of a command: the attribute's name has its id in it. */
const ACCEPTING =
  /^attribute_exists.requestJson. AND attribute_not_exists.outcomeJson. AND attribute_not_exists.commitmentJson. AND attribute_not_exists.(accepted_\w+). AND commandCount < :most$/;

const holds = (condition: string | undefined, item: Item, values: Item): boolean => {
  if (condition === undefined) return true;
  const accepting = ACCEPTING.exec(condition)?.[1];
  if (accepting !== undefined) {
    const { commitmentJson, commandCount } = item;
    const room = Number(commandCount?.N) < Number(values[':most']?.N);
    return isOpen(item) && commitmentJson === undefined && item[accepting] === undefined && room;
  }
  const check = conditions[condition];
  if (check === undefined) throw new Error(`the test's table does not know the condition ${condition}`);
  return check(item, values);
};

const updated = (item: Item, expression: string, values: Item): Item => {
  const [, sets = '', removes = '', adds] =
    /^(?:SET (.*?))? ?(?:REMOVE (.*?))? ?(?:ADD (.*))?$/.exec(expression) ?? [];
  const result = { ...item };
  for (const [, name = '', kept, value = ''] of sets.matchAll(/(\w+) = (if_not_exists\(\w+, )?(:\w+)/g)) {
    const given = values[value];
    if (given === undefined) throw new Error(`no value for ${value}`);
    if (kept === undefined || result[name] === undefined) result[name] = given;
  }
  for (const name of removes.split(', ')) delete result[name];
  const [counter, by] = adds?.split(' ') ?? [];
  if (counter !== undefined)
    result[counter] = { N: String(Number(item[counter]?.N ?? 0) + Number(values[by ?? '']?.N)) };
  return result;
};

export const answerForDynamoDb = (world: DynamoDbWorld): void => {
  answering(dynamoDb, GetItemCommand, ({ Key }) => {
    const Item = world.items[keyOf(Key)];
    return Item === undefined ? {} : { Item };
  });
  answering(dynamoDb, QueryCommand, ({ ExpressionAttributeValues: values = {} }) => {
    const from = `${values[':deployment']?.S} ${values[':prefix']?.S}`;
    const keys = Object.keys(world.items).filter((key) => key.startsWith(from));
    return { Items: keys.sort().map((key) => world.items[key] ?? {}) };
  });
  answering(dynamoDb, PutItemCommand, ({ Item = {}, ConditionExpression }) => {
    if (!holds(ConditionExpression, world.items[keyOf(Item)] ?? {}, {})) {
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    }
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
