import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { aDirectory } from '../a-directory.ts';
import { cutover } from './a-terminal.ts';

/** In the shells themselves: expected on the machine (apt-get install zsh fish; scripts/ci-tools.sh does). */
const names = [...commands.map(({ name }) => name), 'help'];
const directory = aDirectory('completion');
writeFileSync(join(directory, 'request.json'), '{}');

describe('fish', () => {
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

describe('zsh', () => {
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
