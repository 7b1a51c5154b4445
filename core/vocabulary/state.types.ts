import type { Answered, Comparison } from './analysis.types.ts';
import type { Command } from './command.types.ts';
import type { HookMoment } from './hooks.types.ts';
import type { PlacementMemory } from './placement.types.ts';
import type { Plan, Route, Weights } from './plan.types.ts';
import type { Readiness } from './readiness.types.ts';
import type { DeploymentRequest } from './request.types.ts';
import type { ScalingEnd } from './scaling.types.ts';

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

/** Why a deployment began to roll back, however many recoveries have come since. */
export type Began = {
  because: string;
  /** By an operator's abort. */
  aborted?: true;
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

/** What an observation knew of signals, so that the wait after it finds those that it did not. */
export type Heard = {
  /** When it began to read. */
  atMs: number;
  /** The last command in the record, null when there was none; absent when the record could not be read. */
  lastCommandId?: string | null;
};

/** The scale that the deployment wrote last to green's task set, percent. */
export type GreenScale = { percent: number; scaledAtMs: number };

/** Green on its way to the tasks that a shift's weight takes. */
export type Growth = {
  /** The weight that they are for, percent. */
  greenPct: number;
  tasks: number;
  /** Since when it has had them, all healthy; null: not yet. */
  enoughSinceMs: number | null;
  /** Since when the shift has waited for nothing else; absent: it does not wait yet. */
  waitedSinceMs?: number;
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

export type DecisionKind = 'hold' | 'advance' | 'promote' | 'rollBack' | 'awaitOperator' | 'runHooks';

/** What JudgeHealth read, kept with the decision as its evidence. */
export type Evidence = {
  observedAtMs: number;
  blue: { healthy: number; wanted: number } | null;
  green: { healthy: number; wanted: number };
  alarms: { name: string; state: string }[];
  routes: { label: string; weights: Weights | null }[];
  /** The test route as it was read; weights null: unreadable, or no split. Absent: the plan has none. */
  test?: { label: string; weights: Weights | null };
  /** What a rollback would have taken; absent in what an earlier release wrote. */
  readiness?: Readiness;
  /** Commands that count now, oldest first. */
  commands: Pick<Command, 'kind' | 'by' | 'reason' | 'atMs'>[];
};

/** Written by JudgeHealth. */
export type Decision = {
  kind: DecisionKind;
  /** A sentence for an operator. */
  reason: string;
  /** The plan position to go to; equals the present one unless `advance`. */
  position: number;
  /** How long to bake before reading again; 0 unless `hold`, `awaitOperator` or `runHooks`. */
  waitSeconds: number;
  /** Since when the verdict has been unknown, or null. */
  unknownSinceMs: number | null;
  /** When the alarms could last be read; absent before the first such observation. */
  alarmsReadAtMs?: number;
  /** Alarms still ignored because they have not been OK since the deployment began. */
  ignoredUntilOk: string[];
  /** The command that led to it; absent when Cutover decided by itself. */
  obeyed?: Pick<Command, 'id' | 'kind' | 'by'>;
  evidence: Evidence;
  /** Of `runHooks`: the moment whose hooks have to succeed. */
  hooks?: HookMoment;
  /** What the metrics of both colours say; absent where they are not compared. */
  analysis?: Comparison;
  /** Read once, before a promotion that no comparison of errors precedes; absent otherwise. */
  answered?: Answered | { unreadable: string };
  /** It waits for a person because the metrics do not tell, or a rollback would take longer than the request allows. */
  asks?: 'evidence' | 'wayBack';
  /** Since when green has got no more users because a rollback would take too long; absent: it has not. */
  notReadySinceMs?: number;
  /** Of a green that grows with its weight: what it was scaled to last; absent: as it was launched. */
  scaled?: GreenScale;
  /** Of the same, while its next shift's tasks start; absent otherwise. */
  growth?: Growth;
  /** What the observations have learned about both colours; absent before the first and on a first deployment. */
  placement?: PlacementMemory;
};

/** Written by RunHooks and EndHooks. */
export type Hooks = {
  /**
   * `waiting`: hooks run, and no user is on green. `bake`: hooks run while a shift bakes. `launch`, `check` and `judge`:
   * all have succeeded before green's launch, before its first user, at a shift. `failed`: roll back. `ended`: those of
   * the rollback are over.
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

/** Written by RetireBlue and CheckRetired. */
export type Retirement = {
  /**
   * `due`: RetireBlue has its next write to make. `waiting`: blue is whole, and a signal is of use. `draining`: wait
   * and read again. `retired`: gone. `short`: green no longer carries everything and blue would, so the deployment is
   * judged again.
   */
  kind: 'waiting' | 'draining' | 'due' | 'retired' | 'short';
  startedAtMs: number;
  /** Since when blue's group is known to be out of the sticky routes; absent before, and where none is sticky. */
  leftAtMs?: number;
  waitSeconds: number;
  /** Of one that waits. */
  heard?: Heard;
  runningCount: number;
  reason: string;
  /** What a rollback would take; absent where blue was not read. */
  readiness?: Readiness;
  /** Why testers may still reach blue; absent: the test route does not, or there is none. */
  testOpen?: string;
};

/** Written by RollBack. */
export type RolledBack = {
  /**
   * `restored`: every route read back at the weights the plan found. `held`: blue cannot carry everything, so green
   * keeps some or all of it until it can. `finishForward`: blue is beyond its point of no return and green serves
   * everything. `stuck`: nobody but a person can decide.
   */
  kind: 'restored' | 'held' | 'finishForward' | 'stuck';
  reason: string;
  /** Why the deployment is rolling back at all, kept from the first visit on. */
  because: string;
  /** By an operator's abort. */
  aborted?: true;
  startedAtMs: number;
  waitSeconds: number;
  /** Of `restored`: until then the load balancer may still send green requests. */
  leavesUntilMs?: number;
  heard: Heard;
  routes: Pick<Route, 'label'>[];
  /**
   * The failure that was in the state when this was written, as `failureId` names it: a later one is RollBack's own.
   */
  caught?: string | null;
  /** What the visits have learned about both colours. */
  placement?: PlacementMemory;
};

/** Written by RemoveGreen and CheckRemoved. */
export type Removal = {
  kind: 'removing' | 'due' | 'removed';
  startedAtMs: number;
  waitSeconds: number;
  runningCount: number;
  reason: string;
  /** Why testers may still reach green; absent: the test route was put back, or there is none. */
  testOpen?: string;
};

const outcomeKinds = ['succeeded', 'rolledBack', 'refused', 'stuck'] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** Written by RecordOutcome. */
export type Outcome = {
  kind: OutcomeKind;
  /** One sentence: what happened and why. */
  reason: string;
  endedAtMs: number;
  /** Rolled back by an operator's abort. */
  aborted?: true;
  /** Of a deployment that suspended what scales the service. */
  scaling?: ScalingEnd;
};

/** Kept in the record when an execution ends stuck, for the recovery that the sweep starts. */
export type Stuck = {
  /** The execution that got stuck. */
  executionArn: string;
  /** What stopped it. */
  why: string;
  /** Why it was rolling back; null: it was not. */
  began: Began | null;
};

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
