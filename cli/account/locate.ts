import { deploymentIdOf } from '../../core/deployment/deployment-id.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { sha256 } from '../../functions/identify.ts';
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
  return { deploymentId: name, serviceKey, executionArn: found?.arn ?? named };
};

/** Executions read for those of one service; the state machine's other services are among them. */
export const LISTED = 200;
