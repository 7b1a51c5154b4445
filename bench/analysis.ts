import { NO_HARM, nonInferiority } from '../core/verdict/analysis/non-inferiority.ts';
import type { Minute } from '../core/verdict/analysis/series.types.ts';
import { sigmaOf } from '../core/verdict/analysis/sigma.ts';
import { type Random, seededRandom } from '../sim/kernel/random.ts';
import {
  type Cell,
  cells,
  countsOf,
  historyOf,
  independent,
  labelOf,
  MINUTES,
  type Noise,
  noises,
} from './analysis-cells.ts';
import { marginTable } from './analysis-margins.ts';
import { falseRollbackRate } from './analysis-rates.ts';
import { judges as allJudges } from './analysis-rivals.ts';
import { benchOptions, WHOLE_NUMBER } from './options.ts';

/**
 * `npm run bench:analysis`: our judgement beside others', on the same seeded minutes. 36 cells of usual error share,
 * traffic and green's weight; false rollbacks of a good version within an hour, and minutes until a bad one is rolled
 * back.
 */

const { values: options } = benchOptions(
  'node bench/analysis.ts [--quick] [--hours N] [--ours | --rates | --margins]',
  {
    options: {
      /** 40 hours a cell. */
      quick: 'flag',
      hours: WHOLE_NUMBER,
      /** Our judges alone: rivals take most of the time. */
      ours: 'flag',
      /** How often our judge rolls a good version back, to two digits and for each cell, and nothing else. */
      rates: 'flag',
      /** What margins cost and are for, in deployments with the default shifts, and nothing else. */
      margins: 'flag',
    },
  },
);
const { quick } = options;
const HOURS = quick ? 40 : Number(options.hours ?? 500);
const judges = options.ours ? allJudges.filter(({ name }) => name.startsWith('Cutover')) : allJudges;

const hourOf = ({ base, perMinute, weight }: Cell, noise: Noise, ratio: number, random: Random): Minute[] =>
  Array.from({ length: MINUTES }, () => {
    const { blue, green } = noise.factors(random);
    return {
      blue: countsOf(perMinute * (1 - weight), base * blue, random),
      green: countsOf(perMinute * weight, base * green * ratio, random),
    };
  });

const median = (values: readonly (number | null)[]): number | null =>
  values.map((value) => value ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b)[
    Math.floor(values.length / 2)
  ] ?? null;

const percent = (share: number): string => (share * 100).toFixed(share < 0.01 ? 2 : 1);

const rows = (title: string, header: string[], lines: string[][]): void => {
  console.log(`\n${title}\n\n| ${header.join(' | ')} |\n|${header.map(() => '---|').join('')}`);
  for (const line of lines) console.log(`| ${line.join(' | ')} |`);
};

const falseRollbacks = (): void => {
  const lines = judges.map(({ name }) => [name]);
  for (const noise of noises) {
    const shares = judges.map((): number[] => []);
    for (const cell of cells) {
      const fired = judges.map(() => 0);
      const random = seededRandom(1, `${noise.name}/${labelOf(cell)}`);
      for (let hour = 0; hour < HOURS; hour += 1) {
        const sigma = sigmaOf(historyOf(cell, noise, random));
        const minutes = hourOf(cell, noise, 1, random);
        for (const [at, { judge }] of judges.entries()) {
          if (judge(minutes, sigma) !== null) fired[at] = (fired[at] as number) + 1;
        }
      }
      for (const [at, count] of fired.entries()) shares[at]?.push(count / HOURS);
    }
    for (const [at, ofCells] of shares.entries()) {
      const mean = ofCells.reduce((sum, share) => sum + share, 0) / ofCells.length;
      lines[at]?.push(`${percent(mean)} / ${percent(Math.max(...ofCells))}`);
    }
  }
  rows(
    `False rollbacks of a good version in an hour, percent, mean / worst of 36 cells (${HOURS} hours each)`,
    ['judge', ...noises.map(({ name }) => name)],
    lines,
  );
};

/** Errors a minute of both colours together 1, 10 and 100, at 10 % weight. */
const watched: readonly Cell[] = [
  { base: 0.001, perMinute: 1_000, weight: 0.1 },
  { base: 0.001, perMinute: 10_000, weight: 0.1 },
  { base: 0.01, perMinute: 10_000, weight: 0.1 },
];

