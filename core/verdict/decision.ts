import { SECOND_MS } from '../clock.ts';
import { OPERATOR_WAIT_MS } from '../pace.ts';
import type { Comparison } from '../vocabulary/analysis.types.ts';
import type { Command } from '../vocabulary/command.types.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { HookRun } from '../vocabulary/hooks.types.ts';
import type { Carried } from '../vocabulary/placement.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { Traffic } from '../vocabulary/state.types.ts';
import type { Placement } from '../weights/placement.ts';
import type { Observation } from './judge.ts';

/** What every part of a decision is made of: core/verdict/decide.ts begins it. */

export type DecideInput = {
  plan: Plan;
  traffic: Traffic;
  previous: Decision | undefined;
  observed: Observation;
  /** The last event of a watched alarm that turned red. */
  lastAlarm: { atMs: number; name: string } | null;
  /** All commands of the deployment so far. */
  commands: readonly Command[];
  /** What the metrics of both colours say; null or absent where they are not compared. */
  comparison?: Comparison | null;
  /** Why the metrics could not be read in this observation. */
  metricsUnreadable?: string | null;
  /** What was written beside the plan since the last shift. */
  carried?: Carried | null;
  /** Where users should be; null on a first deployment. */
  placed?: Placement | null;
  /** The runs of the plan's hooks; absent where it has none. */
  hookRuns?: readonly HookRun[];
  /** From green's launch until it had enough healthy targets; null or absent: unknown. */
  launchMs?: number | null;
  nowMs: number;
};

/** A decision with what all of one observation have in common; the fields given are its own. */
export type Decided = (fields: Pick<Decision, 'kind' | 'reason'> & Partial<Decision>) => Decision;

/** A person decides, within the time that is left. */
export const awaitOperator = (
  decided: Decided,
  reason: string,
  leftMs: number,
  command: Command | null,
): Decision => {
  const waitSeconds = Math.max(1, Math.ceil(Math.min(leftMs, OPERATOR_WAIT_MS) / SECOND_MS));
  return decided({ kind: 'awaitOperator', reason, waitSeconds, ...obeying(command) });
};

/** The command that a decision follows, so that its events name a person; nothing where Cutover decided by itself. */
export const obeying = (command: Command | null): Pick<Decision, 'obeyed'> =>
  command === null ? {} : { obeyed: { id: command.id, kind: command.kind, by: command.by } };
