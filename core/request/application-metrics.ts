import { isObject } from '../is-object.ts';
import {
  type ApplicationMetric,
  applicationUses,
  colourPlaceholders,
  type PublishedMetric,
} from '../vocabulary/analysis.types.ts';
import {
  DEFAULT_APPLICATION,
  MAX_APPLICATION_METRICS,
  MAX_METRIC_DIMENSIONS,
  MAX_PUBLISHED_METRICS,
} from './defaults.ts';
import { describeFound, type Problem } from './problem.ts';
import {
  objectSchema,
  optional,
  type Read,
  readChoice,
  reading,
  readList,
  readNumber,
  readObject,
  readText,
  refuse,
  SHARE,
} from './read-field.ts';

export const readPsi = readNumber(0.01, 100, 'a ratio from 0.01 to 100');
export const readDelta = readNumber(0, 1, SHARE);

const PLACEHOLDERS = colourPlaceholders.map((name) => `{${name}}`).join(' or ');

/** Limits of CloudWatch's Metric and Dimension; a leading colon is its own. */
const readNamespace = readText(
  /^[A-Za-z0-9._/#:-]{1,255}$/,
  'a namespace of CloudWatch, up to 255 of letters, digits and . _ / # : -',
);
const readMetricName = readText(/^[\x21-\x7e][\x20-\x7e]{0,254}$/, 'a name of 1 to 255 ASCII characters');
const readDimensionValue = readText(/^[\x21-\x7e][\x20-\x7e]{0,254}$/, 'a text of 1 to 255 ASCII characters');

const DIMENSIONS = `an object of 1 to ${MAX_METRIC_DIMENSIONS} dimensions, one of them with ${PLACEHOLDERS}`;

const isKnown = (placeholder: string): boolean => colourPlaceholders.some((name) => name === placeholder);

/** Without a placeholder both colours would read the same series, and a bad green would hide behind itself. */
const readDimensions: Read<Record<string, string>> = reading(
  {
    type: 'object',
    minProperties: 1,
    maxProperties: MAX_METRIC_DIMENSIONS,
    additionalProperties: readDimensionValue.schema,
    description: DIMENSIONS,
  },
  (value, path, problems) => {
    const entries = isObject(value) ? Object.entries(value) : [];
    if (entries.length === 0 || entries.length > MAX_METRIC_DIMENSIONS)
      return refuse(problems, path, DIMENSIONS, describeFound(value));
    const read = entries.map(
      ([name, each]) => [name, readDimensionValue(each, `${path}.${name.slice(0, 100)}`, problems)] as const,
    );
    const texts = read.flatMap(([, text]) => text ?? []);
    const placeholders = texts.flatMap((text) =>
      [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? ''),
    );
    const unknown = placeholders.find((name) => !isKnown(name));
    if (unknown !== undefined)
      return refuse(problems, path, `no placeholder but ${PLACEHOLDERS}`, `{${unknown}}`.slice(0, 100));
    if (texts.length < read.length) return undefined;
    if (placeholders.length === 0) {
      const hint = 'Without it both colours would be read from the same series, and nothing compared.';
      return refuse(problems, path, `a value with ${PLACEHOLDERS}`, describeFound(value), hint);
    }
    return Object.fromEntries(read) as Record<string, string>;
  },
);

const publishedReaders = { namespace: readNamespace, metric: readMetricName, dimensions: readDimensions };
const PUBLISHED = 'an object with namespace, metric and dimensions';

const readPublished: Read<PublishedMetric> = reading(
  { ...objectSchema(publishedReaders, Object.keys(publishedReaders)), description: PUBLISHED },
  (value, path, problems) => {
    const fields = readObject(Object.keys(publishedReaders), PUBLISHED)(value, path, problems);
    if (fields === undefined) return undefined;
    const namespace = readNamespace(fields.namespace, `${path}.namespace`, problems);
    const metric = readMetricName(fields.metric, `${path}.metric`, problems);
    const dimensions = readDimensions(fields.dimensions, `${path}.dimensions`, problems);
    if (namespace === undefined || metric === undefined || dimensions === undefined) return undefined;
    return { namespace, metric, dimensions };
  },
);

const readSum = readList(
  1,
  MAX_PUBLISHED_METRICS,
  `a list of 1 to ${MAX_PUBLISHED_METRICS} metrics, which are added`,
  readPublished,
);

const metricReaders = {
  name: readText(/^[a-z][a-z0-9-]{0,31}$/, 'a name of up to 32 lower-case letters, digits and hyphens'),
  requests: readSum,
  bad: readSum,
  use: optional(readChoice(applicationUses)),
  psi: optional(readPsi),
  delta: optional(readDelta),
};

const METRIC = 'an object with name, requests, bad, use, psi and delta';

const readMetric: Read<ApplicationMetric> = reading(
  { ...objectSchema(metricReaders, ['name', 'requests', 'bad']), description: METRIC },
  (value, path, problems) => {
    const fields = readObject(Object.keys(metricReaders), METRIC)(value, path, problems);
    if (fields === undefined) return undefined;
    const name = metricReaders.name(fields.name, `${path}.name`, problems);
    const requests = metricReaders.requests(fields.requests, `${path}.requests`, problems);
    const bad = metricReaders.bad(fields.bad, `${path}.bad`, problems);
    const use = metricReaders.use(fields.use, `${path}.use`, problems);
    const psi = metricReaders.psi(fields.psi, `${path}.psi`, problems);
    const delta = metricReaders.delta(fields.delta, `${path}.delta`, problems);
    if (name === undefined || requests === undefined || bad === undefined) return undefined;
    const given = {
      ...(use === undefined ? {} : { use }),
      ...(psi === undefined ? {} : { psi }),
      ...(delta === undefined ? {} : { delta }),
    };
    return { ...DEFAULT_APPLICATION, ...given, name, requests, bad };
  },
);

const readMetrics = readList(
  1,
  MAX_APPLICATION_METRICS,
  `a list of 1 to ${MAX_APPLICATION_METRICS} metrics of the application`,
  readMetric,
);

const refuseSameNames = (metrics: readonly ApplicationMetric[], path: string, problems: Problem[]): void => {
  for (const [at, { name }] of metrics.entries()) {
    const first = metrics.findIndex((metric) => metric.name === name);
    if (first !== at)
      refuse(
        problems,
        `${path}[${at}].name`,
        'each name once',
        `"${name}" again`,
        `It is ${path}[${first}] already.`,
      );
  }
};

/** `analysis.application` of a request: what the application itself counts, for each colour apart. */
export const readApplicationMetrics: Read<ApplicationMetric[]> = reading(
  readMetrics.schema,
  (value, path, problems) => {
    const metrics = readMetrics(value, path, problems);
    if (metrics !== undefined) refuseSameNames(metrics, path, problems);
    return metrics;
  },
);
