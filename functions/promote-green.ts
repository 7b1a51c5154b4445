import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { DeploymentError } from '../core/errors.ts';
import { ALL_GREEN, describeWeights, groupsOf, sameWeights, weightsOf } from '../core/weights/weights.ts';
import { assertOwnTaskSet } from './assert-own-task-set.ts';
import { ecsServices, leases, listener, taskSets } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { readForRetirement } from './read-if-there.ts';
import { readService } from './read-service.ts';
import { type Step, toHandler } from './step.ts';

/**
 * PRIMARY is a label that ECS never moves by itself and that cannot be cleared, so it follows the traffic: it is
 * given to green only after green has served everything for the whole keep-blue window.
 */
export const promoteGreen: Step<'PromoteGreen', 'ecsServices' | 'listener' | 'taskSets' | 'leases'> = async (
  { lease, plan, green: known },
  { ecsServices, listener, taskSets, leases, clock },
) => {
  const service = await readService(ecsServices, plan, known);
  const blue = service.taskSets.find((set) => set.id === plan.blue?.id) ?? null;
  const live = await readForRetirement(listener, plan, blue);
  for (const { route, forward } of live) {
    const weights = weightsOf(forward, groupsOf(plan));
    if (!sameWeights(weights, ALL_GREEN)) {
      throw new DeploymentError(
        'TrafficDrifted',
        `expected green to hold all weight on ${route.label} before it becomes PRIMARY, found ` +
          `${describeWeights(weights)}`,
      );
    }
  }

  const green = ownTaskSet(service.taskSets, plan, lease.deploymentId);
  if (green === null) {
    throw new DeploymentError(
      'NotFound',
      "expected green's task set to become PRIMARY, found none with this deployment's id: somebody deleted it",
    );
  }

  if (green.status !== 'PRIMARY') {
    await leases.assertHolds(lease);
    assertOwnTaskSet('green', green, { lease, plan });
    await taskSets.makePrimary(plan, green.id);
  }
  return { primaryTaskSetId: green.id, promotedAtMs: clock.nowMs() };
};

export const handler = toHandler(
  'PromoteGreen',
  promoteGreen,
  { ecsServices, listener, taskSets, leases },
  lambdaHost,
);
