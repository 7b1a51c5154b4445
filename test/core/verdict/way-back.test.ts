import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { decide } from '../../../core/verdict/decide.ts';
import type { DecideInput } from '../../../core/verdict/decision.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import {
  aCommand,
  aDecision,
  anObservation,
  aPlan,
  NOW,
  someHealth,
  someTasks,
  someTraffic,
} from '../a-deployment.ts';

const LIMIT_MS = 60 * SECOND_MS;
/** The bake of the first shift is over. */
const OVER_MS = NOW + 5 * MINUTE_MS;
const short = anObservation({
  blue: someHealth(1, 4),
  counts: { blue: someTasks(1), green: someTasks(4), needed: 4 },
});

/** One of blue's four tasks is healthy at the end of a bake. */
const observe = (changes: Partial<DecideInput> = {}): Decision =>
  decide({
    plan: aPlan({ rollbackWithinMs: LIMIT_MS }),
    traffic: someTraffic(),
    previous: undefined,
    observed: short,
    lastAlarm: null,
    commands: [],
    nowMs: OVER_MS,
    ...changes,
  });

/** Held since the end of the bake. */
const held = aDecision({ asks: 'wayBack', notReadySinceMs: OVER_MS });

describe('green gets no more users while a rollback would take longer than the request allows', () => {
  test('the advance is held with its reason, and observed again soon', () => {
    const decision = observe();

    expect(decision).toMatchObject({
      kind: 'hold',
      position: 0,
      waitSeconds: 30,
      asks: 'wayBack',
      notReadySinceMs: OVER_MS,
    });
    expect(decision.reason).toContain(
      '10 % baked healthy; green gets no more users, because a rollback would not be over within 1m: blue ' +
        "would carry 37 % of today's requests with 1 of 4 tasks healthy",
    );
    expect(decision.reason).toContain('approve to advance all the same, or abort');
  });

  test('it advances as soon as blue is back', () => {
    const decision = observe({ previous: held, observed: anObservation(), nowMs: OVER_MS + MINUTE_MS });
    expect(decision).toMatchObject({ kind: 'advance', position: 1 });
    expect(decision).not.toHaveProperty('notReadySinceMs');
  });

  test('what is unknown is no pass', () => {
    const unread = anObservation({ counts: { blue: null, green: someTasks(4), needed: 4 } });
    expect(observe({ observed: unread })).toMatchObject({ kind: 'hold', asks: 'wayBack' });
  });

  test('without a limit it advances, and the evidence says what a rollback would have come to', () => {
    const decision = observe({ plan: aPlan(), launchMs: 90 * SECOND_MS });

    expect(decision).toMatchObject({ kind: 'advance', position: 1 });
    expect(decision.evidence.readiness).toMatchObject({ kind: 'short', seconds: 166, carriesPct: 37 });
  });

  test('during a bake nothing is held for it: nobody advances', () => {
    expect(observe({ nowMs: OVER_MS - MINUTE_MS })).not.toHaveProperty('asks');
  });

  test('the promotion after the last bake is no step with more users', () => {
    const traffic = someTraffic({ position: 2, weights: { blue: 0, green: 100 } });
    const routes = [{ label: 'HTTPS:443 default', weights: { blue: 0, green: 100 } }];
    const observed = { ...short, routes };
    expect(observe({ traffic, observed, nowMs: NOW + 2 * HOUR_MS })).toMatchObject({ kind: 'promote' });
  });
});

describe('the hold ends by itself or by a person', () => {
  test.each([
    ['as long as green may take to start: it holds', 10 * MINUTE_MS - 1, 'hold'],
    ['then a person is asked', 10 * MINUTE_MS, 'awaitOperator'],
    ['for a day', 10 * MINUTE_MS + 24 * HOUR_MS - 1, 'awaitOperator'],
    ['then it rolls back', 10 * MINUTE_MS + 24 * HOUR_MS, 'rollBack'],
  ] as const)('%s', (_, waitedMs, kind) => {
    expect(observe({ previous: held, nowMs: OVER_MS + waitedMs }).kind).toBe(kind);
  });

  test('it never waits beyond the moment at which something else follows', () => {
    const decision = observe({ previous: held, nowMs: OVER_MS + 10 * MINUTE_MS - 5 * SECOND_MS });
    expect(decision).toMatchObject({ kind: 'hold', waitSeconds: 5 });
  });

  test.each(['approve', 'promote'] as const)('%s takes it on, and the decision says so', (kind) => {
    const command = aCommand(kind, OVER_MS + SECOND_MS);
    const decision = observe({ previous: held, commands: [command], nowMs: OVER_MS + MINUTE_MS });

    expect(decision).toMatchObject({ kind: 'advance', obeyed: { id: command.id, kind, by: 'ada' } });
    expect(decision.reason).toContain(
      `${kind} by ada (claimed): the banner is wrong, although a rollback would not be over within 1m`,
    );
  });

  test('who takes it on is named, not who ended a bake that was over', () => {
    const approve = aCommand('approve', OVER_MS + SECOND_MS);
    const skip = aCommand('skip', OVER_MS + 2 * SECOND_MS, { by: 'bob' });
    const decision = observe({ previous: held, commands: [approve, skip], nowMs: OVER_MS + MINUTE_MS });

    expect(decision).toMatchObject({ kind: 'advance', obeyed: { id: approve.id, by: 'ada' } });
  });

  test.each(['approve', 'promote'] as const)('%s from before the hold did not know of it', (kind) => {
    const command = aCommand(kind, OVER_MS - SECOND_MS);
    expect(observe({ previous: held, commands: [command], nowMs: OVER_MS + MINUTE_MS }).kind).toBe('hold');
    expect(observe({ commands: [command] })).toMatchObject({ kind: 'hold', notReadySinceMs: OVER_MS });
  });

  test('a command of the same moment did not know of it either', () => {
    const command = aCommand('approve', OVER_MS);

    expect(observe({ previous: held, commands: [command], nowMs: OVER_MS + MINUTE_MS }).kind).toBe('hold');
  });

  test('the time counts anew at another shift', () => {
    const before = aDecision({ position: 1, notReadySinceMs: NOW });
    expect(observe({ previous: before })).toMatchObject({ kind: 'hold', notReadySinceMs: OVER_MS });
  });

  test('a red alarm rolls back as always', () => {
    const alarm = {
      name: 'shop-5xx',
      kind: 'metric' as const,
      state: 'ALARM' as const,
      reason: '',
      updatedAtMs: NOW,
    };
    const observed = { ...short, alarms: { alarms: [alarm], missing: [] } };
    expect(observe({ previous: held, observed }).kind).toBe('rollBack');
  });
});
