import { PublishVersionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { zip } from '../../infra/packaging/zip.ts';
import type { Account } from './account.ts';

/** Code that nobody takes for the old one: the one who calls it is refused. */
const NEW_CODE = `export const handler = async () => {
  throw Object.assign(new Error('this is the new release'), { name: 'InvalidRequest' });
};
`;

/** A step's Lambda, and its version, which an upgrade leaves alone. */
const STEP = /(arn:aws:lambda:[a-z0-9-]+:\d+:function:[\w-]+)(:\d+)?/g;

/**
 * What CloudFormation does when the code of every step has changed: new code, a version of it, and the state machine
 * names the new versions. The old ones stay, because the template retains them.
 */
export const upgrade = async ({ lambda, sfn, installation }: Account): Promise<void> => {
  const { stateMachineArn } = installation;
  const { definition = '' } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const versions = new Map<string, string>();
  for (const [old, FunctionName] of definition.matchAll(STEP)) {
    if (versions.has(old)) continue;
    const ZipFile = zip({ 'index.mjs': Buffer.from(NEW_CODE) });
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    const { FunctionArn = '' } = await lambda.send(new PublishVersionCommand({ FunctionName }));
    versions.set(old, FunctionArn);
  }
  await sfn.send(
    new UpdateStateMachineCommand({
      stateMachineArn,
      definition: definition.replace(STEP, (old) => versions.get(old) ?? old),
    }),
  );
};
