import type { MetadataBearer } from '@smithy/types';
import type { AwsCommand, AwsStub } from 'aws-sdk-client-mock';
import { type Call, type Invocation, makeCall } from '../../aws/call.ts';

/** 2026-11-20T10:00:00Z */
export const START_MS = Date.UTC(2026, 10, 20, 10);

type TestInvocation = {
  invocation: Invocation;
  call: Call;
  /** Every wait asked for, milliseconds. */
  waits: number[];
  logs: Record<string, unknown>[];
};

/** An invocation whose time passes only while somebody waits, and at once. */
export const anInvocation = (changes: Partial<Invocation> = {}): TestInvocation => {
  const waits: number[] = [];
  const logs: Record<string, unknown>[] = [];
  let nowMs = START_MS;
  const invocation: Invocation = {
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        waits.push(ms);
        nowMs += ms;
      },
    },
    // The most that jitter allows, so that the bounds are what the tests see.
    random: () => 0.999_999,
    signal: new AbortController().signal,
    deadlineMs: START_MS + 55_000,
    log: (entry) => logs.push(entry),
    ...changes,
  };
  return { invocation, call: makeCall(invocation), waits, logs };
};

/** An error as the SDK throws it for a code that the service's model does not list. */
export const awsError = (name: string, message = 'said AWS', httpStatusCode = 400): Error =>
  Object.assign(new Error(message), {
    name,
    $fault: httpStatusCode >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode },
  });

/** The connection gave no answer in time: the call may have taken effect or not. */
export const lostResponse = (): Error =>
  Object.assign(new Error('Connection timed out after 5000 ms'), { name: 'TimeoutError' });

/**
 * Splits a list into pages of five, as small as a real service's would be rarely: the one who reads only one is found
 * out.
 */
export const pageOf = <Item>(
  items: readonly Item[],
  token: string | undefined,
): { items: Item[]; next?: string } => {
  const start = Number(token ?? '0');
  const end = start + 5;
  return { items: items.slice(start, end), ...(end < items.length ? { next: String(end) } : {}) };
};

/** The inputs of every command of a kind that was sent, whole: the matchers compare only what they name. */
export const sent = <Input extends object, Output extends MetadataBearer>(
  stub: AwsStub<object, MetadataBearer, unknown>,
  command: new (input: Input) => AwsCommand<Input, Output>,
): Input[] => stub.commandCalls(command).map((spyCall) => spyCall.args[0].input);
