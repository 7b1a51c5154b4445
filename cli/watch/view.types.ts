import type { Comparison } from '../../core/vocabulary/analysis.types.ts';
import type { Command, CommandKind } from '../../core/vocabulary/command.types.ts';
import type { DecisionKind, GreenTasks } from '../../core/vocabulary/decision.types.ts';
import type { OutcomeKind } from '../../core/vocabulary/ending.types.ts';
import type { ShownHook } from '../../core/vocabulary/hooks.types.ts';
import type { Weights } from '../../core/vocabulary/plan.types.ts';
import type { Readiness } from '../../core/vocabulary/readiness.types.ts';
import type { Shift } from '../../core/vocabulary/request.types.ts';
import type { Phase } from '../../statemachine/phases.ts';
import type { ScalingSeen } from './scaling.ts';

/** How a deployment ended, for a person: an abort by a person is an end of its own. */
export type EndKind = OutcomeKind | 'aborted';

export type Ended = { kind: EndKind; reason: string; endedAtMs: number };

/** What it waits for, when only a person can let it continue. */
export type WaitsFor = 'approval' | 'paused' | 'frozen';

/** A deployment at one moment, ready to be shown; everything a sink may say comes from here. */
export type View = {
  deploymentId: string;
  cluster: string;
  service: string;
  executionArn: string;
  startedAtMs: number;
  nowMs: number;
  /** `shop:41`; null on a first deployment, or before the plan. */
  from: string | null;
  to: string | null;
  phase: Phase | 'interrupted' | 'ended' | 'unknown';
  /** The phase in words. */
  doing: string;
  shifts: Shift[];
  /** The shift whose weights are live; null before the first. */
  position: number | null;
  /** Since when that shift bakes; later by as long as it was paused or frozen, which is no baking. */
  shiftedAtMs: number | null;
  routes: { route: string; weights: Weights | null }[];
  /** The route of testers; weights null: no split. Null: the plan has none. */
  testRoute: { route: string; url: string | null; weights: Weights | null } | null;
  blue: { healthy: number; wanted: number } | null;
  green: { healthy: number; wanted: number } | null;
  /** The colour that goes, and how many of its tasks run, as far as known: from here on nobody counts at targets. */
  going: { colour: 'blue' | 'green'; running: number | null } | null;
  alarms: { name: string; state: string }[];
  decision: { kind: DecisionKind; reason: string; atMs: number } | null;
  /** What the metrics of both colours said at that decision; null where they are not compared. */
  comparison: Pick<Comparison, 'kind' | 'reason' | 'metrics'> | null;
  /** Why green cannot be compared with blue; null where it can. */
  notCompared: string | null;
  /** What a rollback would take now; null before the first decision, and once it rolls back or has ended. */
  readiness: Readiness | null;
  /** Of a green that grows with its weight, while it does. */
  size: GreenTasks | null;
  /** What the deployment suspended of the service's scaling, and what others made of it; null: nothing. */
  scaling: ScalingSeen | null;
  /** Runs of hooks so far, in the order in which they began. */
  hooks: ShownHook[];
  /** Why it is not further: green's state while it gets healthy, the reason of a rollback, what a queue waits for. */
  why: string;
  waitsFor: WaitsFor | null;
  /** True from the first write that takes capacity from blue: no way back. */
  noReturn: boolean;
  /** Blue is another service, which keeps its tasks. */
  blueStays: boolean;
  launched: boolean;
  commands: Command[];
  /** What a person may send now. */
  possible: CommandKind[];
  /** Whether abort is worth offering to somebody who leaves: also before the record is open, and in a recovery. */
  canAbort: boolean;
  ended: Ended | null;
};
