import type { LoadBalancerKind } from '../../core/vocabulary/plan.types.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Cancel } from '../kernel/listeners.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { RunningApp, TargetId } from '../parts.types.ts';
import {
  afterCheck,
  type CheckResult,
  checkApp,
  checkAtOrAfter,
  FRESH,
  type Health,
  isSettled,
  nextChangeMs,
} from './health-check.ts';
import type { Reason } from './shown-health.ts';
import type { GroupSettings } from './target-groups.ts';

/**
 * How long a registration takes before checks begin, milliseconds: [low, high]. Not published; seconds on application
 * load balancers, and 60-90 s on network ones as their users report.
 */
const REGISTRATION_MS: Record<LoadBalancerKind, readonly [number, number]> = {
  application: [1_000, 5_000],
  network: [60_000, 90_000],
};

export type Target = {
  group: GroupSettings;
  id: TargetId;
  app: RunningApp;
  state: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining';
  reason: Reason | undefined;
  health: Health;
  /** When its series of checks began: they come every interval from then on. */
  checksFromMs: number;
  lastCheckMs: number;
  cancel: Cancel | undefined;
};

/** Asks targets' applications. The simulator's own probe has none to ask: the version's behaviour answers. */
export type Probe = {
  /** Calls `conclude` once, when the answer is there or does not come any more; not after it was cancelled. */
  ask(target: Target, conclude: (result: CheckResult) => void): Cancel;
  /** From when another check may find something else than this one did; undefined: not before the app is changed. */
  mayDifferFromMs(target: Target, nowMs: number): number | undefined;
};

export const makeBehaviourProbe = (scheduler: Scheduler): Probe => ({
  ask: ({ app, group }, conclude) => {
    const { healthCheck, described } = group;
    const result = checkApp(app, healthCheck, described.TargetType === 'ip', scheduler.nowMs());
    if (!result.passed && result.reason === 'Target.Timeout') {
      return scheduler.after(healthCheck.timeoutMs, () => conclude(result));
    }
    conclude(result);
    return () => {};
  },
  mayDifferFromMs: ({ app }, nowMs) => nextChangeMs(app, nowMs),
});

type TargetChecks = {
  /** Registers, then checks until it is stopped. */
  begin(target: Target, kind: LoadBalancerKind): void;
  /** Continues with a target that was healthy before the run began. */
  takeOver(target: Target): void;
  /** The app has changed: the next check of the series matters again. */
  wake(target: Target): void;
  stop(target: Target): void;
};

/** The health checks of all targets on virtual time; `set` gets each state they find. */
export const makeTargetChecks = (
  kernel: Kernel,
  set: (target: Target, state: Target['state'], reason: Reason | undefined) => void,
  probe: Probe,
): TargetChecks => {
  const { scheduler } = kernel;
  const random = kernel.random.fork('elbv2/targets');

  const stop = (target: Target): void => {
    target.cancel?.();
    target.cancel = undefined;
  };
  const schedule = (target: Target, atMs: number, event: () => void): void => {
    stop(target);
    target.cancel = scheduler.after(Math.max(0, atMs - scheduler.nowMs()), event);
  };
  const checkFrom = (target: Target, fromMs: number): void => {
    const { intervalMs } = target.group.healthCheck;
    const atMs = checkAtOrAfter(target.checksFromMs, intervalMs, Math.max(fromMs, target.lastCheckMs + 1));
    schedule(target, atMs, () => check(target));
  };
  const startSeries = (target: Target): void => {
    target.checksFromMs = scheduler.nowMs() + random.between(0, target.group.healthCheck.intervalMs);
  };

  /** One health check; the next one is skipped while nothing about the target can change. */
  const check = (target: Target): void => {
    const { healthCheck } = target.group;
    const nowMs = scheduler.nowMs();
    target.lastCheckMs = nowMs;
    let concluded = false;
    const conclude = (result: CheckResult): void => {
      concluded = true;
      target.cancel = undefined;
      target.health = afterCheck(target.health, result, healthCheck);
      const { state, reason } = target.health;
      set(target, state, state === 'initial' ? 'Elb.InitialHealthChecking' : reason);
      const next = isSettled(target.health, result) ? probe.mayDifferFromMs(target, nowMs) : nowMs;
      if (next !== undefined) checkFrom(target, next);
    };
    const cancel = probe.ask(target, conclude);
    if (!concluded) target.cancel = cancel;
  };

  const beginChecks = (target: Target): void => {
    set(target, 'initial', 'Elb.InitialHealthChecking');
    target.health = FRESH;
    startSeries(target);
    checkFrom(target, scheduler.nowMs());
  };

  return {
    begin: (target, kind) => {
      set(target, 'initial', 'Elb.RegistrationInProgress');
      const [low, high] = REGISTRATION_MS[kind];
      schedule(target, scheduler.nowMs() + random.between(low, high), () => beginChecks(target));
    },
    takeOver: (target) => {
      target.health = { state: 'healthy', passes: 1, failures: 0, reason: undefined };
      set(target, 'healthy', undefined);
      startSeries(target);
      const next = probe.mayDifferFromMs(target, scheduler.nowMs());
      if (next !== undefined) checkFrom(target, next);
    },
    wake: (target) => {
      if (target.state === 'healthy' || target.state === 'unhealthy') checkFrom(target, scheduler.nowMs());
    },
    stop,
  };
};
