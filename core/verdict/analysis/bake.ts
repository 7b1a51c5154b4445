import { LOG_PRIOR, LOG_RATIOS } from './grid.ts';
import { logSum } from './log-sum.ts';
import type { Course } from './onsets.ts';
import type { Counts } from './series.types.ts';

/** What each ratio's bet gains in a minute of green alone, against a rate that was fixed before (a share, 0 to 1). */
export const bakeGains = ({ requests, bad }: Counts, baselineRate: number): number[] =>
  LOG_RATIOS.map((logRatio) => bad * logRatio - requests * baselineRate * Math.expm1(logRatio));

/**
 * Green against a fixed rate, when it has all requests and there is no blue to compare with: how strongly the minutes
 * so far say that green's rate is above it. What changes with the time of day is not cancelled here, so the rate has to
 * leave room for it. In a deployment the same gains are capped and bet on late onsets, too.
 */
export const bakeAgainst = (baselineRate: number, minutes: readonly Counts[]): Course => {
  const bets = LOG_RATIOS.map(() => 0);
  return minutes.map((minute) => {
    for (const [j, gain] of bakeGains(minute, baselineRate).entries()) bets[j] = (bets[j] as number) + gain;
    return logSum(bets.map((bet, j) => bet + (LOG_PRIOR[j] as number)));
  });
};
