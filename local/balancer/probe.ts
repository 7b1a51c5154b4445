import { request } from 'node:http';
import { connect } from 'node:net';
import { type CheckResult, checkApp } from '../../sim/elbv2/health-check.ts';
import type { Probe, Target } from '../../sim/elbv2/target-checks.ts';
import type { Kernel } from '../../sim/kernel/kernel.ts';
import { addressOf } from './choose.ts';

/** `200,202` and `200-299`, as a target group's Matcher has them. */
export const matcherTakes = (matcher: string, status: number): boolean =>
  matcher.split(',').some((part) => {
    const [low, high = low] = part.split('-').map(Number);
    return status >= (low ?? 0) && status <= (high ?? 0);
  });

type Ask = (target: Target, port: number, conclude: (result: CheckResult) => void) => { destroy(): unknown };

const refused = { passed: false, reason: 'Target.FailedHealthChecks' } as const;
const late = { passed: false, reason: 'Target.Timeout' } as const;

const askHttp: Ask = ({ group }, port, conclude) => {
  const { HealthCheckPath: path = '/', Matcher } = group.described;
  const { timeoutMs } = group.healthCheck;
  const asked = request({
    host: '127.0.0.1',
    port,
    path,
    agent: false,
    headers: { 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  asked.once('response', (response) => {
    const code = response.statusCode ?? 0;
    // What the page has to show is not read.
    response.destroy();
    conclude(
      matcherTakes(Matcher?.HttpCode ?? '200', code)
        ? { passed: true }
        : { passed: false, reason: 'Target.ResponseCodeMismatch', code },
    );
  });
  asked.on('error', (error: NodeJS.ErrnoException) =>
    conclude(error.name === 'TimeoutError' || error.code === 'ABORT_ERR' ? late : refused),
  );
  asked.end();
  return asked;
};

const askTcp: Ask = ({ group }, port, conclude) => {
  const socket = connect({ host: '127.0.0.1', port, timeout: group.healthCheck.timeoutMs });
  socket.once('connect', () => {
    conclude({ passed: true });
    socket.destroy();
  });
  socket.once('timeout', () => {
    conclude(late);
    socket.destroy();
  });
  socket.on('error', () => conclude(refused));
  return socket;
};

/**
 * What an injected fault has a check find in place of the program, as soon as it would. Undefined: the program is
 * asked.
 */
const askPlayed = (
  { app, group: { healthCheck } }: Target,
  nowMs: number,
  conclude: (result: CheckResult) => void,
): { destroy(): unknown } | undefined => {
  const played = checkApp(app, healthCheck, false, nowMs);
  if (played.passed) return undefined;
  const isLate = played.reason === 'Target.Timeout';
  const timer = setTimeout(() => conclude(played), isLate ? healthCheck.timeoutMs : 0);
  return { destroy: () => clearTimeout(timer) };
};

/**
 * Health checks that ask the program behind a target. The group's timeout is in real time at any speed of the world,
 * because programs do not run faster.
 */
export const makeRealProbe = (
  { scheduler }: Kernel,
  portOf: (address: string) => number | undefined,
): Probe => ({
  ask: (target, conclude) => {
    let over = false;
    // The answer comes between two events of the world.
    const once = (result: CheckResult): void => {
      if (over) return;
      over = true;
      cancel = scheduler.after(0, () => conclude(result));
    };
    let cancel = (): void => {};
    const port = portOf(addressOf(target));
    if (port === undefined) {
      once(refused);
      return () => cancel();
    }
    const asked =
      askPlayed(target, scheduler.nowMs(), once) ??
      (target.group.healthCheck.protocol === 'TCP' ? askTcp : askHttp)(target, port, once);
    return () => {
      if (over) cancel();
      over = true;
      asked.destroy();
    };
  },
  // A program may change its mind at any time.
  mayDifferFromMs: (_target, nowMs) => nowMs,
});
