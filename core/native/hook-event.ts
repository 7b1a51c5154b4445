import { isObject } from '../is-object.ts';
import { describeFound, type Problem } from '../request/problem.ts';
import { refuse } from '../request/read-field.ts';

/** What ECS asks a lifecycle hook of a native deployment, as far as it is used. */
export type HookEvent = {
  stage: string;
  serviceDeploymentArn: string;
  /** Green. */
  targetRevisionArn: string;
  /** Percent by service revision; null at the stages at which ECS does not say. */
  weights: Readonly<Record<string, number>> | null;
  /** As the service's definition has it: an object, or JSON. */
  hookDetails: unknown;
};

const ARN = /^arn:[a-z-]+:ecs:/;

const weightsIn = (value: unknown): HookEvent['weights'] => {
  if (!isObject(value)) return null;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return entries.length === 0 ? null : Object.fromEntries(entries);
};

const detailsIn = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

/**
 * The event of ECS's guide, "Lifecycle hooks for Amazon ECS service deployments": executionId, lifecycleStage,
 * resourceArn, executionDetails, hookDetails. Older copies of the guide have the details' fields at the top.
 */
export const readHookEvent = (value: unknown): { event: HookEvent } | { problems: Problem[] } => {
  const problems: Problem[] = [];
  const fields = isObject(value) ? value : {};
  const details = isObject(fields.executionDetails) ? fields.executionDetails : fields;
  const text = (path: string, found: unknown, arn: boolean): string => {
    if (typeof found === 'string' && found !== '' && (!arn || ARN.test(found))) return found;
    refuse(problems, path, arn ? 'the ARN of an ECS resource' : 'a text', describeFound(found));
    return '';
  };
  const event: HookEvent = {
    stage: text('lifecycleStage', fields.lifecycleStage, false),
    serviceDeploymentArn: text('resourceArn', fields.resourceArn, true),
    targetRevisionArn: text(
      'executionDetails.targetServiceRevisionArn',
      details.targetServiceRevisionArn,
      true,
    ),
    weights: weightsIn(details.productionTrafficWeights),
    hookDetails: detailsIn(fields.hookDetails),
  };
  return problems.length > 0 ? { problems } : { event };
};

/** What there is to judge at a stage, by green's share of the traffic now. */
type AskedFor =
  | { kind: 'nothing'; reason: string }
  /** Green gets its first traffic next: what is usual for blue is read now. */
  | { kind: 'begin' }
  | { kind: 'beside'; greenPct: number }
  | { kind: 'alone' };

export const askedFor = ({ stage, weights, targetRevisionArn }: HookEvent): AskedFor => {
  if (stage === 'POST_PRODUCTION_TRAFFIC_SHIFT') return { kind: 'alone' };
  if (stage !== 'PRE_PRODUCTION_TRAFFIC_SHIFT') {
    const reason = `nothing is judged at ${stage}: name PRE_PRODUCTION_TRAFFIC_SHIFT and POST_PRODUCTION_TRAFFIC_SHIFT`;
    return { kind: 'nothing', reason };
  }
  const greenPct = weights?.[targetRevisionArn] ?? 0;
  if (greenPct >= 100) return { kind: 'alone' };
  return greenPct <= 0 ? { kind: 'begin' } : { kind: 'beside', greenPct };
};
