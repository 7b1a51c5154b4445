import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DeploymentError, type ErrorName, errorNames } from '../core/errors.ts';
import type { Command, CommandKind } from '../core/vocabulary/command.types.ts';
import type { Call, Sender } from './call.ts';

/** What the command line sends to the Command Lambda (functions/command.ts). `by` is the caller's IAM identity. */
export type CommandMessage = {
  cluster: string;
  service: string;
  command: CommandKind;
  by: string;
  reason?: string;
  /** With abort: all users leave green as long as one task of blue is healthy. */
  now?: boolean;
  /** The same id twice is one command, so the call may be repeated. */
  id: string;
};

export type AcceptedCommand = { deploymentId: string; command: Command };

/** Sends a command to the deployment that runs. @throws what the Lambda threw, by the same name. */
export const sendCommand = async (
  client: Sender,
  call: Call,
  { functionName, byAlias }: { functionName: string; byAlias: boolean },
  message: CommandMessage,
): Promise<AcceptedCommand> => {
  const what = `send ${message.command} to the deployment of ${message.cluster}/${message.service}`;
  const command = new InvokeCommand({
    FunctionName: functionName,
    // What IAM is asked for: this command, and no other.
    ...(byAlias ? { Qualifier: message.command } : {}),
    Payload: new TextEncoder().encode(JSON.stringify(message)),
  });
  const { FunctionError, Payload } = await call(client, command, { what });

  const answer: unknown = JSON.parse(Payload === undefined ? 'null' : new TextDecoder().decode(Payload));
  if (FunctionError === undefined) return answer as AcceptedCommand;
  throw thrownBy(answer, what);
};

/** A Lambda that threw answers `{"errorType", "errorMessage", "trace"}`; its own refusals speak for themselves. */
const thrownBy = (answer: unknown, what: string): DeploymentError => {
  const { errorType = '', errorMessage = '' } = (answer ?? {}) as Record<string, string>;
  const name = errorNames.find((known) => known === errorType);
  if (name !== undefined) return new DeploymentError(name, errorMessage);
  return new DeploymentError(
    'Unavailable' satisfies ErrorName,
    `Could not ${what}: the Command Lambda failed (${errorType}: ${errorMessage}). Try again; its log says more.`,
  );
};
