import type { StoredDeployment } from '../../aws/store-verbs.ts';
import type { ObservedLease } from '../../core/deployment/lease.ts';
import type { BareSnapshot } from '../../core/safety/snapshot.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { HookExecution, HookRun, HookStage } from '../../core/vocabulary/hooks.types.ts';
import type { WeightedGroup } from '../../core/vocabulary/plan.types.ts';
import type { StepName } from '../../statemachine/contract.ts';

/**
 * One state of the model: the world, the record and the executions, at an instant. Plain data, copied before it is
 * changed.
 */

/** Targets in service of the two that a task set should have: none, some, enough. */
export type Health = 0 | 1 | 2;

export type ModelTaskSet = {
  id: string;
  externalId?: string;
  targetGroupArn: string;
  taskDefinitionArn: string;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  scalePercent: number;
  health: Health;
  /** Its tasks start and exit, again and again. */
  crashing: boolean;
  createdAtMs: number;
  /** When its tasks will have drained, after it was scaled to zero. */
  drainedAtMs: number | null;
  /** When it will be gone, after it was deleted. */
  goneAtMs: number | null;
};

export type ModelRoute = {
  arn: string;
  groups: WeightedGroup[];
  /** Somebody else wrote it last. */
  foreign: boolean;
  /** Somebody deleted it. */
  deleted: boolean;
};

type AlarmState = 'OK' | 'ALARM' | 'unreadable';

export type ModelLease = ObservedLease & {
  lastGroups: string[];
  acquiredAtMs?: number;
  recoveries: number;
  recoveredAtMs?: number;
  /** The sweep's word for its next recovery: when it gave it, and the how many-th of this execution it is. */
  proof?: { madeAtMs: number; tries: number };
  alarms: string[];
};

export type ModelRecord = StoredDeployment & {
  /** The last decision that was recorded. */
  decided: Decision | null;
};

/** An execution between two states, or waiting in one. */
export type ModelExecution = {
  arn: string;
  name: string;
  status: 'RUNNING' | 'ENDED';
  /** How it ended: the last state's name. */
  end: string | null;
  /** The Task that runs next, or the one that it waits in. */
  at: string;
  input: Record<string, unknown>;
  /** Until when it waits at the longest; null: it runs. */
  untilMs: number | null;
  /** Retries in this visit. */
  tries: number;
  /** The wait it keeps coming back to, and since when. */
  loop: { at: string; sinceMs: number } | null;
  startedAtMs: number;
};

/** A Lambda that still runs although its execution was stopped: everything it learned, and the writes it has left. */
export type LateStep = {
  step: StepName;
  executionArn: string;
  input: unknown;
  answers: Answer[];
  seen: BareSnapshot;
  /** No Lambda lives longer. */
  dueByMs: number;
};

/** What a verb answered: replayed when a late step continues. */
export type Answer = { value: unknown } | { error: unknown };

export type ModelState = {
  nowMs: number;
  routes: ModelRoute[];
  taskSets: ModelTaskSet[];
  alarm: AlarmState;
  lease: ModelLease;
  record: ModelRecord | null;
  executions: ModelExecution[];
  /** Runs of its hooks, as they are kept, and their own executions. */
  hooks: { runs: HookRun[]; executions: { input: HookExecution; running: boolean }[] };
  late: LateStep | null;
  /** RetireBlue has made its first write. */
  retiring: boolean;
  /** The service had a task set before the deployment. */
  hadBlue: boolean;
  /** Somebody else took something away that the deployment cannot give back. */
  damagedByOthers: boolean;
  /** Another deployment that holds or wants the service; null when there is none. */
  rival: 'holds' | 'asked' | null;
  /** When a sweep last found a lease to recover and started nothing; null: none did since an execution ended. */
  sweptAtMs: number | null;
  /** Of a deployment whose green grows with its weight. */
  headroom?: number;
  /** The alarm has turned red, and its event is on its way. */
  eventDue: boolean;
};

/**
 * The troubles by where they come from: the execution is stopped, a call or a Lambda fails, others change the world,
 * people send commands, hooks fail.
 */
export const troubleKinds = ['stops', 'calls', 'world', 'commands', 'hooks'] as const;
export type TroubleKind = (typeof troubleKinds)[number];

/** What the model is explored from. */
export type ModelBase = {
  name: string;
  routes: number;
  sticky: boolean;
  first: boolean;
  /** Blue is another service as a whole; this one has no task set yet. */
  takesOver?: true;
  rivalHolds: boolean;
  /** Testers have a rule of their own. */
  test?: true;
  /** Its hook: a function, asked at these stages. */
  hooked?: HookStage[];
  /** Green grows with its weight: one task of two, then both. */
  grows?: true;
  shifts: { greenPct: number; bake: string; approval?: true }[];
  whenBusy: 'reject' | 'queue' | 'supersede';
  /** At most so many troubles in one run. */
  troubles: number;
  /** Only of these kinds; absent: of every kind. */
  among?: readonly TroubleKind[];
};

/**
 * One way on from a state: `ours` is what the deployment does, `nature` what may happen for free, `trouble` what
 * costs.
 */
export type Edge = {
  by: 'ours' | 'nature' | 'trouble';
  label: string;
  to: ModelState;
  /** What must never happen, and happens here. */
  problems: string[];
};
