import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Cancel } from '../kernel/listeners.ts';
import { tookMs } from '../kernel/took.ts';
import { contextObject } from './context-object.ts';
import type { State, TaskState } from './definition.types.ts';
import { findCatcher } from './error-matching.ts';
import { evaluate, secondsOf } from './evaluate.ts';
import type { Execution } from './execution.types.ts';
import {
  assertPayload,
  closeHistory,
  type Ended,
  type Ending,
  type History,
  makeHistory,
  withText,
} from './history.ts';
import type { Machine, Visit } from './machine.types.ts';
import { ended, entered, failed, retried, succeeded } from './narrate.ts';
import { fillTemplate, readPath, writePath } from './paths.ts';
import { useRetrier } from './retry.ts';
import { type ErrorOutput, StatesError } from './states-error.ts';
import { type AttemptResult, attemptTask } from './task-attempt.ts';

/** Assumed time between two states, milliseconds: [low, high]. Signals arrive in these gaps, too. */
const TRANSITION_MS = [15, 60] as const;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** One execution. Once started it runs by itself as virtual time passes, until it ends or is aborted. */
export class RunningExecution {
  readonly #machine: Machine;
  readonly #history: History;
  readonly #path: string[] = [];
  readonly #execution: Mutable<Execution>;
  /** The execution's input, read; never changed. */
  #input: unknown;
  /** Cancels what the execution waits for: a timer, or the answer to a task. */
  #cancelPending: Cancel = () => {};

