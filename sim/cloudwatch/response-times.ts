import type { MinuteMetrics } from '../parts.types.ts';

/**
 * The flow knows mean response times; around them they are taken to be log-normal with this spread, as those of web
 * services about are: p99 is three times the median. Assumed.
 */
const SPREAD = 0.5;

/** Of the standard normal distribution, to 1e-7 (Abramowitz and Stegun 26.2.17). */
const normalShare = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
};

const normalQuantile = (share: number): number => {
  let low = -8;
  let high = 8;
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return high;
};

/** The location of the log-normal distribution with that mean. */
const location = (meanSeconds: number): number => Math.log(meanSeconds) - (SPREAD * SPREAD) / 2;

/** The share of measured times up to `seconds`, from their quantiles. */
const measuredShare = (quantile: NonNullable<MinuteMetrics['responseQuantile']>, seconds: number): number => {
  let low = 0;
  let high = 1;
  for (let halving = 0; halving < 20; halving += 1) {
    const middle = (low + high) / 2;
    if ((quantile(middle) ?? 0) <= seconds) low = middle;
    else high = middle;
  }
  return low;
};

/** `PR(:t)`: percent of the answers that took no longer, with the minute's chance; undefined without answers. */
export const withinPercent = (
  { answered, responseSeconds, responseQuantile, chance }: MinuteMetrics,
  seconds: number,
): number | undefined => {
  if (responseSeconds === undefined || !(answered > 0)) return undefined;
  if (responseQuantile !== undefined) return 100 * measuredShare(responseQuantile, seconds);
  const share = normalShare((Math.log(seconds) - location(responseSeconds)) / SPREAD);
  const drawn = share - (chance * Math.sqrt(share * (1 - share))) / Math.sqrt(answered);
  return 100 * Math.min(1, Math.max(0, drawn));
};

/** `p99` for 0.99, seconds. */
export const percentile = ({ responseSeconds }: MinuteMetrics, share: number): number | undefined =>
  responseSeconds === undefined
    ? undefined
    : Math.exp(location(responseSeconds) + SPREAD * normalQuantile(share));
