import { makeAlarms } from '../aws/alarms.ts';
import type { Sender } from '../aws/call.ts';
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
import type { Deps } from '../functions/deps.types.ts';
import { sha256 } from '../functions/identify.ts';
import type { Connectors } from '../functions/step.ts';
import { makeAutoScaling } from './autoscaling/autoscaling.ts';
import { makeCloudTrail } from './cloudtrail/cloudtrail.ts';
import { makeCloudWatch } from './cloudwatch/cloudwatch.ts';
import { makeDynamoDb } from './dynamodb/dynamodb.ts';
import { makeEcs } from './ecs/ecs.ts';
import type { SimElbv2 } from './elbv2/elbv2.ts';
import { makeElbv2 } from './elbv2/elbv2.ts';
import type { Probe } from './elbv2/target-checks.ts';
import { makeEventBridge } from './eventbridge/eventbridge.ts';
import type { Kernel } from './kernel/kernel.ts';
import { makeKernel } from './kernel/kernel.ts';
import type { Wall } from './kernel/scheduler.ts';
import type { Behaviour, TaskHost, WorldSeed } from './parts.types.ts';
import { scaledServices } from './scaled-services.ts';
import { HOOK_MACHINE_ARN } from './stepfunctions/step-functions.ts';
import { makeSurroundings } from './surroundings.ts';
import { makeTraffic, type SimTraffic } from './traffic/traffic.ts';
import { makeUserFunctions } from './user-functions.ts';

/** When virtual time begins; any fixed instant would do, a Monday morning reads well in a timeline. */
const START_MS = Date.UTC(2026, 0, 5, 9, 0, 0);

/** What is real in a world that runs on a clock outside, with programs and requests. */
type LiveParts = {
  wall: Wall;
  startMs: number;
  taskHost(kernel: Kernel): TaskHost;
  probe(kernel: Kernel): Probe;
  traffic(kernel: Kernel, elbv2: SimElbv2): SimTraffic;
};

/** One account and Region with everything a deployment meets, on virtual time unless parts of it are `live`. */
export const makeWorld = (
  world: WorldSeed,
  seed: number,
  behaviourOf: (taskDefinitionArn: string) => Behaviour,
  { live, ...options }: { pageSize?: number; live?: LiveParts } = {},
) => {
  const kernel = makeKernel(seed, live?.startMs ?? START_MS, {
    ...options,
    ...(live === undefined ? {} : { wall: live.wall }),
  });
  const elbv2 = makeElbv2(kernel, world, live?.probe(kernel));
  const traffic = live?.traffic(kernel, elbv2) ?? makeTraffic(kernel, world.traffic, elbv2);
  const ecs = makeEcs(kernel, world, {
    targets: elbv2.registry,
    behaviourOf,
    taskHost: live?.taskHost(kernel),
  });
  const cloudWatch = makeCloudWatch(kernel, world, traffic);
  const cloudTrail = makeCloudTrail(kernel, world);
  const dynamoDb = makeDynamoDb(kernel);
  const eventBridge = makeEventBridge(kernel);
  const functions = makeUserFunctions(kernel);
  const autoScaling = makeAutoScaling(
    kernel,
    world.surroundings ?? {},
    scaledServices({ ecs, elbv2, traffic, cloudWatch }),
  );
  const surroundings = makeSurroundings(kernel, world.surroundings ?? {}, autoScaling.client);

  // The state machine's Lambdas use it, and it runs the Lambdas: it comes last.
  let stepFunctions: Sender | undefined;
  const lateStepFunctions: Sender = {
    send: (command, options) => {
      if (stepFunctions === undefined) throw new Error('sim: no state machine is installed in this world');
      return stepFunctions.send(command, options);
    },
  };

  /** The production adapters over this world's clients. */
  const connectors: Connectors<keyof Deps> = {
    ecsServices: (call) => makeEcsServices(ecs.client, call),
    taskDefinitions: (call) => makeTaskDefinitions(ecs.client, call),
    taskSets: (call) => makeTaskSets(ecs.client, call),
    listener: (call) => makeListener(elbv2.client, call),
    scaling: (call) => makeScaling(autoScaling.client, call),
    targets: (call) => makeTargets(elbv2.client, call),
    alarms: (call) => makeAlarms(cloudWatch.client, call),
    trafficMetrics: (call) => makeTrafficMetrics(cloudWatch.client, call),
    series: (call) => makeSeriesStore(dynamoDb.client, call, 'cutover'),
    nativeDeployments: (call) => makeNativeDeployments(ecs.client, elbv2.client, call),
    nativeHooks: (call) => makeNativeHooks(dynamoDb.client, call, 'cutover'),
    hookRuns: (call) => makeHookRuns(dynamoDb.client, call, 'cutover'),
    hookExecutions: (call) => makeHookExecutions(lateStepFunctions, call, HOOK_MACHINE_ARN),
    hookTasks: (call) => makeHookTasks(ecs.client, call),
    writers: (call) => makeWriters(cloudTrail.client, call),
    leases: (call) => makeLeases(dynamoDb.client, call, 'cutover'),
    moves: (call) => makeMoves(dynamoDb.client, call, 'cutover'),
    record: (call) => makeRecord(dynamoDb.client, call, 'cutover'),
    ends: (call) => makeEnds(dynamoDb.client, call, 'cutover', sha256),
    executions: (call) => makeExecutions(lateStepFunctions, call),
    events: (call) => makeEvents(eventBridge.client, call, 'default'),
    metrics: (call) => makeMetrics((line) => call.log({ message: line }), call.clock.nowMs, 'cutover'),
  };
  const connectStepFunctions = (client: Sender): void => {
    stepFunctions = client;
  };
  return {
    kernel,
    functions,
    elbv2,
    traffic,
    ecs,
    cloudWatch,
    cloudTrail,
    dynamoDb,
    eventBridge,
    autoScaling,
    surroundings,
    connectors,
    connectStepFunctions,
  };
};

export type World = ReturnType<typeof makeWorld>;
