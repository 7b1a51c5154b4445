import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { makeAlarms } from '../aws/alarms.ts';
import type { Call } from '../aws/call.ts';
import { clientOptions } from '../aws/client-options.ts';
import { makeEcsServices } from '../aws/ecs-service.ts';
import { makeEnds } from '../aws/ends.ts';
import { makeEvents } from '../aws/events.ts';
import { makeExecutions } from '../aws/executions.ts';
import { makeHookExecutions } from '../aws/hook-executions.ts';
import { makeHookRuns } from '../aws/hook-runs.ts';
import { makeHookTasks } from '../aws/hook-tasks.ts';
import { makeLeases } from '../aws/lease.ts';
import { makeListener } from '../aws/listener.ts';
import { makeMetrics } from '../aws/metrics.ts';
import { makeMoves } from '../aws/moves.ts';
import { makeNativeDeployments } from '../aws/native-deployments.ts';
import { makeNativeHooks } from '../aws/native-hooks.ts';
import { makeRecord } from '../aws/record.ts';
import { makeScaling } from '../aws/scaling.ts';
import { makeSeriesStore } from '../aws/series.ts';
import { makeTargets } from '../aws/targets.ts';
import { makeTaskDefinitions } from '../aws/task-definitions.ts';
import { makeTaskSets } from '../aws/task-sets.ts';
import { makeTrafficMetrics } from '../aws/traffic-metrics.ts';
import { makeWriters } from '../aws/writers.ts';
import { sha256 } from './identify.ts';

/**
 * The real clients, each made on first use, so that a bundle which names one connector carries one client. An answer
 * that takes longer than five seconds is not coming.
 */
const options = clientOptions({ connectMs: 2_000, answerMs: 5_000 });

/** Marked pure at each use, so that a bundle drops the clients it does not use. */
const once = <Client>(make: () => Client): (() => Client) => {
  let made: Client | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const applicationAutoScaling = /* @__PURE__ */ once(() => new ApplicationAutoScalingClient(options));
const cloudTrail = /* @__PURE__ */ once(() => new CloudTrailClient(options));
const ecs = /* @__PURE__ */ once(() => new ECSClient(options));
const elbv2 = /* @__PURE__ */ once(() => new ElasticLoadBalancingV2Client(options));
const cloudWatch = /* @__PURE__ */ once(() => new CloudWatchClient(options));
const dynamoDb = /* @__PURE__ */ once(() => new DynamoDBClient(options));
const stepFunctions = /* @__PURE__ */ once(() => new SFNClient(options));
const eventBridge = /* @__PURE__ */ once(() => new EventBridgeClient(options));

/** A setting that infra gives every Lambda; without it nothing could be recorded, so its absence ends the step. */
const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`the environment variable ${name} is not set; deploy the stack in infra/ again`);
  return value;
};

export const ecsServices = (call: Call) => makeEcsServices(ecs(), call);
export const taskDefinitions = (call: Call) => makeTaskDefinitions(ecs(), call);
export const taskSets = (call: Call) => makeTaskSets(ecs(), call);
export const scaling = (call: Call) => makeScaling(applicationAutoScaling(), call);
export const listener = (call: Call) => makeListener(elbv2(), call);
export const targets = (call: Call) => makeTargets(elbv2(), call);
export const alarms = (call: Call) => makeAlarms(cloudWatch(), call);
export const trafficMetrics = (call: Call) => makeTrafficMetrics(cloudWatch(), call);
export const series = (call: Call) => makeSeriesStore(dynamoDb(), call, setting('CUTOVER_TABLE'));
export const nativeDeployments = (call: Call) => makeNativeDeployments(ecs(), elbv2(), call);
export const nativeHooks = (call: Call) => makeNativeHooks(dynamoDb(), call, setting('CUTOVER_TABLE'));
export const hookRuns = (call: Call) => makeHookRuns(dynamoDb(), call, setting('CUTOVER_TABLE'));
export const hookExecutions = (call: Call) =>
  makeHookExecutions(stepFunctions(), call, setting('CUTOVER_HOOK_MACHINE'));
export const hookTasks = (call: Call) => makeHookTasks(ecs(), call);
export const leases = (call: Call) => makeLeases(dynamoDb(), call, setting('CUTOVER_TABLE'));
export const moves = (call: Call) => makeMoves(dynamoDb(), call, setting('CUTOVER_TABLE'));
export const ends = (call: Call) => makeEnds(dynamoDb(), call, setting('CUTOVER_TABLE'), sha256);
export const record = (call: Call) => makeRecord(dynamoDb(), call, setting('CUTOVER_TABLE'));
export const events = (call: Call) => makeEvents(eventBridge(), call, setting('CUTOVER_EVENT_BUS'));
export const writers = (call: Call) => makeWriters(cloudTrail(), call);
export const executions = (call: Call) => makeExecutions(stepFunctions(), call);
// Not by console.log, to which Lambda adds a time and a request id that the metric format does not allow.
export const metrics = (call: Call) =>
  makeMetrics((line) => process.stdout.write(`${line}\n`), call.clock.nowMs, setting('CUTOVER_TABLE'));
