import { readOptions, runEntry, WrongOption } from '../options.ts';
import { problemsOf } from './check-patches.ts';
import { unconvicted } from './checkers.ts';
import type { Printing } from './hunt.ts';
import type { Hunt, Mutant } from './mutant.types.ts';
import { mutantNamed, mutants } from './mutants.ts';
import { controlOf, diesByItself, rowOf } from './report.ts';
import { runJobs } from './threads.ts';

/**
 * `npm run verify:mutants`: breaks the code on purpose, in one way after the other, and runs the proof until it
 * notices. A defect that nothing notices is a hole in the proof. The same places are run with the code as it is, and
 * have to pass.
 */

const jobOf = ({ patches, hunts }: Mutant, printing: Printing, everywhere: boolean) => ({
  patches,
  hunts,
  printing,
  everywhere,
});

/** @throws WrongOption when a mutant does not fit the code any more. */
const check = (among: readonly Mutant[]): void => {
  const problems = among.flatMap(problemsOf);
  if (problems.length > 0) throw new WrongOption(problems.join('\n\n'));
};

const different = (hunts: readonly Hunt[]): Hunt[] =>
  [...new Set(hunts.map((hunt) => JSON.stringify(hunt)))].map((text) => JSON.parse(text) as Hunt);

/** The number of places that fail although nothing is broken. */
const control = async (hunts: readonly Hunt[]): Promise<number> => {
  let failed = 0;
  const jobs = hunts.map((hunt) => ({
    patches: [],
    hunts: [hunt],
    printing: 'short' as const,
    everywhere: false,
  }));
  await runJobs(jobs, (result, index) => {
    if (result.caught !== null) failed += 1;
    console.log(controlOf(hunts[index] as Hunt, result));
  });
  return failed;
};

const all = async (among: readonly Mutant[], wide: boolean): Promise<number> => {
  const startedMs = performance.now();
  console.log('The code as it is, where the defects are searched for:\n');
  const hunts = different(among.flatMap((mutant) => mutant.hunts));
  const failed = await control(hunts);

  console.log('\nEach defect, the rule that caught it, and where:\n');
  let survived = 0;
  const caught = new Map<string, readonly string[]>();
  const dead: string[] = [];
  await runJobs(
    among.map((mutant) => jobOf(mutant, 'short', wide)),
    (result, index) => {
      const mutant = among[index] as Mutant;
      if (result.caught === null) survived += 1;
      else caught.set(mutant.name, result.caught.problems);
      if (result.caught !== null && diesByItself(result.caught)) dead.push(mutant.name);
      console.log(`${rowOf(mutant, result)}\n`);
    },
  );
  const missed = unconvicted(caught);
  for (const { file, text } of missed) console.log(`CONVICTS NOBODY: "${text}" of ${file}`);
  for (const name of dead) console.log(`DOES NOT RUN: the patched code of ${name}, which is no defect`);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
  console.log(`control: ${hunts.length - failed} passed, ${failed} failed`);
  console.log(
    `${among.length} mutants: ${among.length - survived} passed (caught), ${survived} failed ` +
      `(survived) in ${seconds} s`,
  );
  return failed + survived + missed.length + dead.length === 0 ? 0 : 1;
};

/** One mutant with its whole failing run. */
const show = async (mutant: Mutant, printing: Printing, wide: boolean): Promise<number> => {
  let survived = 0;
  await runJobs([jobOf(mutant, printing, wide)], (result) => {
    if (result.caught === null) survived = 1;
    console.log([...(result.caught?.timeline ?? []), '', rowOf(mutant, result)].join('\n'));
    for (const problem of result.caught?.problems ?? []) console.log(`  ${problem}`);
  });
  return survived;
};

runEntry(async (args) => {
  const options = readOptions({ mutant: 'text', list: 'flag', verbose: 'flag', wide: 'flag' }, args);
  if (options.list === true) {
    for (const { name, description } of mutants) console.log(`${name}\n    ${description}`);
    return 0;
  }
  // A place that shows a defect no more is found again by trying them all, which takes as long as the whole proof.
  const wide = options.wide === true;
  if (options.mutant === undefined) {
    check(mutants);
    return all(mutants, wide);
  }
  const mutant = mutantNamed(String(options.mutant));
  if (mutant === undefined) {
    throw new WrongOption(`--mutant: expected a name that --list shows, found "${options.mutant}"`);
  }
  check([mutant]);
  return show(mutant, options.verbose === true ? 'verbose' : 'timeline', wide);
});
