import type {
  Alarms,
  DeploymentRecord,
  EcsServices,
  Ends,
  Events,
  Executions,
  HookExecutions,
  HookRuns,
  HookTasks,
  Leases,
  Listener,
  Metrics,
  NativeDeployments,
  NativeHooks,
  Scaling,
  SeriesStore,
  Targets,
  TaskSets,
  TrafficMetrics,
} from '../aws/verbs.ts';
import type { Clock } from '../core/clock.ts';

/** One line of the structured log, written by step.ts and by adapters that retry. */
export type Log = (entry: { message: string } & Record<string, unknown>) => void;

/** Everything a step may reach. A step's type names the part it uses, and its Lambda bundles only that part. */
export type Deps = {
  clock: Clock;
  ecsServices: EcsServices;
  taskSets: TaskSets;
  scaling: Scaling;
  listener: Listener;
  targets: Targets;
  alarms: Alarms;
  leases: Leases;
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
};
