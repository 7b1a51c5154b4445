import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DAY_MS, SECOND_MS } from '../core/clock.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import { type Item, number } from './item.ts';
import { recordKey } from './record-reads.ts';

/**
 * How long a deployment's items outlive its last write. As long as Step Functions keeps the execution's history [fact
 * 93]: longer, and the record would point at an execution nobody can open.
 */
export const KEPT_MS = 90 * DAY_MS;

/** In this many seconds since 1970 an item written now may be deleted. */
export const expiryOf = (call: Call) => number(Math.ceil((call.clock.nowMs() + KEPT_MS) / SECOND_MS));

type Change = {
  set: string[];
  add?: string;
  remove?: string[];
  values: Item;
  condition?: string;
  /** The whole item as the write leaves it. */
  answer?: 'ALL_NEW';
};

/** How the record's own item is written: each change is one conditional update that renews the item's expiry. */
export const recordChanges = (client: Sender, call: Call, table: string) => {
  const update = async (deploymentId: string, what: string, change: Change): Promise<Item | undefined> => {
    const sets = [...change.set, 'expiresAt = :expiresAt'].join(', ');
    const removes = change.remove === undefined ? '' : ` REMOVE ${change.remove.join(', ')}`;
    const { Attributes } = await call(
      client,
      new UpdateItemCommand({
        TableName: table,
        Key: recordKey(deploymentId),
        UpdateExpression: `SET ${sets}${removes}${change.add === undefined ? '' : ` ADD ${change.add}`}`,
        ExpressionAttributeValues: { ...change.values, ':expiresAt': expiryOf(call) },
        ...(change.condition === undefined ? {} : { ConditionExpression: change.condition }),
        ...(change.answer === undefined ? {} : { ReturnValues: change.answer }),
      }),
      { what: `${what} of deployment ${deploymentId}` },
    );
    return Attributes;
  };

  /** False when the record is closed, was never opened, or does not meet the change's own condition. */
  const updateOpen = async (deploymentId: string, what: string, change: Change): Promise<boolean> => {
    try {
      const own = change.condition === undefined ? '' : ` AND ${change.condition}`;
      const condition = `attribute_exists(requestJson) AND attribute_not_exists(outcomeJson)${own}`;
      await update(deploymentId, what, { ...change, condition });
      return true;
    } catch (error) {
      if (causedBy(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  };

  return { update, updateOpen };
};
