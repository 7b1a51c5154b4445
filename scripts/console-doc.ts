import { readFileSync, writeFileSync } from 'node:fs';
import { describeProblems, parseRequest } from '../core/request.ts';

/**
 * Puts what docs/console.md says about the states and about refusals between its markers, from the state machine and the parser
 * themselves. `--check` only compares, for CI.
 */

type State = { Type: string; Comment?: string; Error?: string };

const PATH = new URL('../docs/console.md', import.meta.url);

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

const filled = (text: string, name: string, content: string): string => {
  const pattern = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!pattern.test(text)) throw new Error(`expected the markers of ${name} in docs/console.md, found none`);
  return text.replace(pattern, (_all, begin: string, end: string) => `${begin}${content}\n${end}`);
};

export const consoleDoc = (text: string): string =>
  filled(filled(filled(text, 'refusal', refusal()), 'states', states()), 'ends', ends());

if (import.meta.main) {
  const before = readFileSync(PATH, 'utf8');
  const after = consoleDoc(before);
  if (!process.argv.includes('--check')) writeFileSync(PATH, after);
  else if (before !== after) {
    console.error(
      'docs/console.md is not what the state machine says; write it anew with: npx node scripts/console-doc.ts',
    );
    process.exitCode = 1;
  }
}
