import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { removalOf } from '../core/ending/removal.ts';
import { ecsServices } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** How far green's removal is. Looked up by the deployment's id, as RemoveGreen does. */
export const checkRemoved: Step<'CheckRemoved', 'ecsServices'> = async (
  { lease, plan, removal },
  { ecsServices, clock },
) => {
  const service = await ecsServices.read(plan.clusterArn, plan.serviceArn);
  const taskSet = ownTaskSet(service.taskSets, plan, lease.deploymentId);

  return removalOf({
    plan,
    taskSet,
    wrote: null,
    startedAtMs: removal.startedAtMs,
    firstLook: false,
    nowMs: clock.nowMs(),
  });
};

export const handler = toHandler('CheckRemoved', checkRemoved, { ecsServices }, lambdaHost);
