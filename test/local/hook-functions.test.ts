import { expect, onTestFinished, test } from 'vitest';
import { installFunctions } from '../../local/hook-functions.ts';
import { makeLogs } from '../../local/tasks/logs.ts';
import { makeKernel } from '../../sim/kernel/kernel.ts';
import { makeUserFunctions } from '../../sim/user-functions.ts';
import { aDirectory } from '../a-directory.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:shop-smoke:live';

/** What a function whose program is this JavaScript answers, or why it threw; and its log. */
const call = async (code: string, event: unknown) => {
  const kernel = makeKernel(1, 0);
  const functions = makeUserFunctions(kernel);
  const logs = makeLogs(() => 0);
  const program = {
    functionArn: ARN,
    command: ['node', '-e', code],
    directory: aDirectory('function'),
    environment: { GREETING: 'good' },
  };
  const installed = installFunctions({ kernel, functions }, { programs: [program], environment: {}, logs });
  onTestFinished(installed.close);
  let answer: unknown;
  functions.invoke(ARN, event).then(
    (value) => {
      answer = { value };
    },
    (error: Error) => {
      answer = { threw: error.message };
    },
  );
  await expect
    .poll(
      async () => {
        await kernel.scheduler.run(() => answer !== undefined);
        return answer;
      },
      { timeout: 30_000 },
    )
    .toBeDefined();
  return { answer, log: logs.lines().map(({ group, line }) => `${group} ${line}`) };
};

const READ = 'const event = JSON.parse(require("fs").readFileSync(0, "utf8"));';

test('a function gets its event, and what it prints is its answer', async () => {
  const code = `${READ} console.error("asked"); console.log(JSON.stringify({ ok: process.env.GREETING, event }))`;

  expect(await call(code, { stage: 'POST_SCALE_UP' })).toEqual({
    answer: { value: { ok: 'good', event: { stage: 'POST_SCALE_UP' } } },
    log: ['/aws/lambda/shop-smoke asked'],
  });
});

test.each([
  ['prints nothing', '', { value: null }],
  [
    'ends with another exit code',
    'console.error("no such table\\nat line 1"); process.exit(1)',
    { threw: 'at line 1' },
  ],
  ['says nothing and fails', 'process.exit(3)', { threw: 'the program ended with exit code 3' }],
  [
    'prints no JSON',
    'console.log("all good")',
    { threw: 'expected JSON on standard output, found all good' },
  ],
])('a function that %s', async (_what, code, answer) => {
  expect((await call(code, {})).answer).toEqual(answer);
});

test('a large event that nobody reads stops nobody', async () => {
  expect((await call('', { text: 'x'.repeat(1_000_000) })).answer).toEqual({ value: null });
});
