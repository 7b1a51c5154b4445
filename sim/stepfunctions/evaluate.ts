import type {
  ChoiceState,
  FailState,
  Limit,
  PassState,
  SucceedState,
  WaitState,
} from './definition.types.ts';
import { fillTemplate, readPath } from './paths.ts';
import { runtimeError } from './states-error.ts';

/** What a state without a Lambda leads to. */
type Evaluation =
  | { kind: 'goTo'; next: string; output: unknown }
  | { kind: 'wait'; seconds: number; next: string; output: unknown }
  | { kind: 'succeed'; output: unknown }
  | { kind: 'fail'; error?: string; cause?: string };

/** Longest wait in seconds that the Amazon States Language allows. */
const MAX_SECONDS = 99_999_999;

/**
 * Seconds of a TimeoutSeconds or Wait field. @throws StatesError `States.Runtime` when its path leads to no such
 * number.
 */
export const secondsOf = (
  limit: Limit,
  state: string,
  field: string,
  least: number,
  input: unknown,
  context: unknown,
): number => {
  if (limit.kind === 'seconds') return limit.seconds;
  const found = readPath(limit.path, input, context);
  const value = found.found ? found.value : undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_SECONDS) {
    return value;
  }
  throw runtimeError(
    state,
    `The ${field} parameter must lead to an integer from ${least} to ${MAX_SECONDS}: ` +
      `${limit.path.text} == ${JSON.stringify(value)}`,
  );
};

const choose = (state: ChoiceState, input: unknown, context: unknown): string => {
  for (const choice of state.choices) {
    const found = readPath(choice.variable, input, context);
    if (!found.found) {
      throw runtimeError(
        state.name,
        `Invalid path '${choice.variable.text}': The choice state's condition path references an invalid value.`,
      );
    }
    if (found.value === choice.equals) return choice.next;
  }
  if (state.default === undefined)
    throw runtimeError(state.name, 'No choice matched and there is no Default.');
  return state.default;
};

const fail = (state: FailState, input: unknown, context: unknown): Evaluation => {
  const named = state.error === undefined ? {} : { error: state.error };
  if (state.causePath === undefined) return { kind: 'fail', ...named };
  const found = readPath(state.causePath, input, context);
  if (!found.found || typeof found.value !== 'string') {
    throw runtimeError(
      state.name,
      `Invalid path '${state.causePath.text}': the CausePath must lead to a string.`,
    );
  }
  return { kind: 'fail', ...named, cause: found.value };
};

/** @throws StatesError for data the state was not written for [fact 107]. */
export const evaluate = (
  state: PassState | ChoiceState | WaitState | SucceedState | FailState,
  input: unknown,
  context: unknown,
): Evaluation => {
  switch (state.type) {
    case 'Pass': {
      const output =
        state.parameters === undefined ? input : fillTemplate(state.parameters, input, context, state.name);
      return { kind: 'goTo', next: state.next, output };
    }
    case 'Choice':
      return { kind: 'goTo', next: choose(state, input, context), output: input };
    case 'Wait': {
      const field = state.wait.kind === 'path' ? 'SecondsPath' : 'Seconds';
      const seconds = secondsOf(state.wait, state.name, field, 0, input, context);
      return { kind: 'wait', seconds, next: state.next, output: input };
    }
    case 'Succeed':
      return { kind: 'succeed', output: input };
    case 'Fail':
      return fail(state, input, context);
    default:
      return state satisfies never;
  }
};
