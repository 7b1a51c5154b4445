/** The only source of time. Real in a Lambda, virtual in the simulator. */
export type Clock = {
  /** Milliseconds since the Unix epoch. Reading it has no side effect. */
  nowMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** A world whose clock began with ours at `startMs` and runs `speed` times as fast. */
export type Pace = { startMs: number; speed: number };

export const paced = (clock: Clock, { startMs, speed }: Pace): Clock => ({
  nowMs: () => Math.floor(startMs + (clock.nowMs() - startMs) * speed),
  sleep: (ms, signal) => clock.sleep(ms / speed, signal),
});

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The full minute at or after that moment. */
export const nextMinute = (ms: number): number => Math.ceil(ms / MINUTE_MS) * MINUTE_MS;
