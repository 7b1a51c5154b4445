import { greenReadiness } from '../core/health.ts';
import { record, targets, taskSets } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** Is green ready for its first request, still on its way, or failing, and then why. */
export const checkGreen: Step<'CheckGreen', 'record' | 'taskSets' | 'targets'> = async (
  { lease, plan, green, ready },
  { record, taskSets, targets, clock },
) => {
  const [taskSet, observedTargets, stopped, stored] = await Promise.all([
    taskSets.read(plan, green.taskSetId),
    targets.read(plan.green.targetGroupArn),
    taskSets.stoppedTasks(plan, green.taskSetId),
    record.read(lease.deploymentId),
  ]);

  return greenReadiness({
    plan,
    green,
    previous: ready,
    taskSet,
    targets: observedTargets,
    stopped,
    commands: stored?.commands ?? [],
    nowMs: clock.nowMs(),
  });
};

export const handler = toHandler('CheckGreen', checkGreen, { record, taskSets, targets }, lambdaHost);
