import type { Clock } from '../../core/clock.ts';
import { type Cancel, makeListeners } from './listeners.ts';

export type Scheduler = {
  nowMs(): number;
  /**
   * Runs `event` after `ms` of virtual time, unless it is cancelled before that; events of the same instant run in
   * the order they were scheduled.
   */
  after(ms: number, event: () => void): Cancel;
  /** Called with the stretch of time that passes between two events, before the later one runs. */
  onAdvance(listener: (fromMs: number, toMs: number) => void): void;
  /** Called after each event, when everything it woke has run, until the returned function is called. */
  onSettled(listener: () => void): Cancel;
  /** Runs events until `done()` holds, none is left, or the next one lies beyond `untilMs`. */
  run(done: () => boolean, untilMs?: number): Promise<void>;
  /** The virtual clock, for the code under simulation. */
  clock: Clock;
};

/** A clock outside, in the world's milliseconds since the epoch, that a world's time follows. */
export type Wall = {
  nowMs(): number;
  /** Resolves when it is `atMs`, or before that when `wake` is called. */
  waitUntil(atMs: number): Promise<void>;
  /** Ends the present wait: there is an earlier event than the one that is waited for. */
  wake(): void;
};

type Entry = { atMs: number; order: number; event: () => void; cancelled: boolean };

/** Orders by time, then by when it was scheduled. */
const before = (a: Entry, b: Entry): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** A binary heap: runs of 48-hour bakes hold thousands of pending events. */
const makeQueue = () => {
  const heap: Entry[] = [];
  const at = (index: number): Entry => heap[index] as Entry;
  const swap = (a: number, b: number): void => {
    const held = at(a);
    heap[a] = at(b);
    heap[b] = held;
  };

  const push = (entry: Entry): void => {
    heap.push(entry);
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(at(index), at(parent))) return;
      swap(index, parent);
      index = parent;
    }
  };

  const pop = (): Entry | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let least = index;
      if (left < heap.length && before(at(left), at(least))) least = left;
      if (right < heap.length && before(at(right), at(least))) least = right;
      if (least === index) return first;
      swap(index, least);
      index = least;
    }
  };

  return { push, pop, peek: (): Entry | undefined => heap[0] };
};

/**
 * Lets every promise that is already resolvable run to its next virtual wait. A macrotask comes after all
 * microtasks, and nothing under simulation waits for real time, so one turn is enough.
 */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Virtual time: it moves only here, from one event to the next. With a wall it is that clock's time, and an event
 * runs when it is due; inside an event time stands still, and it is whole milliseconds always.
 */
export const makeScheduler = (startMs: number, wall?: Wall): Scheduler => {
  const queue = makeQueue();
  const advanceListeners: ((fromMs: number, toMs: number) => void)[] = [];
  const settledListeners = makeListeners<[]>();
  let nowMs = startMs;
  let order = 0;
  let inEvent = false;

  /** Between two events, a call from outside comes at the wall's time. */
  const readMs = (): number => {
    if (wall === undefined || inEvent) return nowMs;
    return Math.max(nowMs, Math.floor(wall.nowMs()));
  };

  const after = (ms: number, event: () => void): Cancel => {
    if (!(ms >= 0)) throw new Error(`sim: cannot schedule ${ms} ms ahead`);
    const entry: Entry = { atMs: readMs() + ms, order: order++, event, cancelled: false };
    queue.push(entry);
    if (queue.peek() === entry) wall?.wake();
    return () => {
      entry.cancelled = true;
    };
  };

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const aborted = (): void => {
        cancel();
        reject(signal?.reason);
      };
      // Taken back on waking: an invocation that stands in line for a minute sleeps hundreds of times.
      const cancel = after(ms, () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      });
      signal?.addEventListener('abort', aborted);
    });

  const passTo = (atMs: number): void => {
    if (atMs <= nowMs) return;
    for (const listener of advanceListeners) listener(nowMs, atMs);
    nowMs = atMs;
  };

  const run = async (done: () => boolean, untilMs = Number.POSITIVE_INFINITY): Promise<void> => {
    await settle();
    while (!done()) {
      const next = queue.peek();
      if (wall === undefined && (next === undefined || next.atMs > untilMs)) return;
      if (wall !== undefined && (next === undefined || next.atMs > readMs())) {
        if (readMs() >= untilMs) return;
        await wall.waitUntil(Math.min(next?.atMs ?? untilMs, untilMs));
        continue;
      }
      const entry = queue.pop();
      if (entry === undefined || entry.cancelled) continue;

      // A late event runs now, not at the earlier time that it was scheduled for.
      passTo(wall === undefined ? entry.atMs : readMs());
      inEvent = true;
      entry.event();
      inEvent = false;
      await settle();
      settledListeners.call();
    }
  };

  return {
    nowMs: readMs,
    after,
    onAdvance: (listener) => void advanceListeners.push(listener),
    onSettled: settledListeners.add,
    run,
    clock: { nowMs: readMs, sleep },
  };
};
