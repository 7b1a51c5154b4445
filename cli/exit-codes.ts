import type { OutcomeKind } from '../core/vocabulary/ending.types.ts';

/** What every command ends with; `cutover help` prints this table, so a script can rely on it. */
export const exitCodes = [
  {
    code: 0,
    name: 'succeeded',
    means: 'done: the new version serves, or the awaited stage is reached, or no problems were found',
  },
  {
    code: 1,
    name: 'usage',
    means: 'a wrong option, an unknown name, or a file, request, world or configuration that cannot be used',
  },
  { code: 2, name: 'rolledBack', means: 'the deployment rolled back' },
  { code: 3, name: 'refused', means: 'refused, with the reason; nothing was changed' },
  { code: 4, name: 'stuck', means: 'a person has to act: stuck, or a safety rule was broken' },
  { code: 5, name: 'aborted', means: 'the deployment rolled back because somebody aborted it' },
  {
    code: 6,
    name: 'waiting',
    means: 'the deployment continues and waits for a person: an approval, or the end of a pause or freeze',
  },
  {
    code: 7,
    name: 'unwatched',
    means:
      'the deployment continues, but watching it ended: --timeout, the awaited stage is over, or nothing could be ' +
      'read any more',
  },
  { code: 8, name: 'unavailable', means: 'AWS refused a call or did not answer; the message names which' },
  { code: 130, name: 'interrupted', means: 'Ctrl-C or a killed runner; a deployment continues' },
] as const;

export type ExitCode = (typeof exitCodes)[number]['code'];

/** Of a command that watches a deployment. */
export const everyExit: readonly ExitCode[] = exitCodes.map(({ code }) => code);

export const EXIT_OK = 0;
export const EXIT_USAGE = 1;
export const EXIT_REFUSED = 3;
export const EXIT_STUCK = 4;
export const EXIT_ABORTED = 5;
export const EXIT_WAITING = 6;
export const EXIT_UNWATCHED = 7;
export const EXIT_UNAVAILABLE = 8;
export const EXIT_INTERRUPTED = 130;

const byOutcome: Record<OutcomeKind, ExitCode> = { succeeded: 0, rolledBack: 2, refused: 3, stuck: 4 };

export const exitCodeOf = (outcome: OutcomeKind): ExitCode => byOutcome[outcome];
