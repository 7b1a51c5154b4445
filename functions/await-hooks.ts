import { awaitSignal, missedSince } from './await-signal.ts';
import { executions, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** Hooks run before the first user is on green: a result, or a command, ends the wait. */
export const awaitHooks: Step<'AwaitHooks', 'executions' | 'record'> = (
  { state: { lease, hooks }, taskToken },
  deps,
) => {
  const { waitSeconds, heard } = hooks;
  return awaitSignal({ lease, taskToken, waitSeconds, missedBy: missedSince(heard) }, deps);
};

export const handler = toHandler('AwaitHooks', awaitHooks, { executions, record }, lambdaHost);
