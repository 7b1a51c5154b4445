import type { ApplicationMetric, colourPlaceholders, PublishedMetric } from '../vocabulary/analysis.types.ts';

/** What a colour is known by to the metrics that its application publishes. */
export type PublishingColour = { taskDefinitionArn: string; targetGroupArn: string };

/** The series of one colour that are added to what it counted, and to what of it was bad. */
export type PublishedSums = Pick<ApplicationMetric, 'requests' | 'bad'>;

/** The same for two that name the same series. */
export const seriesKey = ({ namespace, metric, dimensions }: PublishedMetric): string =>
  JSON.stringify([namespace, metric, Object.entries(dimensions).sort()]);

/** The series by their keys, each once: what is bad is often a part of what is counted, and each read is charged. */
export const seriesOf = (sums: readonly PublishedSums[]): Map<string, PublishedMetric> =>
  new Map(sums.flatMap(({ requests, bad }) => [...requests, ...bad]).map((each) => [seriesKey(each), each]));

/** `targetgroup/shop-blue/0123456789abcdef`, as metrics name a target group; `7` of the task definition `shop:7`. */
const endingOf = (arn: string): string => arn.split(':').at(-1) ?? '';

const valuesOf = ({
  taskDefinitionArn,
  targetGroupArn,
}: PublishingColour): Record<(typeof colourPlaceholders)[number], string> => ({
  taskDefinitionRevision: endingOf(taskDefinitionArn),
  targetGroup: endingOf(targetGroupArn),
});

const publishedBy = (metric: PublishedMetric, colour: PublishingColour): PublishedMetric => {
  const filled = (text: string): string =>
    Object.entries(valuesOf(colour)).reduce((so, [name, value]) => so.replaceAll(`{${name}}`, value), text);
  const dimensions = Object.entries(metric.dimensions).map(([name, text]) => [name, filled(text)]);
  return { ...metric, dimensions: Object.fromEntries(dimensions) };
};

/** The series that a colour publishes for each of a policy's metrics, in their order. */
export const publishedSums = (
  application: readonly ApplicationMetric[],
  colour: PublishingColour,
): PublishedSums[] =>
  application.map(({ requests, bad }) => ({
    requests: requests.map((metric) => publishedBy(metric, colour)),
    bad: bad.map((metric) => publishedBy(metric, colour)),
  }));

/** The names of the metrics whose series would be the same for both colours, in part at least. */
export const notDistinct = (
  application: readonly ApplicationMetric[],
  one: PublishingColour,
  other: PublishingColour,
): string[] =>
  application
    .filter(({ requests, bad }) =>
      [...requests, ...bad].some(
        (metric) => seriesKey(publishedBy(metric, one)) === seriesKey(publishedBy(metric, other)),
      ),
    )
    .map(({ name }) => name);
