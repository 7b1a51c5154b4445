import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { runOurs, scenarios } from './run-ours.ts';
import type { Run } from './scenario.types.ts';

/**
 * Compares the simulator's runs with moto's: `compare.ts RUNS.jsonl`, one run a line as run_moto.py prints them.
 * Ends with exit code 1 if any differs in anything.
 */

const short = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
};

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Where two values first differ, and what each has there. */
const firstDifference = (ours: unknown, theirs: unknown, path = ''): string => {
  if (isTree(ours) && isTree(theirs)) {
    const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
    const key = keys.find((one) => !isDeepStrictEqual(ours[one], theirs[one]));
    if (key !== undefined) return firstDifference(ours[key], theirs[key], `${path}.${key}`);
  }
  return `${path}: ours ${short(ours)}, moto ${short(theirs)}`;
};

const differences = (ours: Run, theirs: Run | undefined): string[] => {
  if (theirs === undefined) return ['moto has not run it'];
  return (Object.keys(ours) as (keyof Run)[])
    .filter((field) => !isDeepStrictEqual(ours[field], theirs[field]))
    .map((field) => firstDifference(ours[field], theirs[field], field));
};

const file = process.argv[2];
if (file === undefined) throw new Error('usage: compare.ts RUNS.jsonl, the output of run_moto.py');
const theirs = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Run);

let failed = 0;
const all = Object.entries(scenarios());
for (const [name, scenario] of all) {
  const ours = await runOurs(name, scenario);
  const found = differences(
    ours,
    theirs.find((run) => run.name === name),
  );
  const end = ours.entered.at(-1)?.state;
  if (end !== scenario.ends) found.push(`ends: expected ${scenario.ends}, ours ${end}`);

  console.log(`${found.length === 0 ? 'same     ' : 'DIFFERENT'} ${name}: ${scenario.description}`);
  for (const difference of found) console.log(`          ${difference}`);
  if (found.length > 0) failed += 1;
}
console.log(`${all.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && all.length > 0 ? 0 : 1;
