import type { RunningApp } from '../parts.types.ts';

/** Pure rules of target health checks [fact 85, 87]. */

export type CheckFailure = 'Target.ResponseCodeMismatch' | 'Target.FailedHealthChecks' | 'Target.Timeout';
/** `code` is the status of a wrong answer. */
export type CheckResult = { passed: true } | { passed: false; reason: CheckFailure; code?: number };

export type Health = {
  state: 'initial' | 'healthy' | 'unhealthy';
  /** Checks passed, or failed, in a row. */
  passes: number;
  failures: number;
  reason: CheckFailure | undefined;
  /** The status of the last wrong answer. */
  code?: number | undefined;
};

export const FRESH: Health = { state: 'initial', passes: 0, failures: 0, reason: undefined };

/**
 * What a check that begins now finds. A TCP check only wants the port open; an address that is gone times out, and so
 * does an answer that takes longer than the check's timeout, whatever its code.
 */
export const checkApp = (
  app: RunningApp,
  { protocol, timeoutMs }: { protocol: string; timeoutMs: number },
  addressGoes: boolean,
  nowMs: number,
): CheckResult => {
  if (app.gone())
    return { passed: false, reason: addressGoes ? 'Target.Timeout' : 'Target.FailedHealthChecks' };
  if (nowMs < app.listensFromMs) return { passed: false, reason: 'Target.FailedHealthChecks' };
  const onlyConnects = protocol === 'TCP';
  if (onlyConnects) return { passed: true };
  const sinceMs = nowMs - app.listensFromMs;
  if (app.behaviour.responseMs(sinceMs, 0) > timeoutMs) return { passed: false, reason: 'Target.Timeout' };
  if (app.behaviour.answersHealthCheck(sinceMs)) return { passed: true };
  return { passed: false, reason: 'Target.ResponseCodeMismatch', code: app.behaviour.healthCheckCode ?? 503 };
};

/**
 * A new target needs a single pass [fact 87]; one that was unhealthy needs `healthyThreshold` in a row;
 * `unhealthyThreshold` failures in a row make any target unhealthy.
 */
export const afterCheck = (
  before: Health,
  result: CheckResult,
  thresholds: { healthyThreshold: number; unhealthyThreshold: number },
): Health => {
  if (result.passed) {
    const passes = Math.min(before.passes + 1, thresholds.healthyThreshold);
    const enough = before.state !== 'unhealthy' || passes >= thresholds.healthyThreshold;
    return enough
      ? { state: 'healthy', passes, failures: 0, reason: undefined }
      : { ...before, passes, failures: 0 };
  }
  const failures = Math.min(before.failures + 1, thresholds.unhealthyThreshold);
  return failures >= thresholds.unhealthyThreshold
    ? { state: 'unhealthy', passes: 0, failures, reason: result.reason, code: result.code }
    : { ...before, passes: 0, failures };
};

/** Whether more checks with the same result would change nothing: then none is needed until the app changes. */
export const isSettled = (health: Health, result: CheckResult): boolean =>
  result.passed
    ? health.state === 'healthy'
    : health.state === 'unhealthy' && health.reason === result.reason;

/** When the app next changes by itself; undefined when it never does. */
export const nextChangeMs = (app: RunningApp, nowMs: number): number | undefined => {
  const changes = [app.listensFromMs, ...app.behaviour.changesAtMs.map((ms) => app.listensFromMs + ms)];
  const ahead = changes.filter((ms) => ms > nowMs && Number.isFinite(ms));
  return ahead.length === 0 ? undefined : Math.min(...ahead);
};

/** The first check of the series `baseMs + n * intervalMs` at or after `fromMs`. */
export const checkAtOrAfter = (baseMs: number, intervalMs: number, fromMs: number): number =>
  baseMs + Math.max(0, Math.ceil((fromMs - baseMs) / intervalMs)) * intervalMs;
