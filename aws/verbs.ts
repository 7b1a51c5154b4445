import type { ObservedLease } from '../core/deployment/lease.ts';
import type { OwnMetric } from '../core/deployment/own-metrics.ts';
import type { TaskRefusal } from '../core/hooks/task-refusal.ts';
import type { HookState } from '../core/native/hook-state.ts';
import type { RunningComparison } from '../core/verdict/analysis/running.ts';
import type { Command, Commitment } from '../core/vocabulary/command.types.ts';
import type { ChainHead, EndFacts } from '../core/vocabulary/end.types.ts';
import type { DeploymentEvent } from '../core/vocabulary/events.types.ts';
import type {
  HookExecution,
  HookResult,
  HookRun,
  ObservedHookTask,
  TaskLaunch,
} from '../core/vocabulary/hooks.types.ts';
import type { GroupMinute, MetricMinute, MetricSeries } from '../core/vocabulary/metrics.types.ts';
import type {
  ObservedAlarms,
  ObservedLoadBalancer,
  ObservedRule,
  ObservedService,
  ObservedTarget,
  ObservedTargetGroup,
  ObservedTaskDefinition,
  ObservedTaskSet,
  StoppedTask,
} from '../core/vocabulary/observed.types.ts';
import type { Answers, PlacementMemory } from '../core/vocabulary/placement.types.ts';
import type { GreenSpec, Plan, Route, RouteForward, WeightedGroup } from '../core/vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type { ObservedScaling, Suspended } from '../core/vocabulary/scaling.types.ts';
import type { Decision, Lease, Outcome, Stuck } from '../core/vocabulary/state.types.ts';

export type { ObservedLoadBalancer };

/**
 * The verbs a step may use: one type per adapter file beside this one. Every verb reads all pages, retries within
 * the Lambda's time, and throws only DeploymentErrors whose names are `apiErrors` (core/errors.ts) unless it says more.
 */

export type ServiceRef = { clusterArn: string; serviceArn: string };

/** One that this deployment made, when its id is known. */
type KnownTaskSet = { taskSetId: string } | undefined;

/** aws/ecs-service.ts */
export type EcsServices = {
  /**
   * DescribeServices; names or ARNs. While it lists no PRIMARY, `known` is asked for by DescribeTaskSets: whether a
   * service lists its task sets then is not documented. NotFound for an unknown cluster or service, also when it
   * comes as `failures[]`.
   */
  read(cluster: string, service: string, known?: KnownTaskSet): Promise<ObservedService>;
  /** DescribeTaskDefinition; NotFound when there is no such revision. */
  readTaskDefinition(name: string): Promise<ObservedTaskDefinition>;
};

/** aws/task-sets.ts */
export type TaskSets = {
  /** DescribeTaskSets; null when it is gone. */
  read(service: ServiceRef, taskSetId: string): Promise<ObservedTaskSet | null>;
  /** CreateTaskSet at that PERCENT with clientToken and externalId = deploymentId. */
  create(
    service: ServiceRef,
    spec: GreenSpec,
    deploymentId: string,
    percent: number,
  ): Promise<ObservedTaskSet>;
  /** UpdateTaskSet to that PERCENT, of all the tasks that the service wants. */
  scaleTo(service: ServiceRef, taskSetId: string, percent: number): Promise<void>;
  /** UpdateTaskSet to 0 PERCENT. */
  scaleToZero(service: ServiceRef, taskSetId: string): Promise<void>;
  /** DeleteTaskSet; a set that is gone already is a success. `force` only for a PRIMARY set nothing can replace. */
  delete(service: ServiceRef, taskSetId: string, options?: { force?: boolean }): Promise<void>;
  /** UpdateServicePrimaryTaskSet. */
  makePrimary(service: ServiceRef, taskSetId: string): Promise<void>;
  /** ListTasks STOPPED by service, DescribeTasks, filtered by startedBy = task set id [fact 30]; newest first. */
  stoppedTasks(service: ServiceRef, taskSetId: string): Promise<StoppedTask[]>;
};

