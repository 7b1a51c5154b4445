import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import type { Plan } from '../../../core/vocabulary/plan.types.ts';
import {
  plannedReadiness,
  readinessOf,
  rollbackLimit,
  whyNotReady,
} from '../../../core/weights/readiness.ts';
import { aFirstDeployment, aPlan, aRoute } from '../a-deployment.ts';
import { alive, GONE, UNWELL } from './placement-input.ts';

type Input = Parameters<typeof readinessOf>[0];

/** Four tasks needed, both colours whole, green started in a minute and a half. */
const now = (given: Partial<Input> = {}) =>
  readinessOf({
    plan: aPlan(),
    blueIsGoing: false,
    blue: alive(4),
    green: alive(4),
    needed: 4,
    greenIsLost: false,
    launchMs: 90 * SECOND_MS,
    ...given,
  });

test('a blue that has lost no task gets all users, and carries less of a load that has grown', () => {
  const short = now({ needed: 14 });
  const scalesOut = now({ needed: 14, blueShare: 4 });

  expect(short).toMatchObject({ kind: 'short', carriesPct: 42 });
  expect(scalesOut).toMatchObject({ kind: 'ready', carriesPct: 42 });
});

const routes = (count: number) => Array.from({ length: count }, (_, index) => aRoute(`route ${index}`));
const network: Partial<Plan> = { loadBalancerKind: 'network' };

describe('blue carries everything: users leave green as soon as the weights are written', () => {
  test.each([
    ['one route', {}, 16, 135],
    ['ten routes, written one after the other', { routes: routes(10) }, 20, 153],
    ['fifty routes', { routes: routes(50) }, 40, 233],
    ['a network load balancer, which may take ten minutes', network, 606, 615],
  ] as const)('%s', (_, changes, seconds, atMostSeconds) => {
    expect(now({ plan: aPlan(changes as Partial<Plan>) })).toMatchObject({
      kind: 'ready',
      seconds,
      atMostSeconds,
      carriesPct: 100,
    });
  });

  test('in one sentence', () => {
    expect(now().line).toBe(
      "users off green in 16s, at most 2m15s; blue would carry 100 % of today's requests with 4 of 4 tasks healthy",
    );
    expect(now({ plan: aPlan(network) }).line).toContain('connections that are open stay with green');
  });

  test('with the only task of a small service', () => {
    expect(now({ blue: alive(1, 1), green: alive(1, 1), needed: 1 })).toMatchObject({ kind: 'ready' });
  });

  test('with three of four tasks: each carries half as much again', () => {
    expect(now({ blue: alive(3) })).toMatchObject({ kind: 'ready', carriesPct: 100 });
  });

  test('what the plan says is the figure of a whole blue', () => {
    const plan = aPlan({ desiredCount: 4 });
    expect(plannedReadiness(plan)).toEqual(now({ plan, launchMs: null }));
  });
});

