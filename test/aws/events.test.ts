import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeEvents } from '../../aws/events.ts';
import { finishedEvent } from '../../core/deployment/finished-event.ts';
import type { DeploymentEvent } from '../../core/vocabulary/events.types.ts';
import { anInvocation, awsError, lostResponse, START_MS, sent } from './an-invocation.ts';

const eventBridgeClient = new EventBridgeClient();
const eventBridge = mockClient(eventBridgeClient);

beforeEach(() => eventBridge.reset());

const event: DeploymentEvent = finishedEvent(
  {
    lease: undefined,
    plan: undefined,
    decision: undefined,
    executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:cutover:web-42',
    deploymentId: 'web-42',
    history: null,
    hookRuns: [],
    request: { cluster: 'shop', service: 'web', taskDefinition: 'web:42' },
  },
  { kind: 'refused', reason: 'busy', endedAtMs: START_MS },
);

const emit = (invocation = anInvocation()) =>
  makeEvents(eventBridgeClient, invocation.call, 'deployments').emit(event);

const failed = (ErrorCode: string) => ({
  FailedEntryCount: 1,
  Entries: [{ ErrorCode, ErrorMessage: 'said EventBridge' }],
});

test('one event is put on the bus', async () => {
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
  const invocation = anInvocation();

  await emit(invocation);

  expect(sent(eventBridge, PutEventsCommand)).toEqual([
    {
      Entries: [
        {
          EventBusName: 'deployments',
          Source: 'cutover',
          DetailType: 'Cutover Deployment Finished',
          Detail: JSON.stringify(event.detail),
        },
      ],
    },
  ]);
  expect(invocation.logs).toEqual([]);
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

describe('a bus that takes nothing is a line of the log, never an error', () => {
  const logged = (invocation: ReturnType<typeof anInvocation>) =>
    invocation.logs.filter(({ message }) => String(message).includes('the deployment continues'));

  test.each([
    ['an entry that keeps failing', failed('InternalFailure'), 'InternalFailure: said EventBridge'],
    ['one that fails without a code', { FailedEntryCount: 1 }, 'EventBridge did not say why'],
    ['one that is malformed', failed('MalformedDetail'), 'MalformedDetail: said EventBridge'],
  ])('%s', async (_case, answer, message) => {
    const invocation = anInvocation();
    eventBridge.on(PutEventsCommand).resolves(answer);

    await emit(invocation);

    expect(logged(invocation)).toEqual([
      { message: expect.any(String), error: expect.stringContaining(message) },
    ]);
  });

  test.each([
    ['a missing permission', awsError('AccessDeniedException', 'no'), 'Allow events:PutEvents'],
    ['a lost connection', lostResponse(), 'Connection timed out'],
    ['an error nobody knows', new Error('what is this'), 'what is this'],
  ])('%s', async (_case, error, message) => {
    const invocation = anInvocation();
    eventBridge.on(PutEventsCommand).rejects(error);

    await emit(invocation);

    expect(logged(invocation)).toEqual([
      { message: expect.any(String), error: expect.stringContaining(message) },
    ]);
  });

  test('it is waited for two seconds at most, however much time the step has', async () => {
    const invocation = anInvocation();
    eventBridge.on(PutEventsCommand).resolves(failed('InternalFailure'));

    await emit(invocation);

    const waited = invocation.waits.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThan(0);
    expect(waited).toBeLessThan(2_000);
  });

  test('it is not even tried when the step has too little time left for an answer that never comes', async () => {
    const invocation = anInvocation({ deadlineMs: START_MS + 8_000 });

    await emit(invocation);

    expect(eventBridge).not.toHaveReceivedCommand(PutEventsCommand);
    expect(logged(invocation)).toEqual([
      { message: expect.any(String), error: expect.stringContaining('no time left') },
    ]);
  });
});
