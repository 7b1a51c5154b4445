import type { Plan, Weights } from '../vocabulary/plan.types.ts';
import { ALL_BLUE, describeWeights, sameWeights } from './weights.ts';

/**
 * What somebody else wrote before green's first shift, when blue has all weight, as a sentence; null: nothing. A first
 * deployment has no blue that could have it.
 */
export const movedEarly = (
  { blue }: Pick<Plan, 'blue'>,
  routes: readonly { label: string; weights: Weights | null }[],
): string | null => {
  const moved = blue === null ? [] : routes.filter(({ weights }) => !sameWeights(weights, ALL_BLUE));
  if (moved.length === 0) return null;
  const found = moved.map(({ label, weights }) => `${describeWeights(weights)} on ${label}`).join(', ');
  return (
    `expected blue to hold all weight until green's first shift, found ${found}, which this deployment ` +
    'did not write: somebody else changed the listener'
  );
};
