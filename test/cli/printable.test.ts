import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printable } from '../../cli/printable.ts';
import { makePaint } from '../../cli/render/paint.ts';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount, SHOP } from './a-simulated-account.ts';
import { cutover } from './a-terminal.ts';

const directory = aDirectory('printable');

test('an error with a carriage return in it is printed whole', async () => {
  const account = await aSimulatedAccount();

  const { err, code } = await account.cutover(['deploy', SHOP, '--image', 'web=repo/shop:9\r']);

  expect(err).toContain('--image: expected NAME=IMAGE, found "web=repo/shop:9\\r"');
  expect(code).toBe(1);
});

test('a line feed in what somebody wrote makes no line of its own', async () => {
  const path = join(directory, 'lines.json');
  writeFileSync(
    path,
    JSON.stringify({ cluster: 'ma\nin', service: 'shop', taskDefinition: 'shop:1', 'x\ny': 1 }),
  );

  const { err } = await cutover(['plan', path], { width: 200 });
  const image = await cutover(['deploy', SHOP, '--image', 'web=repo/shop:9\nerror: gone']);

  expect(err).toContain('found "ma\\nin"');
  expect(err).toContain('- x\\ny: expected a known field');
  expect(image.err).toContain('found "web=repo/shop:9\\nerror: gone"');
});

test.each([{ colour: false }, { colour: true }])(
  'a request cannot write to the terminal that shows what is wrong with it, colour: $colour',
  async (shown) => {
    const path = join(directory, 'request.json');
    const cluster = '\u001b]0;title\u0007\u001b[2J\u001b[3F\u001b[8m\u202emain\u2066';
    writeFileSync(path, JSON.stringify({ cluster, service: 'shop', taskDefinition: 'shop:1' }));

    const { out, err } = await cutover(['plan', path], shown);

    expect(err).toContain('\\u001b]0;title\\u0007\\u001b[2J\\u001b[3F\\u001b[8m\\u202emain\\u2066');
    const unseen = ['\u0007', '\u001b]', '\u001b[2J', '\u001b[3F', '\u001b[8m', '\u202e'];
    expect(unseen.filter((one) => `${out}${err}`.includes(one))).toEqual([]);
  },
);

describe('printable', () => {
  test('leaves what paint writes, lines, tabs and every script', () => {
    const text = `${makePaint(true)('red', 'error:')} a\tb\n${makePaint(true)(['yellow', 'bold'], '店舗 é 👩‍💻')}\n`;

    expect(printable(text, true)).toBe(text);
  });

  test('shows the styles of others where nothing is painted', () => {
    expect(printable('\u001b[31mred', false)).toBe('\\u001b[31mred');
  });

  test('JSON stays the same JSON', () => {
    const line = JSON.stringify({ reason: 'a\u202eb\u009b\u001bc\u2028' });

    expect(JSON.parse(printable(line, false))).toEqual(JSON.parse(line));
    expect([...'\u202e\u009b\u001b\u2028'].filter((one) => printable(line, false).includes(one))).toEqual([]);
  });

  test.each(['::error::gone', '  ::add-mask::x', '##[command]x', '##vso[task.setvariable]x'])(
    'a runner takes no line of a text for its command: %s',
    (line) => {
      expect(printable(`reason\n${line}\n`, false)).not.toMatch(/^\s*(::|##\[|##vso)/m);
    },
  );
});
