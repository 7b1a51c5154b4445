import {
  DeleteRuleCommand,
  ModifyListenerCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { makeTraffic } from '../../../sim/traffic/traffic.ts';
import {
  aBalancer,
  aGroup,
  anApp,
  BLUE,
  forward,
  GREEN,
  LISTENER,
  ruleArn,
  START_MS,
  target,
  type WorldParts,
} from '../elbv2/a-balancer.ts';

const MINUTE_MS = 60_000;
const minuteAt = (index: number): number => START_MS + index * MINUTE_MS;

const served = (parts: WorldParts = {}, blueApp = anApp(), seed = 1) => {
  const made = aBalancer(parts, seed);
  const traffic = makeTraffic(made.kernel, made.world.traffic, made.elb);
  made.elb.registry.register(BLUE, target(1), blueApp, { initiallyHealthy: true });
  const weigh = (blue: number, green: number, stickySeconds?: number) =>
    made.call(
      new ModifyListenerCommand({
        ListenerArn: LISTENER,
        DefaultActions: [forward({ [BLUE]: blue, [GREEN]: green }, stickySeconds)],
      }),
    );
  return { ...made, traffic, weigh };
};

describe('counting requests', () => {
  test('ten minutes of 100 requests a second are 60,000 requests, all served', async () => {
    const { traffic, runFor } = served();

    await runFor(10 * MINUTE_MS);

    expect(traffic.totals()).toEqual({
      total: 60_000,
      failed: 0,
      failedBecause: {},
      byGroup: {
        [BLUE]: { requests: 60_000, failed: 0, failedBecause: {} },
        [GREEN]: { requests: 0, failed: 0, failedBecause: {} },
      },
    });
  });

  test('weight on a group with nobody in it is counted as failed there, by its cause [81]', async () => {
    const { traffic, runFor, weigh } = served();

    await weigh(75, 25);
    await runFor(10_000);
    const before = traffic.totals();
    await runFor(40_000);
    const after = traffic.totals();

    expect(after.failed - before.failed).toBe(1_000);
    expect(after.failedBecause).toEqual({ emptyGroup: after.failed });
    expect(after.byGroup[GREEN]).toEqual({
      requests: after.failed,
      failed: after.failed,
      failedBecause: { emptyGroup: after.failed },
    });
    expect(after.total).toBe((after.byGroup[BLUE]?.requests ?? 0) + (after.byGroup[GREEN]?.requests ?? 0));
  });

  test('a crash costs requests until the health checks notice, and none afterwards', async () => {
    const app = anApp();
    const { traffic, elb, runFor } = served({}, app);
    elb.registry.register(BLUE, target(2), anApp(), { initiallyHealthy: true });
    await runFor(MINUTE_MS);

    app.end();
    elb.registry.appChanged(BLUE, target(1));
    await runFor(30_000);
    const noticed = traffic.totals();
    await runFor(10 * MINUTE_MS);

    const failed = noticed.failed;
    expect(noticed.failedBecause).toEqual({ deadTarget: failed });
    // Half of 100 requests a second, for two checks 10 s apart and a timeout of 5 s.
    expect(failed).toBeGreaterThan(50 * 10);
    expect(failed).toBeLessThanOrEqual(50 * 25);
    expect(traffic.totals().failed).toBe(failed);
  });

  test("a version's errors begin exactly when its behaviour changes, without an event at that time", async () => {
    const app = anApp({ errorShare: (sinceMs) => (sinceMs < 90_000 ? 0 : 0.1), changesAtMs: [90_000] });
    const { traffic, runFor } = served({}, app);

    await runFor(100_000);

    expect(traffic.totals()).toMatchObject({
      total: 10_000,
      failed: 100,
      failedBecause: { versionError: 100 },
    });
  });

  test('less than one failed request still shows as one', async () => {
    const app = anApp({ errorShare: () => 0.000_1 });
    const { traffic, runFor } = served({}, app);

    await runFor(10_000);

    expect(traffic.totals()).toMatchObject({ total: 1_000, failed: 1, failedBecause: { versionError: 1 } });
  });

  test('routes have their shares, and the errors of a target depend on the load of all of them', async () => {
    const rule: Rule = {
      RuleArn: ruleArn(1),
      Priority: '1',
      Actions: [forward({ [BLUE]: 50, [GREEN]: 50 })],
    };
    const loads = new Set<number>();
    const app = anApp({
      errorShare: (_sinceMs, rps) => {
        loads.add(Math.round(rps));
        return 0;
      },
    });
    const { traffic, elb, runFor } = served(
      { rules: [rule], traffic: { requestsPerSecond: 100, shares: { [LISTENER]: 3, [ruleArn(1)]: 1 } } },
      app,
    );
    elb.registry.register(GREEN, target(9), anApp(), { initiallyHealthy: true });

    await runFor(80_000);

    const { byGroup } = traffic.totals();
    expect([byGroup[BLUE]?.requests, byGroup[GREEN]?.requests]).toEqual([7_000, 1_000]);
    expect([...loads]).toEqual([88]);
  });

  test.each([
    { Type: 'redirect' as const, RedirectConfig: { StatusCode: 'HTTP_301' as const, Host: 'other.test' } },
    { Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '200' } },
  ])('what the load balancer answers itself with $Type is nobody’s failure', async (answer) => {
    const { traffic, runFor, call } = served();

    await call(new ModifyListenerCommand({ ListenerArn: LISTENER, DefaultActions: [answer] }));
    await runFor(10_000);
    const before = traffic.totals();
    await runFor(10_000);

    expect(traffic.totals()).toEqual(before);
    expect(before.failed).toBe(0);
  });

  test('what a Lambda function answers is not counted among what tasks answer', async () => {
    const { traffic, runFor } = served({
      groups: [aGroup('blue'), aGroup('green'), { ...aGroup('fn'), TargetType: 'lambda' }],
      rules: [
        {
          RuleArn: ruleArn(1),
          Priority: '1',
          Actions: [forward({ [aGroup('fn').TargetGroupArn ?? '']: 1 })],
        },
      ],
      traffic: { requestsPerSecond: 100, shares: { [LISTENER]: 0.75, [ruleArn(1)]: 0.25 } },
    });

    await runFor(10_000);

    expect(traffic.totals()).toMatchObject({ total: 750, failed: 0, byGroup: { [BLUE]: { requests: 750 } } });
  });

  test('where somebody deleted a rule its users fail, whatever the listener answers instead', async () => {
    const rule: Rule = { RuleArn: ruleArn(1), Priority: '1', Actions: [forward({ [BLUE]: 1 })] };
    const { traffic, runFor, call } = served({
      rules: [rule],
      traffic: { requestsPerSecond: 100, shares: { [ruleArn(1)]: 1 } },
    });
    const notFound = { Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '404' } };
    await call(new ModifyListenerCommand({ ListenerArn: LISTENER, DefaultActions: [notFound] }));

    await call(new DeleteRuleCommand({ RuleArn: ruleArn(1) }));
    await runFor(10_000);
    const before = traffic.totals();
    await runFor(10_000);

    expect(traffic.totals().failed - before.failed).toBe(1_000);
  });

  test('a route that forwards nowhere fails its requests as noRoute', async () => {
    const { traffic, runFor, call } = served();
    const gone = { Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '503' } };

    await call(new ModifyListenerCommand({ ListenerArn: LISTENER, DefaultActions: [gone] }));
    await runFor(10_000);
    const before = traffic.totals();
    await runFor(10_000);

    expect(traffic.totals().failed - before.failed).toBe(1_000);
    expect(Object.keys(traffic.totals().failedBecause)).toEqual(['noRoute']);
  });

  test('sticky users keep going to a group at weight 0; taking it out of the action moves them [80]', async () => {
    const { traffic, elb, runFor, weigh, call } = served({
      actions: [forward({ [BLUE]: 100, [GREEN]: 0 }, 86_400)],
    });
    elb.registry.register(GREEN, target(9), anApp(), { initiallyHealthy: true });
    const blueIn = async (ms: number) => {
      const before = traffic.totals().byGroup[BLUE]?.requests ?? 0;
      await runFor(ms);
      return (traffic.totals().byGroup[BLUE]?.requests ?? 0) - before;
    };
    await runFor(MINUTE_MS);

    await weigh(0, 100, 86_400);
    await runFor(10_000);
    const atWeight0 = await blueIn(10_000);
    const evicting = new ModifyListenerCommand({
      ListenerArn: LISTENER,
      DefaultActions: [forward({ [GREEN]: 100 }, 86_400)],
    });
    await call(evicting);
    await runFor(10_000);

    expect(atWeight0).toBeGreaterThan(900);
    expect(await blueIn(10_000)).toBe(0);
  });

  test('no count ever goes down while the clock runs', async () => {
    const { traffic, runFor, weigh } = served(
      { traffic: { requestsPerSecond: 0.7 } },
      anApp({ errorShare: () => 0.03 }),
    );
    await weigh(3, 1);

    let before = traffic.totals();
    for (let step = 0; step < 200; step += 1) {
      await runFor(700);
      const now = traffic.totals();
      expect(now.total).toBeGreaterThanOrEqual(before.total);
      expect(now.failed).toBeGreaterThanOrEqual(before.failed);
      expect(Object.values(now.failedBecause).reduce((sum, count) => sum + count, 0)).toBe(now.failed);
      before = now;
    }
  });
});

