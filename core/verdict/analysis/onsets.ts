import { LOG_PRIOR } from './grid.ts';
import { logAdd, logSum } from './log-sum.ts';

/** Half is bet on a regression that is there from the first minute, half on one that begins in the next two hours. */
const LOG_FROM_START = Math.log(1 / 2);
const LATE_ONSETS = 120;
const LOG_LATE_ONSET = Math.log(1 / 2 / LATE_ONSETS);

/**
 * A mixture over when a regression began: what the minutes so far leave behind for those to come. Plain numbers, none
 * of them infinite, so that it can be stored as JSON and carried on from without a difference.
 */
export type Onsets = {
  minutes: number;
  /** What is not bet yet, a share. */
  unplaced: number;
  /** One a ratio, natural logs; none before the first minute. */
  bets: readonly number[];
};

/**
 * Natural log of the e-value after each minute: how strongly the minutes so far say that green is worse than the
 * margin.
 */
export type Course = readonly number[];

export const NO_ONSETS: Onsets = { minutes: 0, unplaced: 1, bets: [] };

/** One minute more, by its gains (one a ratio), of which none counts more than `cap`; and the evidence after it. */
export const withMinute = (
  before: Onsets,
  gains: readonly number[],
  cap: number,
): { onsets: Onsets; logE: number } => {
  const at = before.minutes;
  const logPlaced = at === 0 ? LOG_FROM_START : at <= LATE_ONSETS ? LOG_LATE_ONSET : Number.NEGATIVE_INFINITY;
  const unplaced = Math.max(0, before.unplaced - Math.exp(logPlaced));
  const bets = gains.map(
    (gain, j) => logAdd(before.bets[j] ?? Number.NEGATIVE_INFINITY, logPlaced) + Math.min(gain, cap),
  );
  const mixed = logSum(bets.map((bet, j) => bet + (LOG_PRIOR[j] as number)));
  const rest = at < LATE_ONSETS ? Math.log(unplaced) : Number.NEGATIVE_INFINITY;
  return { onsets: { minutes: at + 1, unplaced, bets }, logE: logAdd(mixed, rest) };
};

/** The evidence after each minute. */
export const courseOf = (minutes: readonly (readonly number[])[], cap: number): Course => {
  let onsets = NO_ONSETS;
  return minutes.map((gains) => {
    const next = withMinute(onsets, gains, cap);
    onsets = next.onsets;
    return next.logE;
  });
};
