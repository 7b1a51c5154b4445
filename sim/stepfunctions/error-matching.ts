import type { Catcher, Retrier } from './definition.types.ts';

/**
 * Whether an error falls under a list of ErrorEquals names. States.ALL stands for all errors but the two that mean
 * that the state machine itself is broken; States.TaskFailed for every error of a task but its timeout; and
 * States.Runtime always ends the execution, even where it is named [fact 107].
 */
export const matchesError = (errorEquals: readonly string[], error: string): boolean => {
  if (error === 'States.Runtime') return false;
  if (errorEquals.includes(error)) return true;
  if (error === 'States.DataLimitExceeded') return false;
  if (errorEquals.includes('States.ALL')) return true;
  return errorEquals.includes('States.TaskFailed') && error !== 'States.Timeout';
};

export const findCatcher = (catchers: readonly Catcher[], error: string): Catcher | undefined =>
  catchers.find((catcher) => matchesError(catcher.errorEquals, error));

/**
 * The first retrier that names the error decides alone: when its attempts are used up, later ones are not asked.
 * `used` holds, by retrier, its retries in this visit of the state.
 */
export const findRetrier = (
  retriers: readonly Retrier[],
  used: readonly number[],
  error: string,
): { index: number; retrier: Retrier } | undefined => {
  const index = retriers.findIndex((candidate) => matchesError(candidate.errorEquals, error));
  const retrier = retriers[index];
  if (retrier === undefined || (used[index] ?? 0) >= retrier.maxAttempts) return undefined;
  return { index, retrier };
};

/** Seconds before the retry after `used` earlier ones; `chance` is uniform in [0, 1) [fact 106]. */
export const retryDelaySeconds = (retrier: Retrier, used: number, chance: number): number => {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** used;
  const capped = Math.min(grown, retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return retrier.jitter === 'FULL' ? capped * chance : capped;
};
