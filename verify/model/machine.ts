import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Deps } from '../../functions/deps.types.ts';
import type { Definition, TaskState } from '../../sim/stepfunctions/definition.types.ts';
import { findCatcher } from '../../sim/stepfunctions/error-matching.ts';
import { evaluate } from '../../sim/stepfunctions/evaluate.ts';
import { loadDefinition } from '../../sim/stepfunctions/load.ts';
import { writePath } from '../../sim/stepfunctions/paths.ts';
import { type StepName, stepNames } from '../../statemachine/contract.ts';
import { phaseOf } from '../../statemachine/states.ts';
import { tokenOf } from './executions.ts';
import type { ModelBase, ModelExecution, ModelState } from './model.types.ts';

/** The deployed workflow between two Tasks: where an execution continues, and how long it waits there. */

/** Every step as the model runs it; a test may plant a defective one. */
export type Steps = Record<StepName, (input: never, deps: Deps) => Promise<unknown>>;

export type Machine = { definition: Definition; steps: Steps; base: ModelBase };

/** Reads the state machine's file as it is deployed. */
export const loadMachine = (asl: unknown, steps: Steps, base: ModelBase): Machine => ({
  definition: loadDefinition(asl, Object.fromEntries(stepNames.map((name) => [`${name}Arn`, `arn:${name}`]))),
  steps,
  base,
});

/**
 * From here on a loop is observed ever more rarely: a month of observations of a frozen deployment differ in nothing.
 */
const STRETCH_FROM_MS = 5 * MINUTE_MS;

const STRETCH = 7;

/** Where a task set has to be gone within two hours, one stretched wait must not use them up. */
const LONGEST_STRETCH_MS = 100 * MINUTE_MS;
const isRemoval = (at: string): boolean => ['retiring', 'removing'].includes(phaseOf(at) ?? '');

export const contextOf = (execution: ModelExecution): Record<string, unknown> => ({
  Execution: {
    Id: execution.arn,
    Name: execution.name,
    StartTime: new Date(execution.startedAtMs).toISOString(),
  },
  Task: { Token: tokenOf(execution) },
});

export const taskOf = ({ definition }: Machine, name: string): TaskState => {
  const state = definition.states[name];
  if (state?.type !== 'Task') throw new Error(`${name} is no Task state`);
  return state;
};

/** Continues from a state until one that takes time: a Task, a Wait, an end. */
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

/** How long it waits at a place, which is longer and longer when it keeps coming back to it. */
export const waitMs = (state: ModelState, execution: ModelExecution, at: string, seconds: number): number => {
  const same = execution.loop?.at === at;
  if (!same) execution.loop = { at, sinceMs: state.nowMs };
  const lastedMs = state.nowMs - (execution.loop?.sinceMs ?? state.nowMs);
  if (lastedMs < STRETCH_FROM_MS) return seconds * SECOND_MS;
  const stretchedMs = isRemoval(at) ? Math.min(lastedMs, LONGEST_STRETCH_MS) : STRETCH * lastedMs;
  return Math.max(seconds * SECOND_MS, stretchedMs);
};

/** Leaves a wait whose time has come. */
export const leaveWait = (machine: Machine, state: ModelState, execution: ModelExecution): void => {
  const at = machine.definition.states[execution.at];
  if (at?.type === 'Wait') settle(machine, state, execution, at.next);
  else fail(machine, state, execution, taskOf(machine, execution.at), { Error: 'States.Timeout', Cause: '' });
};

/** A Task has failed for good: its Catch, or the end of the execution. */
export const fail = (
  machine: Machine,
  state: ModelState,
  execution: ModelExecution,
  task: TaskState,
  error: { Error: string; Cause: string },
): void => {
  const catcher = findCatcher(task.catch, error.Error);
  if (catcher === undefined) {
    const end = `${task.name} failed with ${error.Error}`;
    Object.assign(execution, { status: 'ENDED', end, untilMs: null });
    return;
  }
  execution.input = writePath(catcher.resultPath, execution.input, error) as Record<string, unknown>;
  settle(machine, state, execution, catcher.next);
};
