import { DeploymentError } from '../core/errors.ts';
import { nextSuspension, suspends } from '../core/scaling/planned.ts';
import { describeSuspended, sameSuspended } from '../core/scaling/suspended.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import type { Deps } from './deps.types.ts';

/**
 * Suspends what the plan suspends of the service's scaling, and reads it back. The plan, with its undo, is in the
 * record by now, so that whatever comes next can restore it. Null: the plan suspends nothing.
 * @throws Conflict when somebody has changed it since the plan was made.
 */
export const suspendScaling = async (
  lease: Lease,
  { scaling: planned }: Plan,
  { leases, scaling }: Pick<Deps, 'leases' | 'scaling'>,
): Promise<string | null> => {
  if (!suspends(planned)) return null;
  const { resourceId, set } = planned;
  const found = await scaling.readSuspended(resourceId);

  const next = nextSuspension(planned, found);
  if (next === null)
    return found === null ? `${resourceId} is no scalable target any more` : describeSuspended(set);

  await leases.assertHolds(lease);
  await scaling.suspend(resourceId, next);
  const after = await scaling.readSuspended(resourceId);
  if (after === null || !sameSuspended(after, set)) {
    throw new DeploymentError(
      'Unavailable',
      `suspended the scaling of ${resourceId} and read back ` +
        `${after === null ? 'no scalable target' : describeSuspended(after)}: trying again`,
    );
  }
  return describeSuspended(set);
};
