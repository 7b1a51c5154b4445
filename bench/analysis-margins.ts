import { regression } from '../core/verdict/analysis/regression.ts';
import type { Margin, Minute } from '../core/verdict/analysis/series.types.ts';
import { LEAST_BAD } from '../core/verdict/analysis/thresholds.ts';
import { type Random, seededRandom } from '../sim/kernel/random.ts';
import { type Cell, countsOf } from './analysis-cells.ts';

/** What the default margin of errors costs, and what it is for: a version a little worse is no regression. */

const ALPHA = 0.01;

/** The default shifts before green has all traffic, of five minutes each, or of an hour. */
const WEIGHTS = [0.05, 0.25, 0.5, 0.75];
const LENGTHS = [5, 60];

const services: readonly Omit<Cell, 'weight'>[] = [
  { base: 0.001, perMinute: 1_000 },
  { base: 0.001, perMinute: 10_000 },
  { base: 0.01, perMinute: 10_000 },
];

const ratios = [1.1, 1.2, 1.5, 2, 3, 5];

const margins: Readonly<Record<string, Margin>> = {
  none: { psi: 1, delta: 0 },
  '1.1 and 0.005 points': { psi: 1.1, delta: 0.000_05 },
  '1.25 and 0.01 points (default)': { psi: 1.25, delta: 0.000_1 },
};

const deploymentOf = (
  { base, perMinute }: Omit<Cell, 'weight'>,
  minutesEach: number,
  ratio: number,
  random: Random,
): Minute[] =>
  WEIGHTS.flatMap((weight) =>
    Array.from({ length: minutesEach }, () => ({
      blue: countsOf(perMinute * (1 - weight), base, random),
      green: countsOf(perMinute * weight, base * ratio, random),
    })),
  );

const isFound = (minutes: readonly Minute[], margin: Margin): boolean => {
  const course = regression(minutes, { ...margin, sigma: 0.25, alpha: ALPHA });
  const at = course.findIndex((logE) => logE >= Math.log(1 / ALPHA));
  // More evidence needs more bad ones: three by the end, if not by then.
  return at >= 0 && minutes.reduce((sum, { green }) => sum + green.bad, 0) >= LEAST_BAD;
};

/** Shares of deployments that are rolled back before green has all traffic. */
export const marginTable = (deployments: number): { header: string[]; lines: string[][] } => ({
  header: [
    'usual errors / requests a minute / minutes a shift',
    'margin',
    ...ratios.map((ratio) => `${ratio} times as many errors`),
  ],
  lines: LENGTHS.flatMap((minutesEach) =>
    services.flatMap((service) =>
      Object.entries(margins).map(([name, margin]) => [
        `${service.base * 100} % / ${service.perMinute} / ${minutesEach}`,
        name,
        ...ratios.map((ratio) => {
          const random = seededRandom(5, `${service.base}/${service.perMinute}/${minutesEach}/${ratio}`);
          const found = Array.from({ length: deployments }, () =>
            isFound(deploymentOf(service, minutesEach, ratio, random), margin),
          ).filter(Boolean).length;
          return `${((100 * found) / deployments).toFixed(1)} %`;
        }),
      ]),
    ),
  ),
});
