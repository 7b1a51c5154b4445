import type { Baseline } from './metrics.types.ts';
import type {
  ObservedAlarms,
  ObservedFrom,
  ObservedLoadBalancer,
  ObservedRule,
  ObservedService,
  ObservedTarget,
  ObservedTargetGroup,
  ObservedTaskDefinition,
} from './observed.types.ts';
import type { Route } from './plan.types.ts';
import type { ObservedScaling } from './scaling.types.ts';
import type { Surroundings } from './surroundings.types.ts';

/**
 * Everything PlanDeployment reads, in one piece; aws/plan-observation.ts makes it. What does not exist is null or
 * missing here, not an error.
 */
export type PlanObservation = {
  /**
   * Of hooks that run a task definition of their own, by the name in the request; null: there is none. Absent: no such
   * hook.
   */
  hookTaskDefinitions?: Record<string, ObservedTaskDefinition | null>;
  /** Null: no such cluster or service. */
  service: ObservedService | null;
  /** The service that the request takes users from; null: there is none. Absent: the request names none. */
  from?: (ObservedFrom & { scaling?: ObservedScaling | null }) | null;
  /** The one to deploy; null: no such family or revision. */
  taskDefinition: ObservedTaskDefinition | null;
  /** The one that runs; null on a first deployment, or when it has been deleted since. */
  blueTaskDefinition: ObservedTaskDefinition | null;
  /** Of all groups below. */
  loadBalancers: ObservedLoadBalancer[];
  /** Every route on those load balancers that names any of the groups below. */
  routes: Route[];
  /**
   * Of the listener that has the test route, every rule; null: there is no such listener. Absent: none is asked for.
   */
  testListener?: { rules: ObservedRule[] } | null;
  /** Blue's, the request's, those of the last deployment, and whatever else blue's routes name. */
  groups: ObservedTargetGroup[];
  /** Groups that were searched for and do not exist. */
  missingGroups: string[];
  /** Registered targets by group ARN. */
  targets: Record<string, ObservedTarget[]>;
  alarms: ObservedAlarms;
  /** Both groups of the service's last deployment, from the record. */
  lastGroups: string[];
  /**
   * Blue's metrics before the deployment, or why they could not be read; absent: the colours are not compared, or
   * nobody read.
   */
  baseline?: Baseline | { unreadable: string };
  /**
   * What scales the service; null: it is no scalable target. Absent: nobody read, or the command line did, which has
   * it in `surroundings`.
   */
  scaling?: ObservedScaling | null;
  /** Read by the command line only, and only where the caller may; absent: nobody read. */
  surroundings?: Surroundings;
};
