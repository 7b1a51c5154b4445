import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';

type Ended = { exitCode: number; out: string };

/** As npm runs them. */
const run = (entry: 'exhaust' | 'soak', ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [`verify/${entry}/${entry}.ts`, ...args], (error, stdout, stderr) =>
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, out: `${stdout}${stderr}` }),
    );
  });

const SLOW_MS = 180_000;

test(
  'the command that a failure prints replays one point with its timeline and its verdict',
  async () => {
    const { exitCode, out } = await run(
      'exhaust',
      '--base',
      'first',
      '--point',
      'state:1',
      '--fault',
      'dies-after',
    );

    expect(exitCode).toBe(0);
    expect(out).toContain('dies-after at state:1, entering AcquireLease');
    expect(out).toMatch(/\+00:\d\d:\d\d\.\d{3} task {6}task set \S+ is created/);
    expect(out).toMatch(/passed\n$/);
  },
  SLOW_MS,
);

test(
  'one base and one fault make a row and the totals',
  async () => {
    const { exitCode, out } = await run('exhaust', '--base', 'first', '--fault', 'stopped');

    expect(exitCode).toBe(0);
    expect(out).toMatch(/^first +stopped +\d+ +\d+ +\d+ +0 +\d+$/m);
    expect(out).toMatch(/\d+ points x 1 faults = \d+ runs, \d+ passed, 0 not yet held, 0 failed in \d+ s/);
  },
  SLOW_MS,
);

test(
  'a seed is replayed with the faults that are kept',
  async () => {
    const { exitCode, out } = await run('soak', '--seed', '1', '--only', 'none');

    expect(exitCode).toBe(0);
    expect(out).toMatch(/^seed 1\n/);
    expect(out).toMatch(/passed\n$/);
  },
  SLOW_MS,
);

test.each([
  ['exhaust', ['--base', 'nope'], '--base: expected one of all-at-once, canary'],
  ['exhaust', ['--point', 'call:1'], '--point: expected it together with --base and --fault'],
  [
    'exhaust',
    ['--base', 'first', '--fault', 'twice', '--point', 'call:9999'],
    '--point: expected call:0 to call:',
  ],
  ['exhaust', ['--nonsense'], 'expected: --base VALUE'],
  ['soak', ['--seeds', 'many'], '--seeds: expected a whole number of at least 1, found "many"'],
  ['soak', ['--seed', '1', '--only', '99'], '--only: expected fault numbers below'],
] as const)(
  '%s %j says what was expected and ends with 64',
  async (entry, args, message) => {
    const { exitCode, out } = await run(entry, ...args);

    expect(exitCode).toBe(64);
    expect(out).toContain(message);
    expect(out).not.toContain('    at ');
  },
  SLOW_MS,
);
