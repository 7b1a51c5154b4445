/** No line waits longer than this: a reader is done with it by then. */
const LONGEST_PAUSE_MS = 450;

/**
 * How long to wait before each line so that the lines together take at most `budgetMs`. Lines that lie far apart in
 * virtual time get more of it, by the logarithm: a bake of ten minutes should feel longer than one second, not 600
 * times.
 */
export const pauses = (timesMs: readonly number[], budgetMs: number): number[] => {
  const weights = timesMs.map((time, index) => 1 + Math.log1p((time - (timesMs[index - 1] ?? time)) / 1_000));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => Math.min(LONGEST_PAUSE_MS, Math.floor((weight / total) * budgetMs)));
};
