import { greenReadiness } from '../core/health.ts';
import { targets, taskSets } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** Is green ready for its first request, still on its way, or failing, and then why. */
export const checkGreen: Step<'CheckGreen', 'taskSets' | 'targets'> = async (
  { plan, green, ready },
  { taskSets, targets, clock },
) => {
  const [taskSet, observedTargets, stopped] = await Promise.all([
    taskSets.read(plan, green.taskSetId),
    targets.read(plan.green.targetGroupArn),
    taskSets.stoppedTasks(plan, green.taskSetId),
  ]);

  return greenReadiness({
    plan,
    green,
    previous: ready,
    taskSet,
    targets: observedTargets,
    stopped,
    nowMs: clock.nowMs(),
  });
};

export const handler = toHandler('CheckGreen', checkGreen, { taskSets, targets }, lambdaHost);
