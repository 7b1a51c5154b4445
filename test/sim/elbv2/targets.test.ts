import {
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import type { TargetState } from '../../../core/vocabulary/observed.types.ts';
import { afterCheck, FRESH, type Health } from '../../../sim/elbv2/health-check.ts';
import {
  aBalancer,
  aGroup,
  anApp,
  BLUE,
  forward,
  GREEN,
  LISTENER,
  START_MS,
  target,
  type WorldParts,
} from './a-balancer.ts';

const watched = (parts: WorldParts = {}, seed = 1) => {
  const made = aBalancer(parts, seed);
  const { kernel, elb } = made;
  const states: { state: TargetState; atMs: number }[] = [];
  elb.registry.onChange((_arn, _target, state) =>
    states.push({ state, atMs: kernel.scheduler.nowMs() - START_MS }),
  );
  return { ...made, states, now: () => kernel.scheduler.nowMs() };
};

const THRESHOLDS = { healthyThreshold: 3, unhealthyThreshold: 2 };
const run = (results: string): string[] => {
  let health: Health = FRESH;
  return [...results].map((result) => {
    health = afterCheck(
      health,
      result === '+' ? { passed: true } : { passed: false, reason: 'Target.Timeout' },
      THRESHOLDS,
    );
    return health.state;
  });
};

describe('thresholds, three to be healthy and two to be unhealthy [87]', () => {
  test.each([
    ['a new target needs a single pass', '+', ['healthy']],
    [
      'one failure changes nothing, two in a row do',
      '+-+--',
      ['healthy', 'healthy', 'healthy', 'healthy', 'unhealthy'],
    ],
    ['a new target that fails twice is unhealthy', '--', ['initial', 'unhealthy']],
    ['a new target may fail once and still needs a single pass', '-+', ['initial', 'healthy']],
    [
      'recovery takes three passes in a row',
      '--++-+++',
      ['initial', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'healthy'],
    ],
  ])('%s', (_name, results, states) => {
    expect(run(results)).toEqual(states);
  });
});

describe('the life of a target', () => {
  test('it is registered, checked, and healthy after the first pass', async () => {
    const { elb, runFor, call, states, events } = watched();
    const health = async () =>
      (await call(new DescribeTargetHealthCommand({ TargetGroupArn: BLUE }))).TargetHealthDescriptions;

    elb.registry.register(BLUE, target(), anApp());
    const first = await health();
    await runFor(15_000);

    expect(first).toEqual([
      {
        Target: { Id: '10.0.1.1', Port: 8080 },
        HealthCheckPort: '8080',
        TargetHealth: {
          State: 'initial',
          Reason: 'Elb.RegistrationInProgress',
          Description: 'Target registration is in progress',
        },
      },
    ]);
    expect(states.map(({ state }) => state)).toEqual(['initial', 'healthy']);
    expect((await health())[0].TargetHealth).toEqual({ State: 'healthy' });
    expect(events.map(({ what }) => what)).toContain('target 10.0.1.1:8080 of blue is healthy');
  });

  test('in a group that no action names it is unused and unchecked, until one does [86, 19]', async () => {
    const { elb, runFor, call } = watched({ actions: [forward({ [BLUE]: 1 })] });

    elb.registry.register(GREEN, target(), anApp());
    await runFor(600_000);
    const unused = await call(new DescribeTargetHealthCommand({ TargetGroupArn: GREEN }));
    await call(
      new ModifyListenerCommand({
        ListenerArn: LISTENER,
        DefaultActions: [forward({ [BLUE]: 100, [GREEN]: 0 })],
      }),
    );
    await runFor(15_000);

    expect(unused.TargetHealthDescriptions[0].TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotInUse',
    });
    expect(elb.registry.state(GREEN, target())).toBe('healthy');
  });

  test('it is unused again once its group left every action and the data plane has followed', async () => {
    const { elb, runFor, call } = watched();
    elb.registry.register(GREEN, target(), anApp(), { initiallyHealthy: true });

    await call(
      new ModifyListenerCommand({ ListenerArn: LISTENER, DefaultActions: [forward({ [BLUE]: 100 })] }),
    );
    const atOnce = elb.registry.state(GREEN, target());
    await runFor(10_000);

    expect([atOnce, elb.registry.state(GREEN, target())]).toEqual(['healthy', 'unused']);
    expect(elb.registry.isAttached(GREEN)).toBe(false);
  });

  test('an app that boots slowly fails its first checks and recovers only after the healthy threshold', async () => {
    const { elb, runFor, states } = watched();

    elb.registry.register(BLUE, target(), anApp({}, START_MS + 60_000));
    await runFor(200_000);

    const [, sick, well] = states;
    expect(states.map(({ state }) => state)).toEqual(['initial', 'unhealthy', 'healthy']);
    expect(sick?.atMs).toBeLessThan(30_000);
    // The first check after boot is one of three.
    expect(well?.atMs).toBeGreaterThanOrEqual(80_000);
    expect(well?.atMs).toBeLessThan(90_000);
  });

  test.each([
    [
      'a wrong answer',
      anApp({ answersHealthCheck: () => false, healthCheckCode: 500 }),
      'Target.ResponseCodeMismatch',
      'Health checks failed with these codes: [500]',
    ],
    [
      'a closed port',
      anApp({}, Number.POSITIVE_INFINITY),
      'Target.FailedHealthChecks',
      'Health checks failed',
    ],
  ])('%s is reported as %s [85]', async (_what, app, Reason, Description) => {
    const { elb, runFor, call } = watched();

    elb.registry.register(BLUE, target(), app);
    await runFor(30_000);

    const { TargetHealthDescriptions: found } = await call(
      new DescribeTargetHealthCommand({ TargetGroupArn: BLUE }),
    );
    expect(found[0].TargetHealth).toEqual({ State: 'unhealthy', Reason, Description });
  });

  test('a target whose app ends is noticed after two intervals at most, by its timeout', async () => {
    const { elb, runFor, states, call } = watched();
    const app = anApp();
    elb.registry.register(BLUE, target(), app, { initiallyHealthy: true });
    await runFor(600_000);

    app.end();
    elb.registry.appChanged(BLUE, target());
    await runFor(60_000);

    expect(states.at(-1)?.state).toBe('unhealthy');
    const noticedMs = (states.at(-1)?.atMs ?? 0) - 600_000;
    expect(noticedMs).toBeGreaterThan(10_000);
    expect(noticedMs).toBeLessThanOrEqual(25_000);
    const { TargetHealthDescriptions: found } = await call(
      new DescribeTargetHealthCommand({ TargetGroupArn: BLUE }),
    );
    expect(found[0].TargetHealth.Reason).toBe('Target.Timeout');
  });

  test('an announced change of the app is noticed without anybody calling', async () => {
    const { elb, runFor, states } = watched();
    const app = anApp({
      answersHealthCheck: (sinceMs) => sinceMs < 300_000 || sinceMs >= 900_000,
      changesAtMs: [300_000, 900_000],
    });

    elb.registry.register(BLUE, target(), app, { initiallyHealthy: true });
    await runFor(1_200_000);

    expect(states.map(({ state }) => state)).toEqual(['healthy', 'unhealthy', 'healthy']);
    expect(states[1]?.atMs).toBeGreaterThan(300_000);
    expect(states[1]?.atMs).toBeLessThanOrEqual(320_000);
    expect(states[2]?.atMs).toBeGreaterThan(920_000);
    expect(states[2]?.atMs).toBeLessThanOrEqual(930_000);
  });

  test('a steady target costs no events: two days of health pass in a handful', async () => {
    const { elb, kernel, runFor } = watched();
    let settled = 0;
    kernel.scheduler.onSettled(() => {
      settled += 1;
    });

    elb.registry.register(BLUE, target(), anApp());
    await runFor(48 * 3_600_000);

    expect(elb.registry.counts(BLUE)).toEqual({ registered: 1, healthy: 1, draining: 0 });
    expect(settled).toBeLessThan(10);
  });

  test('neither does one that stays sick', async () => {
    const { elb, kernel, runFor } = watched();
    let settled = 0;
    kernel.scheduler.onSettled(() => {
      settled += 1;
    });

    elb.registry.register(BLUE, target(), anApp({ answersHealthCheck: () => false }));
    await runFor(48 * 3_600_000);

    expect(elb.registry.state(BLUE, target())).toBe('unhealthy');
    expect(settled).toBeLessThan(10);
  });

  test('an address that is gone is known after the timeout, a port that is closed at once', async () => {
    const noticedMs = async (TargetType: 'ip' | 'instance') => {
      const { elb, runFor, states } = watched({ groups: [aGroup('blue', { TargetType }), aGroup('green')] });
      const app = anApp();
      elb.registry.register(BLUE, target(), app, { initiallyHealthy: true });
      await runFor(600_000);
      app.end();
      elb.registry.appChanged(BLUE, target());
      await runFor(60_000);
      return states.at(-1)?.atMs ?? 0;
    };

    expect((await noticedMs('ip')) - (await noticedMs('instance'))).toBe(5_000);
  });

  test('a TCP check is content with an open port', async () => {
    const { elb, runFor } = watched({
      groups: [
        { TargetGroupArn: BLUE, HealthCheckProtocol: 'TCP', TargetType: 'instance' },
        { TargetGroupArn: GREEN },
      ],
    });

    elb.registry.register(BLUE, target(), anApp({ answersHealthCheck: () => false }));
    await runFor(60_000);

    expect(elb.registry.state(BLUE, target())).toBe('healthy');
  });

  test('draining lasts the whole deregistration delay, then the target is gone [43, 91]', async () => {
    const { elb, runFor, call, now } = watched({
      attributes: { blue: [{ Key: 'deregistration_delay.timeout_seconds', Value: '120' }] },
    });
    elb.registry.register(BLUE, target(), anApp(), { initiallyHealthy: true });
    let drainedAtMs: number | undefined;

    elb.registry.deregister(BLUE, target(), () => {
      drainedAtMs = now();
    });
    await runFor(119_000);
    const late = await call(new DescribeTargetHealthCommand({ TargetGroupArn: BLUE }));
    await runFor(2_000);

    expect(late.TargetHealthDescriptions[0].TargetHealth).toMatchObject({
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
    });
    expect(drainedAtMs).toBe(START_MS + 120_000);
    expect(elb.registry.counts(BLUE)).toEqual({ registered: 0, healthy: 0, draining: 0 });
  });

  test('the delay is 300 s when nobody says, and an unused target does not wait for it', async () => {
    const { elb, runFor, now } = watched({ actions: [forward({ [BLUE]: 1 })] });
    const drained: [string, number][] = [];
    elb.registry.register(BLUE, target(), anApp(), { initiallyHealthy: true });
    elb.registry.register(GREEN, target(), anApp());

    elb.registry.deregister(BLUE, target(), () => drained.push(['blue', now() - START_MS]));
    elb.registry.deregister(GREEN, target(), () => drained.push(['green', now() - START_MS]));
    await runFor(301_000);

    expect(drained).toEqual([
      ['green', 0],
      ['blue', 300_000],
    ]);
  });

  test('a target that was never registered is Target.NotRegistered when asked for', async () => {
    const { call } = watched();

    const answer = await call(
      new DescribeTargetHealthCommand({ TargetGroupArn: BLUE, Targets: [{ Id: '10.9.9.9', Port: 1 }] }),
    );

    expect(answer.TargetHealthDescriptions[0].TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotRegistered',
    });
  });

  test('the same seed takes the same course, another seed another one', async () => {
    const course = async (seed: number) => {
      const { elb, runFor, states } = watched({}, seed);
      elb.registry.register(BLUE, target(), anApp());
      await runFor(60_000);
      return states;
    };

    expect(await course(7)).toEqual(await course(7));
    expect(await course(7)).not.toEqual(await course(8));
  });
});
