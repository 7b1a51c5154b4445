import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { callUserFunction } from '../../aws/user-function.ts';
import { awsError } from './an-invocation.ts';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:smoke:live';
const bytes = (text: string) => new TextEncoder().encode(text) as never;
const client = new LambdaClient({ region: 'eu-west-1' });
const lambda = mockClient(client);

test('sends the event and returns the answer', async () => {
  lambda.reset();
  lambda.on(InvokeCommand).resolves({ StatusCode: 200, Payload: bytes('{"hookStatus":"SUCCEEDED"}') });

  const reply = await callUserFunction(client, ARN, { stage: 'POST_SCALE_UP' });

  expect(reply).toEqual({ Payload: { hookStatus: 'SUCCEEDED' } });
  const [sent] = lambda.commandCalls(InvokeCommand);
  expect(sent?.args[0].input.FunctionName).toBe(ARN);
  expect(new TextDecoder().decode(sent?.args[0].input.Payload as Uint8Array)).toBe(
    '{"stage":"POST_SCALE_UP"}',
  );
});

test.each([
  ['{"errorType":"TypeError","errorMessage":"x","trace":[]}', 'TypeError'],
  ['null', 'Lambda.Unknown'],
])('what the function throws is an answer, as Step Functions has it: %s', async (payload, error) => {
  lambda.reset();
  lambda.on(InvokeCommand).resolves({ FunctionError: 'Unhandled', Payload: bytes(payload) });

  expect(await callUserFunction(client, ARN, {})).toEqual({ Error: error, Cause: payload });
});

test('a function without an answer has answered null', async () => {
  lambda.reset();
  lambda.on(InvokeCommand).resolves({ StatusCode: 200 });

  expect(await callUserFunction(client, ARN, {})).toEqual({ Payload: null });
});

test('what Lambda refuses has our name, and is not tried again', async () => {
  lambda.reset();
  lambda.on(InvokeCommand).rejects(awsError('AccessDeniedException'));

  await expect(callUserFunction(client, ARN, {})).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(lambda.commandCalls(InvokeCommand)).toHaveLength(1);
});
