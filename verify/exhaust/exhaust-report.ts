import type { Failure, TaskResult } from './exhaust-runs.ts';

const seconds = (ms: number): string => (ms / 1_000).toFixed(0);

const total = (results: readonly TaskResult[], count: (result: TaskResult) => number): number =>
  results.reduce((sum, result) => sum + count(result), 0);

const replay = ({ base, fault }: TaskResult, { pointId, beside }: Failure): string =>
  pointId === 'none'
    ? `npm run verify:exhaust -- --base ${base} --undisturbed`
    : `npm run verify:exhaust -- --base ${base} --point ${pointId} --fault ${fault}` +
      (beside === undefined ? '' : ` --beside ${beside}`);

/** The longest base's name and a space. */
const BASE_WIDTH = 20;

const lineOf = (base: string, fault: string, numbers: readonly string[]): string =>
  `${base.padEnd(BASE_WIDTH)}${fault.padEnd(23)}${numbers.map((number) => number.padStart(8)).join('')}`;

/** One line a base and fault: points, how many passed, how many failed, where the fault had nothing to strike. */
export const header = lineOf('base', 'fault', ['points', 'n/a', 'passed', 'failed', 's']);

export const rowOf = ({ base, fault, milliseconds, ...counts }: TaskResult): string =>
  lineOf(base, fault, [
    `${counts.points}`,
    `${counts.notApplicable}`,
    `${counts.passed}`,
    `${counts.failures.length}`,
    seconds(milliseconds),
  ]);

export const failureOf = (result: TaskResult, failure: Failure): string =>
  [
    `FAILED ${result.base}, ${result.fault} at ${failure.point}` +
      (failure.beside === undefined ? '' : ` beside ${failure.beside}`),
    ...failure.problems.map((problem) => `  ${problem}`),
    `  replay: ${replay(result, failure)} --verbose`,
  ].join('\n');

/** How many runs met what production does not do yet, by its reason. */
export const notYetHeldLines = (results: readonly TaskResult[]): string[] => {
  const met = results.flatMap(({ notYetHeld }) => notYetHeld);
  return [...new Set(met)].map(
    (because) => `NOT YET HELD in ${met.filter((one) => one === because).length} runs: ${because}`,
  );
};

/** What the README shows. */
export const totalsOf = (results: readonly TaskResult[], elapsedMs: number): string => {
  const pointsByBase = new Map(results.map(({ base, points }) => [base, points]));
  const points = [...pointsByBase.values()].reduce((sum, count) => sum + count, 0);
  const faults = new Set(results.map(({ fault }) => fault)).size;
  const passed = total(results, (result) => result.passed);
  const failed = total(results, (result) => result.failures.length);
  const none = total(results, (result) => result.notApplicable);
  const notYet = results.reduce((sum, { notYetHeld }) => sum + notYetHeld.length, 0);
  return (
    `${points} points x ${faults} faults = ${passed + failed + notYet} runs, ${passed} passed, ${notYet} ` +
    `not yet held, ${failed} failed in ${seconds(elapsedMs)} s (${none} more where the fault has ` +
    'nothing to strike)'
  );
};
