/** What becomes of a metric of green beside blue's: it can roll back, it is only reported, or it is not read. */
export const metricUses = ['decide', 'advise', 'off'] as const;


/** How green is compared with blue in one metric: it may be `psi` times as bad, plus `delta` (a share of requests, 0 to 1). */
export type MetricPolicy = { use: (typeof metricUses)[number]; psi: number; delta: number };

/** What follows when the metrics prove neither harm nor its absence by the end of a shift. */
export const inconclusivePolicies = ['advance', 'ask', 'rollBack'] as const;

export type AnalysisPolicy = {
  errors: MetricPolicy;
  latency: MetricPolicy;
  /** The chance of a false rollback that is accepted for the whole deployment, 0 to 1. */
  alpha: number;
  onInconclusive: (typeof inconclusivePolicies)[number];
};
