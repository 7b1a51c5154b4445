import type { Margin, Minute } from './series.types.ts';

/** Whether a minute compares anything: both colours had requests in it. */
export const compares = ({ blue, green }: Minute): boolean => blue.requests > 0 && green.requests > 0;

/** Green's share of the bad events if its rate were `psi` times blue's. Needs requests on either side. */
export const nullShare = ({ blue, green }: Minute, { psi }: Margin): number =>
  (psi * green.requests) / (psi * green.requests + blue.requests);

/**
 * What one minute says for "green's rate is e^logRatio times the largest rate that the margin allows" against "it is
 * at most that rate", as a natural log of an e-value: its expectation is at most 1 for every rate that blue may have.
 * Given the split of the requests it is the likelihood ratio of how the bad events fell on the colours, and a Poisson
 * bound for `delta`. Negative `logRatio` asks the other way round: whether green is better than the margin.
 * Conditional test of two Poisson rates: Lindon and Malek, arXiv 2011.03567, with a share for each minute instead of
 * one for all.
 */
export const logIncrement = (minute: Minute, logRatio: number, margin: Margin): number => {
  if (!compares(minute)) return 0;
  const { blue, green } = minute;
  const shift = Math.log1p(nullShare(minute, margin) * Math.expm1(logRatio));
  const split = green.bad * logRatio - (green.bad + blue.bad) * shift;
  return margin.delta === 0 ? split : split - margin.delta * green.requests * Math.expm1(logRatio - shift);
};
