import { designEffect } from './design-effect.ts';
import { LOG_PRIOR, LOG_RATIOS } from './grid.ts';
import { compares, logIncrement } from './increment.ts';
import { logSum } from './log-sum.ts';
import { type Course, courseOf } from './onsets.ts';
import type { Margin, Minute } from './series.types.ts';

type RegressionTest = Margin & {
  /** Of each colour's own rate, from blue's history (sigma.ts). */
  sigma: number;
  /** The chance of a false rollback that is accepted for the whole deployment. */
  alpha: number;
};

/** What each ratio's bet gains in one minute. */
export const regressionGains = (
  minute: Minute,
  { sigma, psi, delta }: Margin & { sigma: number },
): number[] => {
  if (!compares(minute)) return LOG_RATIOS.map(() => 0);
  const margin = { psi, delta };
  const effect = designEffect(minute.blue.bad + minute.green.bad, minute, sigma, margin);
  return LOG_RATIOS.map((logRatio) => effect * logIncrement(minute, logRatio, margin));
};

/**
 * The test that decides. It may be read after every minute: whatever the common error rate does, the chance that it
 * ever reaches 1/alpha while green is within the margin is at most alpha. One minute alone never decides (each minute's
 * gain is capped at 1/alpha), and a regression that begins late is found nearly as fast as one that was there from the
 * start.
 */
export const regression = (minutes: readonly Minute[], test: RegressionTest): Course =>
  courseOf(
    minutes.map((minute) => regressionGains(minute, test)),
    Math.log(1 / test.alpha),
  );

/**
 * The same without cap and without late onsets; with sigma 0 the textbook form, valid where minutes are independent.
 */
export const plainRegression = (minutes: readonly Minute[], test: Margin & { sigma: number }): Course => {
  const bets = LOG_RATIOS.map(() => 0);
  return minutes.map((minute) => {
    for (const [j, gain] of regressionGains(minute, test).entries()) bets[j] = (bets[j] as number) + gain;
    return logSum(bets.map((bet, j) => bet + (LOG_PRIOR[j] as number)));
  });
};
