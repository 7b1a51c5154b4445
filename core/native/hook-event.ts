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

/** The stage before each change of the weights; the others have none that are read. */
const BEFORE_SHIFT = 'PRE_PRODUCTION_TRAFFIC_SHIFT';

const WEIGHTS = 'executionDetails.productionTrafficWeights';

/** What cannot be understood is a problem: taken for no weights, a green that nobody has judged would continue. */
const readWeights = (value: unknown, green: string, problems: Problem[]): HookEvent['weights'] => {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) {
    refuse(problems, WEIGHTS, 'percent by service revision', describeFound(value));
    return null;
  }
  const before = problems.length;
  const entries = Object.entries(value).map(([revision, found]): [string, number] => {
    const percent = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
    if (typeof percent === 'number' && percent >= 0 && percent <= 100) return [revision, percent];
    refuse(problems, `${WEIGHTS}["${revision}"]`, 'a percentage from 0 to 100', describeFound(found));
    return [revision, 0];
  });
  if (entries.length === 0 || problems.length > before) return null;
  const weights = Object.fromEntries(entries);
  const others = entries.reduce((sum, [, percent]) => sum + percent, 0);
  if (weights[green] === undefined && others < 100)
    refuse(problems, WEIGHTS, `green’s share, that of ${green}`, `${others} % of other revisions alone`);
  return weights;
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
  const stage = text('lifecycleStage', fields.lifecycleStage, false);
  const serviceDeploymentArn = text('resourceArn', fields.resourceArn, true);
  const green = 'executionDetails.targetServiceRevisionArn';
  const targetRevisionArn = text(green, details.targetServiceRevisionArn, true);
  const weights =
    stage === BEFORE_SHIFT
      ? readWeights(details.productionTrafficWeights, targetRevisionArn, problems)
      : null;
  const event: HookEvent = {
    stage,
    serviceDeploymentArn,
    targetRevisionArn,
    weights,
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
  if (stage !== BEFORE_SHIFT) {
    const reason = `nothing is judged at ${stage}: name ${BEFORE_SHIFT} and POST_PRODUCTION_TRAFFIC_SHIFT`;
    return { kind: 'nothing', reason };
  }
  const greenPct = weights?.[targetRevisionArn] ?? 0;
  if (greenPct >= 100) return { kind: 'alone' };
  return greenPct <= 0 ? { kind: 'begin' } : { kind: 'beside', greenPct };
};
