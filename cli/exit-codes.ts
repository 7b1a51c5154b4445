import type { OutcomeKind } from '../core/state.types.ts';

/** What every command ends with; `cutover help` prints this table, so a script can rely on it. */
export const exitCodes = [
  { code: 0, name: 'succeeded', means: 'done, or nothing to say against it' },
  { code: 1, name: 'usage', means: 'a wrong option, or a file, request or world that cannot be used' },
  { code: 2, name: 'rolledBack', means: 'the deployment rolled back' },
  { code: 3, name: 'refused', means: 'preflight refused the deployment; nothing was changed' },
  { code: 4, name: 'stuck', means: 'a person has to look: stuck, or a safety rule was broken' },
] as const;

export type ExitCode = (typeof exitCodes)[number]['code'];

export const EXIT_OK = 0;
export const EXIT_USAGE = 1;
export const EXIT_REFUSED = 3;
export const EXIT_STUCK = 4;

const byOutcome: Record<OutcomeKind, ExitCode> = { succeeded: 0, rolledBack: 2, refused: 3, stuck: 4 };

export const exitCodeOf = (outcome: OutcomeKind): ExitCode => byOutcome[outcome];
