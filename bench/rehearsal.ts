import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import type { RehearsalReport } from '../rehearsal/rehearsal.types.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import { loadWorld } from '../sim/load-world.ts';
import type { WorldSeed } from '../sim/parts.types.ts';
import { median } from './median.ts';

/** Odd, so that the median is a run; more than the few that compile the code. */
const RUNS = 11;

/** The shortest that sees an alarm evaluated, a usual keep-blue window, and the longest that is useful. */
const BAKES = ['1m', '1h', '48h'] as const;

type Request = { analysis?: 'off'; shifts: { greenPct: number; bake: string }[] };

const worldAt = (path: string): WorldSeed => {
  const loaded = loadWorld(path);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.seed;
};

const world = worldAt('examples/shop/world');
const asWritten: Request = JSON.parse(readFileSync('examples/shop/request.json', 'utf8'));
/** Without the comparison with blue: its reads grow with a bake, and ten days of them take minutes to play. */
const withBakes = (bake: string): Request => ({
  ...asWritten,
  analysis: 'off',
  shifts: asWritten.shifts.map((shift) => ({ ...shift, bake })),
});

type Measured = { report: RehearsalReport; seconds: number };

/** The same seed each time: what differs between runs is the machine's doing. */
const measure = async (request: Request, runs = RUNS): Promise<Measured> => {
  const seconds: number[] = [];
  let report: RehearsalReport | undefined;
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    report = await rehearse({ request, world, version: 'healthy', inject: [], seed: 1 });
    seconds.push((performance.now() - start) / 1_000);
  }
  if (report?.outcome !== 'succeeded') throw new Error(`expected a success, found ${report?.outcome}`);
  return { report, seconds: median(seconds) };
};

const minute = await measure(withBakes(BAKES[0]));
const hour = await measure(withBakes(BAKES[1]));
/** Ten days take half a minute to play, and what is compared, the counts, is the same in each run. */
const twoDays = await measure(withBakes(BAKES[2]), 3);

type Row = { what: string; of(measured: Measured): number; digits: number };
const rows: Row[] = [
  { what: 'virtual hours', of: ({ report }) => report.virtualSeconds / 3_600, digits: 2 },
  { what: 'seconds of real time, median', of: ({ seconds }) => seconds, digits: 3 },
  {
    what: 'virtual hours simulated per second',
    of: ({ report, seconds }) => report.virtualSeconds / 3_600 / seconds,
    digits: 0,
  },
  { what: 'state transitions', of: ({ report }) => report.transitions, digits: 0 },
  { what: 'history events', of: ({ report }) => report.historyEvents, digits: 0 },
  { what: 'API calls', of: ({ report }) => report.apiCalls.total, digits: 0 },
  { what: 'US dollars', of: ({ report }) => report.costUsd.total, digits: 6 },
];

const [cpu] = cpus();
console.log(
  `examples/shop, five shifts: median of ${RUNS} runs (of the longest, 3), Node ${process.version}, ` +
    `${availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'})`,
);
const line = (cells: string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(36) : cell.padStart(12))).join('');
console.log(line(['bakes of', ...BAKES, '48h : 1h']));
for (const { what, of, digits } of rows) {
  const cells = [minute, hour, twoDays].map((measured) => of(measured).toFixed(digits));
  console.log(line([what, ...cells, (of(twoDays) / of(hour)).toFixed(2)]));
}

const flat =
  hour.report.transitions === twoDays.report.transitions &&
  hour.report.historyEvents === twoDays.report.historyEvents;
console.log(
  flat
    ? 'a bake is observed once a minute, at most five times: from five minutes on a longer one costs no ' +
        'transition and no history event'
    : 'a longer bake costs more transitions or events: see core/verdict/bake-observations.ts, which is ' +
        'to observe at most five times in any bake',
);
if (!flat) process.exitCode = 1;
