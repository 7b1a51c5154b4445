import type { LiveRoute } from '../aws/verbs.ts';
import { isDeploymentError } from '../core/errors.ts';
import type { Route } from '../core/plan.types.ts';
import type { Deps } from './deps.types.ts';

/** A rule that someone deleted forwards nowhere: nothing to restore there, and no reason to leave the others unrestored. */
export const readIfThere = async (listener: Deps['listener'], route: Route): Promise<LiveRoute | null> => {
  try {
    return await listener.read(route);
  } catch (error) {
    if (isDeploymentError(error, 'NotFound')) return null;
    throw error;
  }
};
