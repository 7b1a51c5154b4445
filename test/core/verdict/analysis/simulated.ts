import type { Minute } from '../../../../core/verdict/analysis/series.types.ts';
import { type Random, seededRandom } from '../../../../sim/kernel/random.ts';

/** How a simulated service behaves; rates and ratios may change from minute to minute (from 0). */
export type Service = {
  requestsPerMinute: number;
  badShare: number;
  greenShare: number | ((minute: number) => number);
  /** Green's rate divided by blue's. */
  ratio?: (minute: number) => number;
  /** What both rates are multiplied by in one minute. */
  common?: (random: Random) => number;
};

/** Sums of unit exponentials, in pieces small enough for e^-mean. */
const poisson = (random: Random, mean: number): number => {
  let drawn = 0;
  for (let left = mean; left > 0; left -= 30) {
    const floor = Math.exp(-Math.min(30, left));
    for (let product = random.next(); product > floor; product *= random.next()) drawn += 1;
  }
  return drawn;
};

/** Multiplies by a gamma of shape 1: a rate whose coefficient of variation is 1. */
export const exponential = (random: Random): number => -Math.log(1 - random.next());

export const simulate = (seed: number, minutes: number, service: Service): Minute[] => {
  const random = seededRandom(seed, 'series');
  const { requestsPerMinute, badShare, greenShare, ratio = () => 1, common = () => 1 } = service;
  return Array.from({ length: minutes }, (_, minute) => {
    const share = typeof greenShare === 'number' ? greenShare : greenShare(minute);
    const rate = Math.min(1, badShare * common(random));
    const requests = { green: Math.round(requestsPerMinute * share), blue: 0 };
    requests.blue = requestsPerMinute - requests.green;
    return {
      blue: { requests: requests.blue, bad: poisson(random, requests.blue * rate) },
      green: { requests: requests.green, bad: poisson(random, requests.green * rate * ratio(minute)) },
    };
  });
};

export const RUNS = 500;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
