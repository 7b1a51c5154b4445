import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { isDeploymentError } from '../../core/errors.ts';
import type { Deps } from '../../functions/deps.types.ts';
import { type StepName, stepNames } from '../../statemachine/contract.ts';
import type { Definition, TaskState } from '../stepfunctions/definition.types.ts';
import { findCatcher, findRetrier } from '../stepfunctions/error-matching.ts';
import { evaluate, secondsOf } from '../stepfunctions/evaluate.ts';
import { loadDefinition } from '../stepfunctions/load.ts';
import { fillTemplate, writePath } from '../stepfunctions/paths.ts';
import { StatesError } from '../stepfunctions/states-error.ts';
import { copyOf } from './copy.ts';
import { tokenOf } from './executions.ts';
import type { LateStep, ModelBase, ModelExecution, ModelState } from './model.types.ts';
import { type Interruption, LambdaDied, makeSession, Suspended } from './session.ts';
import { snapshotOf } from './snapshot.ts';
import { DEPLOYMENT } from './the-service.ts';
import { makeVerbs } from './verbs.ts';

/** Every step as the model runs it; a test may plant a defective one. */
export type Steps = Record<StepName, (input: never, deps: Deps) => Promise<unknown>>;

export type Machine = { definition: Definition; steps: Steps; base: ModelBase };

/** Reads the state machine's file as it is deployed. */
export const loadMachine = (asl: unknown, steps: Steps, base: ModelBase): Machine => ({
  definition: loadDefinition(asl, Object.fromEntries(stepNames.map((name) => [`${name}Arn`, `arn:${name}`]))),
  steps,
  base,
});

/** A step takes about a second; retries come a little later. */
const STEP_MS = SECOND_MS;
const RETRY_MS = 2 * SECOND_MS;

/** Longer loops are looked at ever more rarely: a month of looks at a frozen deployment differ in nothing. */
export const STRETCH_FROM_MS = 5 * MINUTE_MS;

/** Where a task set has to be gone within two hours, one stretched wait must not use them up. */
const LONGEST_STRETCH_MS = 100 * MINUTE_MS;
const REMOVALS = new Set(['WaitForRetirement', 'WaitForRemoval']);

/** The file's limits are 6 and 30; what the third try meets, the sixth does too. */
const TRIES = 2;

export type Ran = {
  state: ModelState;
  /** What came of it, in a few words. */
  told: string;
  /** The verbs it called, in order. */
  made: { verb: string; write: boolean }[];
  problems: string[];
  /** The step failed, and may be retried: the other way is that its retries are used up. */
  retriable: boolean;
};

const contextOf = (execution: ModelExecution): Record<string, unknown> => ({
  Execution: { Id: execution.arn, Name: execution.name, StartTime: '2026-01-05T09:00:00.000Z' },
  Task: { Token: tokenOf(execution) },
});

const taskOf = ({ definition }: Machine, name: string): TaskState => {
  const state = definition.states[name];
  if (state?.type !== 'Task') throw new Error(`${name} is no Task state`);
  return state;
};

/** Goes on from a state until one that takes time: a Task, a Wait, an end. */
export const settle = (
  machine: Machine,
  state: ModelState,
  execution: ModelExecution,
  next: string,
): void => {
  let name = next;
  for (;;) {
    const at = machine.definition.states[name];
    if (at === undefined) throw new Error(`there is no state ${name}`);
    Object.assign(execution, { at: name, untilMs: null, tries: 0 });
    if (at.type === 'Task') return;
    const did = evaluate(at, execution.input, contextOf(execution));
    if (did.kind === 'wait') {
      execution.untilMs = state.nowMs + waitMs(state, execution, name, did.seconds);
      return;
    }
    if (did.kind !== 'goTo') {
      Object.assign(execution, { status: 'ENDED', end: name });
      return;
    }
    execution.input = did.output as Record<string, unknown>;
    name = did.next;
  }
};

const waitMs = (state: ModelState, execution: ModelExecution, at: string, seconds: number): number => {
  const same = execution.loop?.at === at;
  if (!same) execution.loop = { at, sinceMs: state.nowMs };
  const lastedMs = state.nowMs - (execution.loop?.sinceMs ?? state.nowMs);
  if (lastedMs < STRETCH_FROM_MS) return seconds * SECOND_MS;
  const stretchedMs = REMOVALS.has(at) ? Math.min(lastedMs, LONGEST_STRETCH_MS) : lastedMs;
  return Math.max(seconds * SECOND_MS, stretchedMs);
};

/** Leaves a wait whose time has come. */
export const leaveWait = (machine: Machine, state: ModelState, execution: ModelExecution): void => {
  const at = machine.definition.states[execution.at];
  if (at?.type === 'Wait') settle(machine, state, execution, at.next);
  else
    failed(machine, state, execution, taskOf(machine, execution.at), { Error: 'States.Timeout', Cause: '' });
};

