import { SECOND_MS } from '../core/clock.ts';
import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { routesAreTheirs } from '../core/deployment/rival.ts';
import { nextRemovalStep, primaryMoved, removalOf } from '../core/ending/removal.ts';
import { PRIMARY_SHOWS_MS } from '../core/pace.ts';
import { assertOwnTaskSet } from './assert-own-task-set.ts';
import { ecsServices, leases, listener, record, targets, taskSets } from './deps.ts';
import { CLOSE_TEST_WAIT_SECONDS, handOverTestRoute } from './hand-over-test-route.ts';
import { lambdaHost } from './lambda-host.ts';
import { readServiceIfThere } from './read-colours.ts';
import { refuseIfGreenIsServed } from './refuse-if-served.ts';
import { refuseWhileGreenIsNeeded } from './refuse-while-green-is-needed.ts';
import { type Step, toHandler } from './step.ts';

/**
 * One write a visit: PRIMARY back to blue if green had it, then scale green to 0, then, once nothing runs, delete it.
 * Green is found by this deployment's id, because the answer to its creation may have been lost.
 */
export const removeGreen: Step<
  'RemoveGreen',
  'ecsServices' | 'listener' | 'taskSets' | 'leases' | 'record' | 'targets'
> = async (state, deps) => {
  const { lease, plan, green: known, removal } = state;
  const { ecsServices, listener, taskSets, leases, clock } = deps;
  const startedAtMs = removal?.startedAtMs ?? clock.nowMs();
  const service = await readServiceIfThere(ecsServices, plan, known);
  const green = ownTaskSet(service.taskSets, plan, lease.deploymentId);
  // What another deployment does with the routes, the test route and PRIMARY is its own.
  const theirs = routesAreTheirs(service.taskSets, state, clock.nowMs());
  if (!theirs) await refuseIfGreenIsServed(plan, listener);

  const next = nextRemovalStep(green);
  // Blue is ACTIVE also when somebody deleted a green that was PRIMARY; a service without PRIMARY seems to have no
  // history.
  const blue = theirs
    ? undefined
    : service.taskSets.find((set) => set.id === plan.blue?.id && set.status === 'ACTIVE');
  if (!theirs && blue === undefined && next === 'scaleToZero')
    await refuseWhileGreenIsNeeded(state, service, green, deps);
  if (blue !== undefined || next !== 'gone') await leases.assertHolds(lease);
  if (blue !== undefined) {
    assertOwnTaskSet('blue', blue, { lease, plan });
    await taskSets.makePrimary(plan, blue.id);
    return {
      kind: 'removing',
      startedAtMs,
      waitSeconds: PRIMARY_SHOWS_MS / SECOND_MS,
      runningCount: green?.runningCount ?? 0,
      reason: 'blue is PRIMARY again',
      primaryMovedAtMs: removal?.primaryMovedAtMs ?? clock.nowMs(),
    };
  }
  const test = theirs ? null : await handOverTestRoute({ lease, plan, leaving: 'green', startedAtMs }, deps);
  if (test?.kind === 'waits')
    return {
      kind: 'removing',
      startedAtMs,
      waitSeconds: CLOSE_TEST_WAIT_SECONDS,
      runningCount: green?.runningCount ?? 0,
      reason: test.reason,
      ...primaryMoved(removal),
    };
  const open = test?.kind === 'open' ? { testOpen: test.reason } : {};
  if (green !== null && (next === 'scaleToZero' || next === 'delete'))
    assertOwnTaskSet('green', green, { lease, plan });
  if (green !== null && next === 'scaleToZero') await taskSets.scaleToZero(plan, green.id);
  // ECS has no way to clear PRIMARY, so a first deployment's green that was promoted goes only by force.
  if (green !== null && next === 'delete')
    await taskSets.delete(plan, green.id, { force: green.status === 'PRIMARY' });
  const removed = removalOf({
    plan,
    taskSet: green,
    wrote: next,
    startedAtMs,
    firstLook: removal === undefined,
    nowMs: clock.nowMs(),
  });
  return { ...removed, ...open, ...primaryMoved(removal) };
};

export const handler = toHandler(
  'RemoveGreen',
  removeGreen,
  { ecsServices, leases, listener, record, targets, taskSets },
  lambdaHost,
);
