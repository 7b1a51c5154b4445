import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '../../cli/main.ts';
import { cutover } from './a-terminal.ts';

const names = [...commands.map(({ name }) => name), 'help'];
const directory = mkdtempSync(join(tmpdir(), 'cutover-completion-'));
writeFileSync(join(directory, 'request.json'), '{}');
afterAll(() => rmSync(directory, { recursive: true }));

/** What bash's function offers at the end of this line; nothing stands for the names of files. */
const offered = async (...words: string[]): Promise<string[]> => {
  const { out } = await cutover(['completion', 'bash']);
  const line = words.map((word) => `'${word}'`).join(' ');
  const script = `${out}\nCOMP_WORDS=(cutover ${line}); COMP_CWORD=${words.length}; _cutover; printf '%s\\n' "\${COMPREPLY[@]}"`;
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
      values: ['launched', 'firstShift', 'shifted', 'done'],
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

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

describe.skipIf(!has('fish'))('fish, where it is installed', () => {
  const offers = async (line: string): Promise<string[]> => {
    const { out } = await cutover(['completion', 'fish']);
    const script = `${out}\ncomplete -C '${line}'`;
    const printed = execFileSync('fish', ['--no-config', '-c', script], {
      encoding: 'utf8',
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return printed.split('\n').flatMap((row) => row.split('\t')[0] || []);
  };

  test('offers commands, options, values and files', async () => {
    expect((await offers('cutover ')).sort()).toEqual([...names].sort());
    expect(await offers('cutover deploy --wa')).toEqual(['--wait-until']);
    expect(await offers('cutover deploy --when-busy ')).toEqual(['queue', 'reject', 'supersede']);
    expect(await offers('cutover rehearse req')).toEqual(['request.json']);
    expect(await offers('cutover deploy req')).toEqual([]);
  });
});

describe.skipIf(!has('zsh'))('zsh, where it is installed', () => {
  /** Its completion system wants a terminal; here what it would add is noted instead. */
  const offers = async (...words: string[]): Promise<string[]> => {
    const { out } = await cutover(['completion', 'zsh']);
    const line = ['cutover', ...words].map((word) => `'${word}'`).join(' ');
    const script = [
      'compdef() { :; }',
      'compadd() { shift; print -l -- "$@"; }',
      '_files() { print FILES; }',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is for zsh
      '_describe() { print -l -- "${(@P)2}"; }',
      out,
      `words=(${line}); CURRENT=${words.length + 1}; _cutover`,
    ].join('\n');
    const printed = execFileSync('zsh', ['-f', '-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return printed.trimEnd().split('\n');
  };

  test('offers commands with what they do, options, values and files', async () => {
    expect((await offers('')).map((row) => row.split(':')[0])).toEqual(names);
    expect(await offers('deploy', '')).toContain('--wait-until');
    expect(await offers('deploy', '--when-busy', '')).toEqual(['reject', 'queue', 'supersede']);
    expect(await offers('rehearse', '')).toContain('FILES');
    expect(await offers('deploy', '--task-definition', '')).toEqual(['FILES']);
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
