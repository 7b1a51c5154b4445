import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

/**
 * This deployment's green: the task set that carries its id. An externalId is a label that anybody may give, and give
 * twice [fact 18], so it never makes blue green: the plan knows which one serves. No other task set carried the id when
 * the plan was made; of several that somebody has labelled since, it is the oldest that is as the plan wants green.
 */
export const ownTaskSet = (
  taskSets: readonly ObservedTaskSet[],
  plan: Pick<Plan, 'blue' | 'green'>,
  deploymentId: string,
): ObservedTaskSet | null => {
  const labelled = labelledWith(taskSets, plan, deploymentId);
  return labelled.find((set) => isAsPlanned(set, plan)) ?? labelled[0] ?? null;
};

/** What an earlier try of LaunchGreen made: nothing that runs or serves something else, whatever its label. */
export const launchedTaskSet = (
  taskSets: readonly ObservedTaskSet[],
  plan: Pick<Plan, 'blue' | 'green'>,
  deploymentId: string,
): ObservedTaskSet | null =>
  labelledWith(taskSets, plan, deploymentId).find((set) => isAsPlanned(set, plan)) ?? null;

const labelledWith = (
  taskSets: readonly ObservedTaskSet[],
  { blue }: Pick<Plan, 'blue'>,
  deploymentId: string,
): ObservedTaskSet[] =>
  taskSets
    .filter(({ id, externalId }) => externalId === deploymentId && id !== blue?.id)
    .sort((a, b) => a.createdAtMs - b.createdAtMs);

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
