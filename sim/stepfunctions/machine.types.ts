import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { Definition, State } from './definition.types.ts';
import type { Execution } from './execution.types.ts';
import type { Invoke } from './task-attempt.ts';
import type { Tokens } from './tokens.ts';

/** What all executions of a state machine share. */
export type Machine = {
  kernel: Kernel;
  definition: Definition;
  stateMachineArn: string;
  tokens: Tokens;
  invoke: Invoke;
  /** Its states are no lines of the timeline. */
  silent: boolean;
  random: Random;
  /** Called with the execution's start and of its end. */
  changed(execution: Execution): void;
};

/** One stay in a state; a retry stays in the same visit. */
export type Visit<S extends State = State> = {
  state: S;
  input: unknown;
  enteredAtMs: number;
  /** By retrier, its retries so far. */
  used: number[];
  retries: number;
};
