import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../cli/usage-error.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { seededRandom } from '../../sim/kernel/random.ts';
import { readOptions, runEntry, WrongOption, wholeNumber } from '../options.ts';
import { argumentTarget } from './arguments.ts';
import { fileTargets } from './files.ts';
import { handlerTargets } from './handlers.ts';
import { localTargets } from './local-requests.ts';
import { readerTargets } from './readers.ts';
import { Crash, type Target } from './target.types.ts';

/**
 * `npm run verify:fuzz -- [--seed N] [--input NAME]`: valid examples of every input, changed at random, go to what
 * reads them. Each is read or refused in our own words; anything else is a crash.
 */

/** No reader takes so long for one input, on any machine; a pattern that backtracks does. */
const TOO_LONG_MS = 10_000;

/** Where a failure comes from: the first lines of our own in its stack. */
const MOST_LINES = 8;
const SHOWN = 1_500;
/** Of what a target found wrong: so much alike is the same. */
const SAME = 100;

type Failure = { at: number; input: string; error: unknown };

const isOurs = (error: unknown): boolean => error instanceof UsageError || isDeploymentError(error);

const play = async ({ name, cases, draw, feed }: Target, seed: number): Promise<Failure[]> => {
  const failures: Failure[] = [];
  for (let at = 0; at < cases; at += 1) {
    const input = draw(seededRandom(seed, `${name}/${at}`));
    const fromMs = performance.now();
    try {
      await feed(input);
    } catch (error) {
      if (!isOurs(error)) failures.push({ at, input, error });
    }
    if (performance.now() - fromMs > TOO_LONG_MS)
      failures.push({ at, input, error: new Error(`took longer than ${TOO_LONG_MS / 1_000} s`) });
  }
  return failures;
};

const stackOf = (error: unknown): string =>
  (error instanceof Error ? (error.stack ?? error.message) : String(error))
    .split('\n')
    .map((line) => line.slice(0, 300))
    .slice(0, MOST_LINES)
    .join('\n  ');

/** Failures of one place are one: the first input that shows it, and how many do. */
const describe = (failures: readonly Failure[], { name }: Target, seed: number): string => {
  const kinds = Map.groupBy(failures, ({ error }) =>
    error instanceof Crash ? error.message.slice(0, SAME) : stackOf(error).split('\n').slice(1, 3).join(),
  );
  return [...kinds.values()]
    .map((same) => {
      const { at, input, error } = same[0] as Failure;
      return (
        `CRASH of ${name}, case ${at} and ${same.length - 1} more\n  ${stackOf(error)}\n  input: ` +
        `${input.slice(0, SHOWN)}\n  replay: npm run verify:fuzz -- --seed ${seed} --input '${name}'\n`
      );
    })
    .join('\n');
};

const chosen = (targets: readonly Target[], name: string | undefined): readonly Target[] => {
  const found = targets.filter((target) => name === undefined || target.name === name);
  if (found.length > 0) return found;
  throw new WrongOption(
    `--input: expected one of ${targets.map((target) => target.name).join(', ')}, found "${name}"`,
  );
};

const main = async (args: readonly string[]): Promise<number> => {
  const options = readOptions({ seed: 'text', input: 'text' }, args);
  const seed = wholeNumber('seed', options.seed as string | undefined, 0, 1);
  const folder = mkdtempSync(join(tmpdir(), 'cutover-fuzz-'));
  const startedMs = performance.now();
  let cases = 0;
  let crashes = 0;
  console.log(`seed ${seed}`);
  try {
    const all = [
      ...readerTargets,
      ...fileTargets(folder),
      ...handlerTargets,
      argumentTarget(folder),
      ...localTargets,
    ];
    for (const target of chosen(all, options.input as string | undefined)) {
      const fromMs = performance.now();
      const failures = await play(target, seed);
      cases += target.cases;
      crashes += failures.length;
      const seconds = ((performance.now() - fromMs) / 1_000).toFixed(1);
      console.log(
        `${target.name.padEnd(16)} ${target.cases} cases, ${failures.length} crashes, ${seconds} s`,
      );
      if (failures.length > 0) console.log(describe(failures, target, seed));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
  console.log(`${cases} cases, ${crashes} crashes, ${seconds} s`);
  return crashes === 0 ? 0 : 1;
};

runEntry(main);
