import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COLUMNS, FRAME_SECONDS, ROWS, recordLive } from '../../scripts/record-live.ts';
import { drawRecording, segmentsOf } from '../../scripts/recording-svg.ts';
import { aScreen } from '../../scripts/terminal-screen.ts';
import { example } from '../cli/a-terminal.ts';

const ESCAPE = '\u001b';
const SIZE = { columns: COLUMNS, rows: ROWS, frameSeconds: FRAME_SECONDS };

describe('the recording of the live view', () => {
  test('is the same each time, from the first line to the outcome', async () => {
    const argv = ['rehearse', example('shop'), '--live', '--version', 'errors:20%'];
    const frames = await recordLive(argv);
    const svg = drawRecording(frames, SIZE);

    expect(frames.length).toBeGreaterThan(5);
    expect(svg).toMatch(/^<svg [\s\S]*ROLLED BACK[\s\S]*<\/svg>\n$/);
    expect(svg).not.toContain(ESCAPE);
    expect(drawRecording(await recordLive(argv), SIZE)).toBe(svg);
  });

  test('has the pictures that README.md shows', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const shown = [...readme.matchAll(/(?:!\[[^\]]*\]\(|src=")(docs\/pictures\/[^)"]+)/g)].map(
      ([, path = '']) => path,
    );

    expect(shown).toContain('docs/pictures/live.svg');
    for (const path of shown) expect(existsSync(new URL(`../../${path}`, import.meta.url)), path).toBe(true);
  });
});

test('a row that did not change is drawn once, and hidden when it goes', () => {
  const svg = drawRecording([['one', 'two'], ['one', 'other'], ['one']], SIZE);

  expect(svg.match(/>one</g)).toHaveLength(1);
  expect(svg).toMatch(/@keyframes f0-1\{0%\{visibility:visible\}[\d.]+%,100%\{visibility:hidden\}\}/);
  expect(svg).toMatch(/class="f f1-2" visibility="hidden">.*other/);
});

describe('the screen', () => {
  test('takes the last lines away before it draws them anew', () => {
    const screen = aScreen(10);
    screen.write('log\nold panel\nof two lines\n');
    screen.write(`${ESCAPE}[2F${ESCAPE}[0Jmore log\nnew panel\n`);

    expect(screen.frame()).toEqual(['log', 'more log', 'new panel']);
  });

  test('carries a colour into the next line until it ends', () => {
    const screen = aScreen(10);
    screen.write(`${ESCAPE}[2mdim\nstill${ESCAPE}[22m not\nplain\n`);

    const dim = screen.frame().map((row) => segmentsOf(row).map((segment) => [segment.text, segment.dim]));
    expect(dim).toEqual([
      [['dim', true]],
      [
        ['still', true],
        [' not', false],
      ],
      [['plain', false]],
    ]);
  });
});
