import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { cutover } from './a-terminal.ts';

const names = [...commands.map(({ name }) => name), 'help'];

/** What bash's function offers at the end of this line; nothing stands for the names of files. */
const offered = async (...words: string[]): Promise<string[]> => {
  const { out } = await cutover(['completion', 'bash']);
  const line = words.map((word) => `'${word}'`).join(' ');
  const script =
    `${out}\nCOMP_WORDS=(cutover ${line}); COMP_CWORD=${words.length}; _cutover; printf '%s\\n' ` +
    `"\${COMPREPLY[@]}"`;
  const printed = execFileSync('bash', ['-c', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return printed.split('\n').filter((word) => word !== '');
};

describe('bash', () => {
  test('offers commands, by their beginning', async () => {
    expect(await offered('')).toEqual(names);
    expect(await offered('reh')).toEqual(['rehearse']);
    expect(await offered('help', 'roll')).toEqual(['rollback']);
  });

  test('offers the options of the command', async () => {
    expect(await offered('deploy', '--wa')).toEqual(['--wait-until']);
    expect(await offered('abort', '--wa')).toEqual([]);
    expect(await offered('rehearse', 'request.json', '--li')).toEqual(['--live']);
  });

  test.each([
    {
      words: ['deploy', 'main/shop', '--wait-until', ''],
      values: ['launched', 'test', 'firstShift', 'shifted', 'done'],
    },
    { words: ['watch', '--wait-until', 'shi'], values: ['shifted'] },
    { words: ['deploy', '--when-busy', ''], values: ['reject', 'queue', 'supersede'] },
    { words: ['completion', 'f'], values: ['fish'] },
    { words: ['rehearse', 'request.json', '--version', 'crash'], values: ['crash-loop'] },
  ])('offers the values that there are: $words', async ({ words, values }) => {
    expect(await offered(...words)).toEqual(values);
  });

  test.each([
    [['rehearse', '']],
    [['plan', 'exam']],
    [['deploy', '--task-definition', 'task']],
    [['deploy', '-t', '']],
    [['status', '--config', '']],
    [['report', '-o', '']],
  ])('leaves %j to the names of files', async (words) => {
    expect(await offered(...words)).toEqual([]);
  });
});

test.each(['bash', 'zsh', 'fish'])('%s knows every command', async (shell) => {
  const { out, code } = await cutover(['completion', shell]);

  for (const name of names) expect(out).toMatch(new RegExp(`\\b${name}\\b`));
  expect(code).toBe(0);
});

test('another shell is refused with the ones there are', async () => {
  const { err, code } = await cutover(['completion', 'fishh']);

  expect(err).toContain('expected bash, zsh or fish, found "fishh"; did you mean fish?');
  expect(code).toBe(1);
});