/** A route as it is now: what it forwards to, and the actions as AWS returned them, which only listener.ts reads. */
export type LiveRoute = { route: Route; forward: RouteForward; actions: unknown };

/** aws/listener.ts */
export type Listener = {
  /**
   * Every listener default action and rule, on the given load balancers, whose forward action names any of the groups.
   * Routes that name several groups come once. `only`: keep just these listener or rule ARNs.
   */
  findRoutes(loadBalancerArns: string[], targetGroupArns: string[], only?: string[]): Promise<Route[]>;
  /**
   * DescribeRules: every rule of the listener that this ARN, its own or a rule's, belongs to. Empty where the
   * listener can have none.
   */
  readRules(routeArn: string): Promise<ObservedRule[]>;
  /** DescribeRules or DescribeListeners. NotFound when the rule is gone or no longer forwards. */
  read(route: Route): Promise<LiveRoute>;
  /**
   * ModifyRule or ModifyListener: the live actions with the forward action's group list replaced, everything else as
   * read: authenticate actions before it, their order, stickiness [fact 74, 77, 79]. Absolute, so repeatable.
   */
  write(live: LiveRoute, groups: WeightedGroup[]): Promise<void>;
  readLoadBalancers(arns: string[]): Promise<ObservedLoadBalancer[]>;
};

/** aws/targets.ts */
export type Targets = {
  /** DescribeTargetHealth. */
  read(targetGroupArn: string): Promise<ObservedTarget[]>;
  /**
   * DescribeTargetGroups and DescribeTargetGroupAttributes, in the order asked for. NotFound names the missing ARNs.
   */
  readGroups(arns: string[]): Promise<ObservedTargetGroup[]>;
};

/** aws/alarms.ts */
export type Alarms = {
  /** DescribeAlarms of both kinds, by 100 names a call [fact 112]. No names: no call. */
  read(names: string[]): Promise<ObservedAlarms>;
};

/** Whole minutes, milliseconds; the end is not included. */
type Window = { fromMs: number; toMs: number };

/** aws/traffic-metrics.ts */
export type TrafficMetrics = {
  /**
   * GetMetricData of the groups named: one entry for each minute of the window. With `slowOver` (seconds) also
   * response times. Unavailable when a series is not complete: what CloudWatch does not know is not zero.
   */
  readMinutes(
    of: {
      loadBalancerArn: string;
      /** Null: not asked for, once it has no traffic. */
      blueGroupArn: string | null;
      greenGroupArn: string;
      slowOver: readonly number[];
    },
    window: Window,
  ): Promise<MetricMinute[]>;
  /**
   * GetMetricData: for each minute with requests, how many of them the group's targets answered with 2xx, 3xx or 4xx.
   * A group whose targets hang has requests and no answers, and no 5xx either.
   */
  readAnswers(
    of: { loadBalancerArn: string; blueGroupArn: string; greenGroupArn: string },
    window: Window,
  ): Promise<Answers>;
  /**
   * A group's last three hours: its minutes, and percentiles of all its response times in them, seconds; null without
   * data.
   */
  readUsual(of: {
    loadBalancerArn: string;
    targetGroupArn: string;
    percentiles: readonly number[];
  }): Promise<{ minutes: GroupMinute[]; times: (number | null)[] }>;
};

/** aws/series.ts: a deployment's metrics in DynamoDB, beside its record. */
export type SeriesStore = {
  /** When the metrics of this hour were read last, without reading them; null: not in it. */
  readAtMs(deploymentId: string): Promise<number | null>;
  /** All of it. */
  read(deploymentId: string): Promise<MetricSeries>;
  /** What judging continues from: the comparison as it was kept last, and the series from its end on. */
  readOpen(deploymentId: string): Promise<{ carried: RunningComparison | null; series: MetricSeries }>;
  /** Keeps the minutes from the hour of `fromMs` on; earlier ones are as they were. */
  save(deploymentId: string, series: MetricSeries, fromMs: number): Promise<void>;
  /** Keeps the comparison of an earlier part of the series. */
  saveCarried(deploymentId: string, carried: RunningComparison): Promise<void>;
};

