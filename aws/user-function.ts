import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { HookReply } from '../core/vocabulary/hooks.types.ts';
import type { Sender } from './call.ts';
import { toDeploymentError } from './errors.ts';
import { operationOf } from './operation.ts';

type Thrown = { errorType?: string };

/**
 * Calls a function of the account's owner with the caller's rights and returns what Step Functions would see of it: an
 * error that the function throws is a successful answer of Lambda's with FunctionError (API reference, Invoke).
 * @throws what Lambda itself refuses, by the names of aws/errors.ts.
 */
export const callUserFunction = async (
  client: Sender,
  functionArn: string,
  event: Record<string, unknown>,
): Promise<HookReply> => {
  const command = new InvokeCommand({
    FunctionName: functionArn,
    Payload: new TextEncoder().encode(JSON.stringify(event)),
  });
  const { FunctionError, Payload } = await client.send(command).catch((error: unknown) => {
    throw toDeploymentError(error, {
      what: `call ${functionArn}`,
      operation: operationOf(command),
      attempts: 1,
    });
  });
  const text = Payload === undefined ? 'null' : new TextDecoder().decode(Payload);
  const answer: unknown = JSON.parse(text);
  if (FunctionError === undefined) return { Payload: answer };
  return { Error: (answer as Thrown | null)?.errorType ?? 'Lambda.Unknown', Cause: text };
};
