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

/**
 * The end as the record has it: of an execution that is stopped while RecordOutcome's Lambda runs, nobody hears the
 * step's result, and the record is still closed.
 */
export const recordedEnd = ({ dynamoDb }: World, deploymentId: string): Outcome | null => {
  const text = dynamoDb.item(`deployment#${deploymentId}`, 'record')?.outcomeJson;
  return typeof text === 'string' ? (JSON.parse(text) as Outcome) : null;
};

type End = { kind: OutcomeKind; reason: string };

/** Of an execution that is stopped before its first call there is no record, nor anything to recover. */
export const endBeforeTheRecord = (
  { dynamoDb }: World,
  deploymentId: string,
  execution: Execution,
): End | null =>
  dynamoDb.item(`deployment#${deploymentId}`, 'record') === undefined && execution.status === 'ABORTED'
    ? { kind: 'refused', reason: `${execution.cause ?? 'stopped'}, before it had changed anything` }
    : null;

/** A run that an invariant ended has no recorded outcome. */
export const outcomeFrom = (execution: Execution, ended: End | null): End =>
  ended ?? { kind: 'stuck', reason: execution.cause ?? 'the run was ended before the deployment was' };
