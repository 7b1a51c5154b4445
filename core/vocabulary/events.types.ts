import type { Comparison } from './analysis.types.ts';
import type { Decision, Evidence } from './decision.types.ts';
import type { OutcomeKind } from './ending.types.ts';
import type { ChainHead } from './history.types.ts';
import type { ShownHook } from './hooks.types.ts';
import type { Weights } from './plan.types.ts';

/**
 * What a deployment publishes on the account's event bus; docs/events has a JSON Schema for each. A receiver gets each
 * event at least once, in no promised order, or never: an event is news, the record is the truth.
 */
export const eventTypes = [
  'Cutover Deployment Started',
  'Cutover Deployment Waiting',
  'Cutover Traffic Shifted',
  'Cutover Decision Made',
  'Cutover Hook Changed',
  'Cutover Deployment Finished',
] as const;

/** Raised when a member changes its meaning or goes; a member more is no new version. */
export const EVENT_VERSION = 1;

/** What every event says, flat, so that an EventBridge input transformer can pick from it. */
export type EventDetail = {
  version: typeof EVENT_VERSION;
  deploymentId: string | null;
  cluster: string | null;
  service: string | null;
  /** `family:revision` that serves before; null on a first deployment and while nobody has read. */
  fromRevision: string | null;
  /** `family:revision`; before the plan as the caller wrote it. */
  toRevision: string | null;
  /** The one who started, paused, hurried or aborted it; `cutover` for what the deployment does by itself. */
  actor: string;
  /** One sentence. */
  reason: string;
  /** To the execution in the Step Functions console. */
  link: string | null;
  executionArn: string;
};

export type DeploymentEvent =
  | {
      type: 'Cutover Deployment Started';
      detail: EventDetail & {
        strategy: string;
        /** `test`: open to testers, before any user. */
        shifts: { test?: true; greenPct: number; bakeSeconds: number; approval: boolean }[];
        routes: string[];
        alarms: string[];
      };
    }
  | {
      type: 'Cutover Deployment Waiting';
      detail: EventDetail & { waitingFor: 'approval' | 'operator' | 'lease'; decision: EventDecision | null };
    }
  | {
      type: 'Cutover Traffic Shifted';
      detail: EventDetail & {
        /** From 1; 0 when the weights go back to what they were before the deployment. */
        shift: number;
        shifts: number;
        greenPct: number;
        /** Null: no split between blue and green. */
        routes: { route: string; before: Weights | null; after: Weights | null }[];
        /** The test route, where it was written: `open` while green is tried before any user. */
        test?: { route: string; url: string | null; open: boolean };
      };
    }
  | { type: 'Cutover Decision Made'; detail: EventDetail & { decision: EventDecision } }
  | { type: 'Cutover Hook Changed'; detail: EventDetail & { hook: EventHook } }
  | {
      type: 'Cutover Deployment Finished';
      detail: EventDetail & {
        outcome: OutcomeKind;
        /** Since the deployment took its place in line; null when it never got one. */
        durationSeconds: number | null;
        /** Its place in the service's history, and the digest there; null where it has none, as one that is stuck. */
        history: ChainHead | null;
        /** Of a deployment with hooks: the runs in the order in which they began, the last 100. */
        hooks?: EventHook[];
      };
    };

/** What a function answered may be long: the record has it. */
export type EventHook = Omit<ShownHook, 'answer'>;

export type EventDecision = Pick<Decision, 'kind' | 'waitSeconds'> & {
  /** From 1: the shift that bakes. */
  shift: number;
  evidence: Omit<Evidence, 'commands'>;
  /** What the metrics of both colours say; null where they are not compared. */
  analysis: EventAnalysis | null;
};

type EventAnalysis = Pick<Comparison, 'kind' | 'minutes'> & {
  /** How strongly the metrics that decide say that green is worse: 100 rolls back, by default. */
  evidence: number;
  /** Green's requests before it got all traffic, and the failed ones. */
  exposed: { requests: number; failed: number };
  metrics: {
    metric: string;
    use: 'decide' | 'advise';
    blue: { requests: number; bad: number };
    green: { requests: number; bad: number };
    evidence: number;
  }[];
};
