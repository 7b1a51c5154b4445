import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cutover } from '../cli/a-terminal.ts';

/** docs/tutorial.md: its blocks that begin with `$` are run, and what they print is compared, line by line. */

const page = readFileSync('docs/tutorial.md', 'utf8');
const blocks = [...page.matchAll(/```\n\$ npx cutover ([^\n]+)\n([\s\S]*?)```/g)].map(
  ([, command = '', output = '']) => ({ command, lines: output.trimEnd().split('\n') }),
);

/** The lines that are not found, each after the one before it; `...` stands for any. */
const missing = (lines: readonly string[], printed: readonly string[]): string[] => {
  let at = 0;
  return lines.filter((line) => {
    if (line.trim() === '' || line.trim() === '...') return false;
    const found = printed.indexOf(line, at);
    if (found >= 0) at = found + 1;
    return found < 0;
  });
};

describe('the tutorial', () => {
  test('has the commands of its first part', () => {
    expect(blocks.map(({ command }) => command.split(' ')[0])).toEqual([
      'plan',
      'rehearse',
      'rehearse',
      'rehearse',
    ]);
  });

  test.each(blocks)('$command prints what stands there', async ({ command, lines }) => {
    const { out, err } = await cutover(command.split(' '));

    expect(err).toBe('');
    expect(missing(lines, out.split('\n'))).toEqual([]);
  });
});
