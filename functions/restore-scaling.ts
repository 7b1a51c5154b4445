import type { Holding } from '../aws/store-verbs.ts';
import { DeploymentError } from '../core/errors.ts';
import { decideRestoration, restored } from '../core/scaling/restoration.ts';
import { describeSuspended, sameSuspended } from '../core/scaling/suspended.ts';
import type { ScalingEnd, ScalingPlan } from '../core/vocabulary/scaling.types.ts';
import type { Deps } from './deps.types.ts';

/**
 * Restores what the deployment suspended of the service's scaling, and reads it back. Two task sets scale as one
 * [fact 8], so it comes when one is left.
 */
export const restoreScaling = async (
  holding: Holding,
  planned: ScalingPlan,
  { leases, scaling }: Pick<Deps, 'leases' | 'scaling'>,
): Promise<ScalingEnd> => {
  const { resourceId, was } = planned;
  const next = decideRestoration(planned, await scaling.readSuspended(resourceId));
  if (next.kind !== 'write') return next;

  await leases.assertHolds(holding);
  await scaling.suspend(resourceId, next.to);
  const after = await scaling.readSuspended(resourceId);
  if (after !== null && !sameSuspended(after, was)) {
    throw new DeploymentError(
      'Unavailable',
      `resumed the scaling of ${resourceId} and read back ${describeSuspended(after)}: trying again`,
    );
  }
  return restored(planned);
};
