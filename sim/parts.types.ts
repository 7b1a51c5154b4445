import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Service, TaskDefinition } from '@aws-sdk/client-ecs';
import type {
  Listener,
  LoadBalancer,
  Rule,
  TargetGroup,
  TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetState } from '../core/vocabulary/observed.types.ts';
import type { SurroundingsSeed } from './surroundings.ts';

/** How the simulated services meet. Each part implements one of these and knows the others only by them. */

/** What a run starts from: the members of the AWS CLI's describe outputs, as sim/load-world.ts reads them. */
export type WorldSeed = {
  region: string;
  account: string;
  clusterArn: string;
  /** Each with its `taskSets`; a PRIMARY one starts with all its tasks running and healthy. */
  services: Service[];
  taskDefinitions: TaskDefinition[];
  loadBalancers: LoadBalancer[];
  targetGroups: TargetGroup[];
  targetGroupAttributes: { TargetGroupArn: string; Attributes: TargetGroupAttribute[] }[];
  listeners: Listener[];
  rules: { ListenerArn: string; Rule: Rule }[];
  metricAlarms: MetricAlarm[];
  compositeAlarms: CompositeAlarm[];
  traffic: TrafficSeed;
  /** What is not so in the account that the world was read from, each as a sentence. */
  assumed?: readonly string[];
  /** What the applications publish of their own requests; absent: nothing. */
  published?: readonly PublishedSeed[];
  /** What only preflight reads, as far as the world describes it. */
  surroundings?: SurroundingsSeed;
};

/**
 * A metric that each version publishes of its requests, by the minute: all of them, those it answered rightly, or those
 * it answered 2xx and wrongly. `{taskDefinitionRevision}` and `{targetGroup}` stand for its own in dimensions.
 */
export type PublishedSeed = {
  namespace: string;
  metric: string;
  dimensions: Readonly<Record<string, string>>;
  counts: 'requests' | 'right' | 'wrong';
};

export type TrafficSeed = {
  /** New requests per second over all routes. */
  requestsPerSecond: number;
  /** Share of the requests by listener or rule ARN; absent: equal shares of all routes that forward. */
  shares?: Record<string, number>;
  /** How long a user keeps coming back with the same stickiness cookie, seconds. */
  sessionSeconds?: number;
  /** Share of the requests that a version answers 5xx although nothing is wrong with it, as measured. Absent: none. */
  errorShare?: number;
  /** Seconds from a task's creation to RUNNING, as measured. Absent: as most tasks. */
  startSeconds?: number;
};

/** How one version (one task definition) behaves; made from `--version` by rehearsal/behaviour.ts. */
export type Behaviour = {
  /** As the user wrote it, e.g. `errors:20%`. */
  name: string;
  /** Milliseconds from the task's creation to RUNNING: placement, image pull, container start. */
  startMs: number;
  /** Milliseconds from RUNNING until it accepts connections. */
  bootMs: number;
  /** When set, the task never runs and stops with this reason. */
  cannotStart?: { stopCode: string; stoppedReason: string };
  /** When set, the essential container exits this long after RUNNING. */
  crash?: { afterMs: number; exitCode: number; reason?: string };
  /** Whether the health check's path answers as the matcher wants, `sinceMs` after boot. */
  answersHealthCheck(sinceMs: number): boolean;
  /** HTTP status of a health check that is answered wrongly; absent: 503. */
  healthCheckCode?: number;
  /**
   * Share of requests answered 5xx, by the time since boot and the task's own load in requests per second; and by the
   * time of day, in which it changes at whole minutes alone.
   */
  errorShare(sinceMs: number, requestsPerSecond: number, nowMs: number): number;
  /** Mean response time, milliseconds. */
  responseMs(sinceMs: number, requestsPerSecond: number): number;
  /** Share of requests that it answers 2xx and wrongly: only the application's own metrics know. Absent: none. */
  wrongShare?: number;
  /** Times since boot at which any of the above changes its value, milliseconds. */
  changesAtMs: number[];
  /**
   * Its errors and slow answers come by chance in each minute's metrics, as real ones do; absent: in the exact share.
   * What users meet is counted by the exact share either way.
   */
  varies?: true;
};

/** A running copy of a version, as the load balancer meets it. Implemented by sim/ecs. */
export type RunningApp = {
  taskArn: string;
  /** By its revision an application publishes its metrics; absent: it publishes none. */
  taskDefinitionArn?: string;
  behaviour: Behaviour;
  /** Virtual time from which it accepts connections. */
  listensFromMs: number;
  /** True once the process has gone; requests to it fail from then on. */
  gone(): boolean;
  /** How it went: `stopped` when ECS or an operator stopped the task, `crashed` (also when absent) by itself. */
  goneBecause?(): 'crashed' | 'stopped';
};

export type TargetId = { id: string; port: number };

/** A task as what runs its program sees it. */
export type HostedTask = {
  arn: string;
  /** First digits of its id, for people. */
  label: string;
  service: string;
  clusterArn: string;
  taskDefinition: TaskDefinition;
  /** The addresses that the load balancers know it by. */
  targets: TargetId[];
  behaviour: Behaviour;
  /** Of a one-off task: what its program is called with, and gets beside its own environment. */
  overrides?: { container: string; command?: string[]; environment: Record<string, string> };
};

