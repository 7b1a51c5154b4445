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

describe('a line feed in what is refused is no line of its own', () => {
  const FAKE = 'x\nSUCCEEDED';

  test.each<[string, string[]]>([
    ['a Region', ['status', SHOP, '--region', FAKE]],
    ['a time', ['history', SHOP, '--since', FAKE]],
    ['a service', ['status', `production/${FAKE}`]],
    ['a file', ['status', '--config', FAKE]],
    ['a request', ['rehearse', FAKE]],
    ['a command', [FAKE]],
    ['an option', ['status', `--${FAKE}`]],
    ['a name', ['deploy', SHOP, '-t', 'shop:42', '--name', FAKE]],
    ['a strategy', ['deploy', SHOP, '-t', 'shop:42', '--strategy', FAKE]],
    ['a revision', ['deploy', SHOP, '-t', FAKE]],
    ['a version to go back to', ['rollback', SHOP, '--to', FAKE]],
    ['a deployment', ['watch', SHOP, '--deployment', FAKE]],
    ['a stage', ['watch', SHOP, '--wait-until', FAKE]],
    ['a duration', ['watch', SHOP, '--timeout', FAKE]],
    ['a fault', ['rehearse', 'examples/shop/request.json', '--inject', FAKE]],
    ['a seed', ['rehearse', 'examples/shop/request.json', '--seed', FAKE]],
    ['a digest', ['history', SHOP, '--verify', '--digest', FAKE]],
    ['a hook', ['hook', 'test', FAKE, SHOP]],
  ])('%s', async (_, argv) => {
    const account = await aSimulatedAccount();

    const { err, out, code } = await account.cutover(argv, { width: 300 });

    expect(`${err}${out}`).not.toMatch(/^\s*SUCCEEDED/m);
    expect(err).not.toContain('Cutover itself failed');
    expect([1, 3]).toContain(code);
  });

  test('a name in cutover.yaml', async () => {
    const path = join(directory, 'cutover.yaml');
    writeFileSync(path, 'services:\n  "x\\nSUCCEEDED":\n    "y\\nSUCCEEDED": 1\n');

    const { err } = await cutover(['status', '--config', path], { width: 300 });

    expect(err).toContain('x\\nSUCCEEDED');
    expect(err).not.toMatch(/^\s*SUCCEEDED/m);
  });

  test('what AWS says', async () => {
    const account = await aSimulatedAccount();
    account.fail((service) =>
      service === 'ssm'
        ? Object.assign(new Error('no such thing\nSUCCEEDED'), {
            name: 'ValidationException',
            $fault: 'client',
          })
        : undefined,
    );

    const { err } = await account.cutover(['status', SHOP], { width: 300 });

    expect(err).toContain('no such thing\\nSUCCEEDED');
  });
});

test.each(['', '# nothing yet\n', 'services:\n'])(
  'an empty cutover.yaml (%j) is called empty',
  async (text) => {
    const path = join(directory, 'empty.yaml');
    writeFileSync(path, text);

    const { err } = await cutover(['status', '--config', path], { width: 300 });

    expect(err).toContain('found nothing');
    expect(err).not.toContain('null');
  },
);

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
