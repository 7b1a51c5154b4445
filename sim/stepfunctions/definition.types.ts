/** A state machine after loading: every field checked, every path parsed, every default filled in. */

/** `$.a.b` reads the state's input, `$$.A.B` the context object; no keys: all of it. */
export type Path = { root: 'input' | 'context'; keys: readonly string[]; text: string };

/** A `Parameters` value: JSON whose `x.$` members became paths. */
export type Template =
  | { kind: 'literal'; value: unknown }
  | { kind: 'path'; path: Path }
  | { kind: 'object'; members: readonly (readonly [string, Template])[] };

export type Retrier = {
  errorEquals: readonly string[];
  intervalSeconds: number;
  maxAttempts: number;
  backoffRate: number;
  /** Absent: the delay grows without bound. */
  maxDelaySeconds?: number;
  jitter: 'FULL' | 'NONE';
};

export type Catcher = { errorEquals: readonly string[]; resultPath: Path; next: string };

export type Limit = { kind: 'seconds'; seconds: number } | { kind: 'path'; path: Path };

export type TaskState = {
  type: 'Task';
  name: string;
  /** Whose Lambda function it invokes: the resource's key without its `Arn`; of `function` a text for people. */
  step: string;
  resource: string;
  /**
   * `token`: lambda:invoke.waitForTaskToken; `lambda`: the function's ARN as the resource; `function`: lambda:invoke of
   * the function that the state names.
   */
  call: 'lambda' | 'token' | 'function';
  /** Of `function`: whose ARN. */
  functionName?: Path;
  /** What the function is invoked with; absent: the state's input. */
  payload?: Template;
  timeout?: Limit;
  resultPath: Path;
  retry: readonly Retrier[];
  catch: readonly Catcher[];
  next: string;
};

export type PassState = { type: 'Pass'; name: string; parameters?: Template; next: string };

export type ChoiceState = {
  type: 'Choice';
  name: string;
  choices: readonly { variable: Path; equals: string; next: string }[];
  default?: string;
};

export type WaitState = { type: 'Wait'; name: string; wait: Limit; next: string };
export type SucceedState = { type: 'Succeed'; name: string };
export type FailState = { type: 'Fail'; name: string; error?: string; causePath?: Path };

export type State = TaskState | PassState | ChoiceState | WaitState | SucceedState | FailState;

export type Definition = { startAt: string; states: Readonly<Record<string, State>> };
