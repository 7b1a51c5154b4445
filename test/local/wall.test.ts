import { expect, test } from 'vitest';
import { makeWall } from '../../local/wall.ts';
import { makeScheduler, type Wall } from '../../sim/kernel/scheduler.ts';

/** A wall whose time the test moves; what waits is woken when it has moved. */
const aWall = (startMs: number) => {
  let nowMs = startMs;
  let woken = (): void => {};
  const wall: Wall = {
    nowMs: () => nowMs,
    waitUntil: () =>
      new Promise((resolve) => {
        woken = resolve;
      }),
    wake: () => woken(),
  };
  return {
    wall,
    passTo: (ms: number): void => {
      nowMs = ms;
      woken();
    },
  };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('an event runs when it is due on the wall, not before', async () => {
  const { wall, passTo } = aWall(1_000);
  const scheduler = makeScheduler(1_000, wall);
  const ran: number[] = [];
  scheduler.after(50, () => ran.push(scheduler.nowMs()));
  const run = scheduler.run(() => ran.length > 0);

  passTo(1_049.9);
  await turn();
  expect(ran).toEqual([]);
  passTo(1_050.7);
  await run;

  expect(ran).toEqual([1_050]);
});

test('an earlier event that comes from outside ends the wait for a later one', async () => {
  const { wall, passTo } = aWall(0);
  const scheduler = makeScheduler(0, wall);
  const ran: string[] = [];
  scheduler.after(1_000, () => ran.push('late'));
  const run = scheduler.run(() => ran.length > 0);
  await turn();
  await turn();

  passTo(10.4);
  scheduler.after(0, () => ran.push('now'));
  await run;

  expect(ran).toEqual(['now']);
});

test('time stands still inside an event, in whole milliseconds, and never goes back', async () => {
  const { wall, passTo } = aWall(0);
  const scheduler = makeScheduler(0, wall);
  const seen: number[] = [];
  scheduler.after(5, () => {
    seen.push(scheduler.nowMs());
    passTo(99.9);
    seen.push(scheduler.nowMs());
    // Scheduled for 6, it runs late: not at an earlier time.
    scheduler.after(1, () => seen.push(scheduler.nowMs()));
  });
  const run = scheduler.run(() => seen.length === 3);
  passTo(5.5);
  await run;

  expect(seen).toEqual([5, 5, 99]);
});

test('what an event throws ends the run', async () => {
  const { wall } = aWall(0);
  const scheduler = makeScheduler(0, wall);
  scheduler.after(0, () => {
    throw new Error('broken');
  });

  await expect(scheduler.run(() => false)).rejects.toThrow('broken');
});

test('at a speed of 15 fifteen seconds of the world pass in one of ours', () => {
  let realMs = 10_000;
  const wall = makeWall({ startMs: 10_000, speed: 15 }, () => realMs);
  const before = wall.nowMs();
  realMs += 1_000;

  expect([before, wall.nowMs()]).toEqual([10_000, 25_000]);
});

test('a wait ends when it is woken', async () => {
  const wall = makeWall({ startMs: 0, speed: 1 }, () => 0);
  const waited = wall.waitUntil(Number.POSITIVE_INFINITY);
  wall.wake();

  await expect(waited).resolves.toBeUndefined();
});
