import { retirementOf } from '../core/removal.ts';
import { taskSets } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** How far blue's retirement is: still draining, RetireBlue's turn again, or gone. */
export const checkRetired: Step<'CheckRetired', 'taskSets'> = async (
  { plan, retirement },
  { taskSets, clock },
) => {
  const taskSet = plan.blue === null ? null : await taskSets.read(plan, plan.blue.id);

  return retirementOf({
    plan,
    taskSet,
    wrote: null,
    startedAtMs: retirement.startedAtMs,
    ...(retirement.leftAtMs === undefined ? {} : { leftAtMs: retirement.leftAtMs }),
    nowMs: clock.nowMs(),
  });
};

export const handler = toHandler('CheckRetired', checkRetired, { taskSets }, lambdaHost);