describe('blue is short: what it does not carry stays on green until its tasks are back', () => {
  test.each([
    ['two of four tasks', alive(2), 75],
    ['one of four', alive(1), 37],
    ['none: all its tasks fail their checks', UNWELL, 0],
    ['no task at all', GONE, 0],
  ] as const)('%s', (_, blue, carriesPct) => {
    // 16 s of weights, 90 s as green's start took, and a minute in which they prove that they stay.
    expect(now({ blue })).toMatchObject({ kind: 'short', seconds: 166, atMostSeconds: null, carriesPct });
  });

  test('in one sentence', () => {
    expect(now({ blue: alive(1) }).line).toBe(
      "blue would carry 37 % of today's requests with 1 of 4 tasks healthy; the rest stays on green until " +
        'blue is back, about 2m46s if its tasks start',
    );
  });

  test('a network load balancer gives weight back after ten minutes of calm', () => {
    expect(now({ plan: aPlan(network), blue: alive(1) })).toMatchObject({ seconds: 606 + 90 + 600 });
  });

  test('how long it takes is unknown as long as nothing has been launched in this deployment', () => {
    const found = now({ blue: alive(1), launchMs: null });

    expect(found).toMatchObject({ kind: 'short', seconds: null, carriesPct: 37 });
    expect(found.line).toBe(
      "blue would carry 37 % of today's requests with 1 of 4 tasks healthy; the rest stays on green until " +
        'blue is back, nobody can tell how long that takes',
    );
  });

  test.each([
    [
      'green is lost: blue gets everybody with one running task',
      { blue: UNWELL, greenIsLost: true },
      'ready',
    ],
    ['green is lost and nothing of blue runs', { blue: GONE, greenIsLost: true }, 'short'],
    ['`carry: "deadOnly"` and one task', { plan: aPlan({ carry: 'deadOnly' }), blue: alive(1) }, 'ready'],
    ['`carry: "deadOnly"` and none', { plan: aPlan({ carry: 'deadOnly' }), blue: UNWELL }, 'short'],
    ['`carry: "off"` and a healthier green', { plan: aPlan({ carry: 'off' }), blue: alive(1) }, 'short'],
    [
      '`carry: "off"` and a green that is no better',
      { plan: aPlan({ carry: 'off' }), blue: alive(1), green: alive(1) },
      'ready',
    ],
    [
      '`carry: "off"` and a green that could not be read',
      { plan: aPlan({ carry: 'off' }), blue: alive(1), green: null },
      'short',
    ],
  ] as const)('%s', (_, given, kind) => {
    expect(now(given as Partial<Input>)).toMatchObject({ kind });
  });
});

describe('what is not known is not promised', () => {
  test.each([
    ['blue could not be read', { blue: null }, 'not known: blue could not be read'],
    [
      'the tasks that the service needs are unknown',
      { needed: 0 },
      'not known: how many tasks the service needs could not be read',
    ],
  ] as const)('%s', (_, given, line) => {
    const nothing = { seconds: null, atMostSeconds: null, carriesPct: null };
    expect(now(given)).toEqual({ kind: 'unknown', ...nothing, line });
  });
});

describe('no way back by weights', () => {
  test('blue has begun to go: a new deployment takes a launch, healthyFor and a shift', () => {
    expect(now({ blueIsGoing: true })).toEqual({
      kind: 'gone',
      seconds: 16 + 90 + 30,
      atMostSeconds: null,
      carriesPct: 0,
      line: 'no way back by weights: it takes a new deployment of the previous version, about 2m16s',
    });
    expect(now({ blueIsGoing: true, launchMs: null })).toMatchObject({
      kind: 'gone',
      seconds: null,
      line: 'no way back by weights: it takes a new deployment of the previous version',
    });
  });

  test('a first deployment has nothing to roll back to', () => {
    expect(now({ plan: aFirstDeployment() })).toMatchObject({ kind: 'none', seconds: null });
  });
});

describe("the request's limit", () => {
  const within = (rollbackWithinMs: number) => aPlan({ rollbackWithinMs });

  test('is a clause for people, where there is one', () => {
    expect(rollbackLimit(aPlan())).toBeNull();
    expect(rollbackLimit(within(90 * SECOND_MS))).toBe(
      'green gets no more users while it would as a rule take more than 1m30s',
    );
  });

  test.each([
    ['no limit', aPlan(), {}, null],
    ['met to the second', within(16 * SECOND_MS), {}, null],
    [
      'a second less',
      within(15 * SECOND_MS),
      {},
      'a rollback would not be over within 15s: users off green in 16s',
    ],
    [
      'blue is short, whatever the limit',
      within(HOUR_MS),
      { blue: alive(1) },
      'within 1h: blue would carry 37 %',
    ],
    ['unknown is no pass', within(HOUR_MS), { blue: null }, 'within 1h: not known: blue could not be read'],
    ['blue is gone', within(HOUR_MS), { blueIsGoing: true }, 'within 1h: no way back by weights'],
    ['a first deployment has no blue to wait for', within(MINUTE_MS), { plan: aFirstDeployment() }, null],
  ] as const)('%s', (_, plan, given, why) => {
    const found = whyNotReady(plan, now(given as Partial<Input>));
    if (why === null) expect(found).toBeNull();
    else expect(found).toContain(why);
  });
});
