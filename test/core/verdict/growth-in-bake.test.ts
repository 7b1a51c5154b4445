import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { refuseShrink } from '../../../core/safety/invariants.ts';
import {
  type GreenSize,
  growingMs,
  growthGate,
  growthOf,
  leadMs,
  scaleFor,
} from '../../../core/verdict/growth-in-bake.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import { aGreenSize, aPlan, NOW } from '../a-deployment.ts';

const plan = aPlan({
  capacity: { headroom: 1.25, minTasks: 2 },
  healthyForMs: 30 * SECOND_MS,
  timeToHealthyMs: 10 * MINUTE_MS,
});
const grown = aGreenSize({ scalePercent: 62.5, computedDesiredCount: 7, healthy: 7 });
const gate = (found: GreenSize, growth?: Decision['growth'], nowMs = NOW) =>
  growthGate({
    plan,
    size: found,
    greenPct: 50,
    previous: growth === undefined ? undefined : { growth },
    nowMs,
  });

describe('the scale that is written', () => {
  test.each([
    ['for half of the users', aGreenSize(), 50, 62.5],
    ['none for a weight that it has the tasks for', aGreenSize(), 10, null],
    [
      'none where the scale before rounds up to as many',
      aGreenSize({ scalePercent: 60, desiredCount: 4 }),
      50,
      null,
    ],
    ['to a service of one task', aGreenSize({ scalePercent: 50, desiredCount: 1 }), 100, 100],
    ['none while ECS still has to start what was written', aGreenSize({ scalePercent: 62.5 }), 50, null],
    [
      'full size for everything, also where fewer round up to all',
      aGreenSize({ scalePercent: 95, desiredCount: 10 }),
      100,
      100,
    ],
    ['none to a green that somebody made smaller', aGreenSize({ scaledDown: true }), 50, null],
    ['none where the count is not known', aGreenSize({ desiredCount: 0 }), 50, null],
  ])('%s', (_what, found, greenPct, expected) => {
    expect(scaleFor({ plan, size: found }, greenPct)).toBe(expected);
  });

  test('nothing without the request for it', () => {
    expect(scaleFor({ plan: aPlan(), size: aGreenSize() }, 50)).toBeNull();
    expect(
      growthOf({ plan: aPlan(), size: aGreenSize(), greenPct: 50, previous: undefined, nowMs: NOW }),
    ).toBe(undefined);
    expect(
      growthGate({ plan: aPlan(), size: undefined, greenPct: 50, previous: undefined, nowMs: NOW }),
    ).toEqual({
      kind: 'open',
      aside: '',
    });
  });

  test.each([null, undefined])('nothing where nobody knows how large green is (%s)', (none) => {
    expect(scaleFor({ plan, size: none }, 50)).toBeNull();
    expect(growthOf({ plan, size: none, greenPct: 50, previous: undefined, nowMs: NOW })).toBe(undefined);
  });

  test('a smaller one is refused right before the write', () => {
    expect(refuseShrink(15, 62.5)).toBeNull();
    expect([refuseShrink(62.5, 15), refuseShrink(50, 50), refuseShrink(50, 101)]).not.toContain(null);
  });
});

