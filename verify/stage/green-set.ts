import type { TaskSetSnapshot } from '../../sim/ecs/ecs.types.ts';
import type { WatchedPlan } from './forward.types.ts';

/**
 * The deployment's own green, as the checkers see it: anybody may give a task set the deployment's externalId, so it
 * has to run the plan's version in green's group, too.
 */
export const greenSetIn = (
  sets: readonly TaskSetSnapshot[],
  { plan, deploymentId }: Pick<WatchedPlan, 'plan' | 'deploymentId'>,
): TaskSetSnapshot | undefined =>
  sets.find(
    ({ id, externalId, taskDefinitionArn, targetGroupArn }) =>
      externalId === deploymentId &&
      id !== plan.blue?.id &&
      taskDefinitionArn === plan.green.taskDefinitionArn &&
      targetGroupArn === plan.green.targetGroupArn,
  );
