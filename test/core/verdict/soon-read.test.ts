import { expect, test } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../../core/clock.ts';
import { readsInTime, turnWaitMs } from '../../../core/verdict/soon-read.ts';

test.each([
  ['at a full minute, until an observation that began just before is over', 0, 2],
  ['just after it', 1.5, 0.5],
  ['two seconds into it', 2, 0],
  ['in the middle', 30, 0],
  ['when it is late, but not too late', 55, 0],
  ['too late: for the next', 55.001, 6.999],
  ['just before the next', 59.5, 2.5],
])('a turn of the watch waits %s', (_, seconds, expected) => {
  expect(turnWaitMs(HOUR_MS + seconds * SECOND_MS)).toBe(expected * SECOND_MS);
});

test.each([
  ['in the minute before, and is not over yet', -0.001, false],
  ['at the full minute', 0, true],
  ['late', 55, true],
  ['too late', 55.001, false],
])('an observation that begins %s reads in time what is known', (_, seconds, expected) => {
  expect(readsInTime(HOUR_MS + seconds * SECOND_MS, HOUR_MS + 20 * SECOND_MS)).toBe(expected);
});
