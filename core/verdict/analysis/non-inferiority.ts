import { designEffect } from './design-effect.ts';
import { LOG_RATIOS } from './grid.ts';
import { compares, logIncrement } from './increment.ts';
import { logSum } from './log-sum.ts';
import type { Margin, Minute } from './series.types.ts';

/**
 * What is called unharmed: fewer than half as many errors again as blue, and one in a thousand beside, wrong in one
 * of twenty shifts at most. Promotion is not the end of watching, so this may be wrong more often than a rollback.
 */
export const NO_HARM = { psi: 1.5, delta: 0.001, alpha: 0.05 } as const;

type NonInferiorityTest = Margin & {
  sigma: number;
  /** Bad events of both colours in a minute of blue's history: what the first minute is weighed by. 0 when unknown. */
  usualBad?: number;
};

/**
 * How strongly the minutes so far say that green is better than the margin (natural log of the e-value, one for each
 * minute): "at least as bad as the margin" is what it speaks against. A minute without errors counts, too. Each
 * minute is weighed by the minutes before it: weighed by its own errors, a bad minute would count less than a good
 * one.
 */
export const nonInferiority = (minutes: readonly Minute[], test: NonInferiorityTest): readonly number[] => {
  const { sigma, usualBad = 0, ...margin } = test;
  const bets = LOG_RATIOS.map(() => 0);
  let bad = 0;
  let compared = 0;
  return minutes.map((minute) => {
    if (compares(minute)) {
      const expected = compared === 0 ? usualBad : bad / compared;
      const effect = designEffect(expected, minute, sigma, margin);
      for (const [j, logRatio] of LOG_RATIOS.entries()) {
        bets[j] = (bets[j] as number) + effect * logIncrement(minute, -logRatio, margin);
      }
      bad += minute.blue.bad + minute.green.bad;
      compared += 1;
    }
    return logSum(bets) - Math.log(bets.length);
  });
};
