import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import type { Behaviour } from '../sim/parts.types.ts';
import { duration, factor, milliseconds, rate, share } from './behaviour-values.ts';

/** A Fargate task with a middling image: tens of seconds from creation to RUNNING. Assumed. */
const START_MS = 35 * SECOND_MS;

/** From RUNNING until the application listens. Assumed. */
const BOOT_MS = 4 * SECOND_MS;

/** Mean response time of a healthy version. Assumed. */
const RESPONSE_MS = 60;

/** What every other behaviour departs from. */
export const healthy: Behaviour = {
  name: 'healthy',
  startMs: START_MS,
  bootMs: BOOT_MS,
  answersHealthCheck: () => true,
  errorShare: () => 0,
  responseMs: () => RESPONSE_MS,
  changesAtMs: [],
};

type Departure = Partial<Omit<Behaviour, 'name'>> & { old?: Departure };

type Kind = {
  name: string;
  /** How it is written, optional parts in brackets. */
  usage: string;
  help: string;
  /** What is right after the name: `:value`, or '' when nothing is. Null when it is not of the form `expected` says. */
  read(value: string | undefined): Departure | null;
  expected: string;
};

/** What a usual service fails of its requests. Assumed. */
const USUAL_ERROR_SHARE = 0.002;

/** `3x` or `3x@0.5%`: three times as many errors as before, by chance in each minute, as real ones come. */
const manyTimes = (text: string): Departure | null => {
  const [by = '', before] = text.split('@');
  const times = factor(by);
  const usual = before === undefined ? USUAL_ERROR_SHARE : share(before);
  if (times === null || usual === null) return null;
  const failing = (errors: number): Departure => ({ varies: true, errorShare: () => Math.min(1, errors) });
  return { ...failing(usual * times), old: failing(usual) };
};

const INCIDENT_MINUTES = { from: 20, to: 30 } as const;

const duringIncident =
  (errors: number) =>
  (_sinceMs: number, _requestsPerSecond: number, nowMs: number): number => {
    const minute = Math.floor(nowMs / MINUTE_MS) % 60;
    return minute >= INCIDENT_MINUTES.from && minute < INCIDENT_MINUTES.to ? errors : USUAL_ERROR_SHARE;
  };

const only =
  (departure: Departure) =>
  (value: string | undefined): Departure | null =>
    value === undefined ? departure : null;

const needed =
  <Value>(read: (text: string) => Value | null, depart: (value: Value) => Departure) =>
  (text: string | undefined): Departure | null => {
    const value = text === undefined ? null : read(text);
    return value === null ? null : depart(value);
  };

const neverHealthy = (text = '503'): Departure | null => {
  const code = Number(text);
  // Codes below 300 are what matchers want.
  const valid = /^\d{3}$/.test(text) && code >= 300 && code <= 599;
  return valid ? { answersHealthCheck: () => false, healthCheckCode: code } : null;
};

const crashLoop = (text = '1'): Departure | null => {
  const match = /^(\d{1,3})?(?:@(.+))?$/.exec(text);
  const exitCode = Number(match?.[1] ?? 1);
  const afterMs = match?.[2] === undefined ? DEFAULT_CRASH_MS : duration(match[2]);
  if (match === null || text === '' || exitCode > 255 || afterMs === null) return null;
  return { crash: { afterMs, exitCode } };
};

const DEFAULT_CRASH_MS = 20 * SECOND_MS;

/** Share of a leak's time after which the process is busy with its garbage: it misses health checks and is slow. */
const LEAK_SICK_FROM = 0.9;

const LEAK_RESPONSE_MS = 3 * SECOND_MS;

const memoryLeak = (lastsMs: number): Departure => {
  const sickFromMs = Math.round(lastsMs * LEAK_SICK_FROM);
  return {
    // 128 + SIGKILL: how ECS reports a container over its memory limit.
    crash: {
      afterMs: BOOT_MS + lastsMs,
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    },
    answersHealthCheck: (sinceMs) => sinceMs < sickFromMs,
    responseMs: (sinceMs) => (sinceMs < sickFromMs ? RESPONSE_MS : LEAK_RESPONSE_MS),
    changesAtMs: [sickFromMs],
  };
};

/** Long enough to fail several checks of any usual interval, often enough to meet every bake. */
const FLAKY_EVERY_MS = 5 * MINUTE_MS;

const FLAKY_FOR_MS = 90 * SECOND_MS;

/** Twelve hours: ECS replaces a flaky task long before. One that it never replaces keeps well from then on. */
const FLAKY_ROUNDS = 12 * 12;

