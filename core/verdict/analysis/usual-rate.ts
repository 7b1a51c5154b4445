import type { Counts } from './series.types.ts';

/** Of the standard normal distribution: one rate in a hundred is above its limit. */
const Z = 2.326;

/** What a rate changes with the time of day is not cancelled without blue beside it. */
const DRIFT = 2;

/**
 * The share of bad requests that green may have without blue beside it: twice blue's upper limit before, plus delta.
 * The limit of a Poisson rate at 99 %, by Wilson and Hilferty: within a percent of the exact one from a single event
 * on.
 */
export const allowedRate = ({ requests, bad }: Counts, delta: number): number => {
  if (requests === 0) return 1;
  const events = bad + 1;
  const limit = events * (1 - 1 / (9 * events) + Z / (3 * Math.sqrt(events))) ** 3;
  return Math.min(1, (DRIFT * limit) / requests + delta);
};