describe('the minutes that CloudWatch gets [118]', () => {
  test('are split at the minute, in whole requests whose sum keeps the rate', async () => {
    const { traffic, runFor } = served(
      { traffic: { requestsPerSecond: 1.01 } },
      anApp({ errorShare: () => 0.013 }),
    );

    await runFor(100 * MINUTE_MS);

    const minutes = Array.from({ length: 100 }, (_, index) => traffic.minute(BLUE, minuteAt(index)));
    const sum = (of: (minute: NonNullable<(typeof minutes)[0]>) => number) =>
      minutes.reduce((total, minute) => total + (minute === undefined ? 0 : of(minute)), 0);
    expect(minutes[0]?.requestCount).toBe(60);
    expect(sum(({ requestCount }) => requestCount)).toBe(6_060);
    expect(sum(({ target5xx }) => target5xx)).toBe(78);
    expect(minutes[5]).toMatchObject({
      responseSeconds: 0.05,
      healthyHosts: 1,
      unhealthyHosts: 0,
      registeredHosts: 1,
    });
    expect(traffic.minute(BLUE, minuteAt(-1))).toBeUndefined();
  });

  test('tell refused connections from answers, and the balancer’s own 503 from both', async () => {
    const app = anApp();
    const { traffic, runFor, weigh, elb } = served({}, app);
    await weigh(50, 50);
    await runFor(MINUTE_MS);

    app.end();
    elb.registry.appChanged(BLUE, target(1));
    await runFor(2 * MINUTE_MS);

    const perMinute = 3_000;
    expect(traffic.minute(BLUE, minuteAt(2))).toMatchObject({
      requestCount: perMinute,
      connectionErrors: perMinute,
      balancer5xx: perMinute,
      target5xx: 0,
      responseSeconds: undefined,
      healthyHosts: 0,
      unhealthyHosts: 1,
    });
    expect(traffic.minute(GREEN, minuteAt(2))).toMatchObject({
      requestCount: 0,
      connectionErrors: 0,
      balancer5xx: perMinute,
    });
  });
});
