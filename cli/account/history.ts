import type { ExecutionSummary } from '../../aws/execution-history.ts';
import { deploymentIdOf } from '../../core/deployment/deployment-id.ts';
import { nameOf, serviceKeyOf } from '../../core/deployment/service-key.ts';
import { isObject } from '../../core/is-object.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { type Ended, endedOf } from '../watch/view.ts';
import type { Account } from './account.ts';
import { LISTED } from './locate.ts';
import type { Target } from './target.ts';

/** One deployment of the service, as history shows it. */
export type EarlierDeployment = {
  deploymentId: string;
  executionArn: string;
  startedAtMs: number;
  endedAtMs: number | null;
  from: string | null;
  to: string | null;
  strategy: string | null;
  startedBy: string | null;
  /** Null while it runs, or is being recovered. */
  ended: Ended | null;
  plan: Plan | null;
};

/** Executions read at the same time. */
const AT_ONCE = 5;

/**
 * The last deployments of the service, newest first. Step Functions lists the executions of all services; the record,
 * or for one that was refused before it had one its input, says whose they are.
 */
export const earlierDeployments = async (
  account: Account,
  target: Target,
  wanted: number,
): Promise<{ found: EarlierDeployment[]; readCount: number }> => {
  const serviceKey = serviceKeyOf(target);
  const { deployments } = account.verbs();
  const listed = await deployments.list(account.installation.stateMachineArn, LISTED);
  const found: EarlierDeployment[] = [];
  let readCount = 0;
  while (readCount < listed.length && found.length < wanted) {
    const some = listed.slice(readCount, readCount + AT_ONCE);
    readCount += some.length;
    const observed = await Promise.all(some.map((one) => readOne(account, serviceKey, one)));
    found.push(...observed.filter((one) => one !== null));
  }
  return { found: found.slice(0, wanted), readCount };
};

const readOne = async (
  account: Account,
  serviceKey: string,
  { arn: executionArn, startedAtMs }: ExecutionSummary,
): Promise<EarlierDeployment | null> => {
  const { deployments, record } = account.verbs();
  const deploymentId = deploymentIdOf({ arn: executionArn, startedAtMs }, sha256);
  const stored = await record.read(deploymentId);
  if (stored !== null && stored.serviceKey !== serviceKey) return null;
  const execution = await deployments.describe(executionArn);
  if (execution === null) return null;
  const input = inputOf(execution.input);
  // A recovery names no service and has no record: it is part of the deployment it recovers, which has a line of its
  // own.
  if (stored === null && inputKey(input) !== serviceKey) return null;

  const plan = stored?.plan ?? null;
  const ended = endedOf({ record: stored, execution });
  const asked = typeof input.taskDefinition === 'string' ? nameOf(input.taskDefinition) : null;
  return {
    deploymentId,
    executionArn,
    startedAtMs: execution.startedAtMs,
    endedAtMs: ended?.endedAtMs ?? null,
    from: plan?.blue == null ? null : nameOf(plan.blue.taskDefinitionArn),
    to: plan === null ? asked : nameOf(plan.green.taskDefinitionArn),
    strategy: plan?.strategyName ?? null,
    startedBy: typeof input.startedBy === 'string' ? input.startedBy : null,
    ended,
    plan,
  };
};

const inputOf = (text: string): Record<string, unknown> => {
  const parsed: unknown = JSON.parse(text);
  return isObject(parsed) ? parsed : {};
};

const inputKey = ({ cluster, service }: Record<string, unknown>): string =>
  typeof cluster === 'string' && typeof service === 'string' ? serviceKeyOf({ cluster, service }) : '';
