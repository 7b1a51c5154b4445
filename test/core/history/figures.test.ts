import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { figuresOf } from '../../../core/history/figures.ts';
import type { EndFacts } from '../../../core/vocabulary/history.types.ts';
import { NOW } from '../a-deployment.ts';
import { anEnd } from './an-end.ts';

const FROM = NOW - 10 * DAY_MS;
const span = { fromMs: FROM, toMs: NOW };

/** A deployment that ended so many days after the beginning, half an hour after its first users. */
const ended = (day: number, from: number, to: number, changes: Partial<EndFacts> = {}): EndFacts => {
  const endedAtMs = FROM + day * DAY_MS;
  const usersAtMs = endedAtMs - 30 * MINUTE_MS;
  return anEnd({
    deploymentId: `deploy-${day}`,
    from: `shop:${from}`,
    to: `shop:${to}`,
    startedAtMs: endedAtMs - HOUR_MS,
    endedAtMs,
    usersAtMs,
    servedAtMs: endedAtMs - 10 * MINUTE_MS,
    ...changes,
  });
};

const rolledBack = (day: number, from: number, to: number, minutes: number): EndFacts =>
  ended(day, from, to, {
    outcome: 'rolledBack',
    servedAtMs: null,
    restoredAtMs: FROM + day * DAY_MS - 30 * MINUTE_MS + minutes * MINUTE_MS,
    cause: 'alarm',
  });
const caught = (day: number, from: number, to: number): EndFacts => ({
  ...rolledBack(day, from, to, 0),
  usersAtMs: null,
  reachedUsers: false,
  cause: 'neverHealthy',
});
const refused = (day: number): EndFacts =>
  ended(day, 1, 2, {
    outcome: 'refused',
    from: null,
    usersAtMs: null,
    reachedUsers: false,
    servedAtMs: null,
  });

test('ten days of a service, counted by hand', () => {
  const ends = [
    ended(0.5, 1, 2),
    refused(1),
    rolledBack(2, 2, 3, 4),
    caught(3, 2, 4),
    ended(4, 2, 5),
    // Version 5 was found bad a day later, and version 2 deployed again.
    ended(5, 5, 2),
    ended(6, 2, 6),
    rolledBack(7, 6, 7, 20),
    ended(8, 6, 8),
  ];

  // Changes: versions 2, 3, 5, 6, 7 and 8. Failed: 3 and 7, which rolled back, and 5, from which somebody went back.
  // Restored after 4 minutes, 20 minutes, and, for version 5, after the day and the 20 minutes between its first user
  // and the last shift of the deployment that went back.
  expect(figuresOf([ends], span)).toEqual({
    ...span,
    deployments: 9,
    refused: 1,
    caughtBeforeUsers: 1,
    wentBack: 1,
    changes: 6,
    failed: 3,
    perDay: 4 / 10,
    failureRate: 3 / 6,
    restore: { known: 3, medianMs: 20 * MINUTE_MS, longestMs: DAY_MS + 20 * MINUTE_MS },
    lead: null,
  });
});

describe('what counts as going back', () => {
  const backAndForth = (ends: EndFacts[]) => {
    const { changes, failed, wentBack } = figuresOf([ends], span);
    return { changes, failed, wentBack };
  };

  test.each<[string, EndFacts[], { changes: number; failed: number; wentBack: number }]>([
    [
      'a version before the one it replaces',
      [ended(1, 1, 2), ended(2, 2, 1)],
      { changes: 1, failed: 1, wentBack: 1 },
    ],
    [
      'two steps back undo two changes',
      [ended(1, 1, 2), ended(2, 2, 3), ended(3, 3, 2), ended(4, 2, 1)],
      { changes: 2, failed: 2, wentBack: 2 },
    ],
    [
      'the same version once more, after going back from it, is a change again',
      [ended(1, 1, 2), ended(2, 2, 1), ended(3, 1, 2)],
      { changes: 2, failed: 1, wentBack: 1 },
    ],
    [
      'a version in its own place is a change',
      [ended(1, 1, 2), ended(2, 2, 2)],
      { changes: 2, failed: 0, wentBack: 0 },
    ],
    [
      'one that goes back and rolls back itself restores nothing',
      [ended(1, 1, 2), rolledBack(2, 2, 1, 5)],
      { changes: 1, failed: 0, wentBack: 1 },
    ],
    ['a first deployment', [ended(1, 1, 2, { from: null })], { changes: 1, failed: 0, wentBack: 0 }],
  ])('%s', (_what, ends, expected) => {
    expect(backAndForth(ends)).toEqual(expected);
  });

  test('within its own service alone: versions of another one are not its own', () => {
    const other = (end: EndFacts): EndFacts => ({ ...end, serviceKey: 'main/api' });

    expect(figuresOf([[ended(1, 1, 2)], [other(ended(2, 2, 1))]], span)).toMatchObject({
      changes: 2,
      failed: 0,
    });
  });
});

describe('the time', () => {
  test('is that of the change: one before it does not count, one that was undone after it counts as failed', () => {
    const ends = [ended(-1, 1, 2), ended(1, 2, 3), ended(12, 3, 2)];

    expect(figuresOf([ends], span)).toMatchObject({ deployments: 1, changes: 1, failed: 1, wentBack: 0 });
  });

  test('of two restores is their middle', () => {
    const ends = [rolledBack(1, 1, 2, 4), rolledBack(2, 1, 3, 6)];

    expect(figuresOf([ends], span).restore).toEqual({
      known: 2,
      medianMs: 5 * MINUTE_MS,
      longestMs: 6 * MINUTE_MS,
    });
  });

  test('of one that was interrupted is not known, and the change counts as failed', () => {
    const interrupted = { ...rolledBack(1, 1, 2, 4), usersAtMs: null, reachedUsers: null };

    expect(figuresOf([[interrupted]], span)).toMatchObject({ changes: 1, failed: 1, restore: null });
  });

  test('without a deployment there is no rate', () => {
    expect(figuresOf([[]], span)).toMatchObject({
      deployments: 0,
      perDay: 0,
      failureRate: null,
      restore: null,
    });
  });
});

test('lead time: of changes that succeeded and whose request named a commit, and of no others', () => {
  const committed = (day: number, hours: number, changes: Partial<EndFacts> = {}): EndFacts => {
    const end = ended(day, day, day + 1, changes);
    return { ...end, committedAtMs: (end.usersAtMs ?? end.endedAtMs) - hours * HOUR_MS };
  };
  const ends = [
    committed(1, 2),
    committed(2, 6),
    committed(3, 10),
    ended(4, 4, 5),
    committed(5, 100, { outcome: 'rolledBack', servedAtMs: null, restoredAtMs: NOW, cause: 'alarm' }),
    committed(6, -1),
  ];

  expect(figuresOf([ends], span).lead).toEqual({ known: 3, medianMs: 6 * HOUR_MS, longestMs: 10 * HOUR_MS });
  expect(figuresOf([[ended(4, 4, 5)]], span).lead).toBeNull();
});
