import { deploymentIdOf } from '../../core/deployment/deployment-id.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { endIn } from '../../core/history/chain.ts';
import { isObject } from '../../core/is-object.ts';
import { sha256 } from '../../functions/identify.ts';
import { UsageError } from '../usage-error.ts';
import type { Watched } from '../watch/snapshot.ts';
import type { Account } from './account.ts';
import { executionArnOf } from './start.ts';
import type { Target } from './target.ts';

/** The deployment that changes the service now, and since when; null when none does. */
export const runningDeployment = async (
  account: Account,
  target: Pick<Target, 'cluster' | 'service'>,
): Promise<(Watched & { acquiredAtMs: number | null }) | null> => {
  const serviceKey = serviceKeyOf(target);
  const { holder, executionArn, acquiredAtMs = null } = await account.verbs().leases.read(serviceKey);
  if (holder === undefined || executionArn === undefined) return null;
  return { deploymentId: holder, serviceKey, executionArn, acquiredAtMs };
};

/** By its execution's name, which is what people give it, or by its id. */
export const deploymentNamed = async (account: Account, target: Target, name: string): Promise<Watched> => {
  const { deployments, ends, record } = account.verbs();
  const serviceKey = serviceKeyOf(target);
  const named = executionArnOf(account.installation.stateMachineArn, name);
  const described = await deployments.describe(named);
  if (described !== null)
    return { deploymentId: deploymentIdOf(described, sha256), serviceKey, executionArn: named };
  const running = await runningDeployment(account, target);
  if (running?.deploymentId === name)
    return { ...running, executionArn: await firstExecution(account, running.executionArn) };

  const known: string[] = running === null ? [] : [nameIn(running.executionArn)];
  for await (const stored of ends(serviceKey)) {
    const end = endIn(stored);
    if (end === null) continue;
    const { deploymentId, executionArn } = end;
    if (deploymentId === name)
      return { deploymentId, serviceKey, executionArn: await firstExecution(account, executionArn) };
    known.push(nameIn(executionArn));
  }
  // Of a service that an earlier release deployed only the record remembers by the id.
  if ((await record.read(name)) !== null) return { deploymentId: name, serviceKey, executionArn: named };
  const near = didYouMean(name, known);
  throw new UsageError(
    `--deployment: expected a deployment of ${target.words}, found none called ` +
      `${name}${near === undefined ? '' : `; did you mean ${near}?`}`,
    { hint: `\`cutover history ${target.words}\` lists the last ones` },
  );
};

/** `...:execution:MACHINE:NAME` */
const nameIn = (executionArn: string): string => executionArn.split(':').at(-1) ?? '';

/** More recoveries than this the sweep does not start for a deployment in the months that an execution is kept. */
const MOST_RECOVERIES = 500;

/** The execution that began the deployment: each recovery names the one whose deployment it took over. */
export const firstExecution = async (account: Account, executionArn: string): Promise<string> => {
  const { deployments } = account.verbs();
  let first = executionArn;
  for (let count = 0; count < MOST_RECOVERIES; count += 1) {
    const execution = await deployments.describe(first);
    const input: unknown = execution === null ? null : JSON.parse(execution.input);
    const before = isObject(input) && input.mode === 'rollBack' ? input.endedExecutionArn : null;
    if (typeof before !== 'string') return first;
    first = before;
  }
  return first;
};
