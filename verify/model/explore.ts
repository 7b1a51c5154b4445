import { readOptions, runEntry, WrongOption, wholeNumber } from '../options.ts';
import { spread } from '../pool.ts';
import { bases, twoOfSomeKinds } from './bases.ts';
import type { ModelResult, ModelTask } from './explore-base.ts';
import { type ModelBase, type TroubleKind, troubleKinds } from './model.types.ts';

/**
 * `npm run verify:model [-- --base NAME] [--troubles N] [--among KIND,...] [--compare N]`: every state that small
 * deployments can reach, over the production steps and the deployed workflow.
 */

/**
 * Of the states that count as one met before, at most so many of each base are explored all the same (search.ts).
 * With two troubles none, unless asked for: a late step's answers tell more states apart there than they need, which
 * hides nothing, but is reported.
 */
const COMPARED = 20_000;

const header = 'base                    troubles   states    edges   ends  compared   time';

const rowOf = ({ base, troubles, among, states, edges, ends, compared, seconds }: ModelResult): string =>
  [
    base.padEnd(23),
    String(troubles).padStart(8),
    String(states).padStart(8),
    String(edges).padStart(8),
    String(ends).padStart(6),
    String(compared).padStart(9),
    `${seconds.toFixed(1)}s`.padStart(6),
    ...(among === undefined ? [] : [` ${among.join(', ')} alone`]),
  ].join(' ');

const troublesIn = (value: unknown): number | undefined =>
  value === undefined ? undefined : wholeNumber('troubles', String(value), 0, 0);

const kindsIn = (value: unknown): TroubleKind[] | undefined => {
  if (value === undefined) return undefined;
  const named = String(value).split(',');
  const kinds = troubleKinds.filter((kind) => named.includes(kind));
  if (kinds.length === named.length) return kinds;
  throw new WrongOption(`--among: expected some of ${troubleKinds.join(',')}, found "${value}"`);
};

type Asked = { most: number | undefined; among: TroubleKind[] | undefined };

/** Each base with its own bound, or fewer troubles if so asked; and behind them those with two of some kinds. */
const tasksFor = (chosen: readonly ModelBase[], { most, among }: Asked): Omit<ModelTask, 'compare'>[] => {
  if (among !== undefined)
    return chosen.map(({ name, troubles }) => ({ base: name, troubles: most ?? troubles, among }));
  const asked = chosen.map(({ name, troubles }) => ({
    base: name,
    // One more trouble makes more states than fit into a quarter of an hour.
    troubles: Math.min(troubles, most ?? troubles),
  }));
  const names = asked.map(({ base }) => base);
  const more = twoOfSomeKinds.filter(({ base }) => (most ?? 2) >= 2 && names.includes(base));
  return [...asked, ...more.map((one) => ({ ...one, troubles: 2 }))];
};

runEntry(async (args) => {
  const options = readOptions({ base: 'text', troubles: 'text', among: 'text', compare: 'text' }, args);
  const among = kindsIn(options.among);
  const chosen = bases.filter(({ name }) => options.base === undefined || name === options.base);
  if (chosen.length === 0) {
    const names = bases.map(({ name }) => name).join(', ');
    throw new WrongOption(`--base: expected one of ${names}, found "${options.base}"`);
  }
  const compare = wholeNumber('compare', options.compare?.toString(), 0, COMPARED);
  const startedMs = performance.now();

  console.log(
    'Every state that can be reached with at most so many troubles; what recovers by itself costs none.\n',
  );
  console.log(header);
  const tasks = tasksFor(chosen, { most: troublesIn(options.troubles), among }).map(
    (task): ModelTask => ({
      ...task,
      compare: task.troubles < 2 || options.compare !== undefined ? compare : 0,
    }),
  );
  const results = await spread<ModelResult>(
    tasks.map((task) => ({ kind: 'model', task })),
    (result) => console.log(rowOf(result)),
  );

  const found = results.filter(({ timeline }) => timeline !== null);
  for (const { base, timeline } of found) console.log(`\n${base}\n${timeline}`);
  const states = results.reduce((sum, result) => sum + result.states, 0);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
  console.log(
    found.length === 0
      ? `\n${states} states: from each there is a way to an end, and no invariant is broken on any way ` +
          `there. ${seconds} s`
      : `\n${found.length} of ${results.length} bases have a counterexample. ${seconds} s`,
  );
  return found.length === 0 ? 0 : 1;
});
