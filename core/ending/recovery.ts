import { DeploymentError } from '../errors.ts';
import { recoveryWaitMs, tryAgainMs } from '../pace.ts';
import type { Stuck } from '../vocabulary/ending.types.ts';

/** The input of an execution that the sweep starts for a deployment whose execution ended half-way. */
export type RecoveryRequest = {
  mode: 'rollBack';
  deploymentId: string;
  serviceKey: string;
  /** The execution that ended without closing the record. */
  endedExecutionArn: string;
  /** From the lease, which only the sweep writes: a caller who may start executions cannot start a recovery. */
  proof: string;
};

const isObject = (input: unknown): input is Record<string, unknown> =>
  typeof input === 'object' && input !== null;

export const isRecovery = (input: unknown): boolean => isObject(input) && input.mode === 'rollBack';

/** @throws InvalidRequest when a person wrote one by hand and left something out. */
export const parseRecovery = (input: unknown): RecoveryRequest => {
  const fields = isObject(input) ? input : {};
  const names = ['deploymentId', 'serviceKey', 'endedExecutionArn', 'proof'] as const;
  const wrong = names.filter((name) => typeof fields[name] !== 'string' || fields[name] === '');
  if (wrong.length > 0) {
    throw new DeploymentError(
      'InvalidRequest',
      `expected a recovery with the texts ${names.join(', ')}, found no ${wrong.join(', ')}; the sweep ` +
        'starts recoveries by itself',
    );
  }
  return { mode: 'rollBack', ...(fields as Record<(typeof names)[number], string>) };
};

/**
 * The recovery's execution name. It follows from the execution it recovers and the proof in the lease, so that two
 * sweeps that see the same end start one recovery, and nobody who cannot read the lease can use the name up.
 */
export const recoveryNameOf = (
  endedExecutionArn: string,
  proof: string,
  digest: (text: string) => string,
): string => `${recoveryPrefixOf(endedExecutionArn, digest)}${digest(proof).slice(0, 12)}`;

/** What the names of all recoveries of one execution begin with. */
export const recoveryPrefixOf = (endedExecutionArn: string, digest: (text: string) => string): string =>
  `recover-${digest(endedExecutionArn).slice(0, 24)}-`;

/**
 * `arn:aws:states:R:A:execution:M:N` -> `arn:aws:states:R:A:stateMachine:M`. A recovery runs the machine as it is
 * now.
 */
export const stateMachineOf = (executionArn: string): string => {
  const parts = executionArn.split(':');
  return [...parts.slice(0, 5), 'stateMachine', parts[6]].join(':');
};

/** A cause may have 32,768 characters (API reference, StopExecution), and every event and decision repeats it. */
const LONGEST_REASON = 1_000;

/**
 * Why a deployment is recovered, from how its execution ended. A recovery that gets stuck is recovered in its turn:
 * of all of them, what stopped the last one and what began the rollback are kept, because the person on call reads
 * this.
 */
export const recoveryReason = (
  ended: { executionArn: string; reason: string },
  stuck: Stuck | null,
): string => {
  const how = stuck?.executionArn === ended.executionArn ? stuck.why : ended.reason;
  const recovered = `its execution ended before the deployment did (${how.slice(0, LONGEST_REASON)})`;
  const began = stuck?.began ?? null;
  return began === null
    ? recovered
    : `${recovered}, while it rolled back because: ${began.because.slice(0, LONGEST_REASON)}`;
};

/**
 * Whether the sweep still uses the proof that the lease has. Its recovery may have ended before it took the lease
 * over, and its name is used up then; after a signal since then the next one may succeed.
 */
export const proofHolds = (
  { madeAtMs, tries }: { madeAtMs: number; tries: number },
  signalAtMs: number | null,
  nowMs: number,
): boolean => nowMs - madeAtMs < tryAgainMs((signalAtMs ?? 0) > madeAtMs ? 1 : tries);

/**
 * Recoveries that change nothing come ever more rarely; a command, an alarm, or users who are seen where nobody
 * answers, since the last one, may mean that the next one succeeds.
 */
export const recoveryDue = ({
  recoveries,
  recoveredAtMs,
  signalAtMs,
  nowMs,
}: {
  /** How many recoveries have taken over this deployment so far, and when the last did. */
  recoveries: number;
  recoveredAtMs: number;
  /** The deployment's last signal; null: none, or not read. */
  signalAtMs: number | null;
  nowMs: number;
}): boolean => {
  if (recoveries === 0) return true;
  const signalled = signalAtMs !== null && signalAtMs > recoveredAtMs;
  return nowMs - recoveredAtMs >= recoveryWaitMs(signalled ? 1 : recoveries);
};