const flakyHealth: Departure = {
  answersHealthCheck: (sinceMs) =>
    sinceMs >= FLAKY_ROUNDS * FLAKY_EVERY_MS || sinceMs % FLAKY_EVERY_MS < FLAKY_EVERY_MS - FLAKY_FOR_MS,
  changesAtMs: Array.from({ length: FLAKY_ROUNDS }, (_, round) => [
    (round + 1) * FLAKY_EVERY_MS - FLAKY_FOR_MS,
    (round + 1) * FLAKY_EVERY_MS,
  ]).flat(),
};

const NOTHING = 'nothing after the name';

export const kinds: Kind[] = [
  {
    name: 'healthy',
    usage: 'healthy',
    help: `starts in about ${formatDuration(START_MS)}, answers every check and every request`,
    expected: NOTHING,
    read: only({}),
  },
  {
    name: 'slow-start',
    usage: 'slow-start:90s',
    help: 'listens only so long after its task is RUNNING',
    expected: 'a time such as "90s" or "5m"',
    read: needed(duration, (bootMs) => ({ bootMs })),
  },
  {
    name: 'never-healthy',
    usage: 'never-healthy[:503]',
    help: 'serves, but answers the health check with this status code',
    expected: 'an HTTP status code that is no success, from 300 to 599',
    read: neverHealthy,
  },
  {
    name: 'crash-loop',
    usage: 'crash-loop[:1][@20s]',
    help: 'its process exits with this code, so long after its task is RUNNING',
    expected: 'an exit code from 0 to 255, "@" and a time, or both, as in "1@20s"',
    read: crashLoop,
  },
  {
    name: 'no-image',
    usage: 'no-image',
    help: 'its image cannot be pulled, so that no task ever runs',
    expected: NOTHING,
    read: only({
      cannotStart: {
        stopCode: 'TaskFailedToStart',
        stoppedReason:
          'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ' +
          'reference: not found',
      },
    }),
  },
  {
    name: 'errors',
    usage: 'errors:20%',
    help: 'answers this share of its requests 5xx, whatever the load',
    expected: 'a share from "0%" to "100%", or a factor such as "3x" or "3x@0.2%"',
    read: needed(share, (errors) => ({ errorShare: () => errors })),
  },
  {
    name: 'errors',
    usage: 'errors:3x[@0.2%]',
    help: 'answers so many times the share 5xx that the version before it does',
    expected: 'a factor such as "3x" or "3x@0.2%"',
    read: (text = '') => manyTimes(text),
  },
  {
    name: 'errors-under-load',
    usage: 'errors-under-load:50rps',
    help: 'answers 5xx to what exceeds so many requests a second and task',
    expected: 'a rate such as "50rps", above 0',
    read: needed(rate, (limit) => ({
      errorShare: (_since, requestsPerSecond) =>
        requestsPerSecond <= limit ? 0 : (requestsPerSecond - limit) / requestsPerSecond,
    })),
  },
  {
    name: 'latency',
    usage: 'latency:800ms',
    help: 'takes so long to answer, on average',
    expected: 'a time such as "800ms" or "2s"',
    read: needed(milliseconds, (ms) => ({ responseMs: () => ms })),
  },
  {
    name: 'slower',
    usage: 'slower:1.5x',
    help: 'takes so many times as long to answer as the version before it',
    expected: 'a factor such as "1.5x"',
    read: needed(factor, (times) => ({
      varies: true,
      responseMs: () => RESPONSE_MS * times,
      old: { varies: true },
    })),
  },
  {
    name: 'wrong-answers',
    usage: 'wrong-answers:5%',
    help:
      'answers this share of its requests 2xx and wrongly: only metrics that the application publishes ' +
      `show it (${USUAL_ERROR_SHARE * 100} % before it)`,
    expected: 'a share from "0%" to "100%"',
    read: needed(share, (wrongShare) => ({
      varies: true,
      wrongShare,
      old: { varies: true, wrongShare: USUAL_ERROR_SHARE },
    })),
  },
  {
    name: 'incident',
    usage: 'incident:20%',
    help:
      'as good as the version before it; both answer this share 5xx from 20 to 30 minutes after each ' +
      'full hour, as when a dependency fails',
    expected: 'a share from "0%" to "100%"',
    read: needed(share, (errors) => {
      const both: Departure = { varies: true, errorShare: duringIncident(errors) };
      return { ...both, old: both };
    }),
  },
  {
    name: 'memory-leak',
    usage: 'memory-leak[:10m]',
    help: 'fails its checks after nine tenths of the time, is killed for its memory (exit 137) at the end',
    expected: 'a time such as "10m"',
    read: (text = '10m') => needed(duration, memoryLeak)(text),
  },
  {
    name: 'flaky-health',
    usage: 'flaky-health',
    help:
      `fails its checks for ${formatDuration(FLAKY_FOR_MS)} of every ${formatDuration(FLAKY_EVERY_MS)}, ` +
      'serves all the while',
    expected: NOTHING,
    read: only(flakyHealth),
  },
];
