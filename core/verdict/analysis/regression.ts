import { designEffect } from './design-effect.ts';
import { LOG_PRIOR, LOG_RATIOS } from './grid.ts';
import { compares, logIncrement } from './increment.ts';
import { logAdd, logSum } from './log-sum.ts';
import type { Margin, Minute } from './series.types.ts';

/** Half is bet on a regression that is there from the first minute, half on one that begins in the next two hours. */
const LOG_FROM_START = Math.log(1 / 2);
const LATE_ONSETS = 120;
const LOG_LATE_ONSET = Math.log(1 / 2 / LATE_ONSETS);

type RegressionTest = Margin & {
  /** Of each colour's own rate, from blue's history (sigma.ts). */
  sigma: number;
  /** The chance of a false rollback that is accepted for the whole deployment. */
  alpha: number;
};

/**
 * Natural log of the e-value after each minute: how strongly the minutes so far say that green is worse than the
 * margin.
 */
type Course = readonly number[];

/** What each ratio's bet gains in one minute. */
const gains = (minute: Minute, { sigma, ...margin }: Margin & { sigma: number }): number[] => {
  if (!compares(minute)) return LOG_RATIOS.map(() => 0);
  const effect = designEffect(minute.blue.bad + minute.green.bad, minute, sigma, margin);
  return LOG_RATIOS.map((logRatio) => effect * logIncrement(minute, logRatio, margin));
};

const mixed = (bets: readonly number[]): number =>
  logSum(bets.map((bet, j) => bet + (LOG_PRIOR[j] as number)));

/**
 * A mixture over when it began: each minute's gains (one a ratio) are bet from the first minute on, and from each
 * later one. No minute gains more than `cap`.
 */
export const withLateOnsets = (minutes: readonly (readonly number[])[], cap: number): Course => {
  const bets = LOG_RATIOS.map(() => Number.NEGATIVE_INFINITY);
  let unplaced = 1;
  return minutes.map((gained, at) => {
    const logPlaced =
      at === 0 ? LOG_FROM_START : at <= LATE_ONSETS ? LOG_LATE_ONSET : Number.NEGATIVE_INFINITY;
    unplaced = Math.max(0, unplaced - Math.exp(logPlaced));
    for (const [j, gain] of gained.entries()) {
      bets[j] = logAdd(bets[j] as number, logPlaced) + Math.min(gain, cap);
    }
    return logAdd(mixed(bets), at < LATE_ONSETS ? Math.log(unplaced) : Number.NEGATIVE_INFINITY);
  });
};

/**
 * The test that decides. It may be read after every minute: whatever the common error rate does, the chance that it
 * ever reaches 1/alpha while green is within the margin is at most alpha. One minute alone never decides (each
 * minute's gain is capped at 1/alpha), and a regression that begins late is found nearly as fast as one that was
 * there from the start.
 */
export const regression = (minutes: readonly Minute[], test: RegressionTest): Course =>
  withLateOnsets(
    minutes.map((minute) => gains(minute, test)),
    Math.log(1 / test.alpha),
  );

/**
 * The same without cap and without late onsets; with sigma 0 the textbook form, valid where minutes are independent.
 */
export const plainRegression = (minutes: readonly Minute[], test: Margin & { sigma: number }): Course => {
  const bets = LOG_RATIOS.map(() => 0);
  return minutes.map((minute) => {
    for (const [j, gain] of gains(minute, test).entries()) bets[j] = (bets[j] as number) + gain;
    return mixed(bets);
  });
};
