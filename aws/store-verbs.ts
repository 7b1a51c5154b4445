import type { MoveRecord } from '../core/adoption/move-record.ts';
import type { MoveNotes } from '../core/adoption/unattended.ts';
import type { ObservedLease } from '../core/deployment/lease.ts';
import type { HookState } from '../core/native/hook-state.ts';
import type { RunningComparison } from '../core/verdict/analysis/running.ts';
import type { Command, Commitment } from '../core/vocabulary/command.types.ts';
import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { Outcome, Stuck } from '../core/vocabulary/ending.types.ts';
import type { ChainHead, EndFacts } from '../core/vocabulary/history.types.ts';
import type { MetricSeries } from '../core/vocabulary/metrics.types.ts';
import type { PlacementMemory } from '../core/vocabulary/placement.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';

/** aws/series.ts: a deployment's metrics in DynamoDB, beside its record. */
export type SeriesStore = {
  /** When the metrics of this hour were read last, without reading them; null: not in it. */
  readAtMs(deploymentId: string): Promise<number | null>;
  /** All of it. */
  read(deploymentId: string): Promise<MetricSeries>;
  /** What judging continues from: the comparison as it was kept last, and the series from its end on. */
  readOpen(deploymentId: string): Promise<{ carried: RunningComparison | null; series: MetricSeries }>;
  /** Keeps the minutes from the hour of `fromMs` on; earlier ones are as they were. */
  save(deploymentId: string, series: MetricSeries, fromMs: number): Promise<void>;
  /** Keeps the comparison of an earlier part of the series. */
  saveCarried(deploymentId: string, carried: RunningComparison): Promise<void>;
};

/** aws/native-hooks.ts: what that hook keeps, in DynamoDB. */
export type NativeHooks = {
  read(serviceDeploymentArn: string): Promise<HookState | null>;
  save(serviceDeploymentArn: string, state: HookState): Promise<void>;
};

/** Who may change a service: what a step proves before each write. */
export type Holding = Pick<Lease, 'serviceKey' | 'deploymentId' | 'executionArn'>;

export type LeaseItem = ObservedLease & {
  /** The last end that a holder of the lease wrote; absent before the first. */
  head?: ChainHead;
  lastGroups: string[];
  acquiredAtMs?: number;
  recoveries: number;
};

export type HeldLease = Holding & {
  /** Names of the alarms its deployment watches. */
  alarms: string[];
  /** How many recoveries have taken the deployment over, and when the last did. */
  recoveries: number;
  recoveredAtMs: number;
};

/** aws/lease.ts: one DynamoDB item per service, conditional writes, consistent reads. */
export type Leases = {
  read(serviceKey: string): Promise<LeaseItem>;
  /** False when another deployment was quicker. */
  take(holding: Holding, alarms: readonly string[]): Promise<boolean>;
  /** `first`: takes the place in line from the one who has it. False when somebody else has it by now. */
  wait(holding: Pick<Holding, 'serviceKey' | 'deploymentId'>, first: boolean): Promise<boolean>;
  /**
   * For a recovery: the same deployment, held by the execution that has ended, with the sweep's proof. False when it
   * is not held so.
   */
  takeOver(
    holding: Holding,
    proven: { endedExecutionArn: string; proof: string },
    recoveries: number,
  ): Promise<boolean>;
  /**
   * For the sweep: the word by which a recovery of this execution proves itself, the same until another is to be
   * tried: later each time, sooner where a signal came since the last. Null when the lease has changed meanwhile.
   */
  prove(holding: Holding, signalAtMs: number): Promise<string | null>;
  /** @throws LeaseLost when this execution no longer holds the service. */
  assertHolds(holding: Holding): Promise<void>;
  /**
   * Frees the lease if this execution still holds it; remembers both groups for the next deployment, and the last end
   * of the history.
   */
  release(holding: Holding, lastGroups: readonly string[], head?: ChainHead): Promise<void>;
  leaveLine(holding: Pick<Holding, 'serviceKey' | 'deploymentId'>): Promise<void>;
  /** Every service that is being deployed now. */
  held(): Promise<HeldLease[]>;
};

/** A move as its item has it: `move` is what somebody wrote, and not yet understood. */
export type StoredMove = { serviceKey: string; move: string; beat: string; notes: MoveNotes | null };

