import { expect, test } from 'vitest';
import { measuredIn } from '../../../sim/cloudwatch/metric-series.ts';
import { publishedSeries } from '../../../sim/cloudwatch/published-series.ts';
import type { MinuteMetrics, PublishedSeed } from '../../../sim/parts.types.ts';
import { aWorld, BLUE, GREEN, START_MS } from '../elbv2/a-balancer.ts';

const MINUTE_MS = 60_000;
const minuteOf = (changes: Partial<MinuteMetrics>): MinuteMetrics => ({
  requestCount: 100,
  target5xx: 0,
  connectionErrors: 0,
  balancer5xx: 0,
  answered: 100,
  responseSeconds: 0.1,
  chance: 0,
  healthyHosts: 1,
  unhealthyHosts: 0,
  registeredHosts: 1,
  ...changes,
});

const published: PublishedSeed[] = (['requests', 'right', 'wrong'] as const).map((counts) => ({
  namespace: 'Shop',
  metric: counts,
  dimensions: { Revision: 'r{taskDefinitionRevision}' },
  counts,
}));

const seriesOf = (metric: string, revision: string, revisions = { blue: 7, green: 8 }) =>
  publishedSeries(
    measuredIn({ ...aWorld({}), published }),
    {
      minute: (group) =>
        minuteOf({
          wrong: group === GREEN ? 3 : 1,
          taskDefinitionArn: `arn:aws:ecs:eu-west-1:1:task-definition/shop:${group === BLUE ? revisions.blue : revisions.green}`,
        }),
    },
    { namespace: 'Shop', metric, dimensions: [{ Name: 'Revision', Value: revision }], periodMs: MINUTE_MS },
  )?.(START_MS);

test('each revision publishes what it was asked, answered rightly, and wrongly', () => {
  expect(['requests', 'right', 'wrong'].map((metric) => seriesOf(metric, 'r8'))).toEqual([100, 97, 3]);
  expect(seriesOf('wrong', 'r7')).toBe(1);
});

test('a revision in both groups publishes one series for both', () => {
  expect(seriesOf('wrong', 'r7', { blue: 7, green: 7 })).toBe(4);
});

test('nobody publishes under another revision, and no version under another name', () => {
  expect(seriesOf('wrong', 'r9')).toBeUndefined();
  expect(seriesOf('other', 'r8')).toBeUndefined();
});
