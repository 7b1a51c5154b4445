import type { Listener, Targets } from '../aws/balancer-verbs.ts';
import type { EcsServices, NativeDeployments, Scaling, TaskDefinitions, TaskSets } from '../aws/ecs-verbs.ts';
import type { HookExecutions, HookRuns, HookTasks } from '../aws/hook-verbs.ts';
import type { Alarms, Metrics, TrafficMetrics } from '../aws/metric-verbs.ts';
import type { DeploymentRecord, Ends, Leases, Moves, NativeHooks, SeriesStore } from '../aws/store-verbs.ts';
import type { Events, Executions, Writers } from '../aws/workflow-verbs.ts';
import type { Clock } from '../core/clock.ts';

/** One line of the structured log, written by step.ts and by adapters that retry. */
export type Log = (entry: { message: string } & Record<string, unknown>) => void;

/**
 * Everything a step may reach: the verbs, in the aws/*-verbs.ts, one type per adapter file. Every verb reads all pages,
 * retries within the Lambda's time, and throws only DeploymentErrors whose names are `apiErrors` (core/errors.ts)
 * unless it says more. A step's type names the part it uses, and its Lambda bundles only that part.
 */
export type Deps = {
  clock: Clock;
  ecsServices: EcsServices;
  taskDefinitions: TaskDefinitions;
  taskSets: TaskSets;
  scaling: Scaling;
  listener: Listener;
  targets: Targets;
  alarms: Alarms;
  leases: Leases;
  moves: Moves;
  record: DeploymentRecord;
  ends: Ends;
  executions: Executions;
  events: Events;
  metrics: Metrics;
  trafficMetrics: TrafficMetrics;
  series: SeriesStore;
  nativeDeployments: NativeDeployments;
  nativeHooks: NativeHooks;
  hookRuns: HookRuns;
  hookExecutions: HookExecutions;
  hookTasks: HookTasks;
  writers: Writers;
};
