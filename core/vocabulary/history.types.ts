import type { OutcomeKind } from './ending.types.ts';

/** Why a deployment went back, as a fact that can be counted; the sentence is the outcome's reason. */
const rollbackCauses = [
  /** A watched alarm was in ALARM. */
  'alarm',
  /** The metrics of both colours: green is worse. */
  'metrics',
  /** Green lost targets, or its health was unknown for too long. */
  'targets',
  /** Green never had enough healthy targets, so no user was on it. */
  'neverHealthy',
  /** Somebody else wrote the weights. */
  'drift',
  /** A person's abort. */
  'operator',
  /** The execution was stopped or ended half-way, and a recovery went back. */
  'interrupted',
  /** A step failed: an API, a permission, a limit. */
  'error',
] as const;
export type RollbackCause = (typeof rollbackCauses)[number];

/** How a deployment ended: what its service's history keeps of it, for good. Times are in milliseconds. */
export type EndFacts = {
  /** `cluster/service`. */
  serviceKey: string;
  deploymentId: string;
  /** The execution that ended it: of one that was interrupted, the recovery. */
  executionArn: string;
  startedAtMs: number;
  endedAtMs: number;
  outcome: Exclude<OutcomeKind, 'stuck'>;
  /** Rolled back by a person's abort. */
  aborted?: true;
  /** The outcome's sentence. */
  reason: string;
  /** Task definition ARNs; null where no plan was made, and `from` of a first deployment. */
  from: string | null;
  to: string | null;
  strategy: string | null;
  startedBy: string | null;
  /** When the version's commit was made, as its request says; absent: it does not. */
  committedAtMs?: number;
  /** When green got its first users; null: never, or nobody knows. */
  usersAtMs: number | null;
  /** False: green never had a user. Null: it may have, an execution that was interrupted no longer tells. */
  reachedUsers: boolean | null;
  /** Of one that succeeded: when green had all traffic. */
  servedAtMs: number | null;
  /** Of one that rolled back: when the load balancer surely sent green nothing more. */
  restoredAtMs: number | null;
  /** Of one that rolled back. */
  cause: RollbackCause | null;
};

/** One end in its service's chain. */
export type ChainedEnd = EndFacts & {
  version: 1;
  /** 1 for the service's first, and one more for each after it. */
  number: number;
  /** The digest of the end before it; null for the first. */
  previous: string | null;
};

/** An end as the table has it: the digest is of the text, byte by byte. */
export type StoredEnd = { key: string; text: string; digest: string };

/** What a service's lease remembers of its chain: the last end that a holder of the lease wrote. */
export type ChainHead = { number: number; digest: string };
