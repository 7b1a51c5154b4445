import type { StoredDeployment } from '../aws/store-verbs.ts';
import { SECOND_MS } from '../core/clock.ts';
import type { Heard } from '../core/vocabulary/heard.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import type { Deps } from './deps.types.ts';

type Waiting = {
  lease: Lease;
  taskToken: string;
  waitSeconds: number;
  /** Who sent a signal that the observation before the wait did not know; null when nobody did. */
  missedBy(stored: StoredDeployment | null): string | null;
};

/**
 * Stores the task token and returns: the state still waits until a signal spends the token or the wait times out.
 * What this function returns is ignored by Step Functions; the signal's output becomes the slice.
 *
 * The write of the token answers with the record as it is from then on; a sender writes its signal first and reads the
 * token then. So one of the two finds the other.
 */
export const awaitSignal = async (
  { lease, taskToken, waitSeconds, missedBy }: Waiting,
  { executions, record, clock }: Pick<Deps, 'executions' | 'record' | 'clock'>,
): Promise<{ by: string }> => {
  const stored = await record.storeTaskToken(lease, taskToken, clock.nowMs() + waitSeconds * SECOND_MS);
  const missed = missedBy(stored);
  if (missed !== null) await executions.wake(taskToken, missed);
  return { by: 'stored' };
};

/**
 * What a step that observed knew of signals. `atMs` is when it began to read: a command may have been sent before
 * that and been written after it, which its id shows.
 */
export const heardBy = (atMs: number, stored: StoredDeployment | null | undefined): Heard => ({
  atMs,
  ...(stored == null ? {} : { lastCommandId: stored.lastCommandId }),
});

/** For `awaitSignal`, where the observation left which signals it knew. */
export const missedSince =
  (heard: Heard | undefined) =>
  (stored: StoredDeployment | null): string | null => {
    const { lastSignal = null, lastCommandId = null } = stored ?? {};
    if (heard === undefined || lastSignal === null) return null;
    const command = heard.lastCommandId !== undefined && heard.lastCommandId !== lastCommandId;
    return command || lastSignal.atMs >= heard.atMs ? lastSignal.by : null;
  };