const detection = (): void => {
  const lines = judges.map(({ name, judge }) => [
    name,
    ...watched.map((cell) =>
      [20, 5, 2]
        .map((ratio) => {
          const random = seededRandom(2, `${labelOf(cell)}/${ratio}`);
          const found = Array.from({ length: HOURS }, () =>
            judge(hourOf(cell, independent, ratio, random), 0.25),
          );
          const minute = median(found);
          return minute === null || !Number.isFinite(minute) ? '-' : String(minute);
        })
        .join(' / '),
    ),
  ]);
  rows(
    'Minutes until a version 20, 5 and 2 times as bad is rolled back (median; -: not within the hour), ' +
      '10 % of the traffic',
    ['judge', ...watched.map(({ base, perMinute }) => `${base * perMinute} errors a minute`)],
    lines,
  );
};

const earlyAdvance = (): void => {
  const cell: Cell = { base: 0.001, perMinute: 10_000, weight: 0.1 };
  const enough = Math.log(1 / NO_HARM.alpha);
  const endOf = (minutes: readonly Minute[]): number | null => {
    const usualBad = cell.base * cell.perMinute;
    const course = nonInferiority(minutes, { psi: NO_HARM.psi, delta: NO_HARM.delta, sigma: 0.25, usualBad });
    const at = course.findIndex((logE, minute) => minute >= 2 && logE >= enough);
    return at < 0 ? null : at + 1;
  };
  const ends = (ratio: number): (number | null)[] => {
    const random = seededRandom(3, `early/${ratio}`);
    return Array.from({ length: HOURS }, () => endOf(hourOf(cell, independent, ratio, random)));
  };
  const atMargin = ends(NO_HARM.psi + NO_HARM.delta / cell.base);
  const wrong = atMargin.filter((minute) => minute !== null).length / HOURS;
  console.log(
    `\nEarly end of a healthy shift (0.1 %, 10,000 a minute, 10 %): median ${median(ends(1))} minutes; ` +
      `a version at the margin ends early in ${percent(wrong)} %.`,
  );
};

/** In percent, with three digits behind the point: the goals have one. */
const rates = (): void => {
  const margins = { 'default margins': { psi: 1.25, delta: 0.0001 }, 'no margin': { psi: 1, delta: 0 } };
  // One-sided noise is beyond what is promised, and there the weights have no bound.
  for (const noise of noises.filter(({ covered }) => covered)) {
    const columns = Object.values(margins).map((margin) =>
      cells.map((cell) => falseRollbackRate(cell, noise, margin, HOURS)),
    );
    const shown = ({ rate, error }: { rate: number; error: number }): string =>
      `${(100 * rate).toFixed(3)} ± ${(100 * error).toFixed(3)}`;
    const worst = columns.map((ofCells) => ofCells.toSorted((a, b) => b.rate - a.rate)[0]);
    const meanOf = (ofCells: { rate: number }[]): number =>
      ofCells.reduce((sum, { rate }) => sum + rate, 0) / ofCells.length;
    rows(
      `Chance of a false rollback in an hour, percent: ${noise.name} (${HOURS} hours a cell)`,
      ['cell: usual errors / requests a minute / share on green', ...Object.keys(margins)],
      [
        ...cells.map((cell, at) => [
          labelOf(cell),
          ...columns.map((ofCells) => shown(ofCells[at] ?? { rate: 0, error: 0 })),
        ]),
        ['mean', ...columns.map((ofCells) => (100 * meanOf(ofCells)).toFixed(3))],
        ['worst', ...worst.map((cell) => (cell === undefined ? '-' : shown(cell)))],
      ],
    );
  }
};

const startedMs = performance.now();
if (options.rates) rates();
else if (options.margins) {
  const { header, lines } = marginTable(HOURS);
  rows(`Rolled back before green has all traffic (${HOURS} deployments each)`, header, lines);
} else {
  falseRollbacks();
  detection();
  earlyAdvance();
}
console.log(`\n${quick ? 'quick, ' : ''}${Math.round((performance.now() - startedMs) / 1_000)} s`);
