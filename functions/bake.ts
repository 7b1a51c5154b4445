import { SECOND_MS } from '../core/clock.ts';
import { executions, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/**
 * Stores the task token and returns: the state goes on waiting until a signal spends the token or the wait times out.
 * What this function returns is ignored by Step Functions; the signal's output becomes the slice.
 *
 * A signal that came after the last decision, but before there was a token to spend, is found here.
 */
export const bake: Step<'Bake', 'executions' | 'record'> = async (
  { state, taskToken },
  { executions, record, clock },
) => {
  const { lease, decision } = state;
  const expiresAtMs = clock.nowMs() + decision.waitSeconds * SECOND_MS;

  await record.storeTaskToken(lease.deploymentId, taskToken, expiresAtMs);
  const stored = await record.read(lease.deploymentId);
  const signal = stored?.lastSignal ?? null;
  if (signal !== null && signal.atMs >= decision.evidence.observedAtMs)
    await executions.wake(taskToken, signal.by);
  return { by: 'stored' };
};

export const handler = toHandler('Bake', bake, { executions, record }, lambdaHost);
