import { expect, test } from 'vitest';
import { runHealthCheck } from '../../../local/tasks/health-check.ts';

const where = { directory: process.cwd(), environment: { PORT: '4711' } };
const passes = (script: string, timeoutMs = 30_000): Promise<boolean> =>
  new Promise((resolve) => runHealthCheck(['node', '-e', script], where, timeoutMs, resolve));

test('passes with exit code 0, in the program’s own environment', async () => {
  expect(await passes('process.exit(process.env.PORT === "4711" ? 0 : 1)')).toBe(true);
});

test.each([
  ['another exit code', 'process.exit(1)', 30_000],
  ['no end in time', 'setInterval(() => {}, 1000)', 1],
])('fails with %s', async (_name, script, timeoutMs) => {
  expect(await passes(script, timeoutMs)).toBe(false);
});

test('fails when there is no such program', async () => {
  const passed = new Promise((resolve) => runHealthCheck(['no-such-program-here'], where, 30_000, resolve));

  expect(await passed).toBe(false);
});
