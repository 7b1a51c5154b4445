import type { Random } from '../kernel/random.ts';

/** Standard normal, by Box and Muller. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** Above it the normal distribution is as good. */
const FEW = 50;

/** How often something rare happens when it is expected so often. */
export const poisson = (mean: number, random: Random): number => {
  if (mean > FEW) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count += 1;
  return count;
};
