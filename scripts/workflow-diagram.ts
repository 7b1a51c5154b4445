import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Draws statemachine/deploy.asl.json as a Mermaid flow chart and puts it into docs/workflow.md between two markers.
 * `--check` only compares, for CI: a picture that was drawn by hand would lie sooner or later.
 */

type State = {
  Type: string;
  Next?: string;
  Default?: string;
  Choices?: { StringEquals: string; Next: string }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
};
type Definition = { StartAt: string; States: Record<string, State> };

const PAGE = 'docs/workflow.md';
const BEGIN = '<!-- workflow: made by `npm run diagram` from statemachine/deploy.asl.json -->';
const END = '<!-- /workflow -->';

const shapes: Record<string, [string, string]> = {
  Choice: ['{', '}'],
  Wait: ['([', '])'],
  Succeed: ['(((', ')))'],
  Fail: ['(((', ')))'],
  Pass: ['[/', '/]'],
  Task: ['[', ']'],
};

const idOf = (name: string): string => name.replace(/\W/g, '_');

const node = (name: string, { Type }: State): string => {
  const [open, close] = shapes[Type] ?? ['[', ']'];
  return `  ${idOf(name)}${open}"${name}"${close}`;
};

/** Catches are drawn as dotted lines; the ones of the last steps all go to RecordOutcome or a Fail. */
const edges = (name: string, state: State): string[] => {
  const from = idOf(name);
  const byTarget = new Map<string, string[]>();
  for (const { StringEquals, Next } of state.Choices ?? [])
    byTarget.set(Next, [...(byTarget.get(Next) ?? []), StringEquals]);
  const choices = [...byTarget].map(([to, values]) => `  ${from} -->|${values.join(', ')}| ${idOf(to)}`);
  const next = state.Next === undefined ? [] : [`  ${from} --> ${idOf(state.Next)}`];
  const fallback =
    state.Default === undefined || byTarget.has(state.Default)
      ? []
      : [`  ${from} -.->|anything else| ${idOf(state.Default)}`];
  const caught = (state.Catch ?? [])
    .filter(({ Next }) => Next !== state.Next)
    .map(
      ({ ErrorEquals, Next }) =>
        `  ${from} -.->|${ErrorEquals[0] === 'States.ALL' ? 'any error' : ErrorEquals.join(', ')}| ${idOf(Next)}`,
    );
  return [...next, ...choices, ...fallback, ...caught];
};

const drawWorkflow = (definition: Definition): string => {
  const states = Object.entries(definition.States);
  return [
    '```mermaid',
    'flowchart TD',
    ...states.map(([name, state]) => node(name, state)),
    ...states.flatMap(([name, state]) => edges(name, state)),
    '```',
  ].join('\n');
};

const withWorkflow = (page: string, definition: Definition): string => {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/workflow.md lacks the markers ${BEGIN} ... ${END}`);
  return `${page.slice(0, begin)}${BEGIN}\n${drawWorkflow(definition)}\n${page.slice(end)}`;
};

if (import.meta.main) {
  const definition = JSON.parse(readFileSync('statemachine/deploy.asl.json', 'utf8')) as Definition;
  const page = readFileSync(PAGE, 'utf8');
  const drawn = withWorkflow(page, definition);
  if (process.argv.includes('--check') && drawn !== page) {
    console.error(
      'docs/workflow.md shows an older workflow than statemachine/deploy.asl.json; run `npm run diagram`',
    );
    process.exit(1);
  }
  writeFileSync(PAGE, drawn);
}
