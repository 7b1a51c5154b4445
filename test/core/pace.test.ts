import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import * as pace from '../../core/pace.ts';

const { nextWaitMs, nextWaitSeconds, recoveryWaitMs, waits } = pace;

test.each([
  ['the first wait is the shortest', 0, 15],
  ['until the share of what has passed is longer', 60, 15],
  ['then the share', 100, 25],
  ['in whole seconds, rounded up', 101, 26],
  ['up to the longest', 20 * 60, 300],
  ['and no longer', 24 * 60 * 60, 300],
])('%s: after %d s, %d s', (_name, passedSeconds, waitSeconds) => {
  expect(nextWaitSeconds(waits.lease, passedSeconds * SECOND_MS)).toBe(waitSeconds);
});

describe.each(Object.entries(waits))('the wait for %s', (_name, wait) => {
  const passed = Array.from({ length: 600 }, (_, minutes) => minutes * 7 * SECOND_MS);

  test('never shrinks while time passes, and reaches its longest', () => {
    const all = passed.map((passedMs) => nextWaitMs(wait, passedMs));

    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect([all[0], nextWaitMs(wait, DAY_MS)]).toEqual([wait.firstMs, wait.longestMs]);
    expect(wait.firstMs).toBeLessThan(wait.longestMs);
  });

  test('is a whole number of seconds at both ends', () => {
    expect([wait.firstMs % SECOND_MS, wait.longestMs % SECOND_MS]).toEqual([0, 0]);
  });
});

test('recoveries come after a minute, then after twice as long each time, up to six hours', () => {
  expect([1, 2, 3, 4, 9, 10, 100].map((recovery) => recoveryWaitMs(recovery) / MINUTE_MS)).toEqual([
    1, 2, 4, 8, 256, 360, 360,
  ]);
});

describe('limits fit the waits under them', () => {
  test.each([
    ['an unknown verdict is judged several times', pace.UNKNOWN_WAIT_MS, pace.UNKNOWN_TOLERANCE_MS],
    ['an unread alarm is read several times', pace.UNREAD_ALARM_WAIT_MS, pace.UNREAD_ALARM_TOLERANCE_MS],
    ['a throttled deployment gets several turns', pace.THROTTLED_WAIT_MS, pace.THROTTLED_BLIND_MS],
    ['a waiter is seen several times', waits.lease.longestMs, pace.WAITER_GONE_MS],
    ['a gate is observed several times', pace.OPERATOR_WAIT_MS, pace.APPROVAL_LIMIT_MS],
    ['a held deployment is observed several times', pace.OPERATOR_WAIT_MS, pace.OPERATOR_LIMIT_MS],
  ])('%s', (_name, waitMs, limitMs) => {
    expect(limitMs / waitMs).toBeGreaterThanOrEqual(3);
  });

  test('blind to the alarms, throttling is tolerated for less', () => {
    expect(pace.THROTTLED_BLIND_MS).toBeLessThan(pace.THROTTLED_TOLERANCE_MS);
    expect(pace.THROTTLED_TOLERANCE_MS).toBeLessThan(24 * HOUR_MS);
  });
});
