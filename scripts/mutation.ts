import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../sim/kernel/random.ts';

/**
 * `npm run mutation`: Stryker changes the decision code in every small way it knows (`every` to `some`, `<` to `<=`,
 * a condition to true) and the unit tests have to notice. `npm run mutation -- FILE...` takes those files, `--sample
 * N --seed S` N lots of 20 lines, the same for the same seed. Texts and what runs while a module is loaded are left
 * out. Prints what each part noticed, and fails where that is too little.
 */
/** In each part of a whole run. The rest are mutants of which verify/README.md says why no test can tell them. */
const LEAST = 0.96;
/** In all that is tried of a sample or of chosen files: few mutants, and any of the rest may be among them. */
const LEAST_OF_SOME = 0.9;
const LOT_LINES = 20;
const REPORT = 'dist/mutation/report.json';
const decisions = [
  'core/{operator,verdict,health,ending,weights,safety,capacity}/*.ts',
  'functions/{retire-blue,roll-back,sweep,shift-traffic,command,on-alarm}.ts',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string', default: '1' } },
});

const files =
  positionals.length > 0 ? positionals : decisions.flatMap((pattern) => globSync(pattern)).toSorted();
const missing = files.filter((file) => !existsSync(file.split(':')[0] ?? ''));
const [sample, seed] = [values.sample, values.seed].map((text) =>
  text === undefined ? undefined : Number(text),
);
if (
  missing.length > 0 ||
  [sample, seed].some((number) => number !== undefined && !(Number.isInteger(number) && number > 0))
) {
  console.error(
    `expected files that exist and whole numbers from 1, found ${[...missing, values.sample, values.seed].join(' ')}`,
  );
  process.exit(64);
}

/** Lots of lines, drawn without putting back. */
const drawn = (count: number): string[] => {
  const random = seededRandom(seed ?? 1, 'mutation');
  const lots = files.flatMap((file) => {
    const lines = readFileSync(file, 'utf8').split('\n').length;
    return Array.from(
      { length: Math.ceil(lines / LOT_LINES) },
      (_, lot) => `${file}:${lot * LOT_LINES + 1}-${Math.min(lines, (lot + 1) * LOT_LINES)}`,
    );
  });
  return Array.from(
    { length: Math.min(count, lots.length) },
    () => lots.splice(random.between(0, lots.length - 1), 1)[0] ?? '',
  );
};

const mutate = sample === undefined ? files : drawn(sample);
console.log(sample === undefined ? `${files.length} files` : `seed ${seed}: ${mutate.join(' ')}`);
const { status } = spawnSync('npx', ['--no-install', 'stryker', 'run', '--mutate', mutate.join(',')], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

type Mutant = {
  status: string;
  mutatorName: string;
  replacement?: string;
  location: { start: { line: number } };
};
const report = JSON.parse(readFileSync(REPORT, 'utf8')) as { files: Record<string, { mutants: Mutant[] }> };
const mutants = Object.entries(report.files).flatMap(([file, of]) =>
  of.mutants.map((mutant) => ({ file, ...mutant })),
);
const tried = mutants.filter((one) => !['Ignored', 'CompileError', 'RuntimeError'].includes(one.status));
const unnoticed = tried.filter(({ status: end }) => end === 'Survived' || end === 'NoCoverage');
for (const { file, location, mutatorName, replacement } of unnoticed) {
  console.log(
    `unnoticed: ${file}:${location.start.line} ${mutatorName} -> ${replacement?.replace(/\s+/g, ' ').slice(0, 100)}`,
  );
}

const share = (noticed: number, of: number): string =>
  `${noticed} of ${of}, ${((100 * noticed) / of).toFixed(1)} %`;
/** A folder of core/, or a function. */
const partOf = (file: string): string => (file.startsWith('core/') ? dirname(file) : file);
const parts = [...Map.groupBy(tried, ({ file }) => partOf(file))].map(([part, all]) => ({
  part,
  all: all.length,
  noticed: all.filter((one) => !unnoticed.includes(one)).length,
}));
for (const { part, all, noticed } of parts) console.log(`${part}: ${share(noticed, all)}`);
const noticed = tried.length - unnoticed.length;
console.log(`${share(noticed, tried.length)} of the mutants noticed`);

const whole = sample === undefined && positionals.length === 0;
const least = whole ? LEAST : LEAST_OF_SOME;
const tooFew = whole ? parts.filter((one) => one.noticed / one.all < least).map(({ part }) => part) : [];
if (tooFew.length > 0 || !(noticed / tried.length >= least)) {
  console.error(
    `expected at least ${100 * least} % noticed, and at least one mutant; found less in ${tooFew.join(', ') || 'all'}`,
  );
  process.exit(1);
}
