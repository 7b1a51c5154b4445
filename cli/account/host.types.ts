import type { Clients } from '../../aws/clients.ts';
import type { Clock } from '../../core/clock.ts';
import type { CiCommit } from './ci-commit.ts';

/** What a command for real accounts needs of the process it runs in. Tests pass a simulated account's. */
export type Host = {
  clock: Clock;
  /** Uniform in [0, 1): jitter of retries, and the end of a new deployment's name. */
  random(): number;
  /**
   * Asking for it takes Ctrl-C, SIGTERM and a closed terminal over: they abort the signal instead of ending the
   * process.
   */
  interruption(): AbortSignal;
  clients(region: string | undefined): Clients;
  /** What the CI job that runs the command is about; none outside CI. */
  ciCommits?(): CiCommit[];
};
