import type { Sender } from '../../aws/call.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { makeClient } from './client.ts';
import type { Execution } from './execution.types.ts';
import { loadDefinition } from './load.ts';
import type { Machine } from './machine.types.ts';
import { RunningExecution } from './run-execution.ts';
import type { Invoke } from './task-attempt.ts';
import { type Delivery, makeTokens } from './tokens.ts';

type StepFunctionsOptions = {
  /** `XArn` -> the ARN of step X's function, as infra fills them into the definition. */
  resources: Readonly<Record<string, string>>;
  invoke: Invoke;
  stateMachineArn?: string;
  /** A second state machine beside it: that of hooks, whose states are no lines of the timeline. */
  hooks?: { definition: unknown; resources: Readonly<Record<string, string>> };
  /** How many executions that have ended are kept, the newest ones. Absent: all. */
  mostEnded?: number | undefined;
};

export type StepFunctions = {
  /** Starts at once; without a name it gets one from the seed. @throws when the name was used before. */
  startExecution(start: { name?: string; input: unknown }): Execution;
  stopExecution(executionArn: string, cause?: string, error?: string): void;
  sendTaskSuccess(token: string, output: unknown): Delivery;
  sendTaskFailure(token: string, error: string, cause: string): Delivery;
  /** @throws when there is no such execution. */
  execution(executionArn: string): Execution;
  /** The ARN that an execution of this name has, or would have. */
  arnOf(name: string): string;
  /** In the order they were started; not those of hooks. */
  executions(): readonly Execution[];
  hookExecutions(): readonly Execution[];
  /** How many executions run. */
  running(): number;
  /**
   * Called when an execution starts (RUNNING) and when it ends: what EventBridge's status-change events are made
   * from.
   */
  onStatusChange(listener: (execution: Execution) => void): void;
  client: Sender;
};

/** Assumed ARN of the state machine; no real account. */
export const STATE_MACHINE_ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:cutover';

/** The same of the state machine of hooks. */
export const HOOK_MACHINE_ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:cutover-hooks';

/** The oldest that have ended go. */
const forgetEnded = (known: Map<string, RunningExecution>, howMany: number): void => {
  let left = howMany;
  for (const [arn, { execution }] of known) {
    if (left <= 0) return;
    if (execution.status === 'RUNNING' || !known.delete(arn)) continue;
    left -= 1;
  }
};

/**
 * AWS Step Functions (Standard) with one state machine, and perhaps that of hooks: `definition` is the Amazon States
 * Language file that would be deployed, run as it is. @throws naming the state and the field it does not interpret.
 */
export const makeStepFunctions = (
  kernel: Kernel,
  definition: unknown,
  options: StepFunctionsOptions,
): StepFunctions => {
  const random = kernel.random.fork('stepfunctions');
  const stateMachineArn = options.stateMachineArn ?? STATE_MACHINE_ARN;
  const tokens = makeTokens(random.fork('tokens'));
  const names = random.fork('names');
  const listeners: ((execution: Execution) => void)[] = [];
  const known = new Map<string, RunningExecution>();
  let runningNow = 0;
  const machine: Machine = {
    kernel,
    definition: loadDefinition(definition, options.resources),
    stateMachineArn,
    tokens,
    silent: false,
    invoke: options.invoke,
    random: random.fork('timing'),
    changed: (execution) => {
      runningNow += execution.status === 'RUNNING' ? 1 : -1;
      for (const listener of listeners) listener(execution);
    },
  };

  const { hooks } = options;
  const hookMachine: Machine | undefined = hooks && {
    ...machine,
    definition: loadDefinition(hooks.definition, hooks.resources),
    stateMachineArn: HOOK_MACHINE_ARN,
    silent: true,
    random: random.fork('hooks'),
  };
  const machineOf = (arn: string | undefined): Machine | undefined =>
    [machine, hookMachine].find((one) => one?.stateMachineArn === arn);

  const arnIn = (machineArn: string, name: string): string =>
    `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const arnOf = (name: string): string => arnIn(stateMachineArn, name);
  const find = (executionArn: string): RunningExecution => {
    const found = known.get(executionArn);
    if (found === undefined) throw new Error(`there is no execution ${executionArn}`);
    return found;
  };
  const begin = (name: string, inputText: string, of = machine): Execution => {
    const arn = arnIn(of.stateMachineArn, name);
    if (known.has(arn)) throw new Error(`execution ${name} exists already`);
    const begun = new RunningExecution(of, arn, name, inputText);
    forgetEnded(known, known.size - runningNow - (options.mostEnded ?? Number.POSITIVE_INFINITY));
    known.set(arn, begun);
    begun.start();
    return begun.execution;
  };

  const executionsOf = (machineArn: string): Execution[] =>
    [...known.values()]
      .map(({ execution }) => execution)
      .filter((execution) => execution.stateMachineArn === machineArn);
  const stepFunctions: Omit<StepFunctions, 'client'> = {
    startExecution: ({ name, input }) => begin(name ?? names.hex(32), JSON.stringify(input)),
    stopExecution: (executionArn, cause, error) => find(executionArn).abort(error, cause),
    sendTaskSuccess: (token, output) => tokens.deliver(token, { ok: true, output }),
    sendTaskFailure: (token, error, cause) =>
      tokens.deliver(token, { ok: false, Error: error, Cause: cause }),
    arnOf,
    running: () => runningNow,
    execution: (executionArn) => find(executionArn).execution,
    executions: () => executionsOf(stateMachineArn),
    hookExecutions: () => executionsOf(HOOK_MACHINE_ARN),
    onStatusChange: (listener) => void listeners.push(listener),
  };
  const client = makeClient(kernel, {
    stateMachineArn,
    machine: {
      stateMachineArn,
      name: stateMachineArn.split(':').at(-1) ?? '',
      type: 'STANDARD',
      creationDate: new Date(kernel.scheduler.nowMs()),
    },
    definition: JSON.stringify(definition),
    roleArn: stateMachineArn.replace(/:states:.*?:(\d+):.*$/, ':iam::$1:role/cutover'),
    random: random.fork('client'),
    find: (arn) => known.get(arn)?.execution,
    all: stepFunctions.executions,
    begin: (machineArn, name, inputText) => begin(name ?? names.hex(32), inputText, machineOf(machineArn)),
    arnIn,
    knows: (machineArn): machineArn is string => machineOf(machineArn) !== undefined,
    stop: stepFunctions.stopExecution,
    deliver: tokens.deliver,
  });
  return { ...stepFunctions, client };
};
