import type { LiveRoute } from '../aws/balancer-verbs.ts';
import { nextRemovalStep } from '../core/ending/removal.ts';
import { isDeploymentError } from '../core/errors.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { Plan, Route } from '../core/vocabulary/plan.types.ts';
import type { Deps } from './deps.types.ts';

/** Null when AWS does not know it (any more). */
export const ifThere = async <T>(read: Promise<T>): Promise<T | null> => {
  try {
    return await read;
  } catch (error) {
    if (isDeploymentError(error, 'NotFound')) return null;
    throw error;
  }
};

/**
 * A rule that someone deleted forwards nowhere: nothing to restore there, and no reason to leave the others
 * unrestored.
 */
export const readIfThere = (listener: Deps['listener'], route: Route): Promise<LiveRoute | null> =>
  ifThere(listener.read(route));

/**
 * The plan's routes as they are. As long as blue could still take its traffic back, a route that is gone is an error;
 * once it has begun to go there is only the way forward, and nothing to read where somebody deleted a rule.
 */
export const readForRetirement = async (
  listener: Deps['listener'],
  { blue, routes }: Plan,
  blueTaskSet: ObservedTaskSet | null,
): Promise<LiveRoute[]> => {
  const going = blue !== null && nextRemovalStep(blueTaskSet) !== 'scaleToZero';
  const live = await Promise.all(
    routes.map((route) => (going ? readIfThere(listener, route) : listener.read(route))),
  );
  return live.filter((route) => route !== null);
};
