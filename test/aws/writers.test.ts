import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { clientOptions } from '../../aws/client-options.ts';
import { makeWriters } from '../../aws/writers.ts';
import { OWN_USER_AGENT } from '../../core/ending/writer.ts';
import { NOW } from '../core/a-deployment.ts';
import { anEvent, drift, OWN } from '../core/ending/a-trail.ts';
import { anInvocation, awsError, pageOf } from './an-invocation.ts';

const client = new CloudTrailClient();
const cloudTrail = mockClient(client);
const find = (of = drift) => makeWriters(client, anInvocation().call).find(of);
const asked = () => cloudTrail.commandCalls(LookupEventsCommand).map(({ args }) => args[0].input);

/** By operation, newest first. */
const trail = (events: Record<string, string[]>): void => {
  cloudTrail.on(LookupEventsCommand).callsFake(({ LookupAttributes: [wanted], NextToken }) => {
    const { items, next } = pageOf(events[wanted.AttributeValue] ?? [], NextToken);
    const Events = items.map((CloudTrailEvent) => ({
      CloudTrailEvent,
      EventTime: new Date(JSON.parse(CloudTrailEvent).eventTime),
    }));
    return { Events, NextToken: next };
  });
};
beforeEach(() => void cloudTrail.reset());

describe('who wrote', () => {
  test("is the last of somebody else's calls, whichever operation it was", async () => {
    const at = (secondsAgo: number) => ({ eventTime: new Date(NOW - secondsAgo * 1_000).toISOString() });
    trail({
      ModifyRule: [anEvent({ ...at(50), eventName: 'ModifyRule' })],
      ModifyListener: [anEvent({ ...at(10), userAgent: OWN }), anEvent(at(40)), anEvent(at(45))],
    });

    expect(await find()).toMatchObject({ operation: 'ModifyListener', atMs: NOW - 40_000 });
  });

  test('is asked by the name of each operation, in the time of the deployment', async () => {
    trail({});

    expect(await find()).toBeNull();
    expect(asked().map(({ LookupAttributes }) => LookupAttributes)).toEqual(
      ['ModifyRule', 'ModifyListener', 'DeleteRule'].map((AttributeValue) => [
        { AttributeKey: 'EventName', AttributeValue },
      ]),
    );
    expect(asked()[0]).toMatchObject({
      StartTime: new Date(drift.afterMs - 5_000),
      EndTime: new Date(NOW + 5_000),
    });
  });

  test('is searched on three pages of each operation and no further', async () => {
    const own = Array.from({ length: 14 }, () => anEvent({ userAgent: OWN }));
    trail({ ModifyListener: [...own, anEvent()] });
    expect(await find()).not.toBeNull();

    trail({ ModifyListener: [...own, ...own, anEvent()] });
    expect(await find()).toBeNull();
  });

  test('of a task set is asked by the operations of task sets', async () => {
    trail({});

    await find({ ...drift, of: 'taskSet' });

    expect(asked().map(({ LookupAttributes }) => LookupAttributes?.[0]?.AttributeValue)).toEqual([
      'DeleteTaskSet',
      'UpdateTaskSet',
    ]);
  });

  test.each([
    ['AccessDeniedException', 'AccessDenied'],
    ['ThrottlingException', 'Throttled'],
  ])('is refused with %s, and the caller learns that', async (thrown, name) => {
    cloudTrail.on(LookupEventsCommand).callsFake(() => {
      throw awsError(thrown);
    });

    await expect(find()).rejects.toMatchObject({ name });
  });
});

test("Cutover's own calls carry its name in their user agent, as a word of its own", async () => {
  let sent = '';
  const handler = {
    handle: async ({ headers }: { headers: Record<string, string> }) => {
      sent = headers['user-agent'] ?? '';
      throw new Error('sent');
    },
  };
  const options = { ...clientOptions({ connectMs: 1, answerMs: 1 }), requestHandler: handler as never };
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const real = new CloudTrailClient({ ...options, region: 'eu-west-1', credentials });

  await expect(real.send(new LookupEventsCommand({}))).rejects.toThrow('sent');

  expect(sent.split(' ')).toContain(OWN_USER_AGENT);
});
