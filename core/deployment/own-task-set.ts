import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

/**
 * This deployment's green: the task set that carries its id and is what its plan wants. An externalId is a label that
 * anybody may give, and give twice [fact 18], so it never makes blue green: the plan knows which one serves. Nor does
 * it make somebody's own task set green, whatever that runs or serves: it is not the deployment's to scale or delete.
 * No other task set carried the id when the plan was made; of several that are as planned it is the oldest.
 */
export const ownTaskSet = (
  taskSets: readonly ObservedTaskSet[],
  plan: Pick<Plan, 'blue' | 'green'>,
  deploymentId: string,
): ObservedTaskSet | null =>
  taskSets
    .filter((set) => set.externalId === deploymentId && set.id !== plan.blue?.id && isAsPlanned(set, plan))
    .sort((a, b) => a.createdAtMs - b.createdAtMs)[0] ?? null;

const isAsPlanned = (
  { taskDefinitionArn, targetGroupArn }: ObservedTaskSet,
  { green }: Pick<Plan, 'green'>,
): boolean => taskDefinitionArn === green.taskDefinitionArn && targetGroupArn === green.targetGroupArn;

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
