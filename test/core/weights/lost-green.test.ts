import { expect, test } from 'vitest';
import type { GroupMinute } from '../../../core/vocabulary/metrics.types.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import { rememberLostGreen } from '../../../core/weights/lost-green.ts';
import { NOW } from '../a-deployment.ts';

const minute = (green: GroupMinute, blue: GroupMinute = {}) => ({ startMs: NOW, blue, green });

test.each<[string, GroupMinute, number | null]>([
  ['nine in ten failed', { requests: 50, target5xx: 45 }, 5],
  [
    'all failed, some of them without a connection',
    { requests: 100, target5xx: 40, connectionErrors: 60 },
    0,
  ],
  ['more connections failed than requests came', { requests: 60, connectionErrors: 90 }, 0],
  ['not quite as many failed', { requests: 50, target5xx: 44 }, null],
  ['too few requests to tell', { requests: 49, target5xx: 49 }, null],
  ['no answers, and no errors either: it may hang, which errors do not show', { requests: 500 }, null],
  ['no data point', {}, null],
])('a minute of green in which %s', (_what, green, answered) => {
  const memory = rememberLostGreen(undefined, [minute({ requests: 100 }), minute(green)]);

  expect(memory?.lostGreen?.answered ?? null).toBe(answered);
});

test('blue’s errors say nothing about green', () => {
  expect(rememberLostGreen(undefined, [minute({}, { requests: 100, target5xx: 100 })])).toBeUndefined();
});

test('what was known once stays known, with all the rest', () => {
  const lostGreen = { startMs: NOW - 60_000, requests: 100, answered: 1 };
  const known = { ...NO_MEMORY, movedAtMs: [NOW], lostGreen };

  expect(rememberLostGreen(known, [minute({ requests: 80, target5xx: 80 })])).toEqual(known);
  expect(rememberLostGreen(known, [])).toEqual(known);
});
