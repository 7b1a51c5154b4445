import type { Catch, HuntResult } from './hunt.ts';
import type { Hunt, Mutant } from './mutant.types.ts';

/** The rule that was broken, short enough for a column. */
export const ruleOf = ({ problems }: Catch): string => {
  const [first = ''] = problems;
  const known: [RegExp, string][] = [
    [/^(invariant \d+|the plan)/, '$1'],
    [/not converged/, 'not converged'],
    [/^users .*lost (\d+) requests/, 'users lost $1'],
    [/expected .*to end/, 'another end'],
  ];
  for (const [pattern, rule] of known) {
    const found = pattern.exec(first);
    if (found !== null) return rule.replace('$1', found[1] ?? '');
  }
  return 'other';
};

/** Code that does not run shows nothing of the defect: such a mutant has to be written anew. */
export const diesByItself = ({ problems }: Catch): boolean =>
  problems.every((problem) => /\b(Reference|Syntax)Error\b/.test(problem));

const NAME_WIDTH = 32;
const RULE_WIDTH = 18;
/** Task set and deployment ids make some problems long; `--mutant` shows all of it. */
const PROBLEM_WIDTH = 200;

const short = (text: string): string =>
  text.length > PROBLEM_WIDTH ? `${text.slice(0, PROBLEM_WIDTH)}...` : text;

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

const command = (name: string): string => `npm run verify:mutants -- --mutant ${name}`;

/** One mutant: what caught it and where, what the run said, and how to see it. */
export const rowOf = ({ name, description }: Mutant, { caught, runs, milliseconds }: HuntResult): string => {
  const rule = caught === null ? 'SURVIVED' : ruleOf(caught);
  const where = caught === null ? 'nowhere' : caught.where;
  return [
    `${name.padEnd(NAME_WIDTH)}${rule.padEnd(RULE_WIDTH)}${where} (run ${runs}, ${seconds(milliseconds)} s)`,
    `    ${description}`,
    ...(caught === null
      ? ['    nothing noticed: an invariant or a fault is missing']
      : [`    ${short(caught.problems[0] ?? '')}`, `    ${command(name)}`]),
  ].join('\n');
};

const describeHunt = (hunt: Hunt): string => {
  if ('installations' in hunt) return `two installations, ${hunt.apartSeconds} s apart`;
  if ('seeds' in hunt) return `seeds ${hunt.seeds.from} to ${hunt.seeds.from + hunt.seeds.count - 1}`;
  if (!('fault' in hunt)) return `${hunt.base}, undisturbed`;
  return `${hunt.base}, ${hunt.fault}${hunt.at === undefined ? '' : ` at "${hunt.at}"`}`;
};

/** The same place with the code as it is. */
export const controlOf = (hunt: Hunt, { caught, runs }: HuntResult): string =>
  caught === null
    ? `passes: ${describeHunt(hunt)} (${runs} runs)`
    : [`FAILS WITHOUT A DEFECT: ${caught.where}`, ...caught.problems.map((problem) => `    ${problem}`)].join(
        '\n',
      );
