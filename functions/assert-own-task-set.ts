import { DeploymentError } from '../core/errors.ts';
import { refuseTaskSet } from '../core/safety/invariants.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import { isTakenOver } from '../core/weights/taken-over.ts';
import type { StepState } from '../statemachine/contract.ts';

/**
 * Right before a task set is scaled, deleted or made PRIMARY.
 * @throws InvariantBroken when it is not the deployment's to change.
 */
export const assertOwnTaskSet = (
  colour: 'blue' | 'green',
  taskSet: Pick<ObservedTaskSet, 'id' | 'externalId'>,
  { lease, plan }: Pick<StepState<'RemoveGreen'>, 'lease' | 'plan'>,
): void => {
  // Another service is nobody's to change, whatever its part in the deployment.
  const blueTaskSetId = isTakenOver(plan) ? undefined : plan.blue?.id;
  const owner = { deploymentId: lease.deploymentId, blueTaskSetId };
  const refusal = refuseTaskSet(colour, taskSet, owner);
  if (refusal !== null) throw new DeploymentError('InvariantBroken', refusal);
};
