import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import { countColour } from '../core/weights/colour-count.ts';
import { whyForsaken } from '../core/weights/forsaken.ts';
import type { Deps } from './deps.types.ts';
import { ifPossible } from './if-possible.ts';
import { readService } from './read-service.ts';

/**
 * Before green's first user, where a person or a hook holds the deployment: why it has to go back at once. RollBack
 * gives the users of a blue that is gone to green, until blue is there again. A read that fails says nothing.
 */
export const forsakenUsers = async (
  { deploymentId }: Pick<Lease, 'deploymentId'>,
  plan: Plan,
  { ecsServices, targets }: Pick<Deps, 'ecsServices' | 'targets'>,
): Promise<string | null> => {
  const { blue, blueTargetGroupArn } = plan;
  if (blue === null || blueTargetGroupArn === null || plan.carry === 'off') return null;
  const read = await ifPossible(
    Promise.all([
      readService(ecsServices, plan),
      targets.read(blueTargetGroupArn),
      targets.read(plan.green.targetGroupArn),
    ]),
  );
  if (read === null) return null;
  const [{ taskSets }, blueTargets, greenTargets] = read;
  return whyForsaken(
    countColour(blueTargets, taskSets.find(({ id }) => id === blue.id) ?? null),
    countColour(greenTargets, ownTaskSet(taskSets, plan, deploymentId)),
  );
};
