import type { ScalingEnd, ScalingPlan, Suspended } from '../vocabulary/scaling.types.ts';
import { describeSuspended, sameSuspended, scalingCommand } from './suspended.ts';

type Restoration = { kind: 'write'; to: Suspended } | ScalingEnd;

/**
 * What is to be done about a suspension at the deployment's end. Only what is still as this deployment set it is
 * undone: anything else was decided by somebody since, for reasons of their own.
 */
export const decideRestoration = (
  { resourceId, was, set }: Pick<ScalingPlan, 'resourceId' | 'was' | 'set'>,
  found: Suspended | null,
): Restoration => {
  if (found === null) return { kind: 'gone', reason: `${resourceId} is no scalable target any more` };
  if (sameSuspended(found, was))
    return { kind: 'asFound', reason: `the scaling of ${resourceId} is as found: ${describeSuspended(was)}` };
  if (sameSuspended(found, set)) return { kind: 'write', to: was };
  return {
    kind: 'leftToOthers',
    reason:
      `somebody else changed the scaling of ${resourceId} during the deployment, which leaves it so: ` +
      `${describeSuspended(found)}. As it was found: \`${scalingCommand(resourceId, was)}\``,
  };
};

export const restored = ({ resourceId, was }: Pick<ScalingPlan, 'resourceId' | 'was'>): ScalingEnd => ({
  kind: 'restored',
  reason: `the scaling of ${resourceId} is as found again: ${describeSuspended(was)}`,
});

/** For the one who reads why the deployment did not end: everything else is done. */
export const notRestored = ({ resourceId, was }: ScalingPlan, why: string): string =>
  `the scaling of ${resourceId} could not be restored: ${why.replace(/\.$/, '')}. Nothing else is left ` +
  'to do. It is tried ' +
  `again by itself; by hand: \`${scalingCommand(resourceId, was)}\`, and the next try finds it done.`;
