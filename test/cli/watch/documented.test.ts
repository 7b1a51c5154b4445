import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../../../cli/commands.ts';
import { exitCodes } from '../../../cli/exit-codes.ts';
import { cutover } from '../a-terminal.ts';

const text = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('the pages of the command line have every command, every exit code and every option that is a command’s own', () => {
  const page = ['cli', 'steering', 'preflight', 'moving', 'hooks']
    .map((name) => text(`docs/${name}.md`))
    .join('\n');
  const missing = commands.flatMap(({ name, options }) => [
    ...(page.includes(`cutover ${name}`) || page.includes(`| \`${name}\` |`) ? [] : [name]),
    ...Object.keys(options).flatMap((option) =>
      page.includes(`--${option}`) ? [] : [`${name} --${option}`],
    ),
  ]);

  expect(missing).toEqual([]);
  for (const { code, name } of exitCodes) expect(page).toMatch(new RegExp(`\\| ${code} \\| ${name} \\|`));
});

test.each(commands.map(({ name }) => [name]))(
  'cutover %s --help has examples and fits 80 columns',
  async (name) => {
    const { out, code } = await cutover([name, '--help'], { width: 80 });

    expect(out).toMatch(/Examples\n {2}\S/);
    expect(out.split('\n').filter((line) => line.length > 80 && !/^ {2}\S/.test(line))).toEqual([]);
    expect(code).toBe(0);
  },
);

test('docs/events-stream.md has every type that the command line writes', () => {
  const page = text('docs/events-stream.md');
  const sources = [
    'watch/json-sink',
    'watch/follow',
    'commands/deploy',
    'commands/rollback',
    'commands/status',
  ];
  const more = [
    'commands/steering',
    'commands/history',
    'commands/preflight',
    'commands/watch',
    'watch/timeline',
  ];
  const written = [...sources, ...more].flatMap((file) => {
    const code = text(`cli/${file}.ts`);
    const types = [...code.matchAll(/writeEvent\(terminal, '(\w+)'|type: '(\w+)'/g)];
    return types
      .map(([, event, named]) => event ?? named ?? '')
      .filter((type) => !['string', 'boolean'].includes(type));
  });

  expect(written.length).toBeGreaterThan(15);
  expect([...new Set(written)].filter((type) => !page.includes(`| \`${type}\` |`))).toEqual([]);
});
