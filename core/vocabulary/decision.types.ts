import type { Answered, Comparison } from './analysis.types.ts';
import type { Command } from './command.types.ts';
import type { Drift } from './drift.types.ts';
import type { HookMoment } from './hooks.types.ts';
import type { PlacementMemory } from './placement.types.ts';
import type { Weights } from './plan.types.ts';
import type { Readiness } from './readiness.types.ts';

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

export type DecisionKind = 'hold' | 'advance' | 'promote' | 'rollBack' | 'awaitOperator' | 'runHooks';

/** Of a green that grows with its weight. */
export type GreenTasks = {
  /** Healthy ones. */
  tasks: number;
  /** The service's desired count. */
  of: number;
  /** Percent of the users that they carry, with the plan's headroom left. */
  carriesPct: number;
  /** The same as a sentence. */
  line: string;
};

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
  /** Absent where green has full size from its launch on, and where it could not be read. */
  size?: GreenTasks;
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
  /** Of a rollback for what somebody else wrote; absent otherwise. */
  drift?: Drift['of'];
  evidence: Evidence;
  /** Of `runHooks`: the moment whose hooks have to succeed. */
  hooks?: HookMoment;
  /** What the metrics of both colours say; absent where they are not compared. */
  analysis?: Comparison;
  /** Read once, before a promotion: the minutes since green's launch that no comparison counted; absent otherwise. */
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
