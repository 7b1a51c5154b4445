import { GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { MoveNotes } from '../core/adoption/unattended.ts';
import { isObject } from '../core/is-object.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import { type Item, json, readText, text } from './item.ts';
import { allPages } from './pages.ts';
import { expiryOf } from './record-changes.ts';
import type { Moves } from './store-verbs.ts';

/**
 * Services that are being moved, one item each:
 *   moves  cluster/service  the move (`moveJson`), the last sign of its command (`beat`), what WatchMoves noted since
 * In one partition, so that one query finds them. They hold no lease: a move may be continued from several places.
 */
const MOVES = 'moves';
const keyOf = (serviceKey: string): Item => ({ pk: text(MOVES), sk: text(serviceKey) });

export const makeMoves = (client: Sender, call: Call, table: string): Moves => ({
  async beat(serviceKey, record, beat) {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(serviceKey),
      UpdateExpression: 'SET moveJson = :move, beat = :beat, expiresAt = :expiresAt REMOVE notesJson',
      ExpressionAttributeValues: {
        ':move': json(record),
        ':beat': text(beat),
        ':expiresAt': expiryOf(call),
      },
      ReturnValues: 'ALL_OLD',
    });
    const { Attributes } = await call(client, command, { what: `give a sign of the move of ${serviceKey}` });
    return notesIn(Attributes);
  },

  async end(serviceKey) {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(serviceKey),
      UpdateExpression: 'SET expiresAt = :expiresAt REMOVE moveJson, beat, notesJson',
      ExpressionAttributeValues: { ':expiresAt': expiryOf(call) },
    });
    await call(client, command, { what: `end the record of the move of ${serviceKey}` });
  },

  async note(serviceKey, notes) {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(serviceKey),
      // A command that is back has the word.
      ConditionExpression: 'beat = :beat',
      UpdateExpression: 'SET notesJson = :notes',
      ExpressionAttributeValues: { ':beat': text(notes.beat), ':notes': json(notes) },
    });
    try {
      await call(client, command, { what: `note what was seen of the move of ${serviceKey}` });
      return true;
    } catch (error) {
      if (causedBy(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  },

  async notes(serviceKey) {
    const command = new GetItemCommand({ TableName: table, Key: keyOf(serviceKey), ConsistentRead: true });
    const { Item } = await call(client, command, { what: `read what was seen of the move of ${serviceKey}` });
    return notesIn(Item);
  },

  async underWay() {
    const what = 'find the moves that are under way';
    const items = await allPages(what, async (token) => {
      const command = new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :moves',
        ExpressionAttributeValues: { ':moves': text(MOVES) },
        ConsistentRead: true,
        ...(token === undefined ? {} : { ExclusiveStartKey: keyOf(token) }),
      });
      const { Items, LastEvaluatedKey } = await call(client, command, { what });
      return { items: Items, next: readText(LastEvaluatedKey, 'sk') };
    });
    return items.flatMap((item) => {
      const [serviceKey, move, beat] = ['sk', 'moveJson', 'beat'].map((name) => readText(item, name));
      return serviceKey === undefined || move === undefined || beat === undefined
        ? []
        : [{ serviceKey, move, beat, notes: notesIn(item) }];
    });
  },
});

/** What is not as this code writes it counts as nothing seen yet. */
const notesIn = (item: Item | undefined): MoveNotes | null => {
  try {
    const notes: unknown = JSON.parse(readText(item, 'notesJson') ?? 'null');
    const { beat, seenAtMs, worse, moved } = isObject(notes) ? notes : {};
    const whole = typeof beat === 'string' && typeof seenAtMs === 'number' && typeof worse === 'number';
    return whole && (moved === undefined || isMoved(moved)) ? (notes as MoveNotes) : null;
  } catch {
    return null;
  }
};

/** Beyond it no date is one. */
const LAST_MS = 8.64e15;

const isMoved = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.percent === 'number' &&
  (value.wasPct === undefined || typeof value.wasPct === 'number') &&
  typeof value.atMs === 'number' &&
  Math.abs(value.atMs) <= LAST_MS &&
  typeof value.reason === 'string';
