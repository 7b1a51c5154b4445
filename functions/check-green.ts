import { greenReadiness } from '../core/health/green-readiness.ts';
import type { ObservedTarget } from '../core/vocabulary/observed.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import { listener, record, targets, taskSets } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { readIfThere } from './read-if-there.ts';
import { type Step, toHandler } from './step.ts';

/**
 * Routes that do not name green's group any more. Only asked while some target is `unused`, which is how the load balancer
 * says that: waiting for green costs no more calls than it has to.
 */
const detachedFrom = async (
  plan: Plan,
  found: ObservedTarget[],
  listener: Deps['listener'],
): Promise<string[]> => {
  if (!found.some(({ state }) => state === 'unused')) return [];
  const live = await Promise.all(plan.routes.map((route) => readIfThere(listener, route)));
  const green = plan.green.targetGroupArn;
  return plan.routes
    .filter((_, index) => !live[index]?.forward.groups.some(({ targetGroupArn }) => targetGroupArn === green))
    .map(({ label }) => label);
};

/** Is green ready for its first request, still on its way, or failing, and then why. */
export const checkGreen: Step<'CheckGreen', 'listener' | 'record' | 'taskSets' | 'targets'> = async (
  { lease, plan, green, ready },
  { listener, record, taskSets, targets, clock },
) => {
  const [taskSet, observedTargets, stopped, stored] = await Promise.all([
    taskSets.read(plan, green.taskSetId),
    targets.read(plan.green.targetGroupArn),
    taskSets.stoppedTasks(plan, green.taskSetId),
    record.read(lease.deploymentId),
  ]);
  const detached = await detachedFrom(plan, observedTargets, listener);

  return greenReadiness({
    plan,
    green,
    previous: ready,
    taskSet,
    targets: observedTargets,
    stopped,
    detached,
    commands: stored?.commands ?? [],
    nowMs: clock.nowMs(),
  });
};

export const handler = toHandler(
  'CheckGreen',
  checkGreen,
  { listener, record, taskSets, targets },
  lambdaHost,
);
