import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { Sender } from '../../aws/call.ts';
import { sendCommand } from '../../aws/command-function.ts';
import { commandKinds } from '../../core/vocabulary/command.types.ts';
import { command } from '../../functions/command.ts';
import { toHandler } from '../../functions/step.ts';
import { anInvocation } from '../aws/an-invocation.ts';
import { aHost, connectors } from '../functions/a-handler.ts';
import { resourcesOf, synthesise } from './synthesised.ts';

/** One alias for each command: IAM may let somebody abort and not approve. */

const message = (kind: (typeof commandKinds)[number]) => ({
  cluster: 'production',
  service: 'shop',
  command: kind,
  by: 'ada',
  reason: '',
  id: 'c_1',
});

test('the Command function has an alias for each command, and each is a resource of its own', () => {
  const aliases = [...resourcesOf(synthesise(), 'AWS::Lambda::Alias').values()].map(
    ({ Properties }) => Properties,
  );

  expect(aliases.map(({ Name }) => Name).toSorted()).toEqual([...commandKinds].toSorted());
  for (const { FunctionName } of aliases)
    expect(JSON.stringify(FunctionName)).toContain('CutoverCommandFunction');
});

describe('what is sent by an alias', () => {
  const nobody = { leases: { read: async () => ({}) } } as unknown as Parameters<typeof command>[1];

  test.each(commandKinds)('%s takes its own command, and no other', async (kind) => {
    for (const sent of commandKinds) {
      await expect(command(message(sent), nobody, { qualifier: kind })).rejects.toMatchObject(
        sent === kind
          ? { name: 'NotFound' }
          : { name: 'InvalidRequest', message: expect.stringContaining(`alias ${kind} was invoked`) },
      );
    }
  });

  test.each([null, '7', '$LATEST'])(
    'invoked as %s, which IAM keeps apart, all are taken',
    async (qualifier) => {
      for (const sent of commandKinds)
        await expect(command(message(sent), nobody, { qualifier })).rejects.toMatchObject({
          name: 'NotFound',
        });
    },
  );
});

describe('the command line', () => {
  const sentBy = async (byAlias: boolean): Promise<unknown> => {
    let sent: unknown;
    const lambda: Sender = {
      send: async (given: { input: unknown }) => {
        sent = given.input;
        return { Payload: new TextEncoder().encode('{}') };
      },
    } as never;
    await sendCommand(lambda, anInvocation().call, { functionName: 'f', byAlias }, message('abort'));
    return sent;
  };

  test('invokes the alias of its command, and the function itself where the installation is older', async () => {
    expect(await sentBy(true)).toMatchObject({ FunctionName: 'f', Qualifier: 'abort' });
    expect(await sentBy(false)).not.toHaveProperty('Qualifier');
  });
});

test('the handler knows by which alias it was invoked', async () => {
  const handler = toHandler('Command', command, connectors, aHost());
  const invokedFunctionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:cutover-Command:approve';
  const context = { invokedFunctionArn, getRemainingTimeInMillis: () => 60_000 } as Context;

  await expect(handler(message('abort'), context)).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringContaining('alias approve was invoked'),
  });
});
