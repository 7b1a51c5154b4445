import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { logLine } from './log-line.ts';
import type { Host } from './step.ts';

/** The real clock, real chance, and one JSON line on stdout per log entry, which is what CloudWatch Logs indexes. */
export const lambdaHost: Host = {
  clock: {
    nowMs: () => Date.now(),
    sleep: (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal }),
  },
  // 48 bits that nobody can guess: a recovery proves itself by a secret made of them.
  random: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  silence: (ms, signal) => setTimeout(ms, undefined, { signal }),
  // What is tried again is a warning; what ended the invocation has the error's name.
  log: (entry) => console.log(logLine(entry.error === undefined ? 'WARN' : 'ERROR', entry, Date.now())),
  done: (entry) => console.log(logLine('INFO', entry, Date.now())),
  // `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=...;Sampled=1`, which Lambda sets anew for each invocation.
  traceId: () => /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1],
  // Enough for the runtime to report our own error instead of a killed sandbox.
  timeoutEarlyInMillis: 1_000,
};