/** aws/moves.ts: services that are being moved to Cutover, or away. */
export type Moves = {
  /** A command's sign of life, and all that the next observation needs. Returns what was noted since the one before. */
  beat(serviceKey: string, record: MoveRecord, beat: string): Promise<MoveNotes | null>;
  /** Nobody is to be moved any more. */
  end(serviceKey: string): Promise<void>;
  /** False when a command has given a sign since. */
  note(serviceKey: string, notes: MoveNotes): Promise<boolean>;
  underWay(): Promise<StoredMove[]>;
  /** What was noted since a command's last sign. */
  notes(serviceKey: string): Promise<MoveNotes | null>;
};

/** aws/ends.ts: how a service's deployments ended, for good. */
export type Ends = {
  /**
   * Adds an end to its service's chain, once for each deployment: a repeat finds the first. `sinceMs`: before that the
   * deployment cannot have ended. `first`: it was not there before.
   */
  append(facts: EndFacts, sinceMs: number): Promise<{ head: ChainHead; first: boolean }>;
};

/** A deployment's record, and the execution that may change it. */
type RecordOf = Pick<Holding, 'deploymentId' | 'executionArn'>;

/** A deployment as its record has it. */
export type StoredDeployment = {
  serviceKey: string;
  request: DeploymentRequest;
  plan: Plan | null;
  outcome: Outcome | null;
  /** The token of the wait in progress, or of the last one. */
  taskToken: string | null;
  /** When the last signal was recorded, and what it was. */
  lastSignal: { atMs: number; by: string } | null;
  /** The last event of a watched alarm that turned red, or null. */
  lastAlarm: { atMs: number; name: string } | null;
  commands: Command[];
  /** The id of the command that was added last, or null: what `commit` proves to have seen. */
  lastCommandId: string | null;
  /** What the steps have learned about both colours (core/weights/placement.ts), or null. */
  placement: PlacementMemory | null;
  /** From then on no command applies; null before. */
  commitment: Commitment | null;
  /** Why the last execution that ended stuck did; null when none has. */
  stuck: Stuck | null;
};

/** aws/record.ts: DynamoDB, single-item conditional writes, consistent reads. */
export type DeploymentRecord = {
  /** Opens the deployment's record; what an earlier try wrote stays. Conflict when another execution has opened it. */
  open(holding: Holding, request: DeploymentRequest): Promise<void>;
  /** For a recovery that holds the lease: from now on it writes the record, and no execution before it. */
  takeOver(of: RecordOf): Promise<void>;
  read(deploymentId: string): Promise<StoredDeployment | null>;
  /** Null: none was opened. */
  standing(deploymentId: string): Promise<'open' | 'closed' | null>;
  /** Conflict, here and in storeTaskToken, when the record is another execution's. */
  savePlan(of: RecordOf, plan: Plan): Promise<void>;
  /** One item per decision, keyed by its observation time, so that a repeat overwrites itself. */
  appendDecision(deploymentId: string, decision: Decision): Promise<void>;
  /** For the recovery that comes next. */
  noteStuck(of: RecordOf, stuck: Stuck): Promise<boolean>;
  /** What is known of both colours: the last one wins. */
  savePlacement(of: RecordOf, memory: PlacementMemory): Promise<boolean>;
  readDecisions(deploymentId: string): Promise<Decision[]>;
  /** The newest alone: a long deployment has hundreds, and DynamoDB charges by what is read. */
  readLastDecision(deploymentId: string): Promise<Decision | null>;
  /**
   * The token of the wait in progress; the last one wins. Returns the record as it is from this write on: what was
   * written before is in it, and who writes after it finds the token.
   */
  storeTaskToken(of: RecordOf, taskToken: string, expiresAtMs: number): Promise<StoredDeployment | null>;
  /** Notes that an alarm turned red, for the next decision to read. False when the deployment has ended. */
  noteAlarm(deploymentId: string, alarmName: string): Promise<boolean>;
  /** Notes what wakes a bake and is no alarm. False when the deployment has ended. */
  noteSignal(deploymentId: string, by: string): Promise<boolean>;
  /**
   * Adds a command, once by its id. False when the deployment has ended or is committed meanwhile, when it has had as
   * many as it may, and when that id was added already.
   */
  addCommand(deploymentId: string, command: Command): Promise<boolean>;
  /**
   * Takes no more commands from now on. With `seen`, only if no command came after the one of that id: false then, and
   * when the record is closed.
   */
  commit(of: RecordOf, commitment: Commitment, seen?: { lastCommandId: string | null }): Promise<boolean>;
  /**
   * Closes the record once (the first outcome stays) and returns the one that stands. One that is another execution's
   * stays open: null.
   */
  close(of: RecordOf, outcome: Outcome): Promise<Outcome | null>;
};
