import { jsonCopyOf } from '../kernel/copy.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { TaskState } from './definition.types.ts';
import { assertPayload, type History, withText } from './history.ts';
import { type ErrorOutput, StatesError } from './states-error.ts';
import type { TokenAnswer, Tokens } from './tokens.ts';

/**
 * Runs a step's Lambda function. A rejection is the function's error; its `name` becomes the error's name [fact 109].
 */
export type Invoke = (
  step: string,
  payload: unknown,
  context: { executionArn: string; taskToken?: string },
) => Promise<unknown>;

export type AttemptResult = { ok: true; result: unknown } | { ok: false; error: ErrorOutput };

/** Cancels what is left of an attempt: its timer, its token, and anything it may still answer. */
type Abandon = () => void;

/**
 * An error as Lambda hands it to Step Functions. Names of Lambda's own (`Lambda.TooManyRequestsException`) come from
 * the service, not from a function, and have a plain text as their cause. A trace would differ from machine to machine.
 */
const lambdaError = (thrown: unknown): ErrorOutput => {
  const { name, message } =
    thrown instanceof Error
      ? thrown
      : { name: 'Error', message: String((thrown as Error)?.message ?? thrown) };
  if (name.startsWith('Lambda.')) return { Error: name, Cause: message };
  return { Error: name, Cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }) };
};

const failedDetails = ({ Error: error, Cause: cause }: ErrorOutput) => ({ error, cause });

/** The history's words for the two ways to invoke a function [fact 95]. */
const recorder = (state: TaskState, history: History) => {
  const resource = state.call === 'token' ? 'invoke.waitForTaskToken' : 'invoke';
  const where = { resourceType: 'lambda', resource };
  const callback = state.call !== 'lambda';
  return {
    begun: (payload: unknown): void => {
      if (callback) {
        history.append('TaskScheduled', {
          taskScheduledEventDetails: withText({ ...where, region: 'us-east-1' }, 'parameters', payload),
        });
        history.append('TaskStarted', { taskStartedEventDetails: where });
        return;
      }
      history.append('LambdaFunctionScheduled', {
        lambdaFunctionScheduledEventDetails: withText({ resource: state.resource }, 'input', payload),
      });
      history.append('LambdaFunctionStarted');
    },
    submitted: (): void => history.append('TaskSubmitted', { taskSubmittedEventDetails: where }),
    succeeded: (result: unknown): void => {
      if (callback) {
        history.append('TaskSucceeded', {
          taskSucceededEventDetails: withText({ ...where }, 'output', result),
        });
        return;
      }
      history.append('LambdaFunctionSucceeded', {
        lambdaFunctionSucceededEventDetails: withText({}, 'output', result),
      });
    },
    failed: (error: ErrorOutput): void => {
      const details = failedDetails(error);
      const timedOut = error.Error === 'States.Timeout';
      if (callback && timedOut)
        history.append('TaskTimedOut', { taskTimedOutEventDetails: { ...where, ...details } });
      else if (callback) history.append('TaskFailed', { taskFailedEventDetails: { ...where, ...details } });
      else if (timedOut)
        history.append('LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: details });
      else history.append('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: details });
    },
  };
};

/** Too large a result, or a full history, is the attempt's failure; anything else thrown is a bug of the simulator. */
const orStatesError = (answer: () => AttemptResult): AttemptResult => {
  try {
    return answer();
  } catch (error) {
    if (error instanceof StatesError) return { ok: false, error: error.output };
    throw error;
  }
};

/**
 * One try of a Task: `settled` is called once, with what came first of the function's answer (or, when the task waits
 * for its token, the token's), the function's error, and the timeout. What comes later is ignored; the function itself
 * runs on, as it does at AWS.
 */
export const attemptTask = (
  { kernel, history, tokens, invoke }: { kernel: Kernel; history: History; tokens: Tokens; invoke: Invoke },
  task: {
    state: TaskState;
    executionArn: string;
    payload: unknown;
    taskToken?: string;
    timeoutSeconds?: number;
    /** Of a call by the function's name: its ARN. */
    functionArn?: string;
  },
  settled: (result: AttemptResult) => void,
): Abandon => {
  const { state, taskToken, timeoutSeconds } = task;
  const record = recorder(state, history);
  let open = true;
  let cancelTimer: Abandon = () => {};

  const abandon = (): void => {
    open = false;
    cancelTimer();
    if (taskToken !== undefined) tokens.close(taskToken);
  };
  const settle = (answer: () => AttemptResult): void => {
    if (!open) return;
    abandon();
    settled(orStatesError(answer));
  };
  const fail = (error: ErrorOutput): void =>
    settle(() => {
      record.failed(error);
      return { ok: false, error };
    });
  const succeed = (result: unknown): void =>
    settle(() => {
      const output = jsonCopyOf(result);
      assertPayload(output, state.name);
      record.succeeded(output);
      return { ok: true, result: output };
    });

  const { payload, functionArn } = task;
  assertPayload(payload, state.name);
  record.begun(payload);
  if (timeoutSeconds !== undefined) {
    cancelTimer = kernel.scheduler.after(timeoutSeconds * 1_000, () =>
      fail({ Error: 'States.Timeout', Cause: '' }),
    );
  }
  if (taskToken !== undefined) {
    tokens.open(taskToken, (answer: TokenAnswer) =>
      answer.ok ? succeed(answer.output) : fail({ Error: answer.Error, Cause: answer.Cause }),
    );
  }

  const context = { executionArn: task.executionArn, ...(taskToken === undefined ? {} : { taskToken }) };
  invoke(functionArn ?? state.step, payload, context).then(
    (result) => {
      if (functionArn !== undefined)
        return succeed({ ExecutedVersion: '1', Payload: result, StatusCode: 200 });
      if (taskToken === undefined) return succeed(result);
      const recorded = open ? orStatesError(() => ({ ok: true, result: record.submitted() })) : undefined;
      if (recorded?.ok === false) settle(() => recorded);
    },
    (error: unknown) => fail(lambdaError(error)),
  );
  return abandon;
};
