import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, test } from 'vitest';
import { MAX_ATTEMPTS } from '../../aws/call.ts';
import { makeEvents } from '../../aws/events.ts';
import { anInvocation, awsError, sent } from './an-invocation.ts';

const eventBridge = mockClient(EventBridgeClient);

beforeEach(() => eventBridge.reset());

const emit = (invocation = anInvocation()) =>
  makeEvents(new EventBridgeClient(), invocation.call, 'deployments').emit('Cutover Deployment Ended', {
    outcome: 'succeeded',
  });

const failed = (ErrorCode: string) => ({
  FailedEntryCount: 1,
  Entries: [{ ErrorCode, ErrorMessage: 'said EventBridge' }],
});

test('one event is put on the bus', async () => {
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });

  await emit();

  expect(sent(eventBridge, PutEventsCommand)).toEqual([
    {
      Entries: [
        {
          EventBusName: 'deployments',
          Source: 'cutover',
          DetailType: 'Cutover Deployment Ended',
          Detail: '{"outcome":"succeeded"}',
        },
      ],
    },
  ]);
});

test('an entry that failed inside a successful answer is put again', async () => {
  const invocation = anInvocation();
  eventBridge
    .on(PutEventsCommand)
    .resolvesOnce(failed('ThrottlingException'))
    .resolvesOnce(failed('InternalFailure'))
    .resolves({ FailedEntryCount: 0 });

  await emit(invocation);

  expect(eventBridge).toHaveReceivedCommandTimes(PutEventsCommand, 3);
  expect(invocation.waits).toEqual([999, 199]);
});

test.each([
  ['InternalFailure', 'Unavailable', MAX_ATTEMPTS],
  ['InternalException', 'Unavailable', MAX_ATTEMPTS],
  ['ThrottlingException', 'Throttled', MAX_ATTEMPTS],
  ['MalformedDetail', 'Rejected', 1],
  ['NotAuthorizedForSourceException', 'Rejected', 1],
])('an entry that goes on failing with %s is %s', async (code, name, attempts) => {
  eventBridge.on(PutEventsCommand).resolves(failed(code));

  await expect(emit()).rejects.toMatchObject({
    name,
    message: expect.stringContaining(`${code}: said EventBridge`),
  });
  expect(eventBridge).toHaveReceivedCommandTimes(PutEventsCommand, attempts);
});

test('an entry that failed without a code is Unavailable', async () => {
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1 });

  await expect(emit()).rejects.toMatchObject({ name: 'Unavailable' });
});

test('a missing permission is named as IAM names it', async () => {
  eventBridge.on(PutEventsCommand).rejects(awsError('AccessDeniedException', 'no'));

  await expect(emit()).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('Allow events:PutEvents'),
  });
});
