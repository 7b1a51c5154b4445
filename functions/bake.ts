import { SECOND_MS } from '../core/clock.ts';
import { record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/**
 * Stores the task token and returns: the state goes on waiting until a signal spends the token or the wait times out.
 * What this function returns is ignored by Step Functions; the signal's output becomes the slice.
 */
export const bake: Step<'Bake', 'record'> = async ({ state, taskToken }, { record, clock }) => {
  const { lease, decision } = state;

  const expiresAtMs = clock.nowMs() + decision.waitSeconds * SECOND_MS;
  await record.storeTaskToken(lease.deploymentId, taskToken, expiresAtMs);
  return { by: 'stored' };
};

export const handler = toHandler('Bake', bake, { record }, lambdaHost);
