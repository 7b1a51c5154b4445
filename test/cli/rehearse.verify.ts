import { describe, expect, test } from 'vitest';
import type { RehearsalReport } from '../../rehearsal/rehearsal.types.ts';
import { cutover, example } from './a-terminal.ts';

const SHOP = example('shop');

type Line = { type: string; kind?: string; what?: string; status?: { sinceStartMs: number } };

const linesOf = (out: string): Line[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('cutover rehearse', () => {
  test('a healthy version: every shift is a line with its weights, and the summary says what it cost and left', async () => {
    const { code, out, err } = await cutover(['rehearse', SHOP]);

    for (const share of [5, 20, 50, 80, 100]) expect(out).toContain(`shop-green ${share}`);
    expect(out).toContain('SUCCEEDED');
    expect(out).toMatch(/requests +[\d,]+ served, 0 failed/);
    expect(out).toMatch(/took +\S+, [\d,]+ state transitions, [\d,]+ history events/);
    expect(out).toMatch(/cost +\$0\.\d{4} by list prices/);
    expect(out).toMatch(/left over +nothing/);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('a version that fails under load is rolled back by the comparison, before its alarm, with 2', async () => {
    const { code, out } = await cutover(['rehearse', SHOP, '--version', 'errors-under-load:3rps']);

    expect(out).toContain('ROLLED BACK');
    expect(out).toMatch(/why +green is worse: /);
    expect(out).toMatch(/failed +[\d,]+ answered 5xx by the version \([\d,]+ green\)/);
    expect(out).toContain('--version errors-under-load:3rps --seed 1');
    expect(code).toBe(2);
  });

  test('a deployment that preflight refuses ends with 3, and nothing was written', async () => {
    const { code, out } = await cutover(['rehearse', SHOP, '--inject', 'alarm@state:Begin']);

    expect(out).toContain('REFUSED');
    expect(out).toMatch(/weights +never changed/);
    expect(code).toBe(3);
  });

  test('--json prints an object a line and the report last, the same bytes for the same seed', async () => {
    const argv = ['rehearse', SHOP, '--version', 'crash-loop', '--seed', '7', '--json'];

    const [first, second] = [await cutover(argv), await cutover(argv)];

    const lines = linesOf(first.out);
    const report = lines.at(-1) as Line & RehearsalReport;
    expect(first.out).toBe(second.out);
    expect(lines[0]).toEqual({ type: 'preflight', findings: [] });
    expect(lines.slice(1, -1).every(({ type, status }) => type === 'event' && status !== undefined)).toBe(
      true,
    );
    expect(report).toMatchObject({
      type: 'report',
      outcome: 'rolledBack',
      seed: 7,
      invariantViolations: [],
      leftovers: [],
    });
    expect(report.transitions).toBeGreaterThan(10);
    expect(first.code).toBe(2);
  });

  test('another seed is another run', async () => {
    const [first, second] = await Promise.all(
      ['1', '2'].map((seed) =>
        cutover(['rehearse', SHOP, '--version', 'no-image', '--json', '--seed', seed]),
      ),
    );

    expect(first?.out).not.toBe(second?.out);
  });

  test('a fault that never came is said so', async () => {
    const { out } = await cutover([
      'rehearse',
      SHOP,
      '--version',
      'no-image',
      '--inject',
      'kill-task:blue@shift:5',
    ]);

    expect(out).toContain('the fault kill-task:blue@shift:5 never came');
  });

  test.each([
    ['foreign-weights@shift:3', 2, '0 (terraform apply)'],
    ['scale:6@+3m', 0, 'auto scaling sets the desired count to 6'],
    ['lost:ecs:CreateTaskSet', 0, 'ecs CreateTaskSet is done, but its answer is lost'],
    ['throttle:elbv2:60s@+1m', 0, 'elbv2 throttles every call for 1m'],
    ['alarm@shift:2', 2, 'injected: alarm@shift:2'],
  ])('%s ends with %d and is in the timeline', async (fault, ends, message) => {
    const { code, out } = await cutover(['rehearse', SHOP, '--inject', fault], { width: 300 });

    expect(out).toContain(message);
    expect(out).not.toContain('BROKEN');
    expect(code).toBe(ends);
  });

  test.each(['canary', 'first-deployment', 'sticky'])(
    'examples/%s succeeds and leaves nothing',
    async (name) => {
      const { code, out } = await cutover(['rehearse', example(name)]);

      expect(out).toContain('SUCCEEDED');
      expect(out).toMatch(/left over +nothing/);
      expect(code).toBe(0);
    },
  );

  test('a pipe gets plain text at once; a terminal is paced within its time, --fast not at all', async () => {
    const argv = ['rehearse', SHOP, '--version', 'no-image'];

    const pipe = await cutover(argv);
    const watched = await cutover(argv, { interactive: true, colour: true });
    const fast = await cutover([...argv, '--fast'], { interactive: true });

    expect(pipe.paused).toBe(0);
    expect(pipe.out).not.toContain('\u001b');
    expect(watched.paused).toBeGreaterThan(1_000);
    expect(watched.paused).toBeLessThanOrEqual(8_000);
    expect(watched.out).toContain('\u001b[');
    expect(fast.paused).toBe(0);
  });

  test.each([80, 129, 130, 200])('no line of the timeline is wider than %d columns', async (width) => {
    const { out } = await cutover(['rehearse', SHOP, '--version', 'errors-under-load:3rps'], { width });

    const tooWide = out
      .split('\n')
      .filter((line) => line.length > width && !line.includes('again') && !line.includes('arn:'));
    expect(tooWide).toEqual([]);
  });
});

describe('cutover demo', () => {
  test('one version succeeds, the other is rolled back, and that is a success', async () => {
    const { code, out, paused } = await cutover(['demo', '--virtual'], { interactive: true });

    expect(out.indexOf('SUCCEEDED')).toBeGreaterThan(0);
    expect(out.indexOf('ROLLED BACK')).toBeGreaterThan(out.indexOf('SUCCEEDED'));
    expect(paused).toBeLessThan(16_500);
    expect(code).toBe(0);
  });
});
