import type { Dimension } from '@aws-sdk/client-cloudwatch';
import { MINUTE_MS } from '../../core/clock.ts';
import type { MinuteMetrics, PublishedSeed } from '../parts.types.ts';
import { endingOf, type Measured, type MetricSource, type Series } from './metric-series.ts';

/** An application publishes its zeroes, too: a counter of its own exists from its first minute on. */
const countedIn = ({ counts }: PublishedSeed, { answered, wrong = 0 }: MinuteMetrics): number => {
  switch (counts) {
    case 'requests':
      return Math.round(answered);
    case 'right':
      return Math.round(answered) - wrong;
    case 'wrong':
      return wrong;
    default:
      return counts satisfies never;
  }
};

const filled = (text: string, group: string, taskDefinitionArn: string): string =>
  text
    .replaceAll('{targetGroup}', group)
    .replaceAll('{taskDefinitionRevision}', taskDefinitionArn.split(':').at(-1) ?? '');

/** What the versions publish under exactly this name and these dimensions; undefined: no version does. */
export const publishedSeries = (
  { seed, groups }: Measured,
  source: MetricSource,
  name: {
    namespace: string | undefined;
    metric: string | undefined;
    dimensions: Dimension[];
    periodMs: number;
  },
): Series | undefined => {
  const published = (seed.published ?? []).filter(
    ({ namespace, metric, dimensions }) =>
      namespace === name.namespace &&
      metric === name.metric &&
      Object.keys(dimensions).length === name.dimensions.length,
  );
  if (published.length === 0) return undefined;
  const means = ({ dimensions }: PublishedSeed, group: string, taskDefinitionArn: string): boolean =>
    name.dimensions.every(({ Name = '', Value }) => {
      const { [Name]: template } = dimensions;
      return template !== undefined && filled(template, group, taskDefinitionArn) === Value;
    });
  return (periodStartMs) => {
    const values: number[] = [];
    for (let startMs = periodStartMs; startMs < periodStartMs + name.periodMs; startMs += MINUTE_MS) {
      for (const arn of groups.values()) {
        const minute = source.minute(arn, startMs);
        const { taskDefinitionArn } = minute ?? {};
        if (minute === undefined || taskDefinitionArn === undefined) continue;
        const counter = published.find((each) => means(each, endingOf(arn), taskDefinitionArn));
        if (counter !== undefined) values.push(countedIn(counter, minute));
      }
    }
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  };
};
