import type { Pace } from '../core/clock.ts';
import type { Wall } from '../sim/kernel/scheduler.ts';

/** A timer takes no longer waits than 2^31 ms; an hour is far below. */
const LONGEST_WAIT_MS = 3_600_000;

/** The machine's clock, read at a world's pace: `speed` seconds of the world pass in one of ours. */
export const makeWall = ({ startMs, speed }: Pace, now: () => number = Date.now): Wall => {
  const nowMs = (): number => startMs + (now() - startMs) * speed;
  let wake = (): void => {};

  return {
    nowMs,
    waitUntil: (atMs) =>
      new Promise((resolve) => {
        const realMs = Math.min(LONGEST_WAIT_MS, Math.max(0, (atMs - nowMs()) / speed));
        const timer = setTimeout(() => wake(), Math.ceil(realMs));
        wake = () => {
          clearTimeout(timer);
          wake = () => {};
          resolve();
        };
      }),
    wake: () => wake(),
  };
};
