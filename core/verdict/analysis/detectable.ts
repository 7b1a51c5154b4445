import { designEffect } from './design-effect.ts';
import { LOG_PRIOR, LOG_RATIOS } from './grid.ts';
import { compares, logIncrement } from './increment.ts';
import type { Margin } from './series.types.ts';

/** What is known of a shift's traffic, as far as a plan can know it. */
type TrafficForecast = {
  requestsPerMinute: number;
  /** Share of the requests that are bad without a regression, 0 to 1. */
  badShare: number;
  /** Green's share of the requests, 0 to 1. */
  greenShare: number;
};

type Limits = Margin & { alpha: number; sigma: number };

/**
 * Minutes until a green that is `ratio` times as bad as blue is rolled back, about: within a third of the median that
 * simulations show, and never under two, since one minute alone never decides. Infinity when it would not be found.
 */
export const minutesToDetect = (
  ratio: number,
  { requestsPerMinute, badShare, greenShare }: TrafficForecast,
  { alpha, sigma, ...margin }: Limits,
): number => {
  const countsOf = (share: number, rate: number) => ({
    requests: requestsPerMinute * share,
    bad: requestsPerMinute * share * rate,
  });
  const usual = {
    blue: countsOf(1 - greenShare, badShare),
    green: countsOf(greenShare, Math.min(1, badShare * ratio)),
  };
  if (!compares(usual)) return Number.POSITIVE_INFINITY;
  const effect = designEffect(usual.blue.bad + usual.green.bad, usual, sigma, margin);
  const cap = Math.log(1 / alpha);
  const minutes = LOG_RATIOS.map((logRatio, j) => {
    const gain = Math.min(effect * logIncrement(usual, logRatio, margin), cap);
    return gain <= 0 ? Number.POSITIVE_INFINITY : (cap - (LOG_PRIOR[j] as number) + Math.LN2) / gain;
  });
  return Math.max(2, Math.min(...minutes));
};

/** More than this is an outage, and found at any traffic that could be judged at all. */
const MOST = 256;

/** The smallest ratio that would be found within so many minutes, to a hundredth; null when not even 256 would be. */
export const smallestDetectable = (
  minutes: number,
  forecast: TrafficForecast,
  limits: Limits,
): number | null => {
  const found = (ratio: number): boolean => minutesToDetect(ratio, forecast, limits) <= minutes;
  const most = forecast.badShare > 0 ? Math.min(MOST, 1 / forecast.badShare) : MOST;
  if (!found(most)) return null;
  let below = 1;
  let above = most;
  while (above - below > 0.005) {
    const middle = (below + above) / 2;
    if (found(middle)) above = middle;
    else below = middle;
  }
  return Math.round(above * 100) / 100;
};
