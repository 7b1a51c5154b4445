import type { Baseline, GroupMinute, Usual } from '../../vocabulary/metrics.types.ts';
import { countedBy, errorsOf } from './final-minutes.ts';
import type { Counts } from './series.types.ts';
import { MIN_HISTORY_MINUTES, SIGMA_FLOOR, sigmaOf } from './sigma.ts';

/** At the histogram's floor, or where p90 and p99 are the same, a threshold no longer separates fast from slow. */
const LEAST_SECONDS = 0.001;

/** Three digits: the threshold is part of a statistic's name. */
const rounded = (seconds: number): number => Number(seconds.toPrecision(3));

const thresholdsOf = (times: readonly (number | null)[]): number[] => {
  const [p90 = null, p99 = null] = times.map((seconds) => (seconds === null ? null : rounded(seconds)));
  const tells = (seconds: number | null): seconds is number => seconds !== null && seconds > LEAST_SECONDS;
  return [...(tells(p90) ? [p90] : []), ...(tells(p99) && p99 !== p90 ? [p99] : [])];
};

const usualOf = (counts: readonly Counts[]): Usual => ({
  minutes: counts.filter(({ requests }) => requests > 0).length,
  requests: counts.reduce((sum, { requests }) => sum + requests, 0),
  bad: counts.reduce((sum, { bad }) => sum + bad, 0),
  // An estimate from less than an hour says little.
  sigma: counts.length < MIN_HISTORY_MINUTES ? SIGMA_FLOOR : sigmaOf(counts),
});

/**
 * What was usual for blue: its minutes before the deployment, and p90 and p99 of its response times over all of them.
 * Minutes without a data point are left out.
 */
export const baselineOf = (
  history: readonly GroupMinute[],
  times: readonly (number | null)[],
  application = 0,
): Baseline => ({
  ...usualOf(history.flatMap((minute) => (minute.requests === undefined ? [] : [errorsOf(minute)]))),
  slowOver: thresholdsOf(times),
  ...(application === 0
    ? {}
    : {
        application: Array.from({ length: application }, (_, at) =>
          usualOf(
            history.flatMap((minute) =>
              minute.application?.[at]?.requests === undefined ? [] : [countedBy(minute, at)],
            ),
          ),
        ),
      }),
});
