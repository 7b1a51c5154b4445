import { awaitSignal, missedSince } from './await-signal.ts';
import { executions, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/**
 * Users are not all where they should be: a task that stops, an alarm or a command has RollBack observe again at
 * once.
 */
export const waitForBlue: Step<'WaitForBlue', 'executions' | 'record'> = (
  { state: { lease, rolledBack }, taskToken },
  deps,
) => {
  const { waitSeconds, heard } = rolledBack;
  return awaitSignal({ lease, taskToken, waitSeconds, missedBy: missedSince(heard) }, deps);
};

export const handler = toHandler('WaitForBlue', waitForBlue, { executions, record }, lambdaHost);