/** aws/native-deployments.ts: deployments that ECS makes itself, for the hook that judges them. */
export type NativeDeployments = {
  /** DescribeServiceDeployments and DescribeServiceRevisions. `first`: there is no revision to go back to. */
  read(
    serviceDeploymentArn: string,
    targetRevisionArn: string,
  ): Promise<{ first: boolean; greenGroupArns: string[]; blueGroupArns: string[] }>;
  /** DescribeTargetGroups and its attributes; null: no load balancer uses the group. */
  readGroup(targetGroupArn: string): Promise<{ loadBalancerArn: string | null; sticky: boolean }>;
};

/** aws/native-hooks.ts: what that hook keeps, in DynamoDB. */
export type NativeHooks = {
  read(serviceDeploymentArn: string): Promise<HookState | null>;
  save(serviceDeploymentArn: string, state: HookState): Promise<void>;
};

/** aws/scaling.ts: what Application Auto Scaling does to a service. Min, Max and the desired count are never written. */
export type Scaling = {
  /**
   * DescribeScalableTargets; of a target also DescribeScalingPolicies and DescribeScheduledActions. Null: it is none.
   */
  read(service: Pick<ObservedService, 'cluster' | 'name'>): Promise<ObservedScaling | null>;
  /** DescribeScalableTargets alone, of `service/CLUSTER/SERVICE`; null: it is no scalable target any more. */
  readSuspended(resourceId: string): Promise<Suspended | null>;
  /** RegisterScalableTarget with a whole SuspendedState and nothing else. Absolute, so repeatable. */
  suspend(resourceId: string, suspended: Suspended): Promise<void>;
};

/** Who may change a service: what a step proves before each write. */
export type Holding = Pick<Lease, 'serviceKey' | 'deploymentId' | 'executionArn'>;

export type LeaseItem = ObservedLease & {
  /** The last end that a holder of the lease wrote; absent before the first. */
  head?: ChainHead;
  lastGroups: string[];
  acquiredAtMs?: number;
  recoveries: number;
};

export type HeldLease = Holding & {
  /** Names of the alarms its deployment watches. */
  alarms: string[];
  /** How many recoveries have taken the deployment over, and when the last did. */
  recoveries: number;
  recoveredAtMs: number;
};

/** aws/lease.ts: one DynamoDB item per service, conditional writes, consistent reads. */
export type Leases = {
  read(serviceKey: string): Promise<LeaseItem>;
  /** False when another deployment was quicker. */
  take(holding: Holding, alarms: readonly string[]): Promise<boolean>;
  /** `first`: takes the place in line from the one who has it. False when somebody else has it by now. */
  wait(holding: Pick<Holding, 'serviceKey' | 'deploymentId'>, first: boolean): Promise<boolean>;
  /**
   * For a recovery: the same deployment, held by the execution that has ended, with the sweep's proof. False when it
   * is not held so.
   */
  takeOver(
    holding: Holding,
    proven: { endedExecutionArn: string; proof: string },
    recoveries: number,
  ): Promise<boolean>;
  /**
   * For the sweep: the word by which a recovery of this execution proves itself, for TRY_AGAIN_MS the same. Null when
   * the lease has changed meanwhile.
   */
  prove(holding: Holding): Promise<string | null>;
  /** @throws LeaseLost when this execution no longer holds the service. */
  assertHolds(holding: Holding): Promise<void>;
  /**
   * Frees the lease if this execution still holds it; remembers both groups for the next deployment, and the last end
   * of the history.
   */
  release(holding: Holding, lastGroups: readonly string[], head?: ChainHead): Promise<void>;
  leaveLine(holding: Pick<Holding, 'serviceKey' | 'deploymentId'>): Promise<void>;
  /** Every service that is being deployed now. */
  held(): Promise<HeldLease[]>;
};

