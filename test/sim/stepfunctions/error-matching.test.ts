import { describe, expect, test } from 'vitest';
import {
  findCatcher,
  findRetrier,
  matchesError,
  retryDelaySeconds,
} from '../../../sim/stepfunctions/error-matching.ts';
import { parsePath } from '../../../sim/stepfunctions/paths.ts';

describe('which errors fall under which names', () => {
  test.each([
    [['Throttled'], 'Throttled', true],
    [['Throttled'], 'Unavailable', false],
    [['States.ALL'], 'Anything', true],
    [['States.ALL'], 'States.Timeout', true],
    [['States.ALL'], 'States.Runtime', false],
    [['States.ALL'], 'States.DataLimitExceeded', false],
    [['States.DataLimitExceeded'], 'States.DataLimitExceeded', true],
    [['States.Runtime'], 'States.Runtime', false],
    [['States.TaskFailed'], 'Anything', true],
    [['States.TaskFailed'], 'States.Timeout', false],
    [['States.TaskFailed'], 'States.Runtime', false],
    [['States.TaskFailed', 'States.Timeout'], 'States.Timeout', true],
  ])('%j, %s: %s', (names, error, expected) => {
    expect(matchesError(names, error)).toBe(expected);
  });
});

test('the first catcher that matches wins', () => {
  const resultPath = parsePath('$', 'here');
  const catchers = [
    { errorEquals: ['States.Timeout'], resultPath, next: 'Again' },
    { errorEquals: ['States.ALL'], resultPath, next: 'RollBack' },
  ];

  expect(findCatcher(catchers, 'States.Timeout')?.next).toBe('Again');
  expect(findCatcher(catchers, 'Throttled')?.next).toBe('RollBack');
  expect(findCatcher(catchers, 'States.Runtime')).toBeUndefined();
});

const retrier = {
  errorEquals: ['Throttled'],
  intervalSeconds: 2,
  maxAttempts: 6,
  backoffRate: 2,
  maxDelaySeconds: 30,
  jitter: 'NONE' as const,
};

test('a retrier whose attempts are used up hands over to Catch, not to the next retrier', () => {
  const retriers = [
    { ...retrier, maxAttempts: 1 },
    { ...retrier, errorEquals: ['States.ALL'] },
  ];

  expect(findRetrier(retriers, [], 'Throttled')?.index).toBe(0);
  expect(findRetrier(retriers, [1], 'Throttled')).toBeUndefined();
  expect(findRetrier(retriers, [1], 'Unavailable')?.index).toBe(1);
});

describe('the delay before a retry', () => {
  test.each([
    [0, 2],
    [1, 4],
    [3, 16],
    [4, 30],
    [5, 30],
  ])('after %i earlier ones is %i s', (used, seconds) => {
    expect(retryDelaySeconds(retrier, used, 0.5)).toBe(seconds);
  });

  test('with full jitter is anywhere between nothing and all of it', () => {
    const jittered = { ...retrier, jitter: 'FULL' as const };

    expect(retryDelaySeconds(jittered, 4, 0)).toBe(0);
    expect(retryDelaySeconds(jittered, 4, 0.5)).toBe(15);
  });

  test('without a maximum grows on', () => {
    const { maxDelaySeconds: _none, ...unbounded } = retrier;

    expect(retryDelaySeconds(unbounded, 9, 0)).toBe(1024);
  });
});