const failed = (
  machine: Machine,
  state: ModelState,
  execution: ModelExecution,
  task: TaskState,
  error: { Error: string; Cause: string },
): void => {
  const catcher = findCatcher(task.catch, error.Error);
  if (catcher === undefined) {
    Object.assign(execution, {
      status: 'ENDED',
      end: `${task.name} failed with ${error.Error}`,
      untilMs: null,
    });
    return;
  }
  execution.input = writePath(catcher.resultPath, execution.input, error) as Record<string, unknown>;
  settle(machine, state, execution, catcher.next);
};

const errorOf = (error: unknown): { Error: string; Cause: string } => {
  if (!(error instanceof Error)) return { Error: 'Error', Cause: String(error) };
  return { Error: error.name, Cause: JSON.stringify({ errorMessage: error.message, errorType: error.name }) };
};

/** A mistake in the code, and not one of the errors that a step may end with. */
const isMistake = (error: unknown): boolean =>
  !isDeploymentError(error) && !(error instanceof LambdaDied) && !(error instanceof StatesError);

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
  const context = contextOf(execution);
  const seen = snapshotOf(state, null);
  const payload =
    task.payload === undefined
      ? execution.input
      : fillTemplate(task.payload, execution.input, context, task.name);
  if (task.call === 'token') {
    const seconds =
      task.timeout === undefined
        ? 0
        : secondsOf(task.timeout, task.name, 'TimeoutSeconds', 1, execution.input, context);
    const place = `${task.name} ${(execution.input as { traffic?: { position?: number } }).traffic?.position}`;
    execution.untilMs = state.nowMs + waitMs(state, execution, place, seconds);
  }
  state.nowMs += STEP_MS;

  const session = makeSession(state, { step, ...(interruption === undefined ? {} : { interruption }) });
  const deps = makeVerbs(session, machine.base, DEPLOYMENT);
  const result = (told: string, retriable = false): Ran => ({
    state,
    told,
    made: session.made,
    problems: session.problems,
    retriable,
  });
  try {
    const value = await machine.steps[step](JSON.parse(JSON.stringify(payload)) as never, deps);
    if (task.call === 'token') return result('waits');
    execution.input = writePath(task.resultPath, execution.input, value ?? null) as Record<string, unknown>;
    settle(machine, state, execution, task.next);
    return result(toldOf(value));
  } catch (error) {
    if (error instanceof Suspended) {
      // The execution is stopped, and nobody waits for the Lambda, which goes on.
      Object.assign(execution, { status: 'ENDED', end: 'stopped', untilMs: null });
      const late: LateStep = {
        step,
        executionArn: arn,
        input: payload,
        answers: session.answers,
        seen,
        dueByMs: state.nowMs + 60 * SECOND_MS,
      };
      state.late = late;
      return result('its execution is stopped while it runs');
    }
    if (isMistake(error))
      session.problems.push(`${step} threw ${error instanceof Error ? error.message : String(error)}`);
    // Woken before the answer was lost: the wait is over already.
    if (task.call === 'token' && execution.at !== task.name) return result('was woken');
    const output = errorOf(error);
    const why = `${output.Error}: ${error instanceof Error ? error.message : String(error)}`;
    execution.untilMs = null;
    const mayRetry = findRetrier(task.retry, [], output.Error) !== undefined && execution.tries < TRIES;
    if (mayRetry && !exhausted) {
      execution.tries += 1;
      state.nowMs += RETRY_MS;
      return result(`fails, and is tried again: ${why}`, true);
    }
    failed(machine, state, execution, task, output);
    return result(`fails for good: ${why}`);
  }
};

/** What is left of a step whose execution was stopped, against the world as it is by now. */
export const finishLate = async (machine: Machine, from: ModelState): Promise<Ran> => {
  const state = copyOf(from);
  const { late } = state;
  if (late === null) throw new Error('no step runs late');
  state.late = null;
  const session = makeSession(state, { step: late.step, recorded: late.answers, seen: late.seen });
  const deps = makeVerbs(session, machine.base, DEPLOYMENT);
  let told = 'ends';
  try {
    await machine.steps[late.step](JSON.parse(JSON.stringify(late.input)) as never, deps);
  } catch (error) {
    if (isMistake(error))
      session.problems.push(`${late.step} threw ${error instanceof Error ? error.message : String(error)}`);
    told = `ends with ${error instanceof Error ? error.message : String(error)}`;
  }
  return { state, told, made: session.made, problems: session.problems, retriable: false };
};

const toldOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return 'done';
  const { kind, reason, weights } = value as { kind?: string; reason?: string; weights?: { green: number } };
  if (weights !== undefined) return `green at ${weights.green} %`;
  return [kind, reason].filter((part) => part !== undefined && part !== '').join(': ') || 'done';
};
