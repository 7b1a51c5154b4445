import { count } from '../figures.ts';
import type { ColourCount } from '../vocabulary/placement.types.ts';

/**
 * Why users who are all on blue cannot wait for green's first shift: nothing of blue is there, and green answers. A blue
 * that fails its checks while its tasks run may answer all the same. Null: they can.
 */
export const whyForsaken = (blue: ColourCount, green: ColourCount): string | null => {
  const isGone = blue.healthy === 0 && (blue.running === 0 || blue.registered === 0);
  return isGone && green.healthy > 0
    ? `blue has no task left, and green answers with ${count(green.healthy, 'healthy target')}: its users cannot wait`
    : null;
};
