import { refuseUnrestored } from '../core/ending/restored-routes.ts';
import { refuseRetirement } from '../core/ending/retirement.ts';
import { DeploymentError } from '../core/errors.ts';
import { mayRemoveGreen } from '../core/safety/invariants.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import { groupsOf, weightsOf } from '../core/weights/weights.ts';
import type { Deps } from './deps.types.ts';
import { readIfThere } from './read-if-there.ts';

const readRoutes = async (plan: Plan, listener: Deps['listener']) => {
  const live = await Promise.all(plan.routes.map((route) => readIfThere(listener, route)));
  return live.filter((route) => route !== null);
};

const refuse = (reason: string | null): void => {
  if (reason !== null)
    throw new DeploymentError('TrafficDrifted', `somebody else changed the listener: ${reason}`);
};

/**
 * Green must hold no weight from its scale to 0 on, to the very end: anybody may give it some meanwhile, or what
 * RollBack read was late. A first deployment's green may hold some, but no other than before.
 * @throws TrafficDrifted, and RollBack sets the weights right at once.
 */
export const refuseIfGreenIsServed = async (plan: Plan, listener: Deps['listener']): Promise<void> => {
  const live = await readRoutes(plan, listener);
  if (plan.blue === null) return refuse(refuseUnrestored(plan, live));
  refuse(
    mayRemoveGreen(
      live.map(({ route, forward }) => ({
        label: route.label,
        weights: weightsOf(forward, groupsOf(plan)),
      })),
    ),
  );
};

/**
 * The same for a blue that is gone.
 * @throws TrafficDrifted
 */
export const refuseIfBlueIsServed = async (plan: Plan, listener: Deps['listener']): Promise<void> =>
  refuse(refuseRetirement(plan, await readRoutes(plan, listener), { mayTurnBack: false }));
