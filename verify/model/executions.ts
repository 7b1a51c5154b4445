import type { Started } from '../../aws/workflow-verbs.ts';
import { TRY_AGAIN_MS } from '../../core/pace.ts';
import { contract, waitsForToken } from '../../statemachine/contract.ts';
import workflow from '../../statemachine/deploy.asl.json' with { type: 'json' };
import type { ModelExecution, ModelState } from './model.types.ts';
import { plain } from './plain.ts';
import { START_MS } from './the-service.ts';

/** Step Functions' API as far as the handlers use it. */

/** The token of an execution's wait. One that is over has none, so one token for all its waits is enough. */
export const tokenOf = ({ arn }: Pick<ModelExecution, 'arn'>): string => `${arn}#token`;

const newExecution = (arn: string, name: string, input: unknown): ModelExecution => ({
  arn,
  name,
  status: 'RUNNING',
  end: null,
  at: 'Begin',
  input: input as Record<string, unknown>,
  untilMs: null,
  tries: 0,
  loop: null,
  startedAtMs: START_MS,
});

/**
 * The last recovery of the same execution, as long as its name may still be used up: the proof in the lease, and with
 * it the name, changes after five minutes.
 */
export const startedLately = (
  { executions, nowMs }: ModelState,
  name: string,
): ModelExecution | undefined => {
  const prefix = name.slice(0, name.lastIndexOf('-') + 1);
  return executions.find((one) => one.name.startsWith(prefix) && nowMs - one.startedAtMs < TRY_AGAIN_MS);
};

export const startExecution = (state: ModelState, arn: string, name: string, input: unknown): Started => {
  if (startedLately(state, name) !== undefined) return { kind: 'existed' };
  // The model's recoveries keep their name; Step Functions gives one that is started under a new name an ARN of its
  // own.
  const again = state.executions.filter((one) => one.arn.startsWith(arn)).length;
  const own = again > 0 ? `${arn}-${again}` : arn;
  state.executions.push({ ...newExecution(own, name, plain(input)), startedAtMs: state.nowMs });
  return { kind: 'started', startedAtMs: state.nowMs };
};

export const wakeExecution = (state: ModelState, token: string, by: string): 'woken' | 'alreadyDecided' => {
  const waiting = state.executions.find(
    ({ status, untilMs, ...one }) => status === 'RUNNING' && untilMs !== null && tokenOf(one) === token,
  );
  if (waiting === undefined || !waitsForToken(waiting.at)) return 'alreadyDecided';
  Object.assign(waiting, {
    at: workflow.States[waiting.at].Next,
    untilMs: null,
    tries: 0,
    input: { ...waiting.input, [contract[waiting.at].slice]: { by } },
  });
  return 'woken';
};

export const runningIn = ({ executions }: ModelState): ModelExecution | undefined =>
  executions.find(({ status }) => status === 'RUNNING');