describe('the shift', () => {
  test('waits for tasks that are not there, and says how many', () => {
    const found = gate(aGreenSize());

    expect(found).toMatchObject({
      kind: 'hold',
      growth: { tasks: 7, enoughSinceMs: null, waitedSinceMs: NOW },
    });
    expect(found).toHaveProperty(
      'reason',
      'green grows to 7 tasks before it gets 50 %: 2 of 7 tasks healthy for 50 %',
    );
  });

  test('waits until they have been healthy for healthyFor', () => {
    const since = { greenPct: 50, tasks: 7, enoughSinceMs: NOW };

    expect(gate(grown)).toMatchObject({ kind: 'hold', waitSeconds: 30 });
    expect(gate(grown, since, NOW + 29_999)).toMatchObject({ kind: 'hold', waitSeconds: 1 });
    expect(gate(grown, since, NOW + 30_000)).toMatchObject({ kind: 'open' });
  });

  test.each([
    ['a task that dies', { ...grown, healthy: 6 }],
    ['a count that doubles', { ...grown, desiredCount: 20, computedDesiredCount: 13 }],
    ['somebody who makes it smaller', { ...grown, scaledDown: true }],
  ])('%s begins the time anew', (_what, found) => {
    const since = { greenPct: 50, tasks: 7, enoughSinceMs: NOW };

    expect(gate(found, since, NOW + MINUTE_MS)).toMatchObject({
      kind: 'hold',
      growth: { enoughSinceMs: null },
    });
  });

  test('what was enough for fewer tasks has not been enough for more', () => {
    const before = { greenPct: 50, tasks: 7, enoughSinceMs: NOW };
    const asked = {
      plan,
      size: { ...grown, desiredCount: 12, computedDesiredCount: 8, healthy: 8 },
      greenPct: 50,
    };

    expect(growthOf({ ...asked, previous: { growth: before }, nowMs: NOW + MINUTE_MS })).toMatchObject({
      tasks: 8,
      enoughSinceMs: NOW + MINUTE_MS,
    });
  });

  test('begins with an observation that knows of no growth yet', () => {
    expect(growthGate({ plan, size: aGreenSize(), greenPct: 50, previous: {}, nowMs: NOW })).toMatchObject({
      kind: 'hold',
      growth: { enoughSinceMs: null, waitedSinceMs: NOW },
    });
    expect(growingMs({ plan, size: aGreenSize(), greenPct: 50, previous: {}, nowMs: NOW })).toBe(MINUTE_MS);
  });

  test('says for how long they have been healthy', () => {
    const since = { greenPct: 50, tasks: 7, enoughSinceMs: NOW - 10 * SECOND_MS };

    expect(gate(grown, since)).toHaveProperty(
      'reason',
      'green grows to 7 tasks before it gets 50 %: 7 of 7 tasks healthy for 50 % for 10s of 30s',
    );
    expect(gate(grown, since, NOW + MINUTE_MS)).toHaveProperty('aside', '; green has 7 tasks for 50 %');
  });

  test.each([
    ['tasks that ECS is still to start', { ...grown, computedDesiredCount: 8 }, 50],
    ['what was enough for another weight', grown, 20],
    ['a scale below the weight, whatever runs', { ...grown, scalePercent: 50 }, 50],
  ])('does not count %s', (_what, found, greenPct) => {
    const since = { greenPct, tasks: 7, enoughSinceMs: NOW - MINUTE_MS };

    expect(gate(found, since)).toMatchObject({ kind: 'hold' });
  });

  test('never comes when nobody knows how large green is', () => {
    for (const none of [null, undefined])
      expect(growthGate({ plan, size: none, greenPct: 50, previous: undefined, nowMs: NOW })).toEqual({
        kind: 'rollBack',
        reason: "green's size is not known",
      });
  });

  test('rolls back when they have not come within timeToHealthy of the wait, not a moment before', () => {
    const waits = { greenPct: 50, tasks: 7, enoughSinceMs: null, waitedSinceMs: NOW };

    expect(gate(aGreenSize(), waits, NOW + 10 * MINUTE_MS - 1)).toMatchObject({
      kind: 'hold',
      waitSeconds: 1,
    });
    const come = { ...waits, enoughSinceMs: NOW + 10 * MINUTE_MS };
    expect(gate(grown, come, NOW + 10 * MINUTE_MS)).toMatchObject({ kind: 'hold', waitSeconds: 30 });
    expect(gate(aGreenSize(), waits, NOW + 10 * MINUTE_MS)).toEqual({
      kind: 'rollBack',
      reason: 'green did not grow to its next shift within 10m: 2 of 7 tasks healthy for 50 %',
    });
  });
});

describe('until the next observation of a green that grows', () => {
  const scaled = (agoMs: number, greenPct = 50) => ({
    growth: { greenPct, tasks: 7, enoughSinceMs: null },
    scaled: { percent: 62.5, scaledAtMs: NOW - agoMs },
  });

  test.each([
    ['a start of usual length is observed within a minute', undefined, null, MINUTE_MS],
    ['when its tasks should be there', scaled(70 * SECOND_MS), 90 * SECOND_MS, 20 * SECOND_MS],
    ['not at once', scaled(89 * SECOND_MS), 90 * SECOND_MS, 10 * SECOND_MS],
    ['at the moment itself as soon as it may be', scaled(90 * SECOND_MS), 90 * SECOND_MS, 10 * SECOND_MS],
    ['late tasks ever more seldom', scaled(250 * SECOND_MS), 90 * SECOND_MS, 20 * SECOND_MS],
    ['a write for another weight began nothing', scaled(70 * SECOND_MS, 20), 40 * SECOND_MS, 40 * SECOND_MS],
  ])('%s', (_what, previous, launchMs, expectedMs) => {
    expect(growingMs({ plan, size: aGreenSize(), greenPct: 50, previous, launchMs, nowMs: NOW })).toBe(
      expectedMs,
    );
  });
});

test('tasks start as long before their shift as green did, healthyFor and two observations earlier', () => {
  expect(leadMs(90 * SECOND_MS, 30 * SECOND_MS)).toBe(140 * SECOND_MS);
  expect(leadMs(null, 0)).toBe(140 * SECOND_MS);
});
