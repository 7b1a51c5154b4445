import { nullShare } from './increment.ts';
import type { Margin, Minute } from './series.types.ts';

/**
 * How much less the bad events of one minute say than as many independent ones, 0 to 1. `sigma` is the coefficient of
 * variation of each colour's own rate from minute to minute: what happens to one colour's tasks alone makes its bad
 * events come together, with a correlation of 2 sigma^2 share (1 - share) within the minute. The survey
 * statisticians' design effect.
 */
export const designEffect = (bad: number, minute: Minute, sigma: number, margin: Margin): number => {
  if (bad <= 1) return 1;
  const share = nullShare(minute, margin);
  const correlation = Math.min(1, 2 * sigma * sigma * share * (1 - share));
  return 1 / (1 + (bad - 1) * correlation);
};
