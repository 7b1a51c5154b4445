import { describe, expect, test } from 'vitest';
import { expectConverged, type Run, type RunOptions, run, secondsAt } from './a-rehearsal.ts';

/** Six tasks; green has two, four and six of them. */
const shifts = [
  { greenPct: 10, bake: '10m' },
  { greenPct: 50, bake: '10m' },
  { greenPct: 100, bake: '10m' },
];
const playing = ({ request, ...options }: RunOptions = {}): Promise<Run> =>
  run({
    example: 'canary',
    ...options,
    request: { strategy: undefined, analysis: 'off', shifts, capacity: 'followWeight', ...request },
  });

/** Green's scales in percent, in their order. */
const scales = ({ events }: Run): number[] =>
  events.flatMap(({ event }) => {
    const found = /is (?:created at|scaled from [\d.]+ % to) ([\d.]+) % \(orders:18\)/.exec(event.what);
    return found === null ? [] : [Number(found[1])];
  });

/** Green's healthy tasks as each share of users reached it. */
const tasksAtShifts = ({ events }: Run): [number, number][] =>
  events.flatMap(({ event, status }) => {
    const found = /^shifted (\d+) %/.exec(event.what);
    return found === null ? [] : [[Number(found[1]), status.green.healthy] satisfies [number, number]];
  });

const lastReason = ({ report }: Run): string => report.decisions.at(-1)?.reason ?? '';

describe('green grows with its weight', () => {
  test('tasks first, healthy, then the weight; full size before all users come', async () => {
    const played = await playing();

    expectConverged(played);
    expect(played.report.outcome).toBe('succeeded');
    expect(scales(played)).toEqual([25, 62.5, 100]);
    expect(tasksAtShifts(played)).toEqual([
      [10, 2],
      [50, 4],
      [100, 6],
    ]);
    expect(played.report.requests.failed).toBe(0);
  });

  test('takes no longer than a green at full size: the tasks of a shift start before the bake ends', async () => {
    const [follows, full] = [await playing(), await playing({ request: { capacity: 'full' } })];

    expect(scales(full)).toEqual([100]);
    expect(follows.report.virtualSeconds - full.report.virtualSeconds).toBeLessThan(30);
  });

  test('a long bake of a small green is observed no more often than that of one at full size', async () => {
    const long = [{ greenPct: 10, bake: '4h' }, ...shifts.slice(2)];
    const follows = await playing({ request: { shifts: long } });
    const full = await playing({ request: { shifts: long, capacity: 'full' } });

    expect(scales(follows)).toEqual([25, 100]);
    // Those of the growth itself.
    expect(follows.report.decisions.length - full.report.decisions.length).toBeLessThanOrEqual(3);
  });

  test('a shift that waits for a person gets its tasks after the approval', async () => {
    const asks = [{ greenPct: 10, bake: '10m', approval: true }, ...shifts.slice(2)];
    const played = await playing({ request: { shifts: asks }, inject: ['approve@+30m'] });

    expectConverged(played);
    expect(played.report.outcome).toBe('succeeded');
    expect(secondsAt(played, /is scaled from 25 % to 100 %/)).toBeGreaterThan(30 * 60);
    expect(tasksAtShifts(played)).toEqual([
      [10, 2],
      [100, 6],
    ]);
  });

  test('promoted from 10 %, it gets all of its tasks before all of the users', async () => {
    const played = await playing({ inject: ['promote@+5m'] });

    expectConverged(played);
    expect(tasksAtShifts(played)).toEqual([
      [10, 2],
      [100, 6],
    ]);
    expect(played.report.requests.failed).toBe(0);
  });
});

