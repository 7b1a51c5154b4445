import { expect, test } from 'vitest';
import { answeredIn, failedMeanwhile } from '../../../core/ending/answered.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import type { MetricMinute } from '../../../core/vocabulary/metrics.types.ts';
import { aDecision, NOW } from '../a-deployment.ts';

const minutes: MetricMinute[] = [
  {
    startMs: NOW,
    blue: { requests: 9_000, target5xx: 9 },
    green: { requests: 1_000, target5xx: 2, connectionErrors: 1 },
  },
  // A colour without a data point had no request; connection errors may exceed the requests.
  { startMs: NOW + 60_000, blue: {}, green: { requests: 10, connectionErrors: 20 } },
];

test('what both colours answered is summed over all minutes, and there may be no blue', () => {
  const green = { requests: 1_010, bad: 13 };

  expect(answeredIn(minutes, false)).toEqual({ green, blue: { requests: 9_000, bad: 9 } });
  expect(answeredIn(minutes, true)).toEqual({ green, blue: null });
  expect(answeredIn([], true)).toEqual({ green: { requests: 0, bad: 0 }, blue: null });
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
    'as the analysis counted them',
    {
      ...answered(counts(10, 9), null),
      ...analysed(
        { metric: 'latency', green: counts(1, 1), blue: null },
        { metric: 'errors', green: counts(100, 1), blue: counts(900, 0) },
      ),
    },
    '; meanwhile green failed 1 of 100 requests (1 %), and blue 0 of 900 requests (0 %)',
  ],
  [
    'where the analysis did not count errors',
    { ...answered(counts(10, 1), null), ...analysed({ metric: 'latency', green: counts(1, 1), blue: null }) },
    '; meanwhile green failed 1 of 10 requests (10 %)',
  ],
  ['of which nothing was read', aDecision(), ''],
  ['without a decision', undefined, ''],
])('a success has an aside of the requests that green failed: %s', (_, decision, aside) => {
  expect(failedMeanwhile(decision)).toBe(aside);
});
