import type { Counts } from './series.types.ts';

/** Where blue's history is too short, or steadier than chance can tell. */
export const SIGMA_FLOOR = 0.25;

/**
 * Above it a regression under dense traffic would take too long to find; noisier services get more false rollbacks
 * instead.
 */
export const SIGMA_CEILING = 0.75;

/** An estimate from less says little. */
export const MIN_HISTORY_MINUTES = 60;

/** Part of blue's swings are shared by both colours and would cancel; what is left over errs on the safe side. */
const SAFETY = 1.25;

/** Minutes that are taken together: single ones, and five for what swings slowly. */
const BLOCKS = [1, 5] as const;

/** Standard errors by which the rates must vary more than chance makes them before it counts. */
const SIGNIFICANT = 2.5;

const inBlocks = (minutes: readonly Counts[], size: number): Counts[] =>
  Array.from({ length: Math.floor(minutes.length / size) }, (_, block) =>
    minutes.slice(block * size, (block + 1) * size).reduce((sum, { requests, bad }) => ({
      requests: sum.requests + requests,
      bad: sum.bad + bad,
    })),
  ).filter(({ requests }) => requests > 0);

/** The part of the rates' variance that chance does not explain, as a coefficient of variation of single minutes. */
const variationOf = (minutes: readonly Counts[], size: number): number => {
  const blocks = inBlocks(minutes, size);
  const requests = blocks.reduce((sum, block) => sum + block.requests, 0);
  const rate = blocks.reduce((sum, block) => sum + block.bad, 0) / requests;
  if (blocks.length < 2 || !(rate > 0)) return 0;
  const rates = blocks.map((block) => block.bad / block.requests);
  const mean = rates.reduce((sum, one) => sum + one, 0) / rates.length;
  const variance = rates.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (rates.length - 1);
  const chance = (rate * blocks.reduce((sum, block) => sum + 1 / block.requests, 0)) / blocks.length;
  if (variance <= chance * (1 + SIGNIFICANT * Math.sqrt(2 / blocks.length))) return 0;
  return Math.sqrt(size * (variance - chance)) / rate;
};

/**
 * How much one colour's error rate varies by itself from minute to minute, judged from blue alone before the
 * deployment.
 */
export const sigmaOf = (history: readonly Counts[]): number => {
  const seen = Math.max(...BLOCKS.map((size) => variationOf(history, size)));
  return Math.min(SIGMA_CEILING, Math.max(SIGMA_FLOOR, SAFETY * seen));
};
