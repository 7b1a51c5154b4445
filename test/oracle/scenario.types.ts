/** What a step's function does when it is invoked. */
export type ScriptedAnswer =
  | { result: unknown }
  | { error: { name: string; message: string } }
  /** Bake only: what is sent for its token, or nothing. */
  | { wait: 'timesOut' | { signal: unknown } | { failure: { error: string; cause: string } } }
  | 'never';

/** One file of scenarios/. Both runners read them: run_moto.py and run-ours.ts. */
export type Scenario = {
  /** For people: what happens. */
  description: string;
  /** The state it ends in. */
  ends: string;
  /** NONE: retries are not jittered, so that their delays can be compared. */
  jitter?: 'NONE';
  input: unknown;
  /** By step, the answers of its first invocations; after them answers.json. */
  answers: Record<string, ScriptedAnswer[]>;
};

/** What a run of a scenario came to, in the words both runners use. Times are seconds. */
export type Run = {
  name: string;
  status: string;
  error: string | null;
  cause: string | null;
  output: unknown;
  entered: { state: string; input: unknown }[];
  calls: { step: string; payload: unknown }[];
  waits: number[];
  /** Of the tasks that timed out, after how long. */
  timeouts: number[];
  retries: number;
  /** Null where jitter makes them a matter of chance. */
  retryDelays: number[] | null;
  historyEvents: number;
};
