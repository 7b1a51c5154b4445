import { SECOND_MS } from '../../core/clock.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { findRetrier } from '../../sim/stepfunctions/error-matching.ts';
import { secondsOf } from '../../sim/stepfunctions/evaluate.ts';
import { fillTemplate, writePath } from '../../sim/stepfunctions/paths.ts';
import { StatesError } from '../../sim/stepfunctions/states-error.ts';
import type { StepName } from '../../statemachine/contract.ts';
import { copyOf } from './copy.ts';
import { contextOf, fail, type Machine, settle, taskOf, waitMs } from './machine.ts';
import type { ModelExecution, ModelState } from './model.types.ts';
import { plain } from './plain.ts';
import { type Interruption, LambdaDied, makeSession, type Session, Suspended } from './session.ts';
import { DEPLOYMENT } from './the-service.ts';
import { makeVerbs } from './verbs.ts';

/** One Task of the workflow: the production step against a copy of the state. */

/** A step takes about a second; retries come a little later. */
const STEP_MS = SECOND_MS;
const RETRY_MS = 2 * SECOND_MS;

/** No Lambda lives longer. */
const LAMBDA_MS = 60 * SECOND_MS;

/** The file's limits are 6 and 30; what the third try meets, the sixth does too. */
const TRIES = 2;

export type Ran = {
  state: ModelState;
  /** What came of it, in a few words. */
  result: string;
  /** The verbs it called, in order. */
  made: Session['made'];
  problems: string[];
  /** The step failed, and may be retried: the other way is that its retries are used up. */
  retriable: boolean;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const errorOf = (error: unknown): { Error: string; Cause: string } => {
  if (!(error instanceof Error)) return { Error: 'Error', Cause: String(error) };
  return { Error: error.name, Cause: JSON.stringify({ errorMessage: error.message, errorType: error.name }) };
};

/** A mistake in the code, and not one of the errors that a step may end with. */
const isMistake = (error: unknown): boolean =>
  !isDeploymentError(error) && !(error instanceof LambdaDied) && !(error instanceof StatesError);

/** What the Lambda is invoked with. A Bake begins to wait before its Lambda answers. */
const invocationOf = (machine: Machine, state: ModelState, execution: ModelExecution): unknown => {
  const task = taskOf(machine, execution.at);
  const { input } = execution;
  const context = contextOf(execution);
  if (task.call === 'token') {
    const seconds =
      task.timeout === undefined
        ? 0
        : secondsOf(task.timeout, task.name, 'TimeoutSeconds', 1, input, context);
    const { position } = (input as { traffic?: { position?: number } }).traffic ?? {};
    execution.untilMs = state.nowMs + waitMs(state, execution, `${task.name} ${position}`, seconds);
  }
  return task.payload === undefined ? input : fillTemplate(task.payload, input, context, task.name);
};

/** Runs the Task that an execution is at, in a copy of the state; `exhausted`: as if it were its last try. */
export const runTask = async (
  machine: Machine,
  from: ModelState,
  arn: string,
  interruption?: Interruption,
  exhausted = false,
): Promise<Ran> => {
  const state = copyOf(from);
  const execution = state.executions.find((one) => one.arn === arn);
  if (execution === undefined) throw new Error(`there is no execution ${arn}`);
  const task = taskOf(machine, execution.at);
  const step = task.step as StepName;
  const payload = invocationOf(machine, state, execution);
  state.nowMs += STEP_MS;

  const session = makeSession(state, { step, ...(interruption === undefined ? {} : { interruption }) });
  const { made, problems } = session;
  const ended = (result: string, retriable = false): Ran => ({ state, result, made, problems, retriable });
  try {
    const value = await machine.steps[step](payload as never, makeVerbs(session, machine.base, DEPLOYMENT));
    if (task.call === 'token') return ended('waits');
    const slice = plain(value ?? null);
    execution.input = writePath(task.resultPath, execution.input, slice) as Record<string, unknown>;
    settle(machine, state, execution, task.next);
    return ended(resultOf(value));
  } catch (error) {
    if (error instanceof Suspended) {
      // The execution is stopped, and nobody waits for the Lambda, which continues.
      Object.assign(execution, { status: 'ENDED', end: 'stopped', untilMs: null });
      state.late = {
        step,
        executionArn: arn,
        input: payload,
        answers: session.answers,
        seen: session.began(),
        dueByMs: state.nowMs + LAMBDA_MS,
      };
      return ended('its execution is stopped while it runs');
    }
    if (isMistake(error)) problems.push(`${step} threw ${messageOf(error)}`);
    // Woken before the answer was lost: the wait is over already.
    if (task.call === 'token' && execution.at !== task.name) return ended('was woken');
    const output = plain(errorOf(error));
    const why = `${output.Error}: ${messageOf(error)}`;
    execution.untilMs = null;
    const mayRetry = findRetrier(task.retry, [], output.Error) !== undefined && execution.tries < TRIES;
    if (mayRetry && !exhausted) {
      execution.tries += 1;
      state.nowMs += RETRY_MS;
      return ended(`fails, and is tried again: ${why}`, true);
    }
    fail(machine, state, execution, task, output);
    return ended(`fails for good: ${why}`);
  }
};

/** What is left of a step whose execution was stopped, against the world as it is by now. */
export const finishLate = async (machine: Machine, from: ModelState): Promise<Ran> => {
  const state = copyOf(from);
  const { late } = state;
  if (late === null) throw new Error('no step runs late');
  state.late = null;
  const session = makeSession(state, { step: late.step, recorded: late.answers, seen: late.seen });
  const { made, problems } = session;
  let result = 'ends';
  try {
    await machine.steps[late.step](late.input as never, makeVerbs(session, machine.base, DEPLOYMENT));
  } catch (error) {
    if (isMistake(error)) problems.push(`${late.step} threw ${messageOf(error)}`);
    result = `ends with ${messageOf(error)}`;
  }
  return { state, result, made, problems, retriable: false };
};

const resultOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return 'done';
  const { kind, reason, weights } = value as { kind?: string; reason?: string; weights?: { green: number } };
  if (weights !== undefined) return `green at ${weights.green} %`;
  return [kind, reason].filter((part) => part !== undefined && part !== '').join(': ') || 'done';
};
