import type { AnalysisPolicy } from './analysis.types.ts';
import type { Hook } from './hooks.types.ts';
import type { AwsVpcNetwork, CapacityProvider } from './network.types.ts';

/** One planned change of weights. */
export type Shift = {
  /** Share of new requests for green after the shift, 0.1 to 100 with one decimal at most. */
  greenPct: number;
  /** How long the shift is watched before the next, milliseconds. At 100 % this is the keep-blue window. */
  bakeMs: number;
  /**
   * It ends by evidence: as soon as green has had so many requests, or is proven unharmed, not before `atLeastMs`;
   * `bakeMs` is then the longest it may take. Absent: it ends by time alone.
   */
  evidence?: { atLeastMs: number; requests?: number };
  /** After its bake, wait for a person to approve. Absent: continue by itself. */
  approval?: true;
  /** No user meets green yet: the test route is open, and `greenPct` is 0. Only the first of a plan may be one. */
  test?: true;
};

/** Green is tried by a route of its own before any user meets it. */
export type TestRequest = {
  /** ARN of the listener or of the rule that testers use. */
  route: string;
  /** Where testers find it: for people and hooks, nothing is decided by it. */
  url?: string;
  /** How long it stays open before the first shift, milliseconds. */
  forMs: number;
};

/**
 * Another service of the cluster, by its name. Its tasks serve as blue, and nothing of it is ever changed but the
 * weight of its target group.
 */
export type FromRequest = {
  service: string;
  /** ARN; absent: the one of its groups that users are on. */
  targetGroup?: string;
};

/** What to do when an alarm is already in ALARM before anything was written. */
export type RedAtStartPolicy =
  | { kind: 'refuse' }
  /** The alarm counts only after it has been OK once. */
  | { kind: 'ignoreUntilOk' }
  /** The alarm is not watched in this deployment; the reason goes to the record. */
  | { kind: 'override'; reason: string };

/**
 * `on`: users go where they are served. `deadOnly`: only away from a colour that answers nobody. `off`: nothing but
 * the plan.
 */
export const carryPolicies = ['on', 'deadOnly', 'off'] as const;
export type CarryPolicy = (typeof carryPolicies)[number];

/**
 * What becomes of what scales the service, from the first write to the end. `suspendScaleIn`: users still get more
 * tasks under load. `suspendAll`: the number of tasks stays. `leave`: nothing is suspended.
 */
export const autoscalingPolicies = ['suspendScaleIn', 'suspendAll', 'leave'] as const;
export type AutoscalingPolicy = (typeof autoscalingPolicies)[number];

/**
 * Green has as many tasks as its weight needs, instead of all of them from its launch on. `headroom`: times its share;
 * `minTasks`: it is never launched with fewer.
 */
export type CapacityPolicy = { headroom: number; minTasks: number };

/** What a bake does when somebody else has changed the weights. */
export const driftPolicies = ['rollBack', 'reassert'] as const;
export type DriftPolicy = (typeof driftPolicies)[number];

/** What to do when another deployment holds the service. */
export const whenBusyPolicies = ['reject', 'queue', 'supersede'] as const;
export type WhenBusy = (typeof whenBusyPolicies)[number];

/** How INSUFFICIENT_DATA reads: `ignore` as not red (but reported), `block` as unknown. */
export type WithoutDataPolicy = 'ignore' | 'block';

/** A request after parsing: every default filled in, durations in milliseconds. */
export type DeploymentRequest = {
  cluster: string;
  service: string;
  /** Family, `family:revision` or ARN, as the caller wrote it. PlanDeployment pins the revision. */
  taskDefinition: string;
  /** The family that may be deployed; absent: blue's. */
  family?: string;
  /** Rising, ending at 100; the last one's bake is the keep-blue window. */
  shifts: Shift[];
  /** The strategy's name as the caller would recognise it, e.g. `Canary10Percent5Minutes` or `5 shifts`. */
  strategyName: string;
  alarms: {
    names: string[];
    redAtStart: RedAtStartPolicy;
    withoutData: WithoutDataPolicy;
  };
  /** How green's metrics are compared with blue's; absent in a request that an earlier release read: they are not. */
  analysis?: AnalysisPolicy;
  /** What to do while another deployment changes the service. */
  whenBusy: WhenBusy;
  /** Whether users are moved to where they are served; absent: `on`. */
  carry?: CarryPolicy;
  /** Absent: roll back. */
  onDrift?: DriftPolicy;
  /** Green gets no more users while a rollback would take longer, milliseconds; absent: no limit. */
  rollbackWithinMs?: number;
  /**
   * How long a colour keeps its tasks after its last weight was taken, milliseconds; absent: what the load balancer may
   * take.
   */
  settleMs?: number;
  /** What runs at stages of the deployment and may stop it; absent: nothing. */
  hooks?: Hook[];
  /** Absent: green has full size from its launch on. */
  capacity?: CapacityPolicy;
  /** Absent: `suspendScaleIn`. */
  autoscaling?: AutoscalingPolicy;
  /** Green must have enough healthy targets for this long before it gets its first request. */
  healthyForMs: number;
  /** Green must get there within this time after its launch. */
  timeToHealthyMs: number;
  /** Only these listener or rule ARNs; absent: every route that forwards to blue. */
  routes?: string[];
  /** Absent: green meets its first request at the first shift. */
  test?: TestRequest;
  /** On a first deployment: whose users it takes over, instead of giving green all requests at once. */
  from?: FromRequest;
  /** Green's target group; absent: the other group of blue's forward action. Needed for a first deployment. */
  greenTargetGroup?: string;
  /** For a first deployment, or to change what the running task set has. */
  container?: { name: string; port: number };
  network?: AwsVpcNetwork;
  launchType?: 'FARGATE' | 'EC2' | 'EXTERNAL';
  capacityProviders?: CapacityProvider[];
  platformVersion?: string;
  /** Who starts it, in the starter's words: for the record, the report and the events. Nothing is decided by it. */
  /** When the version's commit was made; absent: nobody said. No decision depends on it. */
  committedAtMs?: number;
  startedBy?: string;
};
