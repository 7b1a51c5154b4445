import type { Evidence } from './decision.types.ts';
import type { DriftAtEnd } from './drift.types.ts';
import type { Heard } from './heard.types.ts';
import type { PlacementMemory } from './placement.types.ts';
import type { Route } from './plan.types.ts';
import type { Readiness } from './readiness.types.ts';
import type { ScalingEnd } from './scaling.types.ts';

/** Why a deployment began to roll back, however many recoveries have come since. */
export type Began = {
  because: string;
  /** By an operator's abort. */
  aborted?: true;
};

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
  /** Of `restored`: neither colour serves, and `reason` says why; absent: blue serves, or may. */
  nothingServes?: true;
  /**
   * Of `restored`: another deployment of the service is under way, and the routes are its own; absent: they are ours.
   */
  leavesRoutes?: true;
  heard: Heard;
  /**
   * Targets as this visit read them, before it wrote; blue null: a first deployment has none. For people, and absent in
   * what an earlier release wrote.
   */
  evidence?: Pick<Evidence, 'blue' | 'green'>;
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
  /** When blue was found not to be PRIMARY any more; absent: it was all the time. */
  primaryMovedAtMs?: number;
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
  /** Of one that found weights or a task set changed by somebody else: who it was, as far as is known. */
  drift?: DriftAtEnd;
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
