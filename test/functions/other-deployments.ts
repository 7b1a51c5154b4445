import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, type ExecutionStatus, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Deps } from '../../functions/deps.types.ts';
import { type Connectors, type Host, type StepDeps, toHandler } from '../../functions/step.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aRecord } from '../builders/dynamodb.ts';
import { NOW } from '../core/a-deployment.ts';
import { aContext, aHost, connectors } from './a-handler.ts';
import { execution } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, put } from './answers.ts';
import { answering } from './faults.ts';
import { stepFunctions } from './sent-commands.ts';

type Item = Record<string, AttributeValue>;

/** What the handlers beside the workflow see: leases and records of several deployments, and their executions. */
export type EventsWorld = AwsWorld & {
  /** By name. */
  executions: Record<string, ExecutionStatus>;
  started: { name: string; stateMachineArn: string; input: unknown }[];
};

export const executionArnOf = (name: string): string => execution.id.replace(execution.name, name);

export const leaseNameOf = (service: string): string => `leases main/${service}`;
export const recordNameOf = (deploymentId: string): string => `deployment#${deploymentId} record`;

/** A running deployment of a service: its lease, its record with a token to spend, its execution. */
export const deploying = (
  world: EventsWorld,
  service: string,
  deploymentId: string,
  { alarms = ['shop-5xx'], token = `token-${deploymentId}`, ...more }: DeployingOptions = {},
): void => {
  world.items[leaseNameOf(service)] = {
    pk: { S: 'leases' },
    sk: { S: `main/${service}` },
    holder: { S: deploymentId },
    executionArn: { S: executionArnOf(deploymentId) },
    acquiredAtMs: { N: String(NOW) },
    alarms: { L: alarms.map((name) => ({ S: name })) },
    ...more.lease,
  };
  world.items[recordNameOf(deploymentId)] = {
    ...aRecord(more.record),
    pk: { S: `deployment#${deploymentId}` },
    ...(token === null ? {} : { taskToken: { S: token } }),
  };
  world.executions[deploymentId] = 'RUNNING';
};

type DeployingOptions = {
  alarms?: string[];
  /** Null: it is not baking. */
  token?: string | null;
  lease?: Item;
  record?: Parameters<typeof aRecord>[0];
};

/** Nobody deploys anything. */
export const anEventsWorld = (): EventsWorld => ({
  ...aWorld({ items: {} }),
  executions: {},
  started: [],
});

export const answerEventsFrom = (world: EventsWorld): EventsWorld => {
  answerFrom(world);
  answering(stepFunctions, DescribeExecutionCommand, ({ executionArn = '' }) => {
    const status = world.executions[executionArn.split(':').at(-1) ?? ''];
    if (status === undefined) throw awsError('ExecutionDoesNotExist');
    return { status };
  });
  answering(stepFunctions, StartExecutionCommand, ({ name = '', stateMachineArn = '', input = '' }) => {
    world.executions[name] = 'RUNNING';
    put(world.started, { name, stateMachineArn, input: JSON.parse(input) }, (one) => one.name === name);
    return { executionArn: executionArnOf(name), startDate: new Date(NOW) };
  });
  return world;
};

/** Invokes a handler as Lambda would for an event: JSON in, JSON out. */
export const invokingWith =
  <Event, Result, Uses extends keyof Deps>(
    name: string,
    run: (event: Event, deps: StepDeps<Uses>) => Promise<Result>,
  ) =>
  async (event: unknown, host: Host = aHost()): Promise<Result> => {
    const handler = toHandler(name, run, connectors as Connectors<Uses>, host);
    return JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(event)), aContext())));
  };
