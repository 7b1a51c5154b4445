import type { ScalingPlan, Suspended } from '../vocabulary/scaling.types.ts';
import { describeSuspended, sameSuspended, scalingCommand } from './suspended.ts';

/** How the suspension stands while the deployment runs. */
export type ScalingStanding = {
  kind: 'asSet' | 'resumed' | 'changed' | 'gone';
  /** Null: no scalable target. */
  suspended: Suspended | null;
  /** For people. */
  line: string;
};

/**
 * What somebody else made of what a deployment has suspended, and what becomes of it at the end (restoration.ts). Null
 * where what was found is as before, and the deployment itself may not have suspended it yet, or have restored it.
 */
export const scalingStanding = (
  { resourceId, was, set }: ScalingPlan,
  found: Suspended | null,
  { maybeOurs }: { maybeOurs: boolean },
): ScalingStanding | null => {
  if (found === null)
    return {
      kind: 'gone',
      suspended: null,
      line: `${resourceId} is no scalable target any more: somebody else deregistered it, and nothing is restored`,
    };
  const as = (kind: ScalingStanding['kind'], line: string) => ({ kind, suspended: found, line });
  if (sameSuspended(found, set))
    return as('asSet', `${describeSuspended(set)} until the end, then as found: ${describeSuspended(was)}`);
  if (!sameSuspended(found, was))
    return as(
      'changed',
      `somebody else changed it: ${describeSuspended(found)}, where the deployment had set ` +
        `${describeSuspended(set)}. It is left so, at the end too; as it was found: ` +
        `\`${scalingCommand(resourceId, was)}\``,
    );
  if (maybeOurs) return null;
  return as(
    'resumed',
    `somebody else resumed it, as it was found: ${describeSuspended(was)}. It is not suspended again, and ` +
      'there is nothing to restore at the end',
  );
};
