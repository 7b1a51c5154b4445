import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { routesAreTheirs } from '../core/deployment/rival.ts';
import { primaryMoved, removalOf } from '../core/ending/removal.ts';
import { ecsServices, listener } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { readServiceIfThere } from './read-colours.ts';
import { refuseIfGreenIsServed } from './refuse-if-served.ts';
import { type Step, toHandler } from './step.ts';
import { testRouteReaches } from './test-route-reaches.ts';

/**
 * How far green's removal is, and whether anything sends it requests meanwhile. Green is found by the deployment's
 * id, as in RemoveGreen.
 * @throws TrafficDrifted, and RollBack gives blue its traffic again.
 */
export const checkRemoved: Step<'CheckRemoved', 'ecsServices' | 'listener'> = async (
  state,
  { ecsServices, listener, clock },
) => {
  const { lease, plan, green, removal } = state;
  const service = await readServiceIfThere(ecsServices, plan, green);
  const taskSet = ownTaskSet(service.taskSets, plan, lease.deploymentId);
  const theirs = routesAreTheirs(service.taskSets, state, clock.nowMs());
  if (!theirs) await refuseIfGreenIsServed(plan, listener);

  const checked = removalOf({
    plan,
    taskSet,
    wrote: null,
    startedAtMs: removal.startedAtMs,
    firstLook: false,
    nowMs: clock.nowMs(),
  });
  const found = { ...checked, ...primaryMoved(removal) };
  if (removal.testOpen !== undefined) return { ...found, testOpen: removal.testOpen };
  if (theirs || !(await testRouteReaches({ plan, leaving: 'green' }, listener))) return found;
  return { ...found, kind: 'due', reason: 'the test route still forwards to green' };
};

export const handler = toHandler('CheckRemoved', checkRemoved, { ecsServices, listener }, lambdaHost);