describe('the desired count changes', () => {
  test('doubled in mid-bake: both colours follow by themselves, and nothing is shifted on the old number', async () => {
    const played = await playing({ inject: ['scale:12@+5m'] });

    expectConverged(played);
    expect(played.report.outcome).toBe('succeeded');
    expect(scales(played)).toEqual([25, 62.5, 100]);
    expect(tasksAtShifts(played)).toEqual([
      [10, 2],
      [50, 8],
      [100, 12],
    ]);
    expect(played.report.requests.failed).toBe(0);
  });

  test('doubled right before a shift: it waits until green has the tasks of the new count', async () => {
    const played = await playing({ inject: ['scale:12@+660s'] });

    expectConverged(played);
    expect(tasksAtShifts(played)).toEqual([
      [10, 2],
      [50, 8],
      [100, 12],
    ]);
  });

  test('halved between two steps, green keeps the tasks that the weight takes', async () => {
    const played = await playing({ inject: ['scale:3@+5m'] });

    expectConverged(played);
    expect(tasksAtShifts(played)).toEqual([
      [10, 2],
      [50, 2],
      [100, 3],
    ]);
  });
});

describe('green does not grow', () => {
  const nothingLeft = (atMs: number) => (world: Run['world']) => {
    world.kernel.scheduler.after(atMs, () => {
      const green = world.ecs.taskSets().find(({ status }) => status === 'ACTIVE');
      if (green !== undefined) world.ecs.holdLaunches(green.id, 7_200_000);
    });
  };

  test('no task can be placed: the shift waits as long as a start may take, then it rolls back', async () => {
    const played = await playing({ request: { timeToHealthy: '10m' }, onWorld: nothingLeft(300_000) });

    expectConverged(played);
    expect(played.report.outcome).toBe('rolledBack');
    expect(lastReason(played)).toContain(
      'green did not grow to its next shift within 10m: 2 of 4 tasks healthy for 50 %',
    );
    expect(tasksAtShifts(played)).toEqual([[10, 2]]);
    expect(played.report.requests.failed).toBe(0);
  });

  test.each([
    ['an abort', ['abort@+620s']],
    ['an alarm', ['alarm@+620s']],
    ['a stopped execution', ['stop-execution@+620s']],
  ])('%s while it grows takes the users back first, and all of green after them', async (_, inject) => {
    const played = await playing({ inject });

    expectConverged(played);
    expect(played.report.outcome).toBe('rolledBack');
    expect(scales(played)).toEqual([25, 62.5, 0]);
    expect(secondsAt(played, /is scaled from 62.5 % to 0 %/)).toBeGreaterThan(
      secondsAt(played, /weights.*100 % blue|restored|100 % blue/),
    );
    expect(played.report.requests.failed).toBe(0);
  });

  test('a frozen deployment does not grow', async () => {
    const played = await playing({ inject: ['freeze@+5m', 'abort@+40m'] });

    expect(scales(played)).toEqual([25, 0]);
  });
});

describe('somebody or something else changes a colour', () => {
  test('a green that somebody halves is not made larger again: it rolls back', async () => {
    const played = await playing({ inject: ['foreign-scale:green@+15m'] });

    expectConverged(played);
    expect(played.report.outcome).toBe('rolledBack');
    expect(lastReason(played)).toContain('somebody scaled its task set');
  });

  test('blue dies while green is small: green gets the users, and all of its tasks at once', async () => {
    const played = await playing({ inject: ['colour-dies:blue@+5m'] });

    expectConverged(played);
    const largestS = secondsAt(played, /is scaled from [\d.]+ % to 100 % \(orders:18\)/);
    expect(Math.max(...scales(played).slice(0, 4))).toBe(100);
    expect(largestS - secondsAt(played, /^all blue tasks die/)).toBeLessThan(10);
  });

  test('blue dies as a rollback begins while green is small: green gets the tasks of the users it keeps', async () => {
    const played = await playing({ inject: ['abort@+5m', 'colour-dies:blue@+5m'] });

    expectConverged(played);
    expect(played.report.outcome).toBe('rolledBack');
    expect(scales(played)[0]).toBe(25);
    expect(Math.max(...scales(played))).toBe(100);
    expect(scales(played).at(-1)).toBe(0);
  });

  test('an answer that is lost is written again, and comes to the same', async () => {
    const played = await playing({ inject: ['lost:ecs:UpdateTaskSet'] });

    expectConverged(played);
    expect(played.report.outcome).toBe('succeeded');
    expect(tasksAtShifts(played).at(-1)).toEqual([100, 6]);
  });
});
