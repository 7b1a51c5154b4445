import { notDistinct, publishedSums } from '../../verdict/published-metrics.ts';
import type { PublishedMetric } from '../../vocabulary/analysis.types.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
import type { Check, Inspected } from './check.types.ts';
import { word } from './commands.ts';
import { warning } from './finding.ts';

/** `Shop OrdersPlaced (Revision=7)`. */
const nameOf = ({ namespace, metric, dimensions }: PublishedMetric): string =>
  `${namespace} ${metric} (${Object.entries(dimensions)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')})`;

const coloursOf = ({ observed: { taskDefinition }, found }: Inspected) => {
  const { primary, blueGroupArn, greenGroupArn } = found;
  if (primary === null || blueGroupArn === null) return null;
  return {
    blue: { taskDefinitionArn: primary.taskDefinitionArn, targetGroupArn: blueGroupArn },
    green:
      taskDefinition === null || greenGroupArn === null
        ? null
        : { taskDefinitionArn: taskDefinition.arn, targetGroupArn: greenGroupArn },
  };
};

const notApart = (names: readonly string[]): Finding[] =>
  names.map((name) =>
    warning(
      'application-metric-not-distinct',
      `expected the colours to publish ${name} under different dimensions, found the same for both: it is not compared`,
      'Let the application publish it by what differs: `{targetGroup}` always does, `{taskDefinitionRevision}` does ' +
        'not when the running revision is deployed again.',
    ),
  );

/** What the application itself counts: that blue publishes it, and each colour under a name of its own. */
export const checkApplicationMetrics: Check = (inspected) => {
  const { analysis } = inspected.request;
  const { baseline } = inspected.observed;
  const { application = [] } = analysis ?? {};
  const colours = coloursOf(inspected);
  if (application.length === 0 || colours === null) return [];
  const { blue, green } = colours;
  const same = green === null ? [] : notDistinct(application, blue, green);
  const usual = baseline === undefined || 'unreadable' in baseline ? undefined : baseline.application;
  const sums = publishedSums(application, blue);
  const silent = application.flatMap(({ name }, at): Finding[] => {
    if (usual?.[at]?.requests !== 0) return [];
    const published = sums[at]?.requests ?? [];
    const namespaces = [...new Set(published.map(({ namespace }) => namespace))];
    return [
      warning(
        'application-metric-without-data',
        `expected that blue has published ${name} in the last three hours, found no data of ` +
          published.map(nameOf).join(' and '),
        'See that the names and dimensions are those that the application publishes, ' +
          'and that it publishes by the minute.',
        namespaces.map((namespace) => `aws cloudwatch list-metrics --namespace ${word(namespace)}`),
      ),
    ];
  });
  return [...notApart(same), ...silent];
};
