import type { Counts } from '../core/verdict/analysis/series.types.ts';
import type { Random } from '../sim/kernel/random.ts';
import { normal, poisson } from '../sim/traffic/chance.ts';

export const MINUTES = 60;
const HISTORY = 120;

/** Usual share of errors, requests a minute of both colours, and green's share of them. */
export type Cell = { base: number; perMinute: number; weight: number };

export const cells: readonly Cell[] = [0.0001, 0.001, 0.01].flatMap((base) =>
  [100, 1_000, 10_000].flatMap((perMinute) =>
    [0.05, 0.1, 0.25, 0.5].map((weight) => ({ base, perMinute, weight })),
  ),
);

export const labelOf = ({ base, perMinute, weight }: Cell): string => `${base}/${perMinute}/${weight}`;

/**
 * How an hour's error shares move: factors on blue's and green's, by minute. `covered`: both alike, as the test's
 * promise has it.
 */
export type Noise = {
  name: string;
  covered: boolean;
  factors(random: Random): { blue: number; green: number };
};

/** Log-normal with mean 1 and this coefficient of variation. */
const varying = (cv: number, random: Random): number => {
  const variance = Math.log(1 + cv * cv);
  return Math.exp(Math.sqrt(variance) * normal(random) - variance / 2);
};

export const independent: Noise = {
  name: 'independent requests',
  covered: true,
  factors: () => ({ blue: 1, green: 1 }),
};

export const noises: readonly Noise[] = [
  independent,
  {
    name: 'common incidents, CV 1',
    covered: true,
    factors: (random) => {
      const both = varying(1, random);
      return { blue: both, green: both };
    },
  },
  {
    name: 'one-sided bursts, CV 0.5',
    covered: false,
    factors: (random) => ({ blue: varying(0.5, random), green: varying(0.5, random) }),
  },
];

export const countsOf = (requests: number, share: number, random: Random): Counts => {
  const came = poisson(requests, random);
  return { requests: came, bad: Math.min(came, poisson(came * Math.min(1, share), random)) };
};

export const historyOf = ({ base, perMinute }: Cell, noise: Noise, random: Random): Counts[] =>
  Array.from({ length: HISTORY }, () => countsOf(perMinute, base * noise.factors(random).blue, random));
