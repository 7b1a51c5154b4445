import type { SimEvent } from '../../sim/kernel/trace.ts';
import type { ProofFault } from '../faults/fault.types.ts';
import { faultNamed, proofFaults } from '../faults/faults.ts';
import { readOptions, runEntry, WrongOption, wholeNumber } from '../options.ts';
import { spread } from '../pool.ts';
import { describePoint, idOf } from '../stage/points.ts';
import { lineOf } from '../timeline.ts';
import { type Base, plays } from './base.ts';
import { bases } from './bases.ts';
import { besideId, besideOf, withBeside } from './beside.ts';
import { failureOf, header, notYetHeldLines, rowOf, totalsOf } from './exhaust-report.ts';
import type { Sample, Task, TaskResult } from './exhaust-runs.ts';
import { prove, undisturbed } from './prove.ts';

/**
 * `npm run verify:exhaust`: every fault at every AWS call and every state of every base deployment, one at a time.
 * Each run has to converge, break no invariant and lose no request that the fault itself does not lose.
 */

/** So many failures of one base and fault are printed in full; more of the same teach nothing. */
const PRINTED = 5;

const chosen = <Item extends { name: string }>(
  what: string,
  items: readonly Item[],
  name: unknown,
): readonly Item[] => {
  if (name === undefined) return items;
  const found = items.filter((item) => item.name === name);
  if (found.length > 0) return found;
  throw new WrongOption(
    `--${what}: expected one of ${items.map((item) => item.name).join(', ')}, found "${name}"`,
  );
};

const exhaust = async (
  among: readonly Base[],
  faults: readonly ProofFault[],
  sample: Sample | undefined,
): Promise<number> => {
  const startedMs = performance.now();
  const tasks: Task[] = among.flatMap((base) =>
    faults
      .filter((fault) => plays(base, fault))
      .map((fault) => ({
        base: base.name,
        fault: fault.name,
        ...(sample === undefined ? {} : { sample }),
      })),
  );
  if (sample !== undefined)
    console.log(
      `a sample: at most ${sample.runs} runs of each base and fault` +
        `${sample.pairs === true ? ', each with a second fault beside it' : ''}, seed ${sample.seed}`,
    );
  console.log(header);
  const results = await spread<TaskResult>(
    tasks.map((task) => ({ kind: 'exhaust', task })),
    (result) => console.log(rowOf(result)),
  );

  console.log('');
  for (const result of results) {
    for (const failure of result.failures.slice(0, PRINTED)) console.log(`${failureOf(result, failure)}\n`);
    const more = result.failures.length - PRINTED;
    if (more > 0) console.log(`... and ${more} more of ${result.base}, ${result.fault}\n`);
  }
  for (const line of notYetHeldLines(results)) console.log(line);
  console.log(totalsOf(results, performance.now() - startedMs));
  return results.some(({ failures }) => failures.length > 0) ? 1 : 0;
};

/** One run, with its timeline. */
const replay = async (
  base: Base,
  first: ProofFault,
  { pointId, beside: besideText, verbose }: { pointId: string; beside: string | undefined; verbose: boolean },
): Promise<number> => {
  const before = await undisturbed(base);
  const point = before.points.find((each) => idOf(each) === pointId);
  if (point === undefined) {
    const last = (kind: string): number => before.points.filter((each) => each.kind === kind).length - 1;
    throw new WrongOption(
      `--point: expected call:0 to call:${last('call')} or state:0 to state:${last('state')} of ` +
        `${base.name}, found "${pointId}"`,
    );
  }
  const beside = besideText === undefined ? null : besideOf(besideText, before.points);
  if (besideText !== undefined && beside === null)
    throw new WrongOption(`--beside: expected a fault and a point, as alarm@call:12, found "${besideText}"`);
  const fault = beside === null ? first : withBeside(first, beside);
  if (beside !== null) console.log(`beside it ${besideId(beside)}: ${beside.fault.description}`);
  console.log(
    `${base.name}: ${base.description}\n${fault.name} at ${describePoint(point)}: ${fault.description}\n`,
  );
  const onEvent = (event: SimEvent, sinceStartMs: number): void => {
    if (verbose || event.detail !== true) console.log(lineOf(event, sinceStartMs));
  };
  const verdict = await prove(base, before, point, fault, { onEvent });
  console.log('');
  if (verdict === null) console.log('not applicable: the fault has no meaning at this point');
  else if (verdict.kind === 'notApplicable') console.log(`not applicable: ${verdict.why}`);
  else if (verdict.kind === 'passed') console.log('passed');
  else if (verdict.kind === 'notYetHeld')
    console.log(['not yet held:', ...verdict.problems, ...verdict.entries].join('\n  '));
  else console.log(['FAILED', ...verdict.problems.map((problem) => `  ${problem}`)].join('\n'));
  return verdict?.kind === 'failed' ? 1 : 0;
};

const replayUndisturbed = async (base: Base, verbose: boolean): Promise<number> => {
  const { problems, points } = await undisturbed(base, (event, sinceStartMs) => {
    if (verbose || event.detail !== true) console.log(lineOf(event, sinceStartMs));
  });
  console.log(['', ...points.map(describePoint), '', ...problems, `${points.length} points`].join('\n'));
  return problems.length > 0 ? 1 : 0;
};

runEntry(async (args) => {
  const options = readOptions(
    {
      base: 'text',
      fault: 'text',
      point: 'text',
      beside: 'text',
      sample: 'text',
      pairs: 'flag',
      seed: 'text',
      verbose: 'flag',
      undisturbed: 'flag',
    },
    args,
  );
  const among = chosen('base', bases, options.base);
  const variant = options.fault === undefined ? undefined : faultNamed(String(options.fault));
  const faults = variant === undefined ? chosen('fault', proofFaults, options.fault) : [variant];
  const verbose = options.verbose === true;
  const [base, fault] = [among[0], faults[0]];
  if (options.undisturbed === true && base !== undefined) return replayUndisturbed(base, verbose);
  const runs = options.sample as string | undefined;
  const seed = wholeNumber('seed', options.seed as string | undefined, 0, 1);
  if (options.pairs === true && runs === undefined)
    throw new WrongOption('--pairs: expected it together with --sample, found it without');
  const sample: Sample | undefined =
    runs === undefined
      ? undefined
      : { runs: wholeNumber('sample', runs, 1, 1), seed, ...(options.pairs === true && { pairs: true }) };
  if (options.point === undefined) return exhaust(among, faults, sample);

  if (among.length > 1 || faults.length > 1 || base === undefined || fault === undefined)
    throw new WrongOption(
      '--point: expected it together with --base and --fault, found it without one of them',
    );
  const beside = options.beside as string | undefined;
  return replay(base, fault, { pointId: String(options.point), beside, verbose });
});
