import { createHash } from 'node:crypto';
import { deploymentIdOf } from '../core/deployment-id.ts';
import { DeploymentError } from '../core/errors.ts';
import { describeProblems, parseRequest } from '../core/request.ts';
import { serviceKeyOf } from '../core/service-key.ts';
import { record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** Execution names may be 80 characters, a client token 36: longer ones are shortened with this digest. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Checks the request's shape, then takes the service's lease and opens the deployment's record in one step. */
export const acquireLease: Step<'AcquireLease', 'record'> = async ({ request, execution }, { record }) => {
  const parsed = parseRequest(request);
  if (!parsed.ok) throw new DeploymentError('InvalidRequest', describeProblems(parsed.problems));

  const deploymentId = deploymentIdOf(execution.name, sha256);
  const serviceKey = serviceKeyOf(parsed.request);
  const { acquiredAtMs, lastGroups } = await record.acquire(
    serviceKey,
    deploymentId,
    execution,
    parsed.request,
  );

  return { deploymentId, serviceKey, acquiredAtMs, request: parsed.request, lastGroups };
};

export const handler = toHandler('AcquireLease', acquireLease, { record }, lambdaHost);
