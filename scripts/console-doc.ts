import { readFileSync, writeFileSync } from 'node:fs';
import {
  type Answer,
  answers,
  commandPhases,
  phaseMeanings,
  type Refusal,
} from '../core/operator/refuse-command.ts';
import { describeProblems } from '../core/request/problem.ts';
import { parseRequest } from '../core/request/request.ts';
import { commandKinds } from '../core/vocabulary/command.types.ts';

/**
 * Fills what is between the markers of docs/console.md and docs/steering.md (states, commands, a refusal) from the
 * state machine, the table of commands and the parser. `--check` only compares.
 */

type State = { Type: string; Comment?: string; Error?: string };

const DOCS = new URL('../docs/', import.meta.url);

/** The parts that each page has. */
export const madeParts = {
  'console.md': ['refusal', 'states', 'ends'],
  'steering.md': ['commands'],
} as const;

const { States } = JSON.parse(
  readFileSync(new URL('../statemachine/deploy.asl.json', import.meta.url), 'utf8'),
) as { States: Record<string, State> };

const ENDS = ['Succeed', 'Fail'];

const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;

/** In the order of the file, which is the order in which a deployment that goes well meets them. */
const states = (): string =>
  [
    row(['state', 'what it does']),
    row(['---', '---']),
    ...Object.entries(States)
      .filter(([, { Type }]) => !ENDS.includes(Type))
      .map(([name, { Comment = '' }]) => row([`\`${name}\``, Comment])),
  ].join('\n');

const ends = (): string =>
  [
    row(['state', 'the execution is', 'it means']),
    row(['---', '---', '---']),
    ...Object.entries(States)
      .filter(([, { Type }]) => ENDS.includes(Type))
      .map(([name, { Type, Error: error, Comment = '' }]) =>
        row([
          `\`${name}\``,
          Type === 'Succeed' ? 'Succeeded' : `Failed, error \`${error}\`, the reason as its cause`,
          Comment,
        ]),
      ),
  ].join('\n');

const taken: Record<Exclude<Answer, Refusal>, string> = {
  applies: '',
  appliesWhenHeld: ' (after a pause or a freeze)',
  appliesWhereAsked: ' (for a shift with an approval)',
  appliesNow: ' (only with `--now`)',
};

/** Why not, in few words; the refusal itself says more, and what to do instead. */
const why: Record<Refusal, string> = {
  noTraffic: 'no traffic has been shifted yet',
  notHeld: 'nothing to resume',
  noGate: 'the shift needs no approval',
  bakeIsOver: 'the bake is over: `approve`, or `promote`',
  resumeFirst: '`resume` first',
  promoted: 'every shift has baked',
  finishing: 'too late: once it has ended, `cutover rollback` deploys the previous version',
  rollingBack: 'it rolls back already',
  aborted: 'it rolls back already: only `--now`',
  recovering: 'a recovery decides by what it finds',
  ended: 'it has ended',
};

const isRefusal = (answer: Answer): answer is Refusal => answer in why;

/** Reasons with the commands they are for: `promote`, `skip`: no traffic has been shifted yet. */
const refusedIn = (byKind: Record<(typeof commandKinds)[number], Answer>): string => {
  const kinds = Map.groupBy(commandKinds, (kind) => byKind[kind]);
  const parts = [...kinds].flatMap(([answer, some]) => {
    if (!isRefusal(answer)) return [];
    const named = some.length === commandKinds.length ? 'all' : some.map((kind) => `\`${kind}\``).join(', ');
    return [`${named}: ${why[answer]}`];
  });
  return parts.join('; ');
};

const commands = (): string =>
  [
    row(['the deployment is', 'which is', 'taken', 'refused']),
    row(['---', '---', '---', '---']),
    ...commandPhases.map((phase) => {
      const byKind = answers[phase];
      const applying = commandKinds.flatMap((kind) => {
        const answer = byKind[kind];
        return isRefusal(answer) ? [] : [`\`${kind}\`${taken[answer]}`];
      });
      return row([
        phase.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
        phaseMeanings[phase],
        applying.length === 0 ? 'none' : applying.join(', '),
        refusedIn(byKind),
      ]);
    }),
  ].join('\n');

/** Mistakes that people make, in one request. */
const mistaken = {
  cluster: 'main',
  service: 'shop',
  taskDefinition: 'shop:latest',
  strategy: 'Canary10Percent5Minuts',
  keepblue: '2h',
  alarms: 'shop-users-suffer',
};

const refusal = (): string => {
  const parsed = parseRequest(mistaken);
  if (parsed.ok) throw new Error('expected the example of a refusal to be refused');
  const input = JSON.stringify(mistaken)
    .replaceAll(/([:,])"/g, '$1 "')
    .replace(/^\{/, '{ ')
    .replace(/\}$/, ' }');
  return [
    '```json',
    input,
    '```',
    '',
    'is refused with',
    '',
    '```',
    describeProblems(parsed.problems),
    '```',
  ].join('\n');
};

const makers = { refusal, commands, states, ends };

/** The page with its parts made again. */
export const consoleDoc = (page: keyof typeof madeParts, text: string): string =>
  madeParts[page].reduce((filled: string, name) => {
    const pattern = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!pattern.test(filled)) throw new Error(`expected the markers of ${name} in docs/${page}, found none`);
    return filled.replace(pattern, (_all, begin: string, end: string) => `${begin}${makers[name]()}\n${end}`);
  }, text);

if (import.meta.main) {
  for (const page of Object.keys(madeParts) as (keyof typeof madeParts)[]) {
    const path = new URL(page, DOCS);
    const before = readFileSync(path, 'utf8');
    const after = consoleDoc(page, before);
    if (!process.argv.includes('--check')) writeFileSync(path, after);
    else if (before !== after) {
      console.error(
        `docs/${page} is not what the code gives; make it anew with: npx node scripts/console-doc.ts`,
      );
      process.exitCode = 1;
    }
  }
}
