import type { Context } from 'aws-lambda';
import { makeAlarms } from '../../aws/alarms.ts';
import { makeEcsServices } from '../../aws/ecs-service.ts';
import { makeEnds } from '../../aws/ends.ts';
import { makeEvents } from '../../aws/events.ts';
import { makeExecutions } from '../../aws/executions.ts';
import { makeHookExecutions } from '../../aws/hook-executions.ts';
import { makeHookRuns } from '../../aws/hook-runs.ts';
import { makeHookTasks } from '../../aws/hook-tasks.ts';
import { makeLeases } from '../../aws/lease.ts';
import { makeListener } from '../../aws/listener.ts';
import { makeMetrics } from '../../aws/metrics.ts';
import { makeMoves } from '../../aws/moves.ts';
import { makeNativeDeployments } from '../../aws/native-deployments.ts';
import { makeNativeHooks } from '../../aws/native-hooks.ts';
import { makeRecord } from '../../aws/record.ts';
import { makeScaling } from '../../aws/scaling.ts';
import { makeSeriesStore } from '../../aws/series.ts';
import { makeTargets } from '../../aws/targets.ts';
import { makeTaskDefinitions } from '../../aws/task-definitions.ts';
import { makeTaskSets } from '../../aws/task-sets.ts';
import { makeTrafficMetrics } from '../../aws/traffic-metrics.ts';
import { makeWriters } from '../../aws/writers.ts';
import type { Deps } from '../../functions/deps.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { type Connectors, type Host, type Step, toHandler } from '../../functions/step.ts';
import type { StepInput, StepName, StepResult } from '../../statemachine/contract.ts';
import { TABLE } from '../builders/dynamodb.ts';
import { NOW } from '../core/a-deployment.ts';
import {
  autoScalingClient,
  cloudTrailClient,
  cloudWatchClient,
  dynamoDbClient,
  ecsClient,
  elbv2Client,
  eventBridgeClient,
  stepFunctionsClient,
} from './sent-commands.ts';

export const BUS = 'cutover-events';
const HOOK_MACHINE = 'arn:aws:states:eu-west-1:1:stateMachine:cutover-hooks';

/** The production adapters over mocked clients: the only thing that is not real is AWS. */
export const connectors: Connectors<keyof Deps> = {
  ecsServices: (call) => makeEcsServices(ecsClient, call),
  taskDefinitions: (call) => makeTaskDefinitions(ecsClient, call),
  taskSets: (call) => makeTaskSets(ecsClient, call),
  listener: (call) => makeListener(elbv2Client, call),
  scaling: (call) => makeScaling(autoScalingClient, call),
  targets: (call) => makeTargets(elbv2Client, call),
  alarms: (call) => makeAlarms(cloudWatchClient, call),
  trafficMetrics: (call) => makeTrafficMetrics(cloudWatchClient, call),
  series: (call) => makeSeriesStore(dynamoDbClient, call, TABLE),
  nativeDeployments: (call) => makeNativeDeployments(ecsClient, elbv2Client, call),
  nativeHooks: (call) => makeNativeHooks(dynamoDbClient, call, TABLE),
  hookRuns: (call) => makeHookRuns(dynamoDbClient, call, TABLE),
  hookExecutions: (call) => makeHookExecutions(stepFunctionsClient, call, HOOK_MACHINE),
  hookTasks: (call) => makeHookTasks(ecsClient, call),
  leases: (call) => makeLeases(dynamoDbClient, call, TABLE),
  moves: (call) => makeMoves(dynamoDbClient, call, TABLE),
  record: (call) => makeRecord(dynamoDbClient, call, TABLE),
  ends: (call) => makeEnds(dynamoDbClient, call, TABLE, sha256),
  events: (call) => makeEvents(eventBridgeClient, call, BUS),
  metrics: (call) => makeMetrics((line) => counted.push(JSON.parse(line)), call.clock.nowMs, TABLE),
  executions: (call) => makeExecutions(stepFunctionsClient, call),
  writers: (call) => makeWriters(cloudTrailClient, call),
};

/** What the handlers have counted, since the test that reads it emptied it. */
export const counted: Record<string, unknown>[] = [];

type TestHost = Host & { logs: Record<string, unknown>[]; waits: number[] };

/** Time that passes only while somebody waits, and then at once; the same chance every time; a log to read. */
export const aHost = (changes: Partial<Host> & { nowMs?: number } = {}): TestHost => {
  const { nowMs: startMs = NOW, ...others } = changes;
  const logs: Record<string, unknown>[] = [];
  const waits: number[] = [];
  let nowMs = startMs;
  return {
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        waits.push(ms);
        nowMs += ms;
      },
    },
    random: () => 0.5,
    log: (entry) => logs.push(entry),
    timeoutEarlyInMillis: 1_000,
    ...others,
    logs,
    waits,
  };
};

export const aContext = (remainingMs = 60_000): Context => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'cutover-step',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:1:function:cutover-step',
  memoryLimitInMB: '256',
  awsRequestId: 'request-1',
  logGroupName: '/aws/lambda/cutover-step',
  logStreamName: '2027/01/15/1',
  getRemainingTimeInMillis: () => remainingMs,
  done: () => {},
  fail: () => {},
  succeed: () => {},
});

const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** Invokes a step's handler as Step Functions would: JSON in, JSON out. */
export const invoking =
  <Name extends StepName, Uses extends keyof Deps>(name: Name, step: Step<Name, Uses>) =>
  async (input: StepInput<Name>, host: Host = aHost()): Promise<StepResult<Name>> => {
    const handler = toHandler(name, step, connectors as Connectors<Uses>, host);
    return json(await handler(json(input), aContext()));
  };
