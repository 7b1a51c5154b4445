import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { hookAnswer } from '../../../core/native/hook-answer.ts';
import { type HookPolicy, readHookPolicy } from '../../../core/native/hook-policy.ts';
import type { Comparison, ComparisonKind } from '../../../core/vocabulary/analysis.types.ts';

const policyOf = (details: object): HookPolicy => {
  const read = readHookPolicy(details);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.policy;
};

const comparison = (kind: ComparisonKind, requests = 5_000): Comparison => ({
  kind,
  reason: 'the numbers',
  sinceMs: 0,
  shiftFromMs: 0,
  minutes: 10,
  shift: { minutes: 10, requests },
  exposed: { requests, bad: 0 },
  metrics: [],
  difference: null,
});

type Given = {
  details?: object;
  kind: ComparisonKind;
  requests?: number;
  waited?: number;
  unknown?: string;
};

const answer = ({ details = {}, kind, requests, waited = 5, unknown }: Given) =>
  hookAnswer({
    policy: policyOf({ atMost: '30m', ...details }),
    comparison: comparison(kind, requests),
    unknown: unknown ?? null,
    waitedMs: waited * MINUTE_MS,
    alone: false,
  });

describe('the hook', () => {
  test.each<[string, Given, string, RegExp]>([
    ['fails on proven harm, at once', { kind: 'worse', waited: 0 }, 'FAILED', /^the numbers$/],
    ['succeeds on proof of no harm', { kind: 'unharmed' }, 'SUCCEEDED', /^the numbers$/],
    [
      'waits while neither is proven',
      { kind: 'undecided' },
      'IN_PROGRESS',
      /^waits for evidence, 25m at most/,
    ],
    ['waits while nothing is known', { kind: 'unread', requests: 0 }, 'IN_PROGRESS', /^waits/],
    ['waits with a suspicion', { kind: 'suspect' }, 'IN_PROGRESS', /^waits/],
    [
      'fails on a suspicion at its end',
      { kind: 'suspect', waited: 30 },
      'FAILED',
      /neither proven nor gone in 30m/,
    ],
    [
      'succeeds at its end with enough requests',
      { kind: 'undecided', waited: 30 },
      'SUCCEEDED',
      /no harm was found in 30m/,
    ],
    [
      'fails at its end with too few: insufficient data',
      { kind: 'undecided', waited: 30, requests: 40 },
      'FAILED',
      /^insufficient data: green has had 40 requests at these weights, 2,996 would show; "onInsufficientData": "fail"/,
    ],
    [
      'succeeds with too few where the hook says so, and names it',
      { kind: 'undecided', waited: 30, requests: 40, details: { onInsufficientData: 'succeed' } },
      'SUCCEEDED',
      /^insufficient data/,
    ],
    [
      'ends by the requests that were asked for',
      { kind: 'undecided', requests: 900, details: { requests: 800 } },
      'SUCCEEDED',
      /^green has had 900 requests, and no harm was found/,
    ],
    [
      'not by these with a suspicion',
      { kind: 'suspect', requests: 900, details: { requests: 800 } },
      'IN_PROGRESS',
      /./,
    ],
    [
      'waits for metrics that cannot be read',
      { kind: 'unharmed', unknown: 'the metrics cannot be read: denied' },
      'IN_PROGRESS',
      /cannot be read: denied/,
    ],
    [
      'takes unreadable metrics for no success at its end',
      { kind: 'unharmed', unknown: 'the metrics cannot be read: denied', waited: 30 },
      'FAILED',
      /^insufficient data: the metrics cannot be read: denied/,
    ],
    [
      'fails when the exposure budget is used up',
      { kind: 'undecided', details: { analysis: { exposure: { requests: 1_000 } } } },
      'FAILED',
      /^the exposure budget is used up/,
    ],
  ])('%s', (_name, given, status, reason) => {
    const found = answer(given);

    expect(found.hookStatus).toBe(status);
    expect(found.reason).toMatch(reason);
  });

  test.each([
    [1, 60],
    [30, 180],
    [600, 600],
  ])('after %i minutes asks to be called again in %i s', (waited, callBackDelay) => {
    expect(answer({ kind: 'undecided', waited, details: { atMost: '20h' } })).toMatchObject({
      callBackDelay,
    });
  });
});

test('hookDetails with mistakes: all of them', () => {
  const read = readHookPolicy({ atMost: 5, onInsufficientData: 'maybe', analysis: { alpha: 3 }, minutes: 1 });

  expect('problems' in read ? read.problems.map(({ path }) => path) : []).toEqual([
    'hookDetails.minutes',
    'hookDetails.analysis.alpha',
    'hookDetails.atMost',
    'hookDetails.onInsufficientData',
  ]);
});
