import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { main } from '../../cli/main.ts';
import { PIPE_WIDTH, type Terminal } from '../../cli/terminal.ts';

/**
 * What a person sees of ten deployments, to the byte: the timeline as `cutover rehearse` prints it into a pipe, then
 * the report that `--json` prints last. A change of behaviour shows as a diff of test/golden; `npm run golden`
 * writes the files anew, and the diff belongs into the commit that caused it.
 */
vi.setConfig({ testTimeout: 60_000 });

const UPDATE = process.env.UPDATE_GOLDEN === '1';

const goldens: Record<string, string[]> = {
  'five-shifts': ['examples/shop/request.json'],
  'all-at-once': ['test/rehearsal/requests/all-at-once.json', '--world', 'examples/shop/world'],
  canary: ['examples/canary/request.json'],
  'first-deployment': ['examples/first-deployment/request.json'],
  sticky: ['examples/sticky/request.json'],
  'rolled-back-by-alarm': ['examples/shop/request.json', '--version', 'errors:20%'],
  'never-healthy': ['examples/shop/request.json', '--version', 'never-healthy:404'],
  'crash-loop': ['examples/canary/request.json', '--version', 'crash-loop:137@8s'],
  'no-image': ['examples/shop/request.json', '--version', 'no-image'],
  'foreign-writer': ['examples/shop/request.json', '--inject', 'foreign-weights@shift:3'],
  'lost-answers': [
    'examples/canary/request.json',
    ...['lost:ecs:CreateTaskSet', 'lost:elbv2:ModifyListener', 'twice:ecs:DeleteTaskSet'].flatMap((fault) => [
      '--inject',
      fault,
    ]),
  ],
  'scale-out': ['examples/shop/request.json', '--inject', 'scale:8@shift:2'],
  'refused-by-preflight': ['test/rehearsal/requests/unknown-alarm.json', '--world', 'examples/shop/world'],
  'invalid-request': ['test/rehearsal/requests/invalid.json', '--world', 'examples/shop/world'],
};

const fileOf = (name: string): URL => new URL(`../golden/${name}.txt`, import.meta.url);

/** As in a pipe: no colour, no pacing, the width of PIPE_WIDTH. Error output is distinguished by its prefix. */
const inPipe = async (argv: string[]): Promise<{ text: string; code: number }> => {
  let text = '';
  const terminal: Terminal = {
    out: (more) => {
      text += more;
    },
    err: (more) => {
      text += more.replace(/^(?=.)/gm, '[stderr] ');
    },
    width: PIPE_WIDTH,
    interactive: false,
    colour: false,
    pause: async () => {},
  };
  const code = await main(argv, terminal);
  return { text, code };
};

/** A member a line, and an item a line in lists: short enough to read, long enough to show what changed. */
const readable = (report: Record<string, unknown>): string =>
  Object.entries(report)
    .map(([name, value]) =>
      Array.isArray(value) && value.some((item) => typeof item === 'object')
        ? `${name}:\n${value.map((item) => `  ${JSON.stringify(item)}`).join('\n')}`
        : `${name}: ${JSON.stringify(value)}`,
    )
    .join('\n');

const rendered = async (args: string[]): Promise<string> => {
  const argv = ['rehearse', ...args];
  const shown = await inPipe(argv);
  const json = await inPipe([...argv, '--json']);
  const last = json.text.trimEnd().split('\n').at(-1) ?? '';
  const report = last.startsWith('{') ? `\n${readable(JSON.parse(last))}\n` : '';
  const meaning = exitCodes.find(({ code }) => code === shown.code)?.means;

  expect(json.code).toBe(shown.code);
  return `$ cutover ${argv.join(' ')}\n\n${shown.text}\nexit code ${shown.code}: ${meaning}\n${report}`;
};

describe('test/golden shows what people see', () => {
  test.each(Object.entries(goldens))('of %s', async (name, args) => {
    const text = await rendered(args);

    if (UPDATE) writeFileSync(fileOf(name), text);
    const known = existsSync(fileOf(name)) ? readFileSync(fileOf(name), 'utf8') : 'no file; npm run golden';
    expect(text).toBe(known);
  });

  test('and of nothing else', () => {
    const files = readdirSync(new URL('../golden/', import.meta.url)).sort();

    expect(files).toEqual(
      Object.keys(goldens)
        .map((name) => `${name}.txt`)
        .sort(),
    );
  });
});
