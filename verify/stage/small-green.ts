import type { WeightedGroup } from '../../core/vocabulary/plan.types.ts';
import { shareOf } from './share-of.ts';

/**
 * A green that grows with its weight may keep users whom a short blue cannot take, far more than its weight was to
 * be: then it needs their tasks (the other half of invariant 13: weight never waits for users who are there already).
 * What ECS was asked for counts; that the tasks come is not the deployment's to promise.
 */

/** The share of users that green keeps with too few tasks; null: they are enough. */
export const tooSmallFor = (
  groups: readonly WeightedGroup[],
  greenGroup: string,
  { tasks, wanted }: { tasks: number; wanted: number },
): number | null => {
  const share = shareOf(groups, greenGroup);
  // Rounded as ECS rounds, and without headroom: less than this no reading of the request allows.
  return tasks < Math.ceil(share * wanted - 1e-6) ? share : null;
};
