import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { Outcome, OutcomeKind } from '../core/vocabulary/ending.types.ts';
import type { ShownHook } from '../core/vocabulary/hooks.types.ts';
import type { SimEvent } from '../sim/kernel/trace.ts';
import type { Orchestrator } from '../sim/orchestrator.ts';
import type { FailureCause, GroupTraffic, WorldSeed } from '../sim/parts.types.ts';
import type { World } from '../sim/world.ts';

export type RehearsalOptions = {
  /** The execution's input, unparsed, exactly as Step Functions would get it. */
  request: unknown;
  world: WorldSeed;
  /** The new version's behaviour as `--version` takes it, e.g. `healthy`, `errors:20%`. */
  version: string;
  /** Faults as `--inject` takes them, e.g. `alarm@shift:2`. */
  inject: string[];
  /** How hooks behave, as `--hook` takes it, e.g. `smoke=fails:the banner is wrong`; absent: each passes. */
  hooks?: string[];
  seed: number;
  /** Called for each event with the world's state right after it. */
  onEvent?(event: SimEvent, status: Status): void;
  /**
   * For tests: the world as it is when the execution is about to start, to set faults that have no text of their own.
   */
  onWorld?(world: World): void;
  /**
   * Lets virtual time pass, for somebody who watches at a pace of their own. Default: as fast as it goes, to the end.
   */
  drive?(running: RunningRehearsal): Promise<void>;
};

/** A rehearsal whose execution has started. */
export type RunningRehearsal = {
  world: World;
  orchestrator: Orchestrator;
  executionArn: string;
  deploymentId: string;
  /** The deployment has ended, or a safety rule was broken. */
  over(): boolean;
  /** Virtual time does not pass beyond this. */
  untilMs: number;
};

/** The world at one instant, for a line of the timeline. */
export type Status = {
  /** Milliseconds since the execution started. */
  sinceStartMs: number;
  /** By route label: configured percent for green, or null when a third group holds weight. */
  greenPctByRoute: Record<string, number | null>;
  blue: { healthy: number; registered: number; requests: number; failed: number };
  green: { healthy: number; registered: number; requests: number; failed: number };
};

export type WeightChange = {
  /** Seconds since the execution started. */
  at: number;
  route: string;
  blue: number;
  green: number;
  /** `cutover` or the foreign writer's name. */
  by: string;
};

/** What a run ends with; `--json` prints it as the last line. */
export type RehearsalReport = {
  outcome: OutcomeKind;
  reason: string;
  virtualSeconds: number;
  requests: {
    total: number;
    failed: number;
    failedBecause: Partial<Record<FailureCause, number>>;
    blue: GroupTraffic;
    green: GroupTraffic;
    /** Of the world's other services, not in the rest; absent: none. */
    others?: GroupTraffic;
  };
  weights: WeightChange[];
  transitions: number;
  historyEvents: number;
  /** By `service:Operation`, and their sum. */
  apiCalls: { total: number; byOperation: Record<string, number> };
  costUsd: {
    total: number;
    stepFunctions: number;
    lambda: number;
    dynamoDb: number;
    eventBridge: number;
    cloudWatch: number;
  };
  /** What is left in the account that was not there before, as sentences; empty when nothing. */
  leftovers: string[];
  invariantViolations: { invariant: number; message: string; atSeconds: number }[];
  /** The states the execution entered, in order. */
  path: string[];
  decisions: Decision[];
  /** Runs of hooks in the order in which they began; absent without any. */
  hooks?: ShownHook[];
  record: Outcome | null;
  seed: number;
};
