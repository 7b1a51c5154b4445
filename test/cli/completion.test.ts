import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { commands } from '../../cli/main.ts';
import { cutover } from './a-terminal.ts';

/** What bash offers at the end of this line. */
const offered = async (...words: string[]): Promise<string[]> => {
  const { out } = await cutover(['completion', 'bash']);
  const line = words.map((word) => `'${word}'`).join(' ');
  const script = `${out}\nCOMP_WORDS=(cutover ${line}); COMP_CWORD=${words.length}; _cutover; echo "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
};

describe('completion', () => {
  test('bash offers commands, by their beginning', async () => {
    expect(await offered('')).toEqual([...commands.map(({ name }) => name), 'help']);
    expect(await offered('reh')).toEqual(['rehearse']);
  });

  test('bash offers the options of the command', async () => {
    expect(await offered('deploy', '--wa')).toEqual(['--wait-until']);
    expect(await offered('abort', '--wa')).toEqual(['']);
  });

  test.each(['zsh', 'fish'])('%s knows every command', async (shell) => {
    const { out, code } = await cutover(['completion', shell]);

    for (const { name } of commands) expect(out).toMatch(new RegExp(`\\b${name}\\b`));
    expect(code).toBe(0);
  });

  test('another shell is refused with the ones there are', async () => {
    const { err, code } = await cutover(['completion', 'fishh']);

    expect(err).toContain('expected bash, zsh or fish, found "fishh"; did you mean fish?');
    expect(code).toBe(1);
  });
});
