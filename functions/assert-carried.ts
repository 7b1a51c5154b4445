import { DeploymentError } from '../core/errors.ts';
import { refusePlacement } from '../core/safety/placement-rule.ts';
import type { ColourCount, PlacementMemory } from '../core/vocabulary/placement.types.ts';
import type { Plan, Weights } from '../core/vocabulary/plan.types.ts';

/**
 * Right before users are moved, whatever decided that: nobody is sent to a colour that cannot answer while the other
 * can.
 * @throws InvariantBroken
 */
export const assertCarried = (moved: {
  plan: Pick<Plan, 'carry'>;
  from: Weights | null;
  to: Weights;
  blue: ColourCount | null;
  green: ColourCount | null;
  needed: number;
  memory: PlacementMemory;
  abortNow?: boolean;
}): void => {
  const { plan, memory, abortNow = false, ...placing } = moved;
  const { lostGreen, spell } = memory;
  const refusal = refusePlacement({
    ...placing,
    shares: memory.shares,
    blueAllowed:
      lostGreen !== null || spell?.verdict === 'answers' || (abortNow && (placing.blue?.healthy ?? 0) > 0),
    oneIsEnough: plan.carry === 'deadOnly',
  });
  if (refusal !== null) throw new DeploymentError('InvariantBroken', refusal);
};
