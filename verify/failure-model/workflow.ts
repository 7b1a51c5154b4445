import { readFileSync } from 'node:fs';
import type { StateName } from '../../statemachine/states.ts';

/** One Retry of a state, as the ASL file has it. */
export type Retry = {
  ErrorEquals: string[];
  IntervalSeconds: number;
  MaxAttempts: number;
  BackoffRate: number;
  MaxDelaySeconds: number;
};

export type State = {
  Type: 'Task' | 'Choice' | 'Wait' | 'Pass' | 'Succeed' | 'Fail';
  Comment: string;
  Next?: string;
  Default?: string;
  TimeoutSeconds?: number;
  TimeoutSecondsPath?: string;
  Seconds?: number;
  SecondsPath?: string;
  Choices?: { StringEquals: string; Next: string }[];
  Retry?: Retry[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
};

const definition = JSON.parse(
  readFileSync(new URL('../../statemachine/deploy.asl.json', import.meta.url), 'utf8'),
) as { States: Record<string, State> };

/** In the order of the file, which is the order in which a deployment that goes well meets them. */
export const states = Object.entries(definition.States) as [StateName, State][];

/** The states in which an execution is over. */
export const ends: readonly StateName[] = states.flatMap(([name, { Type }]) =>
  ['Succeed', 'Fail'].includes(Type) ? [name] : [],
);

/** The longest that all waits of a Retry take together; full jitter makes it about half of that. */
export const longestWaitSeconds = ({
  IntervalSeconds,
  MaxAttempts,
  BackoffRate,
  MaxDelaySeconds,
}: Retry): number =>
  Array.from({ length: MaxAttempts }, (_, retry) =>
    Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** retry),
  ).reduce((sum, wait) => sum + wait, 0);
