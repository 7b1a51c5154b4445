import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { OutcomeKind } from '../core/vocabulary/ending.types.ts';
import type { Finding } from '../core/vocabulary/finding.types.ts';
import type { ShownHook } from '../core/vocabulary/hooks.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Difference } from './document-diff.ts';

/** Everything the page shows, as plain JSON: the page carries it, and nothing on the page comes from elsewhere. */
export type Report = {
  version: 1;
  /** A rehearsal knows users' requests and every event; a deployment's report has what its record and history have. */
  source: 'rehearsal' | 'deployment';
  deployment: Deployment;
  outcome: {
    kind: OutcomeKind | 'running';
    reason: string;
    /** What a success of a rehearsal does not show by itself. */
    despite?: string;
  };
  /** Milliseconds since the Unix epoch; all other times are since this one. */
  startedAtMs: number;
  durationMs: number;
  courses: Course[];
  targets: TargetCount[];
  traffic: Traffic | null;
  marks: Mark[];
  decisions: ReportedDecision[];
  /** Runs of hooks in the order in which they began. */
  hooks: ReportedHook[];
  plan: Plan | null;
  /** What preflight said; of a deployment, the warnings in its plan. */
  findings: readonly Finding[];
  /** Null when either revision could not be read. */
  difference: Difference[] | null;
  events: ReportedEvent[];
  /** Further facts for the head of the page, ready to be read. */
  facts: { name: string; value: string; bad?: true /** To be copied. */; command?: true }[];
};

export type Deployment = {
  id: string | null;
  cluster: string;
  service: string;
  /** `family:revision`; null on a first deployment. */
  from: string | null;
  to: string;
  startedBy: string | null;
  link: string | null;
};

/** Green's share of one route over time; null where a third group held weight. */
export type Course = { route: string; points: { atMs: number; greenPct: number | null }[] };

export type TargetCount = { atMs: number; blue: Count | null; green: Count | null };
export type Count = { healthy: number; of: number };

/** Users' requests in equal slices of time. */
export type Traffic = {
  sliceMs: number;
  slices: { atMs: number; blue: Requests; green: Requests }[];
  total: Requests;
};
export type Requests = { requests: number; failed: number };

export const markKinds = [
  'shift',
  'rollBack',
  'alarm',
  'command',
  'hook',
  'foreign',
  'fault',
  'milestone',
] as const;
export type MarkKind = (typeof markKinds)[number];

/** Something that the chart marks and the table of deeds lists. */
export type Mark = { atMs: number; kind: MarkKind; who: string; what: string; why: string };

export type ReportedHook = Omit<ShownHook, 'startedAtMs' | 'deadlineMs' | 'endedAtMs'> & {
  atMs: number;
  /** Null: it still ran. */
  tookMs: number | null;
};

export type ReportedDecision = Decision & { atMs: number };

type ReportedEvent = { atMs: number; kind: string; what: string; why: string };
