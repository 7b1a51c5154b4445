import type { EndFacts } from '../vocabulary/history.types.ts';

/** What Cutover counts of itself: one name for the publisher (aws/metrics.ts) and the alarm (infra/). */

export const METRIC_NAMESPACE = 'Cutover';

/** Tells two installations of one account apart: each has a table of its own. */
export const METRIC_DIMENSION = 'Table';

export const ownMetrics = [
  /** Leases whose execution has ended, at each sweep. A recovery takes a lease over within seconds. */
  'EndedButHeld',
  /** Leases whose execution could not be read, or whose recovery could not be started. */
  'LeasesNotSwept',
] as const;

/**
 * What is counted of each service's deployments as they end, for dashboards and alarms of its owners: an outcome, once
 * for each deployment; how long it took; how long users were on a version that was rolled back; and rollbacks by cause.
 */
export const SERVICE_DIMENSION = 'Service';
export const CAUSE_DIMENSION = 'Cause';

export const outcomeMetrics = {
  succeeded: 'Succeeded',
  rolledBack: 'RolledBack',
  refused: 'Refused',
} as const satisfies Record<EndFacts['outcome'], string>;

export const DURATION_METRIC = 'DeploymentSeconds';
export const RESTORE_METRIC = 'RestoreSeconds';

export type OwnMetric = (typeof ownMetrics)[number];
