import { readFileSync } from 'node:fs';
import { aws_iam as iam, type aws_logs as logs, aws_stepfunctions as sfn, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Handler } from './handler.ts';
import { inPartition } from './in-partition.ts';
import { machineRole, machineWildcards } from './machine-role.ts';
import { acknowledgeWildcardResources } from './nag.ts';

const definition = readFileSync(new URL('../statemachine/hook.asl.json', import.meta.url), 'utf8');

type HookMachineProps = {
  answer: Handler;
  /** What a request may name as a hook. */
  functionArns: string[];
  logGroup: logs.ILogGroup;
};

/**
 * Runs hooks, apart from deployments: whatever a function of the user answers, it ends its own execution at most.
 * Nobody but this role may call it.
 */
export const makeHookMachine = (
  scope: Construct,
  { answer, functionArns, logGroup }: HookMachineProps,
): sfn.StateMachine => {
  const role = machineRole(scope, 'HookMachineRole', 'Cutover: calls functions as hooks');
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [`${answer.function.functionArn}:*`],
    }),
  );
  if (Token.isUnresolved(functionArns) || functionArns.length > 0)
    role.addToPolicy(
      // With a name of its own it is not merged with the statement above, as apps of `cdk init` ask for: nothing can be
      // added to a list that is a parameter.
      new iam.PolicyStatement({
        sid: 'FunctionsOfHooks',
        actions: ['lambda:InvokeFunction'],
        resources: functionArns,
      }),
    );
  const machine = new sfn.StateMachine(scope, 'HookMachine', {
    ...inPartition(definition, { HookAnswerArn: answer.version.functionArn }),
    role,
    tracingEnabled: true,
    logs: { destination: logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
  });
  acknowledgeWildcardResources(role, machineWildcards);
  return machine;
};
