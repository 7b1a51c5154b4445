import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { writerIn } from '../core/ending/writer.ts';
import type { Writer, Written } from '../core/vocabulary/drift.types.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import type { Writers } from './workflow-verbs.ts';

/** A lookup takes one attribute [fact 177]: an operation's name finds every call of it, whatever its parameters. */
const OPERATIONS = {
  weights: ['ModifyRule', 'ModifyListener', 'DeleteRule'],
  taskSet: ['DeleteTaskSet', 'UpdateTaskSet'],
  primary: ['UpdateServicePrimaryTaskSet'],
  scaling: ['RegisterScalableTarget', 'DeregisterScalableTarget'],
} as const satisfies Record<Written['of'], readonly string[]>;

/** The write that was found is among the newest calls: 150 of each operation, newest first [fact 177]. */
const MOST_PAGES = 3;

/** Two lookups a second are the account's [fact 177]; nothing but a name depends on one. */
const PATIENCE_MS = 4_000;

/** An event may be dated a moment after what it did was read. */
const MARGIN_MS = 5_000;

export const makeWriters = (client: Sender, call: Call): Writers => {
  const newestOf = async (operation: string, drift: Written): Promise<Writer | null> => {
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const command = new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: operation }],
        StartTime: new Date(drift.afterMs - MARGIN_MS),
        EndTime: new Date(drift.foundAtMs + MARGIN_MS),
        ...defined({ NextToken: token }),
      });
      const what = `ask CloudTrail who called ${operation}`;
      const answer = await call(client, command, { what, patienceMs: PATIENCE_MS });
      for (const { CloudTrailEvent: text = '', EventTime } of answer.Events ?? []) {
        const writer = writerIn({ text, atMs: EventTime?.getTime() ?? 0 }, drift);
        if (writer !== null) return writer;
      }
      token = answer.NextToken;
      if (token === undefined || token === '') return null;
    }
    return null;
  };

  return {
    async find(drift) {
      const found: Writer[] = [];
      // One after the other: together they would be throttled.
      for (const operation of OPERATIONS[drift.of]) {
        const writer = await newestOf(operation, drift);
        if (writer !== null) found.push(writer);
      }
      return found.toSorted((a, b) => a.atMs - b.atMs).at(-1) ?? null;
    },
  };
};
