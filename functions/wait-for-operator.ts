import type { Heard } from '../core/vocabulary/heard.types.ts';
import type { Ready } from '../core/vocabulary/state.types.ts';
import { awaitSignal, missedSince } from './await-signal.ts';
import { executions, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

const heldIn = (ready: Ready): { waitSeconds: number; heard?: Heard } =>
  ready.kind === 'held' ? ready : { waitSeconds: 0 };

/** A person holds the deployment before its first shift: a command wakes it. */
export const waitForOperator: Step<'WaitForOperator', 'executions' | 'record'> = (
  { state: { lease, ready }, taskToken },
  deps,
) => {
  const { waitSeconds, heard } = heldIn(ready);
  return awaitSignal({ lease, taskToken, waitSeconds, missedBy: missedSince(heard) }, deps);
};

export const handler = toHandler('WaitForOperator', waitForOperator, { executions, record }, lambdaHost);
