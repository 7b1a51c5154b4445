import type { SimEventInput } from '../kernel/trace.ts';
import type { Catcher, Retrier, TaskState } from './definition.types.ts';
import type { ExecutionStatus } from './execution.types.ts';
import type { ErrorOutput } from './states-error.ts';

/** What the trace says of an execution: one sentence each, the details as data. */

/** A Lambda's error message out of its Cause, for people. */
const messageOf = (cause: string): string => {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
};

export const entered = (state: string): SimEventInput => ({
  kind: 'step',
  what: state,
  data: { state, phase: 'entered' },
  detail: true,
});

export const succeeded = (state: string, result: unknown): SimEventInput => ({
  kind: 'step',
  what: `${state} succeeded`,
  data: { state, phase: 'succeeded', result },
});

export const retried = (
  state: string,
  error: ErrorOutput,
  retrier: Retrier,
  used: number,
  delaySeconds: number,
): SimEventInput => ({
  kind: 'step',
  what:
    `${state} failed with ${error.Error}, retry ${used + 1} of ${retrier.maxAttempts} in ` +
    `${delaySeconds.toFixed(1)} s`,
  why: messageOf(error.Cause),
  data: { state, phase: 'retried', error },
});

/** With a catcher the workflow continues; without one the execution ends. */
export const failed = (state: TaskState, error: ErrorOutput, catcher: Catcher | undefined): SimEventInput => {
  // A wait that ends by its timeout, as a bake does, is the plan and no news.
  const planned = error.Error === 'States.Timeout' && state.call === 'token' && catcher !== undefined;
  return {
    kind: 'step',
    what: `${state.name} failed with ${error.Error}${catcher === undefined ? '' : `, continues with ${catcher.next}`}`,
    why: messageOf(error.Cause),
    data: { state: state.name, phase: catcher === undefined ? 'failed' : 'caught', error },
    ...(planned ? { detail: true } : {}),
  };
};

export const ended = (status: ExecutionStatus, error?: string, cause?: string): SimEventInput => ({
  kind: 'step',
  what: `the execution ${status.toLowerCase()}${error === undefined ? '' : ` with ${error}`}`,
  ...(cause === undefined ? {} : { why: messageOf(cause) }),
  data: { phase: 'ended', status, ...(error === undefined ? {} : { error }) },
});
