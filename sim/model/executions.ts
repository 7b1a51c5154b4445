import type { ModelExecution, ModelState } from './model.types.ts';

/** Step Functions' API as far as the handlers use it. */

/** The token of an execution's bake. A wait that is over has none, so one token for all its bakes is enough. */
export const tokenOf = ({ arn }: ModelExecution): string => `${arn}#token`;

export const newExecution = (arn: string, name: string, input: unknown): ModelExecution => ({
  arn,
  name,
  status: 'RUNNING',
  end: null,
  at: 'Begin',
  input: input as Record<string, unknown>,
  untilMs: null,
  tries: 0,
  loop: null,
});

export const startExecution = (
  state: ModelState,
  arn: string,
  name: string,
  input: unknown,
): 'started' | 'existed' => {
  if (state.executions.some((one) => one.arn === arn)) return 'existed';
  state.executions.push(newExecution(arn, name, JSON.parse(JSON.stringify(input))));
  return 'started';
};

export const wakeExecution = (state: ModelState, token: string, by: string): 'woken' | 'alreadyDecided' => {
  const baking = state.executions.find(
    (one) => one.status === 'RUNNING' && one.at === 'Bake' && one.untilMs !== null && tokenOf(one) === token,
  );
  if (baking === undefined) return 'alreadyDecided';
  Object.assign(baking, {
    at: 'JudgeHealth',
    untilMs: null,
    tries: 0,
    input: { ...baking.input, wake: { by } },
  });
  return 'woken';
};

export const runningIn = ({ executions }: ModelState): ModelExecution | undefined =>
  executions.find(({ status }) => status === 'RUNNING');
