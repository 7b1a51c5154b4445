import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DeploymentError } from '../core/errors.ts';
import { commandIn } from '../core/operator/command-limits.ts';
import type { Call, Sender } from './call.ts';
import { type Item, readNumber, readText, text } from './item.ts';
import type { StoredDeployment } from './store-verbs.ts';

/** Sort keys of commands start with this. */
export const COMMAND = 'command#';

/**
 * For each command that was accepted the record has one such attribute, which is a number: an item with a command
 * alone is none yet.
 */
export const ACCEPTED = 'accepted_';

/** In a record of the release before, each command was an attribute of this form, whole. */
const COMMAND_BEFORE = 'command_';

export const recordKey = (deploymentId: string): Item => ({
  pk: text(`deployment#${deploymentId}`),
  sk: text('record'),
});

export const readItem = async (
  client: Sender,
  call: Call,
  table: string,
  deploymentId: string,
): Promise<Item | undefined> => {
  const command = new GetItemCommand({
    TableName: table,
    Key: recordKey(deploymentId),
    ConsistentRead: true,
  });
  return (await call(client, command, { what: `read the record of deployment ${deploymentId}` })).Item;
};

export const readStored = async (
  client: Sender,
  call: Call,
  table: string,
  deploymentId: string,
): Promise<StoredDeployment | null> =>
  storedIn(client, call, table, deploymentId, await readItem(client, call, table, deploymentId));

/** The deployment of a record's item, with its commands, which are items of their own. */
export const storedIn = async (
  client: Sender,
  call: Call,
  table: string,
  deploymentId: string,
  item: Item | undefined,
): Promise<StoredDeployment | null> => {
  const request = readText(item, 'requestJson');
  if (item === undefined || request === undefined) return null;

  const parsed = (name: string) => {
    try {
      return JSON.parse(readText(item, name) ?? 'null');
    } catch {
      throw new DeploymentError(
        'Rejected',
        `Could not read the record of deployment ${deploymentId}: expected JSON in ${name}, found ` +
          "something else. Restore the item from the table's point-in-time backup.",
      );
    }
  };
  const accepted = new Set(namesIn(item, ACCEPTED));
  const commands = [
    ...namesIn(item, COMMAND_BEFORE).map((id): unknown => parsed(`${COMMAND_BEFORE}${id}`)),
    ...(accepted.size === 0 ? [] : await readCommands(client, call, table, deploymentId, accepted)),
  ];
  const signalAtMs = readNumber(item, 'lastSignalAtMs');
  const alarmAtMs = readNumber(item, 'lastAlarmAtMs');
  return {
    serviceKey: readText(item, 'serviceKey') ?? '',
    request: parsed('requestJson'),
    plan: parsed('planJson'),
    outcome: parsed('outcomeJson'),
    taskToken: readText(item, 'taskToken') ?? null,
    lastSignal:
      signalAtMs === undefined ? null : { atMs: signalAtMs, by: readText(item, 'lastSignalBy') ?? '' },
    lastAlarm:
      alarmAtMs === undefined ? null : { atMs: alarmAtMs, name: readText(item, 'lastAlarmName') ?? '' },
    lastCommandId: readText(item, 'lastCommandId') ?? null,
    placement: parsed('placementJson'),
    commitment: parsed('commitmentJson'),
    stuck: parsed('stuckJson'),
    commands: commands.flatMap(commandIn).sort((a, b) => a.atMs - b.atMs),
  };
};

const namesIn = (item: Item, prefix: string): string[] =>
  Object.keys(item).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));

/** Those that the record has accepted; one that was only written, and refused or not accepted yet, is not there. */
const readCommands = async (
  client: Sender,
  call: Call,
  table: string,
  deploymentId: string,
  accepted: ReadonlySet<string>,
): Promise<unknown[]> => {
  const what = `read the commands of deployment ${deploymentId}`;
  const items = await queryAll(client, call, table, deploymentId, COMMAND, what);
  return items.flatMap((item) =>
    accepted.has((readText(item, 'sk') ?? '').slice(COMMAND.length))
      ? [JSON.parse(readText(item, 'commandJson') ?? 'null')]
      : [],
  );
};

/** A deployment's items whose sort keys begin with `prefix`, from `from` on where it is given, all pages. */
export const queryAll = async (
  client: Sender,
  call: Call,
  table: string,
  deploymentId: string,
  prefix: string,
  what: string,
  from = prefix,
): Promise<Item[]> => {
  const items: Item[] = [];
  let next: Item | undefined;
  do {
    const command = new QueryCommand({
      TableName: table,
      ...itemsOf(deploymentId, prefix, from),
      ConsistentRead: true,
      ...(next === undefined ? {} : { ExclusiveStartKey: next }),
    });
    const page = await call(client, command, { what });
    items.push(...(page.Items ?? []));
    next = page.LastEvaluatedKey;
  } while (next !== undefined);
  return items;
};

/** The item with the last of the sort keys that begin with `prefix`. */
export const queryLast = async (
  client: Sender,
  call: Call,
  table: string,
  deploymentId: string,
  prefix: string,
  what: string,
): Promise<Item | undefined> => {
  const command = new QueryCommand({
    TableName: table,
    ...itemsOf(deploymentId, prefix, prefix),
    ConsistentRead: true,
    ScanIndexForward: false,
    Limit: 1,
  });
  return (await call(client, command, { what })).Items?.[0];
};

const itemsOf = (deploymentId: string, prefix: string, from: string) => {
  const deployment = text(`deployment#${deploymentId}`);
  return from === prefix
    ? {
        KeyConditionExpression: 'pk = :deployment AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':deployment': deployment, ':prefix': text(prefix) },
      }
    : {
        KeyConditionExpression: 'pk = :deployment AND sk BETWEEN :from AND :end',
        // No sort key of ours has a character above "~".
        ExpressionAttributeValues: {
          ':deployment': deployment,
          ':from': text(from),
          ':end': text(`${prefix}~`),
        },
      };
};
