import type { Started } from '../../aws/workflow-verbs.ts';
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

export const startExecution = (state: ModelState, arn: string, name: string, input: unknown): Started => {
  // A name is used up for longer than a deployment lives.
  if (state.executions.some((one) => one.name === name)) return { kind: 'existed' };
  state.executions.push({ ...newExecution(arn, name, plain(input)), startedAtMs: state.nowMs });
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
