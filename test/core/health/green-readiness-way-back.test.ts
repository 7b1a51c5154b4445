import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { UNKNOWN_TOLERANCE_MS } from '../../../core/pace.ts';
import type { Readiness } from '../../../core/vocabulary/readiness.types.ts';
import { aCommand, aPlan, NOW } from '../a-deployment.ts';
import { observe, pending } from './observe-green.ts';

/** The request limits a rollback to a minute; green has been healthy since a minute after its launch. */
const plan = aPlan({ rollbackWithinMs: MINUTE_MS });
const inTime: Readiness = {
  kind: 'ready',
  seconds: 16,
  atMostSeconds: 135,
  carriesPct: 100,
  line: 'users off green in 16s',
};
const short: Readiness = { ...inTime, kind: 'short', seconds: 166, line: 'blue would carry 37 %' };
const why = 'a rollback would not be over within 1m: blue would carry 37 %';
const sinceMs = NOW + MINUTE_MS;

const at = (afterMs: number, changes: Parameters<typeof observe>[0] = {}) =>
  observe({
    plan,
    readiness: short,
    previous: pending({ healthySinceMs: sinceMs }),
    nowMs: NOW + afterMs,
    ...changes,
  });

describe('a healthy green whose users could not be taken back in time', () => {
  test('gets none, and the wait says why', () => {
    expect(at(2 * MINUTE_MS)).toEqual({
      kind: 'pending',
      healthyTargets: 2,
      wanted: 2,
      healthySinceMs: sinceMs,
      waitSeconds: 15,
      reason: `2 of 2 targets healthy for 1m of 30s; it gets no request yet, because ${why}`,
    });
  });

  test.each([
    ['blue is whole again', { readiness: inTime }],
    ['the request sets no limit', { plan: aPlan() }],
    ['it was not asked', { readiness: null }],
  ])('gets its first request once %s', (_, changes) => {
    expect(at(2 * MINUTE_MS, changes)).toEqual({
      kind: 'ready',
      healthyTargets: 2,
      wanted: 2,
      reason: '2 of 2 targets healthy for 1m',
      launchMs: MINUTE_MS,
    });
  });

  test('waits for that until its time to get healthy is over, and says what for', () => {
    expect(at(10 * MINUTE_MS - 4 * SECOND_MS)).toMatchObject({ kind: 'pending', waitSeconds: 4 });
    expect(at(10 * MINUTE_MS)).toEqual({
      kind: 'failed',
      healthyTargets: 2,
      wanted: 2,
      reason: `green got no request for 9m in which it was healthy, because ${why}`,
    });
  });

  test('that was late waits a few minutes all the same', () => {
    const late = { previous: pending({ healthySinceMs: NOW + 9 * MINUTE_MS }) };
    const endMs = 9 * MINUTE_MS + plan.healthyForMs + UNKNOWN_TOLERANCE_MS;

    expect(at(endMs - 1, late)).toMatchObject({ kind: 'pending', waitSeconds: 1 });
    expect(at(endMs, late).kind).toBe('failed');
  });

  test('is held by a pause like any other', () => {
    expect(at(2 * MINUTE_MS, { commands: [aCommand('pause')] })).toMatchObject({
      kind: 'held',
      healthySinceMs: sinceMs,
    });
  });
});
