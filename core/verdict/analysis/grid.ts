/**
 * The ratios of green's rate to the largest rate allowed that the test bets on: 1.41 to 256, each the square root of
 * two times the one before.
 */
export const LOG_RATIOS: readonly number[] = Array.from({ length: 16 }, (_, j) => ((j + 1) / 2) * Math.LN2);

const harmonic = LOG_RATIOS.map((_, j) => 1 / (j + 1));
const total = harmonic.reduce((sum, weight) => sum + weight, 0);

/** How much is bet on each ratio: more on the small ones, which take longest to show. Natural logs; they sum to 1. */
export const LOG_PRIOR: readonly number[] = harmonic.map((weight) => Math.log(weight / total));
