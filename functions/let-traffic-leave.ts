import { awaitSignal, missedSince } from './await-signal.ts';
import { executions, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** Blue has all weight and green still runs: should blue lose its tasks now, green gets its users back. */
export const letTrafficLeave: Step<'LetTrafficLeave', 'executions' | 'record'> = (
  { state: { lease, rolledBack }, taskToken },
  deps,
) => {
  const { waitSeconds, heard } = rolledBack;
  return awaitSignal({ lease, taskToken, waitSeconds, missedBy: missedSince(heard) }, deps);
};

export const handler = toHandler('LetTrafficLeave', letTrafficLeave, { executions, record }, lambdaHost);
