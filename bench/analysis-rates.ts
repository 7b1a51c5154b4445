import { LOG_PRIOR, LOG_RATIOS } from '../core/verdict/analysis/grid.ts';
import { nullShare } from '../core/verdict/analysis/increment.ts';
import { logAdd, logSum } from '../core/verdict/analysis/log-sum.ts';
import { regression } from '../core/verdict/analysis/regression.ts';
import type { Margin, Minute } from '../core/verdict/analysis/series.types.ts';
import { sigmaOf } from '../core/verdict/analysis/sigma.ts';
import { LEAST_BAD } from '../core/verdict/analysis/thresholds.ts';
import { type Random, seededRandom } from '../sim/kernel/random.ts';
import { poisson } from '../sim/traffic/chance.ts';
import { type Cell, historyOf, labelOf, MINUTES, type Noise } from './analysis-cells.ts';

/**
 * How often a good version is rolled back within an hour, without waiting for events of one in a thousand. Hours are
 * drawn from what the test bets on, a regression of one of its ratios that begins in one of its minutes, where a
 * rollback is common; each that is rolled back counts by how much likelier it was there than with a good version
 * (importance sampling; Siegmund 1976). The mean of these weights is the chance itself, and since the evidence is about
 * as large as that ratio, no weight is much above alpha: a few thousand hours give two digits.
 */

const ALPHA = 0.01;
const LATE_ONSETS = 120;

/** From the first minute half the time, else from any of the next two hours: as the test's onsets. */
const onsetOf = (random: Random): number => (random.next() < 0.5 ? 0 : random.between(1, LATE_ONSETS));

const logOnset = (minute: number): number => Math.log(minute === 0 ? 0.5 : 0.5 / LATE_ONSETS);

const ratioOf = (random: Random): number => {
  let left = random.next();
  const at = LOG_PRIOR.findIndex((logWeight) => {
    left -= Math.exp(logWeight);
    return left < 0;
  });
  return LOG_RATIOS.at(at) as number;
};

/** One minute's rates of both colours, and what it then got. */
type Drawn = { minute: Minute; blueRate: number; greenRate: number };

/** By what a bet moves the colours' rates: green's up and blue's down, so that their sum is expected to stay. */
const tiltOf = (minute: Minute, margin: Margin, logRatio: number): { blue: number; green: number } => {
  const shift = Math.log1p(nullShare(minute, margin) * Math.expm1(logRatio));
  return { blue: -shift, green: logRatio - shift };
};

const compared = ({ blue, green }: Minute): boolean => blue.requests > 0 && green.requests > 0;

const drawMinute = (
  { base, perMinute, weight }: Cell,
  noise: Noise,
  margin: Margin,
  logRatio: number | null,
  random: Random,
): Drawn => {
  const factors = noise.factors(random);
  const [blueRate, greenRate] = [base * factors.blue, base * factors.green];
  const blue = { requests: poisson(perMinute * (1 - weight), random), bad: 0 };
  const green = { requests: poisson(perMinute * weight, random), bad: 0 };
  const tilt =
    logRatio === null || !compared({ blue, green })
      ? { blue: 0, green: 0 }
      : tiltOf({ blue, green }, margin, logRatio);
  blue.bad = poisson(blue.requests * blueRate * Math.exp(tilt.blue), random);
  green.bad = poisson(green.requests * greenRate * Math.exp(tilt.green), random);
  return { minute: { blue, green }, blueRate, greenRate };
};

/** How much likelier the minute is with the bet than without: of two Poisson counts. */
const logLikelier = ({ minute, blueRate, greenRate }: Drawn, margin: Margin, logRatio: number): number => {
  if (!compared(minute)) return 0;
  const { blue, green } = minute;
  const tilt = tiltOf(minute, margin, logRatio);
  return (
    green.bad * tilt.green -
    green.requests * greenRate * Math.expm1(tilt.green) +
    blue.bad * tilt.blue -
    blue.requests * blueRate * Math.expm1(tilt.blue)
  );
};

/** What an hour adds: nothing without a rollback, else the odds against having come from a bet. */
const weightOf = (cell: Cell, noise: Noise, margin: Margin, random: Random): number => {
  const sigma = sigmaOf(historyOf(cell, noise, random));
  const [onset, logRatio] = [onsetOf(random), ratioOf(random)];
  const hour = Array.from({ length: MINUTES }, (_, at) =>
    drawMinute(cell, noise, margin, at < onset ? null : logRatio, random),
  );
  const course = regression(
    hour.map(({ minute }) => minute),
    { ...margin, sigma, alpha: ALPHA },
  );
  let bets = LOG_RATIOS.map(() => Number.NEGATIVE_INFINITY);
  let unplaced = 1;
  let bad = 0;
  for (const [at, drawn] of hour.entries()) {
    bad += drawn.minute.green.bad;
    unplaced -= Math.exp(logOnset(at));
    bets = bets.map(
      (bet, j) => logAdd(bet, logOnset(at)) + logLikelier(drawn, margin, LOG_RATIOS[j] as number),
    );
    if ((course[at] as number) < Math.log(1 / ALPHA) || bad < LEAST_BAD) continue;
    const mixed = logSum(bets.map((bet, j) => bet + (LOG_PRIOR[j] as number)));
    return Math.exp(-logAdd(mixed, Math.log(unplaced)));
  }
  return 0;
};

/** The chance of a false rollback within an hour, and half the width of its interval of 95 %. */
export const falseRollbackRate = (
  cell: Cell,
  noise: Noise,
  margin: Margin,
  hours: number,
): { rate: number; error: number } => {
  const random = seededRandom(4, `${noise.name}/${labelOf(cell)}/${margin.psi}`);
  const weights = Array.from({ length: hours }, () => weightOf(cell, noise, margin, random));
  const rate = weights.reduce((sum, weight) => sum + weight, 0) / hours;
  const variance = weights.reduce((sum, weight) => sum + (weight - rate) ** 2, 0) / hours;
  return { rate, error: 1.96 * Math.sqrt(variance / hours) };
};
