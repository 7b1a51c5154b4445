/** What a Catch puts into its ResultPath. */
export type ErrorOutput = { Error: string; Cause: string };

/** A state's failure, with the names the Amazon States Language gives it. */
export class StatesError extends Error {
  readonly output: ErrorOutput;

  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.output = { Error: error, Cause: cause };
  }
}

/** The state machine is wrong, or meets data it was not written for: nothing catches this. */
export const runtimeError = (state: string, cause: string): StatesError =>
  new StatesError('States.Runtime', `An error occurred while executing the state '${state}'. ${cause}`);
