import { DeploymentError } from '../errors.ts';
import { recoveryWaitMs } from '../pace.ts';

/** The input of an execution that the sweep starts for a deployment whose execution ended half-way. */
export type RecoveryRequest = {
  mode: 'rollBack';
  deploymentId: string;
  serviceKey: string;
  /** The execution that ended without closing the record. */
  endedExecutionArn: string;
  /** From the lease, which only the sweep writes: whoever may start executions cannot start a recovery. */
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
      `expected a recovery with the texts ${names.join(', ')}, found no ${wrong.join(', ')}; the sweep starts recoveries by itself`,
    );
  }
  return { mode: 'rollBack', ...(fields as Record<(typeof names)[number], string>) };
};

/**
 * The recovery's execution name. It follows from the execution it recovers and the proof in the lease, so that two sweeps that
 * see the same end start one recovery, and nobody who cannot read the lease can use the name up.
 */
export const recoveryNameOf = (
  endedExecutionArn: string,
  proof: string,
  digest: (text: string) => string,
): string => `${recoveryPrefixOf(endedExecutionArn, digest)}${digest(proof).slice(0, 12)}`;

/** What the names of all recoveries of one execution begin with. */
export const recoveryPrefixOf = (endedExecutionArn: string, digest: (text: string) => string): string =>
  `recover-${digest(endedExecutionArn).slice(0, 24)}-`;

/** `arn:aws:states:R:A:execution:M:N` -> `arn:aws:states:R:A:stateMachine:M`. A recovery runs the machine as it is now. */
export const stateMachineOf = (executionArn: string): string => {
  const parts = executionArn.split(':');
  return [...parts.slice(0, 5), 'stateMachine', parts[6]].join(':');
};

/** How a stuck end reads: why, then why it was rolling back at all, then what is left (core/ending/outcome.ts). */
const STUCK = /^(.*?) Rolling back because: (.*)\. What is left: /s;

/** What an earlier recovery of the same deployment was told, in its turn. */
const FIRST_REASON =
  /^its execution ended before the deployment did \(.*\), while it rolled back because: (.*)$/s;

/** A cause may have 32,768 characters (API reference, StopExecution), and every event and decision repeats it. */
const LONGEST_REASON = 1_000;

/**
 * Why a deployment is recovered, from how its execution ended. A recovery that gets stuck is recovered in its turn: each end quotes
 * the one before, so only what stopped this one and what began it all are kept. Whoever is paged reads this.
 */
export const recoveryReason = (howItEnded: string): string => {
  const how = howItEnded.slice(0, LONGEST_REASON);
  const ended = 'its execution ended before the deployment did';
  const [, why, because] = STUCK.exec(how) ?? [];
  if (why === undefined || because === undefined) return `${ended} (${how})`;
  return `${ended} (${why}), while it rolled back because: ${FIRST_REASON.exec(because)?.[1] ?? because}`;
};

export const recoveryDue = ({
  recoveries,
  recoveredAtMs,
  nowMs,
}: {
  /** How many recoveries have taken over this deployment so far, and when the last did. */
  recoveries: number;
  recoveredAtMs: number;
  nowMs: number;
}): boolean => {
  if (recoveries === 0) return true;
  return nowMs - recoveredAtMs >= recoveryWaitMs(recoveries);
};
