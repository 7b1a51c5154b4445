import type { Random } from '../kernel/random.ts';
import type { Retrier, TaskState } from './definition.types.ts';
import { findRetrier, retryDelaySeconds } from './error-matching.ts';
import type { Visit } from './machine.types.ts';
import type { ErrorOutput } from './states-error.ts';

type Retry = {
  retrier: Retrier;
  /** Its retries before this one. */
  used: number;
  delaySeconds: number;
};

/** The retry that a failure gets, counted in the visit; undefined when no retrier is left for it. */
export const useRetrier = (
  visit: Visit<TaskState>,
  error: ErrorOutput,
  random: Random,
): Retry | undefined => {
  const found = findRetrier(visit.state.retry, visit.used, error.Error);
  if (found === undefined) return undefined;
  const { index, retrier } = found;
  const used = visit.used[index] ?? 0;
  const delaySeconds = retryDelaySeconds(retrier, used, random.next());
  visit.used[index] = used + 1;
  visit.retries += 1;
  return { retrier, used, delaySeconds };
};
