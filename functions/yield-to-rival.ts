import { refuseRival } from '../core/deployment/rival.ts';
import { DeploymentError } from '../core/errors.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { StepState } from '../statemachine/contract.ts';

/**
 * Before green has its first request: no lease keeps a deployment of another installation away.
 * @throws ServiceBusy when another deployment's task set was there first, and RollBack removes this one's.
 */
export const yieldToRival = (
  { lease: { deploymentId }, plan }: Pick<StepState<'LaunchGreen'>, 'lease' | 'plan'>,
  found: readonly ObservedTaskSet[],
  own: ObservedTaskSet | null,
): void => {
  const refusal = refuseRival(found, { plan, deploymentId, own });
  if (refusal !== null) throw new DeploymentError('ServiceBusy', refusal);
};
