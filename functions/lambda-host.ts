import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Host } from './step.ts';

/** The real clock, real chance, and one JSON line on stdout per log entry, which is what CloudWatch Logs indexes. */
export const lambdaHost: Host = {
  clock: {
    nowMs: () => Date.now(),
    sleep: (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal }),
  },
  // 48 bits that nobody can guess: a recovery proves itself by a word made of such.
  random: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  silence: (ms, signal) => setTimeout(ms, undefined, { signal }),
  log: (entry) => console.log(JSON.stringify(entry)),
  // Enough for the runtime to report our own error instead of a killed sandbox.
  timeoutEarlyInMillis: 1_000,
};
