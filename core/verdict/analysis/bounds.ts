import { nonInferiority } from './non-inferiority.ts';
import { plainRegression } from './regression.ts';
import type { Minute } from './series.types.ts';

/** A difference of rates, green minus blue, as shares of requests (0 to 1). */
export type Bounds = { lower: number; upper: number };

/** Halvings of [0, 1]: beyond what a double can hold. */
const HALVINGS = 60;

/** The least delta for which `holds`, which holds for every larger one; 1 when it holds for none below. */
const leastFor = (halvings: number, holds: (delta: number) => boolean): number => {
  if (holds(0)) return 0;
  let below = 0;
  let above = 1;
  for (let step = 0; step < halvings; step += 1) {
    const middle = (below + above) / 2;
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
};

/**
 * Between what and what green's rate exceeds blue's. Each side is wrong with a chance of at most alpha, at all times
 * together: it may be shown after every minute. `lower` is 0 as long as nothing shows that green is worse.
 */
export const boundsOf = (
  minutes: readonly Minute[],
  { alpha, sigma }: { alpha: number; sigma: number },
  halvings = HALVINGS,
): Bounds => {
  const enough = Math.log(1 / alpha);
  const lastOf = (course: readonly number[]): number => course.at(-1) ?? 0;
  const upper = leastFor(
    halvings,
    (delta) => lastOf(nonInferiority(minutes, { psi: 1, delta, sigma })) >= enough,
  );
  const lower = leastFor(
    halvings,
    (delta) => lastOf(plainRegression(minutes, { psi: 1, delta, sigma })) < enough,
  );
  return { lower, upper };
};
