import { PutEventsCommand, type PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { SECOND_MS } from '../core/clock.ts';
import type { Call, Sender } from './call.ts';
import type { Events } from './workflow-verbs.ts';

/** What rules match on; EventBridge refuses sources of its customers that start with `aws.` [fact 125]. */
const EVENT_SOURCE = 'cutover';

/** Waits of three retries; a bus that takes longer gets nothing. */
const PATIENCE_MS = 2 * SECOND_MS;

export const makeEvents = (client: Sender, call: Call, eventBus: string): Events => ({
  async emit({ type, detail }) {
    const command = new PutEventsCommand({
      Entries: [
        { EventBusName: eventBus, Source: EVENT_SOURCE, DetailType: type, Detail: JSON.stringify(detail) },
      ],
    });
    const what = `put the event ${type} on bus ${eventBus}`;
    try {
      // A lost answer makes a second event: EventBridge promises at least one anyway, so receivers go by the detail.
      await call(client, command, { what, faultIn: failedEntry, patienceMs: PATIENCE_MS });
    } catch (error) {
      // Whatever it is: a deployment must not take another course because nobody could be notified of it.
      call.log({ message: `could not ${what}; the deployment continues`, error: String(error) });
    }
  },
});

/** A successful answer may say that the entry failed [fact 125]; its code is classified like any error's. */
const failedEntry = ({ FailedEntryCount, Entries }: PutEventsCommandOutput): Error | undefined => {
  if ((FailedEntryCount ?? 0) === 0) return undefined;
  const entry = Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
  const error = new Error(entry?.ErrorMessage ?? 'EventBridge did not say why');
  return Object.assign(error, { name: entry?.ErrorCode ?? 'InternalFailure', $fault: 'client' });
};
