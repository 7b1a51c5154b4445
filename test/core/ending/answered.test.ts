import { expect, test } from 'vitest';
import { answeredIn, failedMeanwhile } from '../../../core/ending/answered.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import type { MetricMinute } from '../../../core/vocabulary/metrics.types.ts';
import { aDecision, aPlan, NOW } from '../a-deployment.ts';

const minutes: MetricMinute[] = [
  {
    startMs: NOW,
    blue: { requests: 9_000, target5xx: 9 },
    green: { requests: 1_000, target5xx: 2, connectionErrors: 1 },
  },
  // A colour without a data point had no request; connection errors may exceed the requests.
  { startMs: NOW + 60_000, blue: {}, green: { requests: 10, connectionErrors: 20 } },
];

const comparison = (sinceMs: number, minutes: number, ...metrics: object[]) =>
  ({ sinceMs, minutes, metrics }) as never;

test('what both colours answered is summed over all minutes, and there may be no blue', () => {
  const green = { requests: 1_010, bad: 13 };
  const analysis = undefined;

  expect(answeredIn(minutes, { alone: false, analysis })).toEqual({
    green,
    blue: { requests: 9_000, bad: 9 },
  });
  expect(answeredIn(minutes, { alone: true, analysis })).toEqual({ green, blue: null });
  expect(answeredIn([], { alone: true, analysis })).toEqual({ green: { requests: 0, bad: 0 }, blue: null });
});

test.each<[string, never, number[]]>([
  [
    'before the first shift and after the last final minute',
    comparison(NOW + 60_000, 2, { metric: 'errors' }),
    [0, 3],
  ],
  ['all of them, where none is final yet', comparison(NOW + 60_000, 0, { metric: 'errors' }), [0, 1, 2, 3]],
  [
    'all of them, where errors are not compared',
    comparison(NOW + 60_000, 2, { metric: 'latency' }),
    [0, 1, 2, 3],
  ],
])('beside a comparison the minutes count that it did not count: %s', (_, analysis, counted) => {
  const four = [0, 1, 2, 3].map((at) => ({
    startMs: NOW + at * 60_000,
    blue: { requests: 10 ** at },
    green: { requests: 10 ** at, target5xx: 10 ** at },
  }));
  const sum = counted.reduce((all, at) => all + 10 ** at, 0);

  expect(answeredIn(four, { alone: false, analysis })).toEqual({
    green: { requests: sum, bad: sum },
    blue: { requests: sum, bad: 0 },
  });
});

const counts = (requests: number, bad: number) => ({ requests, bad });
const answered = (green: object, blue: object | null) => aDecision({ answered: { green, blue } as never });
const analysed = (...metrics: object[]) => ({ analysis: { metrics } as never });

test.each<[string, Decision | undefined, string]>([
  [
    'beside blue',
    answered(counts(12_000, 37), counts(100_000, 120)),
    '; meanwhile green failed 37 of 12,000 requests (0.308 %), and blue 120 of 100,000 requests (0.12 %)',
  ],
  ['without a blue', answered(counts(10, 1), null), '; meanwhile green failed 1 of 10 requests (10 %)'],
  [
    'beside a blue without a request',
    answered(counts(10, 1), counts(0, 0)),
    '; meanwhile green failed 1 of 10 requests (10 %)',
  ],
  ['but no request', answered(counts(10, 0), counts(10, 5)), ''],
  ['of a green without a request', answered(counts(0, 1), null), ''],
  [
    'which is not known',
    aDecision({ answered: { unreadable: 'GetMetricData is not allowed' } as never }),
    "; how many of green's requests failed is not known: GetMetricData is not allowed",
  ],
  [
    'as the analysis counted them, of a record that has no others',
    { ...aDecision(), ...analysed({ metric: 'errors', green: counts(100, 1), blue: counts(900, 0) }) },
    '; meanwhile green failed 1 of 100 requests (1 %), and blue 0 of 900 requests (0 %)',
  ],
  [
    'as the analysis counted them, and beside its minutes',
    {
      ...answered(counts(10, 9), counts(100, 1)),
      ...analysed(
        { metric: 'latency', green: counts(1, 1), blue: null },
        { metric: 'errors', green: counts(100, 1), blue: counts(900, 0) },
      ),
    },
    '; meanwhile green failed 10 of 110 requests (9.09 %), and blue 1 of 1,000 requests (0.1 %)',
  ],
  ...(['answered', 'compared'] as const).map((known): [string, Decision, string] => [
    `in which only what was ${known} knows a blue`,
    {
      ...answered(counts(10, 1), known === 'answered' ? counts(100, 1) : null),
      ...analysed({
        metric: 'errors',
        green: counts(10, 1),
        blue: known === 'compared' ? counts(100, 1) : null,
      }),
    },
    '; meanwhile green failed 2 of 20 requests (10 %), and blue 1 of 100 requests (1 %)',
  ]),
  [
    'beside minutes that are not known',
    {
      ...aDecision({ answered: { unreadable: 'GetMetricData is not allowed' } as never }),
      ...analysed({ metric: 'errors', green: counts(100, 1), blue: counts(900, 0) }),
    },
    '; meanwhile green failed 1 of 100 requests (1 %), and blue 0 of 900 requests (0 %); how many of ' +
      "green's requests failed outside the minutes that were compared is not known: GetMetricData is not allowed",
  ],
  [
    'where the analysis did not count errors',
    { ...answered(counts(10, 1), null), ...analysed({ metric: 'latency', green: counts(1, 1), blue: null }) },
    '; meanwhile green failed 1 of 10 requests (10 %)',
  ],
  ['of which nothing was read', aDecision(), ''],
  ['without a decision', undefined, ''],
])('a success has an aside of the requests that green failed: %s', (_, decision, aside) => {
  expect(failedMeanwhile(decision, aPlan())).toBe(aside);
});

test("of a deployment with a test its testers' requests are in the same metrics, and the aside says so", () => {
  const plan = { test: { route: {}, forMs: 60_000 } } as never;

  expect(failedMeanwhile(answered(counts(10, 1), counts(100, 1)), plan)).toBe(
    "; meanwhile green failed 1 of 10 requests (10 %), its testers' included, and blue 1 of 100 requests (1 %)",
  );
});
