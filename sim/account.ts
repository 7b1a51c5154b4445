import type { Sender } from '../aws/call.ts';
import type { Clients } from '../aws/clients.ts';
import { type Pace, SECOND_MS } from '../core/clock.ts';
import { makeFakeClient, SimApiError } from './kernel/fake-client.ts';
import { onlyMembers } from './kernel/only-members.ts';
import type { Orchestrator } from './orchestrator.ts';
import type { World } from './world.ts';

/** The name and the value of the parameter that infra/orchestrator-stack.ts writes. */
const PARAMETER = '/cutover/default';
const COMMAND_FUNCTION = 'cutover-Command';

/** What a command line meets in this world: the clients of somebody with credentials for the account. */
export const makeAccountClients = (
  world: World,
  { stepFunctions, lambda }: Orchestrator,
  caller: {
    account: string;
    identity: string;
    stateMachineArn: string;
    pace?: Pace;
    /** What the installation publishes of hooks, by the parameters' names; absent: an earlier release. */
    allowedHooks?: Readonly<Record<string, string>>;
  },
): Clients => {
  const { kernel } = world;
  const value = JSON.stringify({
    stateMachineArn: caller.stateMachineArn,
    tableName: 'cutover',
    eventBusName: 'default',
    commandFunction: COMMAND_FUNCTION,
    commandsByAlias: true,
    watchesMoves: true,
    ...(caller.pace === undefined ? {} : { pace: caller.pace }),
  });
  return {
    cloudWatch: world.cloudWatch.client,
    cloudTrail: world.cloudTrail.client,
    dynamoDb: world.dynamoDb.client,
    ecs: world.ecs.client,
    elbv2: world.elbv2.client,
    ...world.surroundings,
    stepFunctions: stepFunctions.client,
    lambda: lambdaClient(kernel.scheduler.clock.sleep, lambda),
    userFunctions: userFunctionsClient(world.functions),
    ssm: makeFakeClient(kernel, 'ssm', {
      GetParameter: (input: { Name?: string }) => {
        onlyMembers('GetParameter', input, ['Name']);
        const Value = input.Name === PARAMETER ? value : caller.allowedHooks?.[input.Name ?? ''];
        if (Value === undefined) throw new SimApiError('ParameterNotFound', '');
        return { Parameter: { Name: input.Name, Type: 'String', Value } };
      },
    }),
    sts: makeFakeClient(kernel, 'sts', {
      GetCallerIdentity: () => ({
        Account: caller.account,
        Arn: `arn:aws:sts::${caller.account}:${caller.identity}`,
      }),
    }),
  };
};

/**
 * Lambda's Invoke, as a caller outside of Step Functions meets it: what the function threw comes as a successful
 * answer.
 */
const lambdaClient = (sleep: (ms: number) => Promise<void>, lambda: Orchestrator['lambda']): Sender => ({
  async send(command) {
    const { FunctionName, Payload, Qualifier } = command.input as {
      FunctionName: string;
      Payload: Uint8Array;
      Qualifier?: string;
    };
    if (FunctionName !== COMMAND_FUNCTION) {
      throw new SimApiError('ResourceNotFoundException', `Function not found: ${FunctionName}`);
    }
    await sleep(SECOND_MS / 20);
    const payload: unknown = JSON.parse(new TextDecoder().decode(Payload));
    const answer = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    try {
      const result = await lambda.invoke('Command', payload, {
        executionArn: undefined,
        qualifier: Qualifier,
      });
      return { StatusCode: 200, Payload: answer(result) };
    } catch (error) {
      const { name, message } = error as Error;
      const thrown = { errorType: name, errorMessage: message, trace: [] };
      return { StatusCode: 200, FunctionError: 'Unhandled', Payload: answer(thrown) };
    }
  },
});

/** The same of a function that is no part of Cutover. */
const userFunctionsClient = (functions: World['functions']): Sender => ({
  async send(command) {
    const { FunctionName, Payload } = command.input as { FunctionName: string; Payload: Uint8Array };
    const event: unknown = JSON.parse(new TextDecoder().decode(Payload));
    const answer = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    try {
      return { StatusCode: 200, Payload: answer(await functions.invoke(FunctionName, event)) };
    } catch (error) {
      const { name, message } = error as Error;
      if (name === 'Lambda.ResourceNotFoundException')
        throw new SimApiError('ResourceNotFoundException', message);
      const thrown = { errorType: name, errorMessage: message, trace: [] };
      return { StatusCode: 200, FunctionError: 'Unhandled', Payload: answer(thrown) };
    }
  },
});
