import type { AnalysisPlan } from './analysis.types.ts';
import type { Finding } from './finding.types.ts';
import type { PlannedHook } from './hooks.types.ts';
import type { AwsVpcNetwork, CapacityProvider } from './network.types.ts';
import type {
  CapacityPolicy,
  CarryPolicy,
  DeploymentRequest,
  DriftPolicy,
  Shift,
  TestRequest,
} from './request.types.ts';
import type { ScalingPlan } from './scaling.types.ts';

/** Share of new requests in percent, with one decimal at most; blue + green = 100. */
export type Weights = { blue: number; green: number };

/** One target group of a forward action with the weight AWS holds (0-999, relative). */
export type WeightedGroup = { targetGroupArn: string; weight: number };

/**
 * What a listener's default action or a rule forwards to, as observed. Everything a decision needs
 * and nothing else of the action: aws/listener.ts patches the live action, never a remembered one.
 */
export type RouteForward = {
  groups: WeightedGroup[];
  /** The forward action's own stickiness (cookie AWSALBTG). */
  stickiness: { enabled: boolean; durationSeconds?: number };
  /** Types of what is done before the forward, e.g. `authenticate-oidc`; absent: nothing. */
  otherActions?: string[];
};

/** One listener default action or listener rule that the deployment owns. */
export type Route = {
  /** The rule's ARN, or the listener's ARN for its default action. */
  arn: string;
  kind: 'listener' | 'rule';
  /** Of a default action: the rule that it is as well, by which it is read together with others; absent: none. */
  defaultRuleArn?: string;
  listenerArn: string;
  loadBalancerArn: string;
  /** For people: `HTTPS:443 default`, `HTTPS:443 path /api/*`. */
  label: string;
  /** What PlanDeployment found; RollBack restores its weights. */
  original: RouteForward;
};

export type LoadBalancerKind = 'application' | 'network';

/** Where a task set's tasks run and register: green is placed as blue is, unless the request says otherwise. */
export type Placement = {
  network?: AwsVpcNetwork;
  launchType?: string;
  capacityProviders?: CapacityProvider[];
  platformVersion?: string;
  serviceRegistries?: {
    registryArn: string;
    port?: number;
    containerName?: string;
    containerPort?: number;
  }[];
};

/** What CreateTaskSet needs beside ids, in the shape the ECS API takes it. */
export type GreenSpec = Placement & {
  taskDefinitionArn: string;
  /** Revision's images by container, for the timeline and the record. */
  images: { container: string; image: string }[];
  targetGroupArn: string;
  containerName: string;
  containerPort: number;
  /** What Fargate charges for a task by; absent: it does not run there, or nothing is computed from it. */
  fargate?: { vcpu: number; gb: number };
};

export type BlueTaskSet = {
  /** `ecs-svc/<19 digits>` */
  id: string;
  arn: string;
  taskDefinitionArn: string;
  targetGroupArn: string;
  /** Scale in percent as found. */
  scalePercent: number;
  /**
   * The name of the service that it is, as a whole: users come from there, and nothing of it may be changed. Absent: it
   * is a task set of the service that is deployed.
   */
  service?: string;
};

/** The route by which green is tried before any user meets it. */
export type TestRoute = Pick<TestRequest, 'url'> & {
  /** `original` is what it is put back to. */
  route: Route;
  /** What a request needs to take it; absent: nothing, or a pattern that the request's writer has to know. */
  header?: { name: string; value: string };
};

/** The slice PlanDeployment writes. Immutable for the rest of the deployment. */
export type Plan = {
  clusterArn: string;
  serviceArn: string;
  cluster: string;
  service: string;
  /** The service's desired count when planned; later steps use the live one [fact S16]. */
  desiredCount: number;
  /** Absent for a first deployment. */
  blue: BlueTaskSet | null;
  /** Blue's group, or on a first deployment the route's other group if it has one. */
  blueTargetGroupArn: string | null;
  green: GreenSpec;
  loadBalancerKind: LoadBalancerKind;
  routes: Route[];
  /** None of `routes`; absent: green is not tried before its first user. */
  test?: TestRoute;
  /** With `test` the first one is the test: green at 0 %, open to testers. */
  shifts: Shift[];
  strategyName: string;
  alarms: DeploymentRequest['alarms'] & {
    /** Red when planned and to be ignored until seen OK. */
    ignoredUntilOk: string[];
  };
  /** How green's metrics are compared with blue's; absent: they are not (core/plan/analysis.ts). */
  analysis?: AnalysisPlan;
  /** Whether users are moved to where they are served; absent: `on`. */
  carry?: CarryPolicy;
  /** What somebody else's weights lead to; absent: roll back. */
  onDrift?: DriftPolicy;
  /** Green gets no more users while a rollback would take longer; absent: no limit. */
  rollbackWithinMs?: number;
  /** How long the load balancer may still send requests by the weights before; absent: what its kind may take. */
  settleMs?: number;
  /** What runs at stages of the deployment; absent: nothing. */
  hooks?: PlannedHook[];
  /** Green grows with its weight; absent: it has full size from its launch on. */
  capacity?: CapacityPolicy;
  /** Absent: nothing scales the service. */
  scaling?: ScalingPlan;
  healthyForMs: number;
  timeToHealthyMs: number;
  /** Of blue's group: how long its targets drain, milliseconds. */
  deregistrationDelayMs: number;
  /** Longest stopTimeout of the running task definition's containers, milliseconds. */
  stopTimeoutMs: number;
  warnings: Finding[];
};
