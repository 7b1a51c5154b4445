import { isObject } from '../is-object.ts';
import {
  type AnalysisPolicy,
  type ExposureBudget,
  inconclusivePolicies,
  type MetricPolicy,
  metricUses,
  usedUpPolicies,
} from '../vocabulary/analysis.types.ts';
import { readApplicationMetrics, readDelta, readPsi } from './application-metrics.ts';
import { DEFAULT_ANALYSIS, MAX_SHIFT_REQUESTS } from './defaults.ts';
import { describeFound } from './problem.ts';
import {
  objectSchema,
  optional,
  type Read,
  readChoice,
  readInteger,
  reading,
  readNumber,
  readObject,
  refuse,
} from './read-field.ts';

const METRIC = `${metricUses.map((use) => `"${use}"`).join(', ')} or an object with use, psi and delta`;
const ANALYSIS = '"off", or an object with errors, latency, application, alpha, onInconclusive and exposure';

const readUse = readChoice(metricUses);

export const readAlpha = readNumber(1e-12, 0.5, 'a probability from 1e-12 to 0.5');

const metricReaders = { use: optional(readUse), psi: optional(readPsi), delta: optional(readDelta) };

const metricSchema = { anyOf: [readUse.schema, objectSchema(metricReaders)], description: METRIC };

const readMetric = (defaults: MetricPolicy): Read<MetricPolicy> =>
  reading(metricSchema, (value, path, problems) => {
    if (!isObject(value)) {
      const use = typeof value === 'string' ? readUse(value, path, problems) : undefined;
      if (typeof value !== 'string') readObject(['use', 'psi', 'delta'], METRIC)(value, path, problems);
      return use === undefined ? undefined : { ...defaults, use };
    }
    const fields = readObject(['use', 'psi', 'delta'], METRIC)(value, path, problems) ?? {};
    return {
      use: metricReaders.use(fields.use, `${path}.use`, problems) ?? defaults.use,
      psi: metricReaders.psi(fields.psi, `${path}.psi`, problems) ?? defaults.psi,
      delta: metricReaders.delta(fields.delta, `${path}.delta`, problems) ?? defaults.delta,
    };
  });

const off = (policy: MetricPolicy): MetricPolicy => ({ ...policy, use: 'off' });

const exposureReaders = {
  requests: optional(readInteger(1, MAX_SHIFT_REQUESTS)),
  failed: optional(readInteger(0, MAX_SHIFT_REQUESTS)),
  onUsedUp: optional(readChoice(usedUpPolicies)),
};

const EXPOSURE = 'an object with requests, failed or both, and onUsedUp';

const readExposure: Read<ExposureBudget> = reading(
  { ...objectSchema(exposureReaders), description: EXPOSURE },
  (value, path, problems) => {
    const fields = readObject(Object.keys(exposureReaders), EXPOSURE)(value, path, problems);
    if (fields === undefined) return undefined;
    const requests = exposureReaders.requests(fields.requests, `${path}.requests`, problems);
    const failed = exposureReaders.failed(fields.failed, `${path}.failed`, problems);
    const onUsedUp = exposureReaders.onUsedUp(fields.onUsedUp, `${path}.onUsedUp`, problems);
    if (fields.requests === undefined && fields.failed === undefined)
      return refuse(problems, path, 'requests, failed or both', describeFound(value));
    return {
      ...(requests === undefined ? {} : { requests }),
      ...(failed === undefined ? {} : { failed }),
      onUsedUp: onUsedUp ?? 'rollBack',
    };
  },
);

const policyReaders = {
  errors: optional(readMetric(DEFAULT_ANALYSIS.errors)),
  latency: optional(readMetric(DEFAULT_ANALYSIS.latency)),
  application: optional(readApplicationMetrics),
  alpha: optional(readAlpha),
  onInconclusive: optional(readChoice(inconclusivePolicies)),
  exposure: optional(readExposure),
};

const analysisSchema = { anyOf: [{ const: 'off' }, objectSchema(policyReaders)], description: ANALYSIS };

/**
 * `analysis` of a request: how green's metrics are compared with blue's. Left out: errors decide, latency is
 * reported, nothing of the application's is read.
 */
export const readAnalysis: Read<AnalysisPolicy> = reading(analysisSchema, (value, path, problems) => {
  const { errors, latency, alpha, onInconclusive } = DEFAULT_ANALYSIS;
  if (value === undefined) return DEFAULT_ANALYSIS;
  if (value === 'off') return { ...DEFAULT_ANALYSIS, errors: off(errors), latency: off(latency) };
  const fields = readObject(Object.keys(policyReaders), ANALYSIS)(value, path, problems);
  if (fields === undefined) return undefined;
  const exposure = policyReaders.exposure(fields.exposure, `${path}.exposure`, problems);
  const application = policyReaders.application(fields.application, `${path}.application`, problems);
  return {
    ...(exposure === undefined ? {} : { exposure }),
    ...(application === undefined ? {} : { application }),
    errors: policyReaders.errors(fields.errors, `${path}.errors`, problems) ?? errors,
    latency: policyReaders.latency(fields.latency, `${path}.latency`, problems) ?? latency,
    alpha: policyReaders.alpha(fields.alpha, `${path}.alpha`, problems) ?? alpha,
    onInconclusive:
      policyReaders.onInconclusive(fields.onInconclusive, `${path}.onInconclusive`, problems) ??
      onInconclusive,
  };
});
