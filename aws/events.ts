import { PutEventsCommand, type PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import type { Call, Sender } from './call.ts';
import type { Events } from './verbs.ts';

/** What rules match on; EventBridge refuses sources of its customers that start with `aws.` [aws-facts 125]. */
export const EVENT_SOURCE = 'cutover';

export const makeEvents = (client: Sender, call: Call, eventBus: string): Events => ({
  async emit(detailType, detail) {
    const command = new PutEventsCommand({
      Entries: [
        {
          EventBusName: eventBus,
          Source: EVENT_SOURCE,
          DetailType: detailType,
          Detail: JSON.stringify(detail),
        },
      ],
    });
    // A lost answer makes a second event: EventBridge promises at least one anyway, so receivers go by the detail.
    await call(client, command, { what: `put event ${detailType} on bus ${eventBus}`, faultIn: failedEntry });
  },
});

/** A successful answer may say that the entry failed [aws-facts 125]; its code is classified like any error's. */
const failedEntry = ({ FailedEntryCount, Entries }: PutEventsCommandOutput): Error | undefined => {
  if ((FailedEntryCount ?? 0) === 0) return undefined;
  const entry = Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
  const error = new Error(entry?.ErrorMessage ?? 'EventBridge did not say why');
  return Object.assign(error, { name: entry?.ErrorCode ?? 'InternalFailure', $fault: 'client' });
};
