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

/** One hook of a request, after parsing. */
export type Hook = LambdaHook | ApprovalHook;

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
  /** What the function answered, as it came, up to 4 KB. */
  answer?: string;
  endedAtMs: number;
};

/** One run of a hook. Its id is also the name of its execution. */
export type HookRun = Pick<HookMoment, 'stage' | 'step'> & {
  runId: string;
  name: string;
  kind: Hook['kind'];
  startedAtMs: number;
  deadlineMs: number;
  /** What the function is called with; null for an approval. */
  event: Record<string, unknown> | null;
  /** Of the run itself; absent of an approval, which has none, and in what an earlier release wrote. */
  executionArn?: string;
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
  /** To its execution in the Step Functions console; null: it has none. */
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
