import {
  type AnalysisPolicy,
  inconclusivePolicies,
  type MetricPolicy,
  metricUses,
} from '../vocabulary/analysis.types.ts';
import { DEFAULT_ANALYSIS } from './defaults.ts';
import {
  isObject,
  objectSchema,
  optional,
  type Read,
  readChoice,
  reading,
  readNumber,
  readObject,
  SHARE,
} from './read-field.ts';

const METRIC = `${metricUses.map((use) => `"${use}"`).join(', ')} or an object with use, psi and delta`;
const ANALYSIS = '"off", or an object with errors, latency, alpha and onInconclusive';

const readUse = readChoice(metricUses);

export const readPsi = readNumber(0.01, 100, 'a ratio from 0.01 to 100');
export const readDelta = readNumber(0, 1, SHARE);
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

const policyReaders = {
  errors: optional(readMetric(DEFAULT_ANALYSIS.errors)),
  latency: optional(readMetric(DEFAULT_ANALYSIS.latency)),
  alpha: optional(readAlpha),
  onInconclusive: optional(readChoice(inconclusivePolicies)),
};

const analysisSchema = { anyOf: [{ const: 'off' }, objectSchema(policyReaders)], description: ANALYSIS };

/** `analysis` of a request: how green's metrics are compared with blue's. Left out: errors decide, latency is reported. */
export const readAnalysis: Read<AnalysisPolicy> = reading(analysisSchema, (value, path, problems) => {
  const { errors, latency, alpha, onInconclusive } = DEFAULT_ANALYSIS;
  if (value === undefined) return DEFAULT_ANALYSIS;
  if (value === 'off') return { ...DEFAULT_ANALYSIS, errors: off(errors), latency: off(latency) };
  const fields = readObject(Object.keys(policyReaders), ANALYSIS)(value, path, problems);
  if (fields === undefined) return undefined;
  return {
    errors: policyReaders.errors(fields.errors, `${path}.errors`, problems) ?? errors,
    latency: policyReaders.latency(fields.latency, `${path}.latency`, problems) ?? latency,
    alpha: policyReaders.alpha(fields.alpha, `${path}.alpha`, problems) ?? alpha,
    onInconclusive:
      policyReaders.onInconclusive(fields.onInconclusive, `${path}.onInconclusive`, problems) ??
      onInconclusive,
  };
});
