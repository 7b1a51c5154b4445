import type { Kernel } from './kernel.ts';
import type { Random } from './random.ts';

/**
 * How long a call or a transition takes, milliseconds: by chance between the two, or always the middle. The draw is
 * made in any case, so that what else comes from the source stays as it was.
 */
export const tookMs = (
  { evenTimes }: Pick<Kernel, 'evenTimes'>,
  random: Random,
  [low, high]: readonly [low: number, high: number],
): number => {
  const drawn = random.between(low, high);
  return evenTimes ? Math.round((low + high) / 2) : drawn;
};
