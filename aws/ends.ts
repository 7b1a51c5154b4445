import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { MINUTE_MS } from '../core/clock.ts';
import { endIn, nextEnd, numberOf } from '../core/history/chain.ts';
import type { ChainHead, EndFacts, StoredEnd } from '../core/vocabulary/history.types.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import { type Item, number, readNumber, readText, text } from './item.ts';
import type { Ends } from './store-verbs.ts';

/** How long a write may be under way, and clocks may differ: before that nothing of a deployment can have been kept. */
const LATE_MS = 5 * MINUTE_MS;

/** Read at a time for the last one: what ended beside a deployment are those that were refused. */
const LATEST = 10;

const partitionOf = (serviceKey: string): string => `ends#${serviceKey}`;

/**
 * The ends of a service's deployments, for good: no item of them has an expiry, and none is ever changed.
 *   ends#<cluster/service>  end#<number>  endJson, its digest, and when it was written
 * Numbers have no gap (core/history/chain.ts). The condition of the one write, that nothing has the number yet, keeps
 * the chain from forking: who comes second reads again, and finds its own end if an earlier try of it was written.
 */
export const makeEnds = (
  client: Sender,
  call: Call,
  table: string,
  digest: (text: string) => string,
): Ends => ({
  async append(facts, sinceMs) {
    for (;;) {
      const { own, last } = await readLatest(client, call, table, facts, sinceMs - LATE_MS);
      if (own !== null) return { head: own, first: false };
      const next = nextEnd(facts, last, digest);
      if (await put(client, call, table, facts.serviceKey, next)) return { head: headOf(next), first: true };
    }
  },
});

/** The last end, and the one of this deployment if there is one: none is older than the deployment's own beginning. */
const readLatest = async (
  client: Sender,
  call: Call,
  table: string,
  { serviceKey, deploymentId }: EndFacts,
  sinceMs: number,
): Promise<{ own: ChainHead | null; last: ChainHead | null }> => {
  let last: ChainHead | null = null;
  for await (const item of newestFirst(client, call, table, serviceKey, LATEST)) {
    const stored = storedEnd(item);
    // What somebody else put there is not continued from; `history --verify` names it.
    if (numberOf(stored.key) === null) continue;
    last ??= headOf(stored);
    if (endIn(stored)?.deploymentId === deploymentId) return { own: headOf(stored), last };
    if ((readNumber(item, 'writtenAtMs') ?? 0) < sinceMs) break;
  }
  return { own: null, last };
};

/** False when the number is taken. */
const put = async (
  client: Sender,
  call: Call,
  table: string,
  serviceKey: string,
  { key, text: endJson, digest }: StoredEnd,
): Promise<boolean> => {
  const command = new PutItemCommand({
    TableName: table,
    Item: {
      pk: text(partitionOf(serviceKey)),
      sk: text(key),
      endJson: text(endJson),
      digest: text(digest),
      writtenAtMs: number(call.clock.nowMs()),
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  try {
    await call(client, command, { what: `keep how a deployment of ${serviceKey} ended` });
    return true;
  } catch (error) {
    if (causedBy(error, 'ConditionalCheckFailedException')) return false;
    throw error;
  }
};

/**
 * A service's ends, newest first, a page at a time: who has read enough reads no further.
 *
 * @param page ends at once; absent: as many as the table answers
 */
export async function* readEnds(
  client: Sender,
  call: Call,
  table: string,
  serviceKey: string,
  page?: number,
): AsyncGenerator<StoredEnd> {
  for await (const item of newestFirst(client, call, table, serviceKey, page)) yield storedEnd(item);
}

async function* newestFirst(
  client: Sender,
  call: Call,
  table: string,
  serviceKey: string,
  limit?: number,
): AsyncGenerator<Item> {
  let from: Item | undefined;
  do {
    const command = new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :ends',
      ExpressionAttributeValues: { ':ends': text(partitionOf(serviceKey)) },
      ConsistentRead: true,
      ScanIndexForward: false,
      ...(limit === undefined ? {} : { Limit: limit }),
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    });
    const page = await call(client, command, { what: `read how deployments of ${serviceKey} ended` });
    yield* page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}

const storedEnd = (item: Item): StoredEnd => ({
  key: readText(item, 'sk') ?? '',
  text: readText(item, 'endJson') ?? '',
  digest: readText(item, 'digest') ?? '',
});

const headOf = ({ key, digest }: StoredEnd): ChainHead => ({ number: numberOf(key) ?? 0, digest });
