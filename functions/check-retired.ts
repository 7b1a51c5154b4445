import { nextRemovalStep, retirementOf } from '../core/ending/removal.ts';
import { drifted, refuseRetirement } from '../core/ending/retirement.ts';
import { DeploymentError } from '../core/errors.ts';
import { holdsStickyClients } from '../core/weights/sticky-clients.ts';
import { listener, taskSets } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { readForRetirement } from './read-if-there.ts';
import { type Step, toHandler } from './step.ts';
import { testRouteReaches } from './test-route-reaches.ts';

/**
 * How far blue's retirement is: still draining, RetireBlue's turn again, or gone. And whether anything sends it
 * requests meanwhile: somebody else may write the routes at any time, and a blue that goes answers nobody.
 * @throws TrafficDrifted, and RollBack gives green its traffic again, or blue where that still runs at full size.
 */
export const checkRetired: Step<'CheckRetired', 'listener' | 'taskSets'> = async (
  { plan, retirement },
  { listener, taskSets, clock },
) => {
  const taskSet = plan.blue === null ? null : await taskSets.read(plan, plan.blue.id);
  const live = await readForRetirement(listener, plan, taskSet);

  const mayTurnBack = plan.blue === null || nextRemovalStep(taskSet) === 'scaleToZero';
  const refusal = refuseRetirement(plan, live, { mayTurnBack });
  if (refusal !== null) throw new DeploymentError('TrafficDrifted', drifted(refusal, { mayTurnBack }));
  const found = retirementOf({
    plan,
    taskSet,
    wrote: null,
    startedAtMs: retirement.startedAtMs,
    ...(retirement.leftAtMs === undefined ? {} : { leftAtMs: retirement.leftAtMs }),
    nowMs: clock.nowMs(),
  });
  if (retirement.testOpen !== undefined) found.testOpen = retirement.testOpen;
  else if (await testRouteReaches({ plan, leaving: 'blue' }, listener))
    return { ...found, kind: 'due', reason: 'the test route still forwards to blue' };
  if (mayTurnBack || !live.some(({ forward }) => holdsStickyClients(plan, forward))) return found;
  return { ...found, kind: 'due', reason: "somebody put blue's group back into a sticky route" };
};

export const handler = toHandler('CheckRetired', checkRetired, { listener, taskSets }, lambdaHost);
