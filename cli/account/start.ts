import { deploymentIdOf } from '../../core/deployment/deployment-id.ts';
import { nameOf, serviceKeyOf } from '../../core/deployment/service-key.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { isObject } from '../../core/is-object.ts';
import type { Fields } from '../../core/request/read-field.ts';
import { sha256 } from '../../functions/identify.ts';
import { UsageError } from '../usage-error.ts';
import type { Watched } from '../watch/snapshot.ts';
import type { Account } from './account.ts';
import { deploymentName } from './deployment-name.ts';
import type { WantedRevision } from './revision.ts';
import { otherVersion } from './same-version.ts';
import type { Target } from './target.ts';

export const executionArnOf = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/**
 * The deployment that was started with this name, running or over; null when there is none. A CI job that is tried
 * again finds its own so, and neither registers nor starts anything.
 * @throws UsageError when it is of another service, or of another version than `wanted`
 */
export const findNamed = async (
  account: Account,
  target: Target,
  name: string,
  wanted?: WantedRevision,
): Promise<Watched | null> => {
  const executionArn = executionArnOf(account.installation.stateMachineArn, name);
  const found = await account.verbs().deployments.describe(executionArn);
  if (found === null) return null;
  const serviceKey = serviceKeyOf(target);
  const { key: of, taskDefinition } = readInput(found.input);
  if (of === serviceKey && wanted !== undefined && taskDefinition !== null) {
    const other = await otherVersion(account, wanted, taskDefinition);
    if (other !== null) {
      throw new UsageError(
        `--name ${name}: expected a deployment of ${other}, found one of ${nameOf(taskDefinition)}`,
        { hint: 'names are used up for 90 days: take another one for another version' },
      );
    }
  }
  if (of === serviceKey) return { deploymentId: deploymentIdOf(found, sha256), serviceKey, executionArn };
  throw new UsageError(
    `--name ${name}: expected a deployment of ${serviceKey}, found one of ${of ?? 'nothing we know'}`,
    {
      hint: 'names are used up for 90 days: take another one',
    },
  );
};

const readInput = (input: string): { key: string | null; taskDefinition: string | null } => {
  const parsed: unknown = JSON.parse(input);
  const { cluster, service, taskDefinition } = isObject(parsed) ? parsed : {};
  return {
    key:
      typeof cluster === 'string' && typeof service === 'string' ? serviceKeyOf({ cluster, service }) : null,
    taskDefinition: typeof taskDefinition === 'string' ? taskDefinition : null,
  };
};

/**
 * Starts the execution. The same name with the same request is one execution, so a lost answer may be asked for again
 * [fact 102].
 */
export const startDeployment = async (
  account: Account,
  target: Target,
  request: Fields,
  givenName: string | undefined,
): Promise<Watched> => {
  const { host, installation } = account;
  const name = givenName ?? deploymentName(nameOf(target.service), host.clock.nowMs(), host.random);
  const { executions } = account.verbs();
  try {
    const started = await executions.start(installation.stateMachineArn, name, request);
    const found = started.kind === 'existed' ? await findNamed(account, target, name) : null;
    if (found !== null) return found;
    const arn = executionArnOf(installation.stateMachineArn, name);
    const startedAtMs = started.kind === 'started' ? started.startedAtMs : host.clock.nowMs();
    return {
      deploymentId: deploymentIdOf({ arn, startedAtMs }, sha256),
      serviceKey: serviceKeyOf(target),
      executionArn: arn,
    };
  } catch (error) {
    // Only an answer that never came leaves open whether it has started.
    if (isDeploymentError(error, 'Unavailable')) {
      error.message +=
        ` It is not known whether the deployment has started: the same command with --name ${name} ` +
        'starts it once, or finds it.';
    }
    throw error;
  }
};
