import type { Execution } from './execution.types.ts';
import type { Visit } from './machine.types.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** The context object of a state, `$$`, as far as it is modelled. `input` is the execution's, read. */
export const contextObject = (
  { arn, name, startedAtMs, stateMachineArn }: Execution,
  input: unknown,
  visit: Visit,
  taskToken?: string,
): Record<string, unknown> => ({
  Execution: { Id: arn, Name: name, StartTime: iso(startedAtMs), Input: input },
  State: { Name: visit.state.name, EnteredTime: iso(visit.enteredAtMs), RetryCount: visit.retries },
  StateMachine: { Id: stateMachineArn, Name: stateMachineArn.split(':').at(-1) },
  ...(taskToken === undefined ? {} : { Task: { Token: taskToken } }),
});
