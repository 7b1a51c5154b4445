import { type GreenSize, scaleFor } from '../verdict/growth-in-bake.ts';
import type { Plan, Weights } from '../vocabulary/plan.types.ts';

type Kept = {
  plan: Pick<Plan, 'capacity'>;
  /** Null: there is none, or it goes. */
  green: Pick<GreenSize, 'id' | 'externalId' | 'scalePercent' | 'computedDesiredCount'> | null;
  desiredCount: number;
  /** Of the rollback's decision; null: they stay. */
  weights: Weights | null;
  /** As the routes were read; null: no split. */
  found: readonly (Weights | null)[];
};

/**
 * The scale that green needs for the users whom a short blue cannot take back yet, percent; null: nothing is written.
 * Somebody who made it smaller meanwhile did not know of them.
 */
export const scaleForUsers = ({ plan, green, desiredCount, weights, found }: Kept): number | null => {
  if (green === null) return null;
  const greenPct = weights?.green ?? Math.max(0, ...found.map((one) => one?.green ?? 0));
  const size = { ...green, healthy: 0, desiredCount, scaledDown: false };
  return greenPct === 0 ? null : scaleFor({ plan, size }, greenPct);
};
