import { designEffect } from './design-effect.ts';
import { LOG_RATIOS } from './grid.ts';
import { compares, logIncrement } from './increment.ts';
import { logSum } from './log-sum.ts';
import type { Margin, Minute } from './series.types.ts';

/**
 * What is called unharmed: fewer than half as many errors again as blue, and one in a thousand beside, wrong in one of
 * twenty shifts at most. Promotion is not the end of watching, so this may be wrong more often than a rollback.
 */
export const NO_HARM = { psi: 1.5, delta: 0.001, alpha: 0.05 } as const;

type NonInferiorityTest = Margin & {
  sigma: number;
  /** Bad events of both colours in a minute of blue's history: what the first minute is weighed by. 0 when unknown. */
  usualBad?: number;
};

/** What the minutes so far leave behind for those to come; plain numbers, to be stored as JSON. */
export type NonInferiority = {
  /** One a ratio, natural logs; none before the first minute. */
  bets: readonly number[];
  /** Bad events of both colours in these minutes, and how many minutes they were. */
  bad: number;
  minutes: number;
};

export const NOT_COMPARED: NonInferiority = { bets: [], bad: 0, minutes: 0 };

/**
 * One minute more. Each is weighed by all minutes before it: weighed by its own errors, a bad one would count less than
 * a good one. A minute that only one colour had proves nothing, but is one of those before.
 */
export const withComparedMinute = (
  before: NonInferiority,
  minute: Minute,
  { sigma, usualBad = 0, psi, delta }: NonInferiorityTest,
): NonInferiority => {
  const counted = {
    bad: before.bad + minute.blue.bad + minute.green.bad,
    minutes: before.minutes + 1,
  };
  if (!compares(minute)) return { ...counted, bets: before.bets };
  const margin = { psi, delta };
  const expected = before.minutes === 0 ? usualBad : before.bad / before.minutes;
  const effect = designEffect(expected, minute, sigma, margin);
  const bets = LOG_RATIOS.map(
    (logRatio, j) => (before.bets[j] ?? 0) + effect * logIncrement(minute, -logRatio, margin),
  );
  return { ...counted, bets };
};

/** Natural log of the evidence that green is better than the margin: "at least as bad" is what it speaks against. */
export const logUnharmedOf = ({ bets }: NonInferiority): number =>
  bets.length === 0 ? 0 : logSum(bets) - Math.log(bets.length);

/** The evidence after each minute. A minute without errors counts, too. */
export const nonInferiority = (minutes: readonly Minute[], test: NonInferiorityTest): readonly number[] => {
  let state = NOT_COMPARED;
  return minutes.map((minute) => {
    state = withComparedMinute(state, minute, test);
    return logUnharmedOf(state);
  });
};
