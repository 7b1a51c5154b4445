import { SECOND_MS } from '../core/clock.ts';
import type { Outcome, OutcomeKind } from '../core/vocabulary/ending.types.ts';
import type { Execution } from '../sim/stepfunctions/execution.types.ts';
import type { StepFunctions } from '../sim/stepfunctions/step-functions.ts';
import type { World } from '../sim/world.ts';

/** A stopped execution's last Lambda runs on for a minute at most, and may take the lease after the stop. */
const LAST_LAMBDA_MS = 90 * SECOND_MS;

/**
 * Whether the deployment is over: no execution runs, and either the lease is free or a person has to act. An execution
 * that ended with the lease held is waited for, because the sweep will start a recovery.
 */
export const hasEnded = (
  { dynamoDb, kernel }: World,
  stepFunctions: StepFunctions,
  outcome: Outcome | null,
): boolean => {
  if (stepFunctions.running() > 0) return false;
  const quietMs =
    kernel.scheduler.nowMs() - Math.max(...stepFunctions.executions().map(({ endedAtMs = 0 }) => endedAtMs));
  if (outcome === null && quietMs < LAST_LAMBDA_MS) return false;
  const held = dynamoDb.partition('leases').some(({ holder }) => holder !== undefined);
  return !held || outcome?.kind === 'stuck';
};

/** A refusal before the record opens, or a run that an invariant ended, has no recorded outcome. */
export const outcomeFrom = (
  execution: Execution,
  recorded: Outcome | null,
): { kind: OutcomeKind; reason: string } => {
  if (recorded !== null) return recorded;
  return { kind: 'stuck', reason: execution.cause ?? 'the run was ended before the deployment was' };
};
