import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { loadWorld } from '../sim/load-world.ts';
import type { WorldSeed } from '../sim/parts.types.ts';
import { rehearse } from '../sim/rehearsal.ts';
import type { RehearsalReport } from '../sim/rehearsal.types.ts';

/** Odd, so that the median is a run; more than the few that compile the code. */
const RUNS = 11;

/** As long as a bake may be useful; the example's own are 10 and 30 minutes. */
const LONG_BAKE = '48h';

type Request = { shifts: { greenPct: number; bake: string }[] };

const worldAt = (path: string): WorldSeed => {
  const loaded = loadWorld(path);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.seed;
};

const world = worldAt('examples/shop/world');
const asWritten: Request = JSON.parse(readFileSync('examples/shop/request.json', 'utf8'));
const longBakes: Request = {
  ...asWritten,
  shifts: asWritten.shifts.map((shift) => ({ ...shift, bake: LONG_BAKE })),
};

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

type Measured = { report: RehearsalReport; seconds: number };

/** The same seed each time: what differs between runs is the machine's doing. */
const measure = async (request: Request): Promise<Measured> => {
  const seconds: number[] = [];
  let report: RehearsalReport | undefined;
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now();
    report = await rehearse({ request, world, version: 'healthy', inject: [], seed: 1 });
    seconds.push((performance.now() - start) / 1_000);
  }
  if (report?.outcome !== 'succeeded') throw new Error(`expected a success, found ${report?.outcome}`);
  return { report, seconds: median(seconds) };
};

const short = await measure(asWritten);
const long = await measure(longBakes);

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
  { what: 'cost, US cents', of: ({ report }) => report.costUsd.total * 100, digits: 3 },
];

const [cpu] = cpus();
console.log(
  `examples/shop, five shifts: median of ${RUNS} runs, Node ${process.version}, ${availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'})`,
);
const line = (cells: string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(36) : cell.padStart(12))).join('');
console.log(line(['', 'as written', `${LONG_BAKE} bakes`, 'ratio']));
for (const { what, of, digits } of rows) {
  const [one, other] = [of(short), of(long)];
  console.log(line([what, one.toFixed(digits), other.toFixed(digits), (other / one).toFixed(2)]));
}

const flat =
  short.report.transitions === long.report.transitions &&
  short.report.historyEvents === long.report.historyEvents;
console.log(
  flat
    ? 'a longer bake costs no transition and no history event'
    : 'a longer bake costs more transitions or events: see core/sweeps.ts, which is to look equally often in every bake',
);
if (!flat) process.exitCode = 1;
