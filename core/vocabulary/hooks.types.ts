import type { AwsVpcNetwork, CapacityProvider } from './network.types.ts';

/**
 * When a hook runs, by native ECS's names where it has one: before green is launched; green is healthy and has no user;
 * green has test traffic; before a production shift; green has all production traffic; blue has it back.
 */
export const hookStages = [
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'ROLLBACK',
] as const;
export type HookStage = (typeof hookStages)[number];

/** What follows when a hook does not succeed: the deployment rolls back, or continues and records it. */
export const hookPolicies = ['rollBack', 'continue'] as const;
type HookPolicy = (typeof hookPolicies)[number];

/** The event's shape: Cutover's own, or native ECS's with Cutover's beside it. */
export const hookContracts = ['cutover', 'ecs'] as const;
type HookContract = (typeof hookContracts)[number];

type Common = {
  /** Unique in the request. */
  name: string;
  stages: HookStage[];
  /** Of PRE_PRODUCTION_TRAFFIC_SHIFT: before each shift, the first, or those of these numbers, from 1. */
  steps: 'each' | 'first' | number[];
  timeoutMs: number;
  onTimeout: HookPolicy;
  onFailure: HookPolicy;
};

export type LambdaHook = Common & {
  kind: 'lambda';
  functionArn: string;
  contract: HookContract;
  /** Handed to the function; with IN_PROGRESS it may give it other ones for its next call. */
  hookDetails: Record<string, unknown>;
  /** Of `contract: "ecs"`: its owner states that it refuses what must not pass. */
  verified?: true;
};

export type ApprovalHook = Common & { kind: 'approval' };

/** Where a hook's task runs; what is absent is as green has it. */
type TaskPlacement = {
  network?: AwsVpcNetwork;
  launchType?: string;
  capacityProviders?: CapacityProvider[];
  platformVersion?: string;
};

/** What a deployment that goes back does with a task that still runs. */
export const abortPolicies = ['stop', 'wait'] as const;

export type TaskHook = Common & {
  kind: 'task';
  task: TaskPlacement & {
    /** `green`: the task definition that is deployed; else a family, `family:revision` or an ARN. */
    taskDefinition: string;
    /** The one whose command is replaced and whose exit code decides; absent: the only essential one. */
    container?: string;
    command?: string[];
    environment?: Record<string, string>;
  };
  onAbort: (typeof abortPolicies)[number];
};

/** What RunTask gets, and what says how the task ended; a plan's alone, when it names everything it runs. */
export type TaskLaunch = TaskPlacement & {
  taskDefinitionArn: string;
  /** Its exit code decides. */
  container: string;
  /** The other essential ones: ECS ends the task with whichever ends first. Absent: there are none. */
  beside?: string[];
  command?: string[];
  environment: Record<string, string>;
  /** Of the log driver awslogs; the stream of a task is `PREFIX/CONTAINER/TASK ID`. */
  log?: { group: string; streamPrefix?: string };
};

/** A hook's task as ECS describes it. */
export type ObservedHookTask = {
  taskArn: string;
  /** `STOPPED` once it is over. */
  lastStatus: string;
  stopCode?: string;
  stoppedReason?: string;
  /** Without an exit code a container has not run. DescribeTasks gives no times of a container. */
  containers: { name: string; status?: string; exitCode?: number; reason?: string }[];
};

/** One hook of a request, after parsing. */
export type Hook = LambdaHook | ApprovalHook | TaskHook;

/** One hook of a plan. */
export type PlannedTaskHook = Omit<TaskHook, 'task'> & { launch: TaskLaunch };
export type PlannedHook = LambdaHook | ApprovalHook | PlannedTaskHook;

/** What an estimate takes of a hook, of a request's and of a plan's. */
export type TimedHook = Pick<Hook, 'kind' | 'stages' | 'steps' | 'timeoutMs'> &
  Partial<Pick<TaskHook, 'onAbort'>>;

/** A point of the deployment at which hooks run. */
export type HookMoment = {
  stage: HookStage;
  /** Before which shift, from 1; 0 at every other stage. */
  step: number;
  /** The last shift that was made, 0 before the first: a `promote` passes over those between. */
  after: number;
};

/** How a run ended. The first result stays, whatever comes later. */
export type HookResult = {
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'CANCELLED';
  /** For a person: what it answered, or why it counts as failed. */
  reason: string;
  /** What the function answered, or how the task ended, as it came, up to 4 KB. */
  answer?: string;
  /** Of a task: where its output is. */
  log?: { group: string; stream?: string };
  endedAtMs: number;
};

/** One run of a hook. Its id is also the name of its execution. */
export type HookRun = Pick<HookMoment, 'stage' | 'step'> & {
  runId: string;
  name: string;
  kind: Hook['kind'];
  startedAtMs: number;
  deadlineMs: number;
  /** What the function is called with; null for what is no function. */
  event: Record<string, unknown> | null;
  /** Of the run itself; absent of an approval and a task, which have none, and in what an earlier release wrote. */
  executionArn?: string;
  /** Of a task: what it is started with. */
  launch?: TaskLaunch;
  /** Of a task, once it has been started. */
  taskArn?: string;
  /** Of a task that ECS stopped while the deciding container still ran: why, for a person. */
  cutShort?: string;
  /** Null while it runs. */
  result: HookResult | null;
};

/** A run as the record, reports, events and the command line show it. */
export type ShownHook = Pick<
  HookRun,
  'runId' | 'name' | 'stage' | 'step' | 'kind' | 'startedAtMs' | 'deadlineMs'
> & {
  status: 'RUNNING' | HookResult['status'];
  /** Null while it runs, as its reason. */
  endedAtMs: number | null;
  reason: string | null;
  /** What the function answered, as it came, up to 4 KB; null where it has not, and of an approval. */
  answer: string | null;
  /** To its execution in the Step Functions console, or its task in that of ECS; null: it has none. */
  link: string | null;
};

/** What a run's execution begins with, and keeps from one call of the function to the next. */
export type HookExecution = Pick<
  HookRun,
  'runId' | 'name' | 'stage' | 'step' | 'startedAtMs' | 'deadlineMs'
> & {
  deploymentId: string;
  functionArn: string;
  ask: HookAsk;
};

/** The next call of the function, or its end. */
export type HookAsk = {
  kind: 'ask' | 'ended';
  event: Record<string, unknown>;
  /** Until then. */
  waitSeconds: number;
  /** How long the call may take. */
  timeoutSeconds: number;
  /** For a person. */
  reason: string;
};

/** What a Catch or the invocation leaves. */
export type HookReply = { Payload?: unknown } | { Error: string; Cause: string };