/** aws/ends.ts: how a service's deployments ended, for good. */
export type Ends = {
  /**
   * Adds an end to its service's chain, once for each deployment: a repeat finds the first. `sinceMs`: before that the
   * deployment cannot have ended. `first`: it was not there before.
   */
  append(facts: EndFacts, sinceMs: number): Promise<{ head: ChainHead; first: boolean }>;
};

/** A deployment's record, and the execution that may change it. */
type RecordOf = Pick<Holding, 'deploymentId' | 'executionArn'>;

/** A deployment as its record has it. */
export type StoredDeployment = {
  serviceKey: string;
  request: DeploymentRequest;
  plan: Plan | null;
  outcome: Outcome | null;
  /** The token of the wait in progress, or of the last one. */
  taskToken: string | null;
  /** When the last signal was recorded, and what it was. */
  lastSignal: { atMs: number; by: string } | null;
  /** The last event of a watched alarm that turned red, or null. */
  lastAlarm: { atMs: number; name: string } | null;
  commands: Command[];
  /** The id of the command that was added last, or null: what `commit` proves to have seen. */
  lastCommandId: string | null;
  /** What the steps have learned about both colours (core/weights/placement.ts), or null. */
  placement: PlacementMemory | null;
  /** From then on no command applies; null before. */
  commitment: Commitment | null;
  /** Why the last execution that ended stuck did; null when none has. */
  stuck: Stuck | null;
};

/** aws/record.ts: DynamoDB, single-item conditional writes, consistent reads. */
export type DeploymentRecord = {
  /** Opens the deployment's record; what an earlier try wrote stays. Conflict when another execution has opened it. */
  open(holding: Holding, request: DeploymentRequest): Promise<void>;
  /** For a recovery that holds the lease: from now on it writes the record, and no execution before it. */
  takeOver(of: RecordOf): Promise<void>;
  read(deploymentId: string): Promise<StoredDeployment | null>;
  /** Null: none was opened. */
  standing(deploymentId: string): Promise<'open' | 'closed' | null>;
  /** Conflict, here and in storeTaskToken, when the record is another execution's. */
  savePlan(of: RecordOf, plan: Plan): Promise<void>;
  /** One item per decision, keyed by its observation time, so that a repeat overwrites itself. */
  appendDecision(deploymentId: string, decision: Decision): Promise<void>;
  /** For the recovery that comes next. */
  noteStuck(of: RecordOf, stuck: Stuck): Promise<boolean>;
  /** What is known of both colours: the last one wins. */
  savePlacement(of: RecordOf, memory: PlacementMemory): Promise<boolean>;
  readDecisions(deploymentId: string): Promise<Decision[]>;
  /** The newest alone: a long deployment has hundreds, and DynamoDB charges by what is read. */
  readLastDecision(deploymentId: string): Promise<Decision | null>;
  /**
   * The token of the wait in progress; the last one wins. Returns the record as it is from this write on: what was
   * written before is in it, and who writes after it finds the token.
   */
  storeTaskToken(of: RecordOf, taskToken: string, expiresAtMs: number): Promise<StoredDeployment | null>;
  /** Notes that an alarm turned red, for the next decision to read. False when the deployment has ended. */
  noteAlarm(deploymentId: string, alarmName: string): Promise<boolean>;
  /** Notes what wakes a bake and is no alarm. False when the deployment has ended. */
  noteSignal(deploymentId: string, by: string): Promise<boolean>;
  /**
   * Adds a command, once by its id. False when the deployment has ended or is committed meanwhile, when it has had as
   * many as it may, and when that id was added already.
   */
  addCommand(deploymentId: string, command: Command): Promise<boolean>;
  /**
   * Takes no more commands from now on. With `seen`, only if no command came after the one of that id: false then, and
   * when the record is closed.
   */
  commit(of: RecordOf, commitment: Commitment, seen?: { lastCommandId: string | null }): Promise<boolean>;
  /**
   * Closes the record once (the first outcome stays) and returns the one that stands. One that is another execution's
   * stays open: null.
   */
  close(of: RecordOf, outcome: Outcome): Promise<Outcome | null>;
};

