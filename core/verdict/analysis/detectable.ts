import { LOG_PRIOR, LOG_RATIOS } from './grid.ts';

/** What a shift's traffic looks like, as far as a plan can know it. */
export type TrafficForecast = {
  requestsPerMinute: number;
  /** Share of the requests that are bad without a regression, 0 to 1. */
  badShare: number;
  /** Green's share of the requests, 0 to 1. */
  greenShare: number;
};

type Limits = { alpha: number; sigma: number };

/**
 * Minutes until a green that is `ratio` times as bad as blue is rolled back, about: within a third of the median that simulations
 * show, and never under two, since one minute alone never decides. Infinity when it would not be found.
 */
export const minutesToDetect = (
  ratio: number,
  { requestsPerMinute, badShare, greenShare }: TrafficForecast,
  { alpha, sigma }: Limits,
): number => {
  const baseBad = requestsPerMinute * badShare;
  const greenBad = baseBad * greenShare * ratio;
  const bad = baseBad * (1 - greenShare) + greenBad;
  const correlation = Math.min(1, 2 * sigma * sigma * greenShare * (1 - greenShare));
  const effect = bad > 1 ? 1 / (1 + (bad - 1) * correlation) : 1;
  const cap = Math.log(1 / alpha);
  const minutes = LOG_RATIOS.map((logRatio, j) => {
    const gain = effect * (greenBad * logRatio - bad * Math.log1p(greenShare * Math.expm1(logRatio)));
    if (gain <= 0) return Number.POSITIVE_INFINITY;
    return (cap - (LOG_PRIOR[j] as number) + Math.LN2) / Math.min(gain, cap);
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
