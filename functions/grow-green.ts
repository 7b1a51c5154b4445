import { DeploymentError } from '../core/errors.ts';
import { refuseShrink } from '../core/safety/invariants.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { StepState } from '../statemachine/contract.ts';
import { assertOwnTaskSet } from './assert-own-task-set.ts';
import type { Deps } from './deps.types.ts';

/**
 * More tasks for green and never fewer, by an absolute scale: a repeat after a lost answer changes nothing. What it
 * comes to is for the next observation, since ECS shows a new scale some seconds later.
 * @throws InvariantBroken
 */
export const growGreen = async (
  { lease, plan }: Pick<StepState<'JudgeHealth'>, 'lease' | 'plan'>,
  green: Pick<ObservedTaskSet, 'id' | 'externalId' | 'scalePercent'>,
  percent: number,
  { leases, taskSets }: Pick<Deps, 'leases' | 'taskSets'>,
): Promise<void> => {
  assertOwnTaskSet('green', green, { lease, plan });
  const refusal = refuseShrink(green.scalePercent, percent);
  if (refusal !== null) throw new DeploymentError('InvariantBroken', refusal);
  await leases.assertHolds(lease);
  await taskSets.scaleTo(plan, green.id, percent);
};