/** When it started: the first try's instant, should this be a repeat of it. */
export type Started = { kind: 'started'; startedAtMs: number } | { kind: 'existed' };

/** aws/executions.ts */
export type Executions = {
  /** SendTaskSuccess; `alreadyDecided` when the wait is over. */
  wake(taskToken: string, by: string): Promise<'woken' | 'alreadyDecided'>;
  /** DescribeExecution; one that is no longer known has ended. */
  status(executionArn: string): Promise<{ running: boolean; reason: string }>;
  /**
   * StartExecution; the same name twice is one execution. `existed`: with another input, or it has ended [fact 102].
   */
  start(stateMachineArn: string, name: string, input: unknown): Promise<Started>;
};

/** aws/hook-runs.ts: the runs of a deployment's hooks, items beside its record. */
export type HookRuns = {
  read(deploymentId: string): Promise<HookRun[]>;
  /** Once: what was written for this hook and moment before stays, and then the answer is false. */
  begin(deploymentId: string, run: HookRun): Promise<boolean>;
  /** Keeps the ARN of the run's task. */
  noteTask(
    deploymentId: string,
    run: Pick<HookRun, 'stage' | 'step' | 'name'>,
    taskArn: string,
  ): Promise<void>;
  /** Keeps the first result. False when the run has one. */
  finish(
    deploymentId: string,
    run: Pick<HookRun, 'stage' | 'step' | 'name'>,
    result: HookResult,
  ): Promise<boolean>;
};

/** aws/hook-executions.ts: executions of the state machine of hooks, each named by its run. */
export type HookExecutions = {
  arnOf(runId: string): string;
  /** Starts it, or finds that it runs already. `ended`: it has ended, whatever came of it. */
  ensure(runId: string, input: HookExecution): Promise<'runs' | 'ended'>;
  /** How it ended, for a person. */
  ending(runId: string): Promise<string>;
  /** StopExecution; one that has ended, or was never there, is a success. */
  stop(runId: string, cause: string): Promise<void>;
};

/** How a run's task was started, or why none was. */
type TaskStart = { kind: 'started'; taskArn: string } | ({ kind: 'refused' } & TaskRefusal);

/** Whose task it is: `startedBy` and the group of the task name them. */
export type HookTaskOf = { clusterArn: string; deploymentId: string; runId: string };

/** aws/hook-tasks.ts: one-off ECS tasks, one for each run. */
export type HookTasks = {
  /** RunTask with the run's id as clientToken: a repeat answers with the same task. */
  start(of: HookTaskOf, launch: TaskLaunch): Promise<TaskStart>;
  /** DescribeTasks; null: ECS does not know it, yet or any more. */
  read(clusterArn: string, taskArn: string): Promise<ObservedHookTask | null>;
  /** ListTasks and DescribeTasks: the run's task that is to run; null: none. */
  find(of: HookTaskOf): Promise<string | null>;
  /** StopTask; one that is over, or is not known any more, is a success. */
  stop(clusterArn: string, taskArn: string, reason: string): Promise<void>;
};

/** aws/metrics.ts: counts that alarms on Cutover itself read. */
export type Metrics = {
  publish(counts: Partial<Record<OwnMetric, number>>): void;
  /** A service's deployment, once it has ended. */
  publishEnd(end: EndFacts): void;
};

/** aws/events.ts */
export type Events = {
  /**
   * PutEvents, source `cutover`. Never fails: an event that cannot be put within seconds is logged, and the step
   * continues.
   */
  emit(event: DeploymentEvent): Promise<void>;
};
