import type { Failure, TaskResult } from './exhaust-runs.ts';

const seconds = (ms: number): string => (ms / 1_000).toFixed(0);

const total = (results: readonly TaskResult[], count: (result: TaskResult) => number): number =>
  results.reduce((sum, result) => sum + count(result), 0);

const replay = ({ base, fault }: TaskResult, { pointId }: Failure): string =>
  pointId === 'none'
    ? `npm run verify:exhaust -- --base ${base} --undisturbed`
    : `npm run verify:exhaust -- --base ${base} --point ${pointId} --fault ${fault}`;

/** The longest base's name and a space. */
const BASE_WIDTH = 20;

/** One line a base and fault: points, how many passed, how many failed, where the fault had nothing to strike. */
export const header = `${'base'.padEnd(BASE_WIDTH)}${'fault'.padEnd(23)}${'points'.padStart(7)}${'n/a'.padStart(6)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'s'.padStart(7)}`;

export const rowOf = ({
  base,
  fault,
  points,
  notApplicable,
  passed,
  failures,
  milliseconds,
}: TaskResult): string =>
  [
    base.padEnd(BASE_WIDTH),
    fault.padEnd(23),
    String(points).padStart(7),
    String(notApplicable).padStart(6),
    String(passed).padStart(8),
    String(failures.length).padStart(8),
    seconds(milliseconds).padStart(7),
  ].join('');

export const failureOf = (result: TaskResult, failure: Failure): string =>
  [
    `FAILED ${result.base}, ${result.fault} at ${failure.point}`,
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
