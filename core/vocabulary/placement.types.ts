import type { Weights } from './plan.types.ts';

/**
 * What the rule for the weights (core/weights/placement.ts) is asked with, and what it keeps between two
 * observations.
 */

/** One minute of a target group's metrics. `answered` counts responses of 2xx, 3xx and 4xx that its targets gave. */
export type AnsweredMinute = { startMs: number; requests: number; answered: number };

/** Minutes of both colours that CloudWatch has, oldest first; empty when there are none or they could not be read. */
export type Answers = { blue: AnsweredMinute[]; green: AnsweredMinute[] };

/** A colour's tasks and targets in one observation. */
export type ColourCount = {
  healthy: number;
  /** Targets that do not drain and are health-checked. */
  registered: number;
  /** Its group is in no action: its targets are registered and nobody checks them [fact 86]. */
  unchecked: boolean;
  /** Running tasks; 0 from the write on that scales the task set to 0. */
  running: number;
  /** Targets that drain although ECS counts their tasks as running; absent: none. */
  leaving?: number;
};

/** A time in which all of blue's targets are unhealthy although its tasks run: it may only appear dead. */
export type Spell = {
  seenAtMs: number;
  /** When a target was healthy again, or nothing ran any more; null while it lasts. */
  overAtMs: number | null;
  /** Since when evidence is waited for, with a trial share of the traffic on blue; null before. */
  trialAtMs: number | null;
  verdict: 'dead' | 'answers' | null;
};

/** How long a colour has carried what it carries. */
export type Calm = {
  /** Share of all requests, 0 to 1. */
  carry: number;
  /** When it last rose; 0: it has not since it was first seen. */
  roseAtMs: number;
  /** How often it came back after a fall. */
  returns: number;
  fell: boolean;
};

/**
 * What was written beside the plan since a shift. Saved before the write, so that one whose answer was lost is known
 * again.
 */
export type Carried = {
  /** Of the shift. */
  shiftedAtMs: number;
  weights: Weights;
  before: Weights;
  writtenAtMs: number;
  /** Since when users have not been where the plan wants them; null when they are. */
  sinceMs: number | null;
  /** How long they were not, in earlier times of the same bake. */
  totalMs: number;
};

/**
 * Tasks that make each colour whole, and the service's count of the same observation. When the service scales out they
 * stay behind it until the new tasks are healthy: a colour that has lost no task carries what it carried before.
 */
export type Shares = { needed: number; blue: number; green: number };

/** Kept in the record, so that a recovery and the watch know what the steps have learned. */
export type PlacementMemory = {
  /**
   * The minute in which green answered next to nobody: a green without traffic has no metrics to show that it is
   * lost.
   */
  lostGreen: AnsweredMinute | null;
  /** Seen without a task or a target, and without a healthy target since. */
  gone: { blue: boolean; green: boolean };
  spell: Spell | null;
  calm: { blue: Calm | null; green: Calm | null };
  /** What each colour's tasks are counted against; absent in what an earlier release wrote. */
  shares?: Shares;
  /** Since when ECS has counted tasks whose targets leave; absent: it does not. */
  countsLateSinceMs?: number;
  /** Moves of the last hour, oldest first, at most as many as are allowed in one. */
  movedAtMs: number[];
  carried?: Carried;
  /** When weights of somebody else were overwritten with the plan's, which is done once; absent: never. */
  reassertedAtMs?: number;
};
