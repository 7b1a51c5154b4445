import type { Decision } from './decision.types.ts';
import type { Began, Outcome, Removal, Retirement, RolledBack } from './ending.types.ts';
import type { Heard } from './heard.types.ts';
import type { Plan, Weights } from './plan.types.ts';
import type { DeploymentRequest } from './request.types.ts';

/** The slices of the execution's state: each is written by the steps that contract.ts names, and by no other. */

export type Execution = {
  /** The execution's ARN. */
  id: string;
  name: string;
  /** ISO 8601, from the context object. */
  startedAt: string;
};

/** Written by AcquireLease. */
export type Lease = {
  /**
   * `held`: this execution may change the service. `waiting`: another deployment does, read again after the wait.
   * `recovering`: an earlier execution of the same deployment ended half-way, and this one finishes it.
   */
  kind: 'held' | 'waiting' | 'recovering';
  /** At most 36 printable ASCII characters: it is also CreateTaskSet's clientToken and externalId. */
  deploymentId: string;
  /** The lease item's key, `cluster/service` as ARN-free names. */
  serviceKey: string;
  /** The execution that holds the lease: a late step of one that was taken over may write no more. */
  executionArn: string;
  /** Since when the lease is held, or this deployment waits. */
  acquiredAtMs: number;
  request: DeploymentRequest;
  /** Both groups of the service's last deployment: with sticky routes the idle one is in no action. */
  lastGroups: string[];
  waitSeconds: number;
  /** What it waits for, or why it recovers. */
  reason: string;
  /** For a recovery of a rollback that got stuck: what began it. */
  began?: Began;
};

/** Written by AttachGreen. */
export type Attached = {
  /** Labels of the routes whose action had to be changed. */
  changed: string[];
  /** What was suspended of the service's scaling, a sentence; absent: nothing. */
  scaling?: string;
};

/** Written by LaunchGreen. */
export type Green = {
  taskSetId: string;
  taskSetArn: string;
  launchedAtMs: number;
  /** True when a task set with this deployment's id existed already. */
  adopted: boolean;
};

/** Written by CheckGreen. */
export type Ready =
  | {
      kind: 'ready';
      healthyTargets: number;
      wanted: number;
      reason: string;
      /** From green's launch until it had enough healthy targets; absent in what an earlier release wrote. */
      launchMs?: number;
    }
  | {
      /** `held`: by a person, until a command. */
      kind: 'pending' | 'held';
      healthyTargets: number;
      wanted: number;
      /** Since when the group has had enough healthy targets, or null. */
      healthySinceMs: number | null;
      /**
       * Why a target last failed the load balancer's check: by the time ECS has stopped its task, nobody says it any
       * more.
       */
      checkFailure?: string;
      waitSeconds: number;
      heard?: Heard;
      reason: string;
    }
  | {
      kind: 'failed';
      healthyTargets: number;
      wanted: number;
      reason: string;
      /** By an operator's abort. */
      aborted?: true;
    };

/** Written by ShiftTraffic. */
export type Traffic = {
  position: number;
  weights: Weights;
  shiftedAtMs: number;
  /** When green got its first users: the first shift; absent in what an earlier release wrote. */
  usersSinceMs?: number;
  routes: { label: string; before: Weights; after: Weights }[];
  /** What was written to the test route; null: no split between blue and green. Absent: nothing. */
  test?: TestWritten;
};

/** The test route before and after a write that was read back. */
type TestWritten = { label: string; before: Weights | null; after: Weights | null };

/** Written by each wait for a task token: what ended it. A signal only wakes; it decides nothing. */
type Wake = { by: string } | { Error: string; Cause: string };

/** Written by RunHooks and EndHooks. */
export type Hooks = {
  /**
   * `waiting`: hooks run, and no user is on green. `bake`: hooks run while a shift bakes. `launch`, `check` and
   * `judge`: all have succeeded before green's launch, before its first user, at a shift. `failed`: roll back. `ended`:
   * those of the rollback are over.
   */
  kind: 'waiting' | 'bake' | 'launch' | 'check' | 'judge' | 'failed' | 'ended';
  waitSeconds: number;
  /** Of one that waits. */
  heard?: Heard;
  reason: string;
  /** By an operator's abort. */
  aborted?: true;
  /** One of them waits for an approval. */
  asks?: true;
};

/** Written by PromoteGreen. */
type Promoted = { primaryTaskSetId: string; promotedAtMs: number };

/** What a Catch puts into `$.failure`. Cause is the Lambda's JSON for errors of ours. */
export type Failure = { Error: string; Cause: string };

/** The whole state of an execution. Begin fills `request` and `execution`; each step adds its slice. */
export type DeploymentState = {
  request: unknown;
  execution: Execution;
  lease: Lease;
  plan: Plan;
  attached: Attached;
  green: Green;
  ready: Ready;
  traffic: Traffic;
  wake: Wake;
  decision: Decision;
  promoted: Promoted;
  retirement: Retirement;
  rolledBack: RolledBack;
  removal: Removal;
  hooks: Hooks;
  /** What a step gave as the hooks that it waits for. */
  gate: Failure;
  outcome: Outcome;
  failure: Failure;
};
