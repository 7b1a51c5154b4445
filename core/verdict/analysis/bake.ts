import { LOG_PRIOR, LOG_RATIOS } from './grid.ts';
import { logSum } from './log-sum.ts';
import { withLateOnsets } from './regression.ts';
import type { Counts } from './series.types.ts';

const gains = ({ requests, bad }: Counts, baselineRate: number): number[] =>
  LOG_RATIOS.map((logRatio) => bad * logRatio - requests * baselineRate * Math.expm1(logRatio));

/**
 * Green against a rate that was fixed before (a share, 0 to 1), when it has all requests and there is no blue to
 * compare with: how strongly the minutes so far say that green's rate is above it. Natural logs, one for each minute.
 * What changes with the time of day is not cancelled here, so the rate has to leave room for it.
 */
export const bakeAgainst = (baselineRate: number, minutes: readonly Counts[]): readonly number[] => {
  const bets = LOG_RATIOS.map(() => 0);
  return minutes.map((minute) => {
    for (const [j, gain] of gains(minute, baselineRate).entries()) bets[j] = (bets[j] as number) + gain;
    return logSum(bets.map((bet, j) => bet + (LOG_PRIOR[j] as number)));
  });
};

/** As it decides in a deployment: no minute alone decides, and what begins late is found, too. */
export const bakeThatDecides = (
  baselineRate: number,
  minutes: readonly Counts[],
  alpha: number,
): readonly number[] =>
  withLateOnsets(
    minutes.map((minute) => gains(minute, baselineRate)),
    Math.log(1 / alpha),
  );
