import { isDeploymentError } from '../../core/errors.ts';
import type { Fields } from '../../core/read-field.ts';
import { nameOf, serviceKeyOf } from '../../core/service-key.ts';
import type { Watched } from '../watch/snapshot.ts';
import type { Account } from './account.ts';
import { deploymentName } from './deployment-name.ts';
import type { Target } from './target.ts';

export const executionArnOf = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/**
 * Starts the execution. With a name that was used before nothing is started: it is the same deployment, running or over,
 * so a CI job that is tried again finds its own.
 */
export const startDeployment = async (
  account: Account,
  target: Target,
  request: Fields,
  givenName: string | undefined,
): Promise<Watched & { existed: boolean }> => {
  const { host, installation } = account;
  const name = givenName ?? deploymentName(nameOf(target.service), host.clock.nowMs(), host.random);
  const { executions } = account.verbs();
  try {
    const answer = await executions.start(installation.stateMachineArn, name, request);
    return {
      deploymentId: name,
      serviceKey: serviceKeyOf(target),
      executionArn: executionArnOf(installation.stateMachineArn, name),
      existed: answer === 'existed',
    };
  } catch (error) {
    // Only an answer that never came leaves open whether it has started.
    if (isDeploymentError(error, 'Unavailable')) {
      error.message += ` It is not known whether the deployment has started: the same command with --name ${name} starts it once, or finds it.`;
    }
    throw error;
  }
};
