import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { Cancel } from '../kernel/scheduler.ts';
import type { Definition, State, TaskState } from './definition.types.ts';
import { findCatcher, findRetrier, retryDelaySeconds } from './error-matching.ts';
import { evaluate, secondsOf } from './evaluate.ts';
import type { Execution, ExecutionStatus } from './execution.types.ts';
import { assertPayload, type History, makeHistory, withText } from './history.ts';
import { ended, entered, failed, retried, succeeded } from './narrate.ts';
import { fillTemplate, writePath } from './paths.ts';
import { type ErrorOutput, StatesError } from './states-error.ts';
import { type AttemptResult, attemptTask, type Invoke } from './task-attempt.ts';
import type { Tokens } from './tokens.ts';

/** Assumed time between two states, milliseconds: [low, high]. Signals arrive in these gaps, too. */
const TRANSITION_MS = [15, 60] as const;

/** What all executions of a state machine share. */
export type Machine = {
  kernel: Kernel;
  definition: Definition;
  stateMachineArn: string;
  tokens: Tokens;
  invoke: Invoke;
  random: Random;
  /** Told of the execution's start and of its end. */
  changed(execution: Execution): void;
};

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** One stay in a state; a retry stays in the same visit. */
type Visit<S extends State = State> = {
  state: S;
  input: unknown;
  enteredAtMs: number;
  /** By retrier, its retries so far. */
  used: number[];
  retries: number;
};

const iso = (ms: number): string => new Date(ms).toISOString();

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

  /** Ends it at once; no Catch runs, and a Lambda that runs is not interrupted [aws-facts 101]. */
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
    const [low, high] = TRANSITION_MS;
    this.#later(this.#machine.random.between(low, high), undefined, () => this.#enter(name, input));
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
    this.#machine.kernel.emit(entered(name));

    this.#guard(visit, () => {
      if (state.type === 'Task') this.#attempt(visit as Visit<TaskState>);
      else this.#pass(visit, state);
    });
  }

  /** A state without a Lambda. */
  #pass(visit: Visit, state: Exclude<State, TaskState>): void {
    const outcome = evaluate(state, visit.input, this.#context(visit));
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
    const context = this.#context(visit, taskToken);
    const timeoutSeconds =
      state.timeout && secondsOf(state.timeout, state.name, 'TimeoutSecondsPath', 1, input, context);
    const payload =
      state.payload === undefined ? input : fillTemplate(state.payload, input, context, state.name);

    this.#cancelPending = attemptTask(
      { kernel, tokens, invoke, history: this.#history },
      {
        state,
        executionArn: this.#execution.arn,
        payload,
        ...(taskToken === undefined ? {} : { taskToken }),
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
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
    this.#machine.kernel.emit(succeeded(state.name, result.result));
    this.#leave(visit, writePath(state.resultPath, input, result.result), state.next);
  }

  #taskFailed(visit: Visit<TaskState>, error: ErrorOutput): void {
    const { state, input } = visit;
    const retry = findRetrier(state.retry, visit.used, error.Error);
    if (retry !== undefined) {
      this.#retry(visit, error, retry);
      return;
    }

    const catcher = findCatcher(state.catch, error.Error);
    this.#machine.kernel.emit(failed(state, error, catcher));
    if (catcher === undefined) this.#fail(error);
    else this.#leave(visit, writePath(catcher.resultPath, input, error), catcher.next);
  }

  #retry(
    visit: Visit<TaskState>,
    error: ErrorOutput,
    { index, retrier }: NonNullable<ReturnType<typeof findRetrier>>,
  ): void {
    const used = visit.used[index] ?? 0;
    const delaySeconds = retryDelaySeconds(retrier, used, this.#machine.random.next());
    visit.used[index] = used + 1;
    visit.retries += 1;
    this.#machine.kernel.emit(retried(visit.state.name, error, retrier, used, delaySeconds));
    this.#later(Math.round(delaySeconds * 1_000), visit, () => {
      this.#execution.transitions += 1;
      this.#attempt(visit);
    });
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

  #end(status: ExecutionStatus, how: { output?: unknown; error?: string; cause?: string }): void {
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
    if (status === 'SUCCEEDED') {
      const details = withText({}, 'output', output);
      this.#history.close('ExecutionSucceeded', { executionSucceededEventDetails: details });
    } else if (status === 'ABORTED') {
      this.#history.close('ExecutionAborted', { executionAbortedEventDetails: { error, cause } });
    } else {
      this.#history.close('ExecutionFailed', { executionFailedEventDetails: { error, cause } });
    }
    this.#machine.kernel.emit(ended(status, error, cause));
    this.#machine.changed(this.#execution);
  }

  /** The context object, as far as it is modelled. */
  #context(visit: Visit, taskToken?: string): Record<string, unknown> {
    const { arn, name, startedAtMs, stateMachineArn } = this.#execution;
    return {
      Execution: { Id: arn, Name: name, StartTime: iso(startedAtMs), Input: this.#input },
      State: { Name: visit.state.name, EnteredTime: iso(visit.enteredAtMs), RetryCount: visit.retries },
      StateMachine: { Id: stateMachineArn, Name: stateMachineArn.split(':').at(-1) },
      ...(taskToken === undefined ? {} : { Task: { Token: taskToken } }),
    };
  }
}
