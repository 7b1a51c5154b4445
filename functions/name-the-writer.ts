import { driftOf } from '../core/ending/drift.ts';
import { describeWriter } from '../core/ending/writer.ts';
import { isDeploymentError } from '../core/errors.ts';
import type { WriterAnswer, Written } from '../core/vocabulary/drift.types.ts';
import type { Outcome } from '../core/vocabulary/ending.types.ts';
import type { StepState } from '../statemachine/contract.ts';
import type { Deps } from './deps.types.ts';

/** The end with who wrote what the deployment found changed, as far as CloudTrail has it by now. */
export const nameTheWriter = async (
  state: StepState<'RecordOutcome'>,
  outcome: Outcome,
  { writers }: Pick<Deps, 'writers'>,
): Promise<Outcome> => {
  const drift = driftOf(state, outcome.endedAtMs);
  if (drift === null || !['succeeded', 'rolledBack'].includes(outcome.kind)) return outcome;
  const answer = await askWho(drift, writers);
  const back =
    drift.of === 'primary'
      ? 'somebody else had taken PRIMARY from blue, which has it again; '
      : drift.writtenBack === true
        ? 'somebody else had changed the weights, which were written back; '
        : '';
  return {
    ...outcome,
    reason: `${outcome.reason}; ${back}${describeWriter(answer)}`,
    drift: { ...drift, ...answer },
  };
};

/** Whatever keeps CloudTrail from answering keeps no deployment from its end. */
export const askWho = async (drift: Written, writers: Deps['writers']): Promise<WriterAnswer> => {
  try {
    const writer = await writers.find(drift);
    return writer === null ? { answer: 'notYet', writer } : { answer: 'named', writer };
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    return { answer: isDeploymentError(error, 'AccessDenied') ? 'notAllowed' : 'unreadable', writer: null };
  }
};
