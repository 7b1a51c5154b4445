import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { launchPercent } from '../core/health/green-health.ts';
import { ecsServices, leases, taskSets } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';
import { yieldToRival } from './yield-to-rival.ts';

/**
 * Two lines of defence against twins: a lookup by externalId, and a clientToken that makes a repeated create return
 * the first one's task set. The lookup alone would race, the token's memory is undocumented.
 */
export const launchGreen: Step<'LaunchGreen', 'ecsServices' | 'taskSets' | 'leases'> = async (
  { lease, plan },
  { ecsServices, taskSets, leases, clock },
) => {
  const service = await ecsServices.read(plan.clusterArn, plan.serviceArn);

  const living = service.taskSets.filter(({ status }) => status !== 'DRAINING');
  const existing = ownTaskSet(living, plan, lease.deploymentId);
  yieldToRival({ lease, plan }, living, existing);
  if (existing !== null) {
    return {
      taskSetId: existing.id,
      taskSetArn: existing.arn,
      launchedAtMs: existing.createdAtMs,
      adopted: true,
    };
  }

  await leases.assertHolds(lease);
  const created = await taskSets.create(plan, plan.green, lease.deploymentId, launchPercent(plan));
  return { taskSetId: created.id, taskSetArn: created.arn, launchedAtMs: clock.nowMs(), adopted: false };
};

export const handler = toHandler('LaunchGreen', launchGreen, { ecsServices, taskSets, leases }, lambdaHost);