/** How a one-off task goes in a world without programs. */
export type TaskPlay = {
  /** So many calls of RunTask with the same token start nothing, for this reason. */
  refused?: { times: number; reason: string };
  /** It never runs. */
  cannotStart?: string;
  /** From RUNNING on, until it ends by itself; `Infinity`: never. */
  runsMs: number;
  /** Absent: it stops without one. */
  exitCode?: number;
  /** Of its container, beside the exit code. */
  reason?: string;
  /** The other containers end first, with this exit code, and the task is stopped for it. */
  besideExits?: number;
};

/** What a host reports of a task's programs, each at most once but for containers. */
export type ProcessReports = {
  running(): void;
  cannotStart(stopCode: string, reason: string): void;
  /** An essential container ended without an order to. */
  ended(exitCode: number, reason?: string): void;
  /** Of one container; any number of times. */
  container(name: string, report: ContainerReport): void;
};

/** A container as its host knows it. */
export type ContainerReport = { status: 'RUNNING' | 'STOPPED'; exitCode?: number; reason?: string };

/** Runs the tasks' programs. The simulator's own host has no programs: the version's behaviour stands for them. */
export type TaskHost = {
  start(task: HostedTask, reports: ProcessReports): void;
  /** SIGTERM, and SIGKILL when `stopTimeoutMs` has passed [fact 43]. */
  stop(task: HostedTask, stopTimeoutMs: number, stopped: (exitCode: number) => void): void;
  /** Ends what is left of it at once; nothing when nothing is. */
  kill(task: HostedTask): void;
  /**
   * Calls `over` when none of its containers is left, which end by themselves after an essential one has. Absent: none
   * ever is.
   */
  whenOver?(task: HostedTask, over: () => void): void;
  /**
   * Runs the health check of the container of this name. False, or absent: there is nothing to run, and the version's
   * behaviour answers.
   */
  checkContainer?(
    task: HostedTask,
    container: string,
    timeoutMs: number,
    conclude: (passed: boolean) => void,
  ): boolean;
};

/** The target groups as ECS uses them. Implemented by sim/elbv2. */
export type TargetRegistry = {
  exists(targetGroupArn: string): boolean;
  /** Named by a forward action of some listener or rule, at any weight. */
  isAttached(targetGroupArn: string): boolean;
  targetType(targetGroupArn: string): 'instance' | 'ip';
  /** `initiallyHealthy`: the task was serving before the run began, so it starts healthy instead of `initial`. */
  register(
    targetGroupArn: string,
    target: TargetId,
    app: RunningApp,
    options?: { initiallyHealthy?: boolean },
  ): void;
  /** Starts draining; `drained` runs when the deregistration delay has passed. */
  deregister(targetGroupArn: string, target: TargetId, drained: () => void): void;
  state(targetGroupArn: string, target: TargetId): TargetState;
  /**
   * To be called whenever something about the target's app changed that `changesAtMs` does not announce, above all when
   * `gone()` turns true: steady targets are not checked again until then, so an unannounced change would go unnoticed.
   */
  appChanged(targetGroupArn: string, target: TargetId): void;
  /** Called after each change of a target's state. */
  onChange(
    listener: (targetGroupArn: string, target: TargetId, state: TargetState, taskArn: string) => void,
  ): void;
  counts(targetGroupArn: string): { registered: number; healthy: number; draining: number };
};

/** Why a request failed; every failed request has exactly one. */
export const failureCauses = [
  /** The group that got the request had no registered target: the load balancer's own 503. */
  'emptyGroup',
  /** Only unhealthy targets: the load balancer fails open and the target refused or timed out. */
  'sickTarget',
  /** A target that had passed its checks stopped answering before the balancer noticed. */
  'deadTarget',
  /** The task was stopped while its target still took requests. */
  'stoppedBeforeDrained',
  /** The version answered 5xx. */
  'versionError',
  /** The default action had no group to forward to. */
  'noRoute',
] as const;
export type FailureCause = (typeof failureCauses)[number];

export type GroupTraffic = {
  requests: number;
  failed: number;
  failedBecause: Partial<Record<FailureCause, number>>;
};

/** User requests as a flow. Implemented by sim/traffic. */
export type TrafficTotals = {
  total: number;
  failed: number;
  failedBecause: Partial<Record<FailureCause, number>>;
  byGroup: Record<string, GroupTraffic>;
};

/**
 * One minute of one target group, as CloudWatch gets it [fact 118]. Implemented by sim/traffic, read by
 * sim/cloudwatch.
 */
export type MinuteMetrics = {
  requestCount: number;
  /** Answered by targets. */
  target5xx: number;
  connectionErrors: number;
  /** The balancer's own 502 and 503 in place of this group; CloudWatch has them per load balancer only. */
  balancer5xx: number;
  /** Answers of its targets, not whole. */
  answered: number;
  /** Of them 2xx and wrong, as the application knows; absent: it publishes nothing. */
  wrong?: number;
  /** Which version's tasks answered. */
  taskDefinitionArn?: string;
  /** Mean, seconds; undefined without traffic. */
  responseSeconds: number | undefined;
  /** Of the minute, in standard deviations: how many more answers than usual were slow. */
  chance: number;
  healthyHosts: number;
  unhealthyHosts: number;
  /** Zero: the minute has no host counts. */
  registeredHosts: number;
  /**
   * The response time that this share of the answers did not exceed, seconds. Absent: there is no distribution, only
   * the mean.
   */
  responseQuantile?(share: number): number | undefined;
};
