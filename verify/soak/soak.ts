import { readOptions, runEntry, WrongOption, wholeNumber } from '../options.ts';
import { spread } from '../pool.ts';
import { lineOf } from '../timeline.ts';
import { describeFault, scheduleOf } from './schedule.ts';
import { keep, playSchedule, type SeedResult, type SeedTask } from './soak-runs.ts';

/**
 * `npm run verify:soak -- --seeds N [--from S] [--stronger K]`: random schedules of several faults over concurrent deployments,
 * operator's commands, alarm storms and lost events; each seed is run twice and compared.
 */

const DEFAULT_SEEDS = 200;

const replayOf = ({ seed, stronger, matter }: SeedResult): string =>
  `npm run verify:soak -- --seed ${seed}${stronger === 1 ? '' : ` --stronger ${stronger}`}` +
  `${matter.length === 0 ? ' --only none' : ` --only ${matter.join(',')}`} --verbose`;

const failureOf = (result: SeedResult): string =>
  [
    `FAILED seed ${result.seed}`,
    ...result.problems.map((problem) => `  ${problem}`),
    '  faults (those that matter with a *):',
    ...result.faults.map(
      (fault, index) => `  ${result.matter.includes(index) ? '*' : ' '} ${index}: ${fault}`,
    ),
    `  replay: ${replayOf(result)}`,
    '',
  ].join('\n');

const count = (texts: readonly string[]): string =>
  [...new Set(texts)]
    .sort()
    .map((text) => `${texts.filter((other) => other === text).length} ${text}`)
    .join(', ');

const soak = async (from: number, seeds: number, stronger: number): Promise<number> => {
  const startedMs = performance.now();
  const works = Array.from({ length: seeds }, (_, index) => ({
    kind: 'soak' as const,
    task: { seed: from + index, stronger },
  }));
  const results = await spread<SeedResult>(works, (result) => {
    if (result.problems.length > 0) console.log(failureOf(result));
  });

  const failed = results.filter(({ problems }) => problems.length > 0).length;
  const hours = results.reduce((sum, { virtualSeconds }) => sum + virtualSeconds, 0) / 3_600;
  const faults = results.reduce((sum, result) => sum + result.faults.length, 0);
  console.log(`deployments: ${count(results.flatMap(({ outcomes }) => outcomes))}`);
  console.log(
    `seeds ${from} to ${from + seeds - 1}: ${faults} faults, ${hours.toFixed(0)} virtual hours, each ` +
      `run twice: ${seeds - failed} passed, ${failed} failed in ` +
      `${((performance.now() - startedMs) / 1_000).toFixed(0)} s`,
  );
  return failed === 0 ? 0 : 1;
};

const readOnly = (text: string | undefined, faults: number): number[] => {
  if (text === undefined) return Array.from({ length: faults }, (_, index) => index);
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const index = wholeNumber('only', part, 0, 0);
    if (index < faults) return index;
    throw new WrongOption(`--only: expected fault numbers below ${faults}, found "${part}"`);
  });
};

/** One seed with its timeline. */
const replay = async (
  { seed, stronger }: Required<SeedTask>,
  only: string | undefined,
  verbose: boolean,
): Promise<number> => {
  const schedule = scheduleOf(seed, stronger);
  const kept = readOnly(only, schedule.faults.length);
  console.log(`seed ${seed}`);
  for (const { service, revision, startAfterMs, request } of schedule.deployments) {
    console.log(
      `  ${service.name}:${revision} (${schedule.versions[`${service.name}:${revision}`]}) at ` +
        `${startAfterMs / 1_000} s: ${JSON.stringify({ ...service, ...(request as object) })}`,
    );
  }
  for (const [index, fault] of schedule.faults.entries()) {
    if (kept.includes(index)) console.log(`  ${index}: ${describeFault(fault, schedule)}`);
  }
  console.log('');
  const { problems, result } = await playSchedule(schedule, keep(schedule, kept), (event, sinceStartMs) => {
    if (verbose || event.detail !== true) console.log(lineOf(event, sinceStartMs));
  });
  console.log('');
  for (const { name, outcome } of result.ends)
    console.log(`${name}: ${outcome === null ? 'no record' : `${outcome.kind}, ${outcome.reason}`}`);
  console.log(
    problems.length === 0 ? 'passed' : ['FAILED', ...problems.map((each) => `  ${each}`)].join('\n'),
  );
  return problems.length === 0 ? 0 : 1;
};

runEntry(async (args) => {
  const options = readOptions(
    { seeds: 'text', from: 'text', seed: 'text', stronger: 'text', only: 'text', verbose: 'flag' },
    args,
  );
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  const seed = text('seed');
  const stronger = wholeNumber('stronger', text('stronger'), 0, 1);
  if (seed !== undefined) {
    const one = { seed: wholeNumber('seed', seed, 0, 0), stronger };
    return replay(one, text('only'), options.verbose === true);
  }
  const from = wholeNumber('from', text('from'), 0, 1);
  return soak(from, wholeNumber('seeds', text('seeds'), 1, DEFAULT_SEEDS), stronger);
});
