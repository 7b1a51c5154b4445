import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { HuntResult } from '../../../verify/mutants/hunt.ts';
import type { Hunt, Patch } from '../../../verify/mutants/mutant.types.ts';
import { mutantNamed } from '../../../verify/mutants/mutants.ts';
import { runJobs } from '../../../verify/mutants/threads.ts';

const SLOW_MS = 60_000;

const run = async (patches: readonly Patch[], hunts: readonly Hunt[]): Promise<HuntResult> => {
  const results: HuntResult[] = [];
  await runJobs([{ patches, hunts, printing: 'short', everywhere: false }], (result) => {
    results.push(result);
  });
  return results[0] as HuntResult;
};

const slice: Hunt[] = [{ base: 'all-at-once', fault: 'twice', at: 'CreateTaskSet' }];
const noToken = mutantNamed('no-client-token')?.patches ?? [];

test(
  'a defect is caught by the rule it breaks, and no file changes',
  async () => {
    const before = readFileSync('aws/task-sets.ts', 'utf8');

    const { caught } = await run(noToken, slice);

    expect(caught?.where).toMatch(/^all-at-once, twice at call:\d+, ecs CreateTaskSet by LaunchGreen$/);
    expect(caught?.problems[0]).toMatch(/^invariant 5: 2 task sets carry deployment \S+'s id$/);
    expect(readFileSync('aws/task-sets.ts', 'utf8')).toBe(before);
  },
  SLOW_MS,
);

test(
  'the same place passes with the code as it is, so what is caught is the defect',
  async () => {
    const { caught, runs } = await run([], slice);

    expect(caught).toBeNull();
    expect(runs).toBe(2);
  },
  SLOW_MS,
);

test(
  'the state machine is patched like the code',
  async () => {
    const atOnce: Patch = {
      file: 'statemachine/deploy.asl.json',
      find: '"StringEquals": "promote",\n          "Next": "PromoteGreen"',
      replace: '"StringEquals": "promote",\n          "Next": "RollBack"',
    };

    const { caught } = await run([atOnce], [{ base: 'all-at-once' }]);

    expect(caught?.problems).toEqual([
      expect.stringContaining('ended where no deployment may end'),
      expect.stringContaining('expected the undisturbed run to end succeeded, found rolledBack'),
    ]);
  },
  SLOW_MS,
);

test.each([
  [
    { file: 'core/verdict/decide.ts', find: 'no such text', replace: '' },
    'find this once in core/verdict/decide.ts',
  ],
  [{ file: 'aws/service-list.ts', find: 'export', replace: '' }, 'nothing loads aws/service-list.ts'],
])(
  'a patch that cannot work fails, instead of showing a defect that nobody finds: %j',
  async (patch, message) => {
    await expect(run([patch], slice)).rejects.toThrow(message);
  },
  SLOW_MS,
);

const command = (...args: string[]): Promise<{ exitCode: number; out: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['verify/mutants/run.ts', ...args], (error, stdout, stderr) =>
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, out: `${stdout}${stderr}` }),
    );
  });

test(
  'the command that is printed shows the whole run',
  async () => {
    const { exitCode, out } = await command('--mutant', 'no-client-token');

    expect(exitCode).toBe(0);
    expect(out).toMatch(/\+00:00:\d\d\.\d{3} task {6}task set \S+ is created/);
    expect(out).toMatch(/^no-client-token +invariant 5 +all-at-once, twice at call:\d+/m);
    expect(out).toContain('npm run verify:mutants -- --mutant no-client-token');
  },
  SLOW_MS,
);

test('--list names every mutant; a wrong name ends with 64', async () => {
  const listed = await command('--list');
  const wrong = await command('--mutant', 'nope');

  expect(listed.out).toContain('no-client-token\n    CreateTaskSet has no clientToken');
  expect([wrong.exitCode, wrong.out]).toEqual([
    64,
    '--mutant: expected a name that --list shows, found "nope"\n',
  ]);
}, 60_000);
