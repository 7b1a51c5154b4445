import { LOG_PRIOR, LOG_RATIOS } from './grid.ts';
import { logSum } from './log-sum.ts';
import type { Counts } from './series.types.ts';

/**
 * Green against a rate that was fixed before (a share, 0 to 1), when it has all requests and there is no blue to compare with: how
 * strongly the minutes so far say that green's rate is above it. Natural logs, one for each minute. What changes with the time
 * of day is not cancelled here, so the rate has to leave room for it.
 */
export const bakeAgainst = (baselineRate: number, minutes: readonly Counts[]): readonly number[] => {
  const bets = LOG_RATIOS.map(() => 0);
  return minutes.map(({ requests, bad }) => {
    for (const [j, logRatio] of LOG_RATIOS.entries()) {
      bets[j] = (bets[j] as number) + bad * logRatio - requests * baselineRate * Math.expm1(logRatio);
    }
    return logSum(bets.map((bet, j) => bet + (LOG_PRIOR[j] as number)));
  });
};
