import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

/**
 * This deployment's green: the task set that carries its id. An externalId is a label that anybody may give, and give
 * twice [fact 18], so it never makes blue green: the plan knows which one serves. No other task set carried the id
 * when the plan was made.
 */
export const ownTaskSet = (
  taskSets: readonly ObservedTaskSet[],
  { blue }: Pick<Plan, 'blue'>,
  deploymentId: string,
): ObservedTaskSet | null =>
  taskSets.find(({ id, externalId }) => externalId === deploymentId && id !== blue?.id) ?? null;

/**
 * Before a plan is made this deployment has created nothing; whatever carries its id is somebody else's. Null when
 * nothing does.
 */
export const refuseForeignLabel = (
  taskSets: readonly ObservedTaskSet[],
  deploymentId: string,
): string | null => {
  const found = taskSets.find(({ externalId }) => externalId === deploymentId);
  return found === undefined
    ? null
    : `expected no task set with this deployment's id ${deploymentId}, found ${found.id} ` +
        `(${found.status}) with it, which this deployment did not create; start the deployment again under ` +
        'another name';
};
