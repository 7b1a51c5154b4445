import { deploymentIdOf } from '../../core/deployment/deployment-id.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { sha256 } from '../../functions/identify.ts';
import { UsageError } from '../usage-error.ts';
import type { Watched } from '../watch/snapshot.ts';
import type { Account } from './account.ts';
import { executionArnOf } from './start.ts';
import type { Target } from './target.ts';

/** The deployment that changes the service now; null when none does. */
export const runningDeployment = async (account: Account, target: Target): Promise<Watched | null> => {
  const serviceKey = serviceKeyOf(target);
  const { holder, executionArn } = await account.verbs().leases.read(serviceKey);
  if (holder === undefined || executionArn === undefined) return null;
  return { deploymentId: holder, serviceKey, executionArn };
};

/** By its execution's name, which is what people give it, or by its id. */
export const deploymentNamed = async (account: Account, target: Target, name: string): Promise<Watched> => {
  const { stateMachineArn } = account.installation;
  const { deployments } = account.verbs();
  const serviceKey = serviceKeyOf(target);
  const named = executionArnOf(stateMachineArn, name);
  const described = await deployments.describe(named);
  if (described !== null)
    return { deploymentId: deploymentIdOf(described, sha256), serviceKey, executionArn: named };
  const all = await deployments.list(stateMachineArn, LISTED);
  const found = all.find((execution) => deploymentIdOf(execution, sha256) === name);
  // Step Functions forgets executions after 90 days, and lists only so many; the record remembers by the id.
  if (found === undefined && (await account.verbs().record.read(name)) === null) {
    const near = didYouMean(
      name,
      all.map(({ arn }) => arn.split(':').at(-1) ?? ''),
    );
    throw new UsageError(
      `--deployment: expected a deployment of ${target.words}, found none called ` +
        `${name}${near === undefined ? '' : `; did you mean ${near}?`}`,
      { hint: `\`cutover history ${target.words}\` lists the last ones` },
    );
  }
  return { deploymentId: name, serviceKey, executionArn: found?.arn ?? named };
};

/** Executions read for those of one service; the state machine's other services are among them. */
export const LISTED = 200;
