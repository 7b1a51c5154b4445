import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventHandlers } from '../infra/event-handlers.ts';
import type { Permission } from '../infra/narrowest.ts';
import { bundle } from '../infra/packaging/bundle.ts';
import { permissionsOf } from '../infra/permissions.ts';
import { fileOf, stepNames } from '../statemachine/contract.ts';
import { floorOf } from './floor.ts';
import { median } from './median.ts';

/** Odd, so that the median is a run; enough to outvote the ones that met a busy core. */
const RUNS = 11;
const WORK = 'dist/bench';

/** How much slower than the floor a handler may be. */
const AIM = 1.25;
const LARGEST_KB = 500;

/** Every Lambda's file, and what its role allows. */
const handlers: { file: string; permissions: readonly Permission[] }[] = [
  ...stepNames.map((step) => ({ file: fileOf(step), permissions: permissionsOf(step) })),
  // Two of one bundle start alike: it is measured as the one that names it.
  ...eventHandlers.filter(({ exported }) => exported === undefined),
];

type Sample = { ms: number; mb: number };

/**
 * Imports the bundle in a process of its own, as a cold start does, and says how much time of the processor it took
 * and what it holds. Loading a module waits for nothing, so on an idle machine that is the time on the clock; on a
 * busy one the clock counts the neighbours too.
 */
const importOnce = (path: string): Sample => {
  const program = `const start = process.cpuUsage(); await import(${JSON.stringify(pathToFileURL(resolve(path)).href)});
    const { user, system } = process.cpuUsage(start);
    console.log(JSON.stringify({ ms: (user + system) / 1e3, mb: process.memoryUsage().rss / 1e6 }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return JSON.parse(output) as Sample;
};

mkdirSync(`${WORK}/floors`, { recursive: true });
for (const { file, permissions } of handlers) {
  writeFileSync(`${WORK}/floors/${file}.ts`, floorOf(permissions));
}
const files = handlers.map(({ file }) => file);
const ours = await bundle({ files, outDir: `${WORK}/ours` });
const floors = await bundle({ files, outDir: `${WORK}/floor`, functionsDir: `${WORK}/floors` });

console.log(
  `cold start per handler: median of ${RUNS} runs, beside an empty handler with the same SDK clients ` +
    `(Node ${process.version})`,
);
console.log('handler             kB  floor  ratio     CPU ms  floor  ratio  memory MB  floor  ratio');
let worst = 0;
for (const [index, file] of files.entries()) {
  const samples: { ours: Sample; floor: Sample }[] = [];
  // In turns, so that a slow minute of the machine hits both.
  for (let run = 0; run < RUNS; run++) {
    samples.push({
      ours: importOnce(`${WORK}/ours/${file}/index.mjs`),
      floor: importOnce(`${WORK}/floor/${file}/index.mjs`),
    });
  }
  const of = (whose: 'ours' | 'floor', what: keyof Sample) =>
    median(samples.map((sample) => sample[whose][what]));
  const size = (bundles: { bytes: number }[]) => (bundles[index]?.bytes ?? 0) / 1_000;
  const columns = [
    [size(ours), size(floors), 0],
    [of('ours', 'ms'), of('floor', 'ms'), 1],
    [of('ours', 'mb'), of('floor', 'mb'), 0],
  ] as const;
  worst = Math.max(worst, of('ours', 'ms') / of('floor', 'ms'));
  const cells = columns.map(
    ([mine, floor, digits]) =>
      `${mine.toFixed(digits).padStart(7)} ${floor.toFixed(digits).padStart(6)} ` +
      `${(mine / floor).toFixed(2).padStart(6)}`,
  );
  console.log(file.padEnd(16) + cells.join('  '));
}
const largest = Math.max(...ours.map(({ bytes }) => bytes)) / 1_000;
console.log(`slowest import against its floor: ${worst.toFixed(2)} (aim: at most ${AIM})`);
console.log(`largest bundle: ${largest.toFixed(0)} kB (aim: at most ${LARGEST_KB})`);
if (worst > AIM || largest > LARGEST_KB) process.exitCode = 1;