  constructor(machine: Machine, arn: string, name: string, input: string) {
    const nowMs = machine.kernel.scheduler.nowMs;
    const history = makeHistory(nowMs);
    this.#machine = machine;
    this.#history = history;
    this.#execution = {
      arn,
      name,
      stateMachineArn: machine.stateMachineArn,
      status: 'RUNNING',
      input,
      startedAtMs: nowMs(),
      path: this.#path,
      transitions: 0,
      history: history.events,
      get historyEvents() {
        return history.events.length;
      },
    };
  }

  get execution(): Execution {
    return this.#execution;
  }

  start(): void {
    const { input } = this.#execution;
    this.#history.append('ExecutionStarted', { executionStartedEventDetails: { input } });
    this.#machine.changed(this.#execution);
    this.#input = JSON.parse(input);
    this.#goTo(this.#machine.definition.startAt, this.#input);
  }

  /** Ends it at once; no Catch runs, and a Lambda that runs is not interrupted [fact 101]. */
  abort(error: string | undefined, cause: string | undefined): void {
    this.#end('ABORTED', {
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
  }

  #later(ms: number, visit: Visit | undefined, event: () => void): void {
    this.#cancelPending = this.#machine.kernel.scheduler.after(ms, () => this.#guard(visit, event));
  }

  /** What a state cannot do with its data is the state's failure, and what no state handles is the execution's. */
  #guard(visit: Visit | undefined, event: () => void): void {
    try {
      event();
    } catch (error) {
      if (!(error instanceof StatesError)) throw error;
      const { output } = error;
      if (visit?.state.type !== 'Task') this.#fail(output);
      else this.#guard(undefined, () => this.#taskFailed(visit as Visit<TaskState>, output));
    }
  }

  #goTo(name: string, input: unknown): void {
    const { kernel, random } = this.#machine;
    this.#later(tookMs(kernel, random, TRANSITION_MS), undefined, () => this.#enter(name, input));
  }

  #enter(name: string, input: unknown): void {
    const state = this.#machine.definition.states[name] as State;
    const visit: Visit = {
      state,
      input,
      enteredAtMs: this.#machine.kernel.scheduler.nowMs(),
      used: [],
      retries: 0,
    };
    assertPayload(input, name);
    this.#path.push(name);
    this.#execution.transitions += 1;
    this.#history.append(`${state.type}StateEntered` as HistoryEventType, {
      stateEnteredEventDetails: withText({ name }, 'input', input),
    });
    this.#emit(entered(name));

    this.#guard(visit, () => {
      if (state.type === 'Task') this.#attempt(visit as Visit<TaskState>);
      else this.#pass(visit, state);
    });
  }

  /** A state without a Lambda. */
  #pass(visit: Visit, state: Exclude<State, TaskState>): void {
    const outcome = evaluate(state, visit.input, contextObject(this.#execution, this.#input, visit));
    switch (outcome.kind) {
      case 'goTo':
        this.#leave(visit, outcome.output, outcome.next);
        break;
      case 'wait':
        this.#later(outcome.seconds * 1_000, visit, () => this.#leave(visit, outcome.output, outcome.next));
        break;
      case 'succeed':
        this.#exited(visit, outcome.output);
        this.#end('SUCCEEDED', { output: outcome.output });
        break;
      case 'fail':
        this.#end('FAILED', outcome);
        break;
      default:
        outcome satisfies never;
    }
  }

  #attempt(visit: Visit<TaskState>): void {
    const { state, input } = visit;
    const { kernel, tokens, invoke } = this.#machine;
    const taskToken = state.call === 'token' ? tokens.issue() : undefined;
    const context = contextObject(this.#execution, this.#input, visit, taskToken);
    const timeoutSeconds =
      state.timeout && secondsOf(state.timeout, state.name, 'TimeoutSecondsPath', 1, input, context);
    const payload =
      state.payload === undefined ? input : fillTemplate(state.payload, input, context, state.name);

    const functionArn = state.functionName && readPath(state.functionName, input, context);

    this.#cancelPending = attemptTask(
      { kernel, tokens, invoke, history: this.#history },
      {
        state,
        executionArn: this.#execution.arn,
        payload,
        ...(taskToken === undefined ? {} : { taskToken }),
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
        ...(functionArn?.found ? { functionArn: String(functionArn.value) } : {}),
      },
      (result) => this.#guard(visit, () => this.#attempted(visit, result)),
    );
  }

  #attempted(visit: Visit<TaskState>, result: AttemptResult): void {
    const { state, input } = visit;
    if (!result.ok) {
      this.#taskFailed(visit, result.error);
      return;
    }
    this.#emit(succeeded(state.name, result.result));
    this.#leave(visit, writePath(state.resultPath, input, result.result), state.next);
  }

  #taskFailed(visit: Visit<TaskState>, error: ErrorOutput): void {
    const { state, input } = visit;
    const { random } = this.#machine;
    const retry = useRetrier(visit, error, random);
    if (retry !== undefined) {
      this.#emit(retried(state.name, error, retry.retrier, retry.used, retry.delaySeconds));
      this.#later(Math.round(retry.delaySeconds * 1_000), visit, () => {
        this.#execution.transitions += 1;
        this.#attempt(visit);
      });
      return;
    }

    const catcher = findCatcher(state.catch, error.Error);
    this.#emit(failed(state, error, catcher));
    if (catcher === undefined) this.#fail(error);
    else this.#leave(visit, writePath(catcher.resultPath, input, error), catcher.next);
  }

  #emit(event: Parameters<Machine['kernel']['emit']>[0]): void {
    if (!this.#machine.silent) this.#machine.kernel.emit(event);
  }

  #exited(visit: Visit, output: unknown): void {
    const { name, type } = visit.state;
    assertPayload(output, name);
    this.#history.append(`${type}StateExited` as HistoryEventType, {
      stateExitedEventDetails: withText({ name }, 'output', output),
    });
  }

  #leave(visit: Visit, output: unknown, next: string): void {
    this.#exited(visit, output);
    this.#goTo(next, output);
  }

  #fail({ Error: error, Cause: cause }: ErrorOutput): void {
    this.#end('FAILED', { error, cause });
  }

  #end(status: Ended, how: Ending): void {
    if (this.#execution.status !== 'RUNNING') return;
    this.#cancelPending();
    const { output, error, cause } = how;
    Object.assign(this.#execution, {
      status,
      endedAtMs: this.#machine.kernel.scheduler.nowMs(),
      ...(status === 'SUCCEEDED' ? { output } : {}),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
    closeHistory(this.#history, status, how);
    this.#emit(ended(status, error, cause));
    this.#machine.changed(this.#execution);
  }
}
