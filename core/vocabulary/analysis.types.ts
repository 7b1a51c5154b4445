import type { Baseline } from './metrics.types.ts';

/** What becomes of a metric of green beside blue's: it can roll back, it is only reported, or it is not read. */
export const metricUses = ['decide', 'advise', 'off'] as const;

/**
 * How green is compared with blue in one metric: it may be `psi` times as bad, plus `delta` (a share of requests, 0
 * to 1).
 */
export type MetricPolicy = { use: (typeof metricUses)[number]; psi: number; delta: number };

/** A metric that is named in a request is read: to switch it off it is left out. */
export const applicationUses = ['decide', 'advise'] as const;

/** What may stand in a dimension's value for the colour's own, in braces. */
export const colourPlaceholders = ['taskDefinitionRevision', 'targetGroup'] as const;

/**
 * A CloudWatch metric that the application publishes once for each colour: what distinguishes the colours is a
 * placeholder in the value of a dimension.
 */
export type PublishedMetric = {
  namespace: string;
  metric: string;
  /** Values by name; `{taskDefinitionRevision}` and `{targetGroup}` stand for the colour's own. */
  dimensions: Record<string, string>;
};

/**
 * What the application itself counts, e.g. orders and refused orders. Each list is summed: `bad` must be a part of
 * `requests`.
 */
export type ApplicationMetric = MetricPolicy & {
  name: string;
  requests: PublishedMetric[];
  bad: PublishedMetric[];
};

/** What follows when the metrics prove neither harm nor its absence by the end of a shift. */
export const inconclusivePolicies = ['advance', 'ask', 'rollBack'] as const;

export type AnalysisPolicy = {
  errors: MetricPolicy;
  latency: MetricPolicy;
  /** Absent: only the load balancer's metrics are compared. */
  application?: ApplicationMetric[];
  /** The chance of a false rollback that is accepted for the whole deployment, 0 to 1. */
  alpha: number;
  onInconclusive: (typeof inconclusivePolicies)[number];
  /** Absent: no limit. */
  exposure?: ExposureBudget;
};

/**
 * How many requests, or failed ones, green may have before it gets all traffic; used up, it rolls back or a person is
 * asked.
 */
export type ExposureBudget = {
  requests?: number;
  failed?: number;
  onUsedUp: (typeof usedUpPolicies)[number];
};

export const usedUpPolicies = ['rollBack', 'hold'] as const;

/** The policy with what was usual before green had a request; null when that could not be read. */
export type AnalysisPlan = AnalysisPolicy & { baseline: Baseline | null };

/** What a colour got in some minutes: requests, and how many of them were bad. */
type Counts = { requests: number; bad: number };

/** How both colours answered during a deployment; blue is null where there is none. */
export type Answered = { green: Counts; blue: Counts | null };

/**
 * One metric as it stands: `errors`, answers slower than a number of seconds, or what the application counts under a
 * name.
 */
export type ComparedMetric = {
  metric: 'errors' | `slower than ${number} s` | `bad in ${string}`;
  use: 'decide' | 'advise';
  blue: Counts;
  green: Counts;
  /** Natural log of the evidence that green is worse than the margin; its highest so far decides. */
  logE: number;
  maxLogE: number;
  /** Natural log of the evidence, of the present shift alone, that green is unharmed. */
  logUnharmed: number;
};

/**
 * `worse`: proven, rolls back. `suspect`: not proven and too strong to advance. `unharmed`: the contrary is proven.
 * `undecided`: neither. `unread`: nothing is known yet.
 */
export type ComparisonKind = 'worse' | 'suspect' | 'unharmed' | 'undecided' | 'unread';

/** What the metrics of both colours say together; kept with the decision. */
export type Comparison = {
  kind: ComparisonKind;
  /** One sentence with the numbers, for an operator. */
  reason: string;
  /** The first whole minute after the first shift: minutes before it are not compared. */
  sinceMs: number;
  /** The first whole minute after the present shift. */
  shiftFromMs: number;
  /** Minutes that are known by now. */
  minutes: number;
  /** Of the present shift: minutes known, and green's requests in them. */
  shift: { minutes: number; requests: number };
  /** Green's requests, and the bad ones, before it got all traffic. */
  exposed: Counts;
  metrics: ComparedMetric[];
  /** Green's rate of bad requests minus blue's, as shares; null before a minute compares both. */
  difference: { lower: number; upper: number } | null;
};
