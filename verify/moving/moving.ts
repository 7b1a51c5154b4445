import { readOptions, runEntry, WrongOption, wholeNumber } from '../options.ts';
import { origins } from './origins.ts';
import { proveMoves } from './prove-all.ts';

/**
 * `npm run verify:moving`: a refusal and a crash at every call of `cutover adopt` and `cutover leave`, and a lost
 * answer at every write, for services of each controller. Each has to end resumed and finished, or undone, with no
 * request lost and nothing of the user's deleted before the last command. And a crash at every call with users on both,
 * behind which one of the services loses its tasks: WatchMoves has to move them within its bound.
 */

const PRINTED = 5;

runEntry(async (args) => {
  const options = readOptions({ origin: 'text', reads: 'text', seed: 'text', 'every-call': 'flag' }, args);
  const among = origins.filter(({ name }) => options.origin === undefined || name === options.origin);
  if (among.length === 0)
    throw new WrongOption(
      `--origin: expected one of ${origins.map(({ name }) => name).join(', ')}, found "${options.origin}"`,
    );
  const reads = options.reads as string | undefined;
  const seed = wholeNumber('seed', options.seed as string | undefined, 0, 1);
  const sample = reads === undefined ? undefined : { reads: wholeNumber('reads', reads, 0, 0), seed };
  if (sample !== undefined)
    console.log(`a sample: every write, and ${sample.reads} of each origin's runs at reads, seed ${seed}`);
  const startedMs = performance.now();
  const proofs = await proveMoves(
    among,
    { sample, everyCall: options['every-call'] === true },
    ({ origin, points, runs, unattended, failed, problems }) => {
      console.log(
        `${origin.padEnd(12)} ${points} points, ${runs} runs, ${unattended} of them unattended, ${failed.length} failed`,
      );
      for (const problem of problems) console.log(`  undisturbed: ${problem}`);
      for (const { point, fault, next, problems: found } of failed.slice(0, PRINTED))
        console.log(
          [
            `  ${fault} at call ${point.index}, ${point.name} of ${point.goal}, then ${next}:`,
            ...found.map((problem) => `    ${problem}`),
          ].join('\n'),
        );
    },
  );
  const sum = (of: (proof: (typeof proofs)[number]) => number) =>
    proofs.reduce((all, one) => all + of(one), 0);
  const failures = sum(({ failed, problems }) => failed.length + problems.length);
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  console.log(
    `${sum(({ points }) => points)} points, ${sum(({ runs }) => runs)} runs, ${failures} failed in ${seconds} s`,
  );
  return failures > 0 ? 1 : 0;
});
