import { awaitSignal, missedSince } from './await-signal.ts';
import { executions, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** Blue is whole: whatever shows that green does not carry all users, and every command, is of use at once. */
export const waitToRetire: Step<'WaitToRetire', 'executions' | 'record'> = (
  { state: { lease, retirement }, taskToken },
  deps,
) => {
  const { waitSeconds, heard } = retirement;
  return awaitSignal({ lease, taskToken, waitSeconds, missedBy: missedSince(heard) }, deps);
};

export const handler = toHandler('WaitToRetire', waitToRetire, { executions, record }, lambdaHost);
