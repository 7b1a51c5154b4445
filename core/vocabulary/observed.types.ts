import type { Placement, RouteForward } from './plan.types.ts';

/** What the aws/ adapters report of the world: plain data, one observation, no SDK types. */

export type ObservedTaskSet = Placement & {
  id: string;
  arn: string;
  /** The deployment that made it, or undefined. */
  externalId?: string;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  taskDefinitionArn: string;
  targetGroupArn?: string;
  /** Further groups of the same task set; Cutover shifts one only. */
  otherTargetGroupArns?: string[];
  containerName?: string;
  containerPort?: number;
  scalePercent: number;
  computedDesiredCount: number;
  pendingCount: number;
  runningCount: number;
  steady: boolean;
  createdAtMs: number;
};

export type ObservedService = {
  clusterArn: string;
  serviceArn: string;
  cluster: string;
  name: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  desiredCount: number;
  healthCheckGracePeriodSeconds?: number;
  taskSets: ObservedTaskSet[];
  /** What ECS said last about tasks it could not place, if it has not been steady since. */
  placementTrouble?: string;
  /** ECS moves tasks between zones by itself. */
  zoneRebalancing?: boolean;
  /** Of the service itself: where ECS's own controller registers tasks. Absent with EXTERNAL. */
  targetGroupArns?: string[];
};

/** A service whose users another one takes over. */
export type ObservedFrom = ObservedService & {
  /** The whole service as a task set of each of its target groups: what serves is counted alike. */
  wholes: ObservedTaskSet[];
  /** More than one version of it runs, or is about to. */
  isChanging: boolean;
};

export type ObservedContainer = {
  name: string;
  image: string;
  ports: { containerPort: number; hostPort?: number; protocol: string }[];
  /** Absent: the task ends with it. */
  essential?: false;
  /** Of the log driver awslogs. */
  log?: { group: string; streamPrefix?: string };
  /** Seconds; absent: the ECS default of 30. */
  stopTimeoutSeconds?: number;
  healthCheck?: {
    intervalSeconds: number;
    timeoutSeconds: number;
    retries: number;
    startPeriodSeconds: number;
  };
};

export type ObservedTaskDefinition = {
  arn: string;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  networkMode: 'awsvpc' | 'bridge' | 'host' | 'none';
  compatibilities: string[];
  cpu?: string;
  memory?: string;
  /** What in it Fargate runs from platform version 1.4.0 on only, for people: `an EFS volume`. */
  needsPlatform?: string[];
  /** Names of volumes that are described at launch, not in it. */
  volumesAtLaunch?: string[];
  containers: ObservedContainer[];
};

export type ObservedTargetGroup = {
  arn: string;
  name: string;
  protocol: string;
  protocolVersion?: string;
  port: number;
  vpcId?: string;
  targetType: 'instance' | 'ip' | 'lambda' | 'alb';
  loadBalancerArns: string[];
  healthCheck: {
    protocol: string;
    port: string;
    path?: string;
    matcher?: string;
    intervalSeconds: number;
    timeoutSeconds: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
  };
  deregistrationDelaySeconds: number;
  /** The group's own (target-level) stickiness. */
  stickiness: { enabled: boolean; type?: string; durationSeconds?: number };
  slowStartSeconds: number;
  /**
   * With fewer healthy targets, or a smaller share of them, its requests go to all, dead ones too [fact 88]; absent:
   * with none.
   */
  failsOpenBelow?: { count?: number; percent?: number };
  /** Each zone's requests stay in it; absent: the load balancer's own setting, or on. */
  crossZone?: false;
};

export type ObservedLoadBalancer = {
  arn: string;
  name: string;
  type: 'application' | 'network' | 'gateway';
  scheme: 'internet-facing' | 'internal';
  availabilityZones: string[];
  securityGroups: string[];
};

/** One condition of a rule: something of the request has to match one of the values. */
export type RuleCondition = {
  /** As AWS names it: `host-header`, `http-header`, `source-ip`, ... */
  field: string;
  /** The header's name, in lower case; absent for other fields. */
  name?: string;
  /** With `*` and `?`; of a query string `key=value`. */
  values: string[];
  /** Regular expressions beside or instead of values. */
  patterns?: string[];
};

/** A rule of a listener, whatever it does. */
export type ObservedRule = {
  arn: string;
  /** Lowest first; null: the default action, which is last. */
  priority: number | null;
  conditions: RuleCondition[];
  /** Null: it forwards nowhere. */
  forward: RouteForward | null;
  /** For people, as a route's. */
  label: string;
};

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable';

export type ObservedTarget = {
  /** IP address or instance id. */
  id: string;
  port: number;
  state: TargetState;
  /** e.g. `Target.ResponseCodeMismatch`; absent for healthy targets. */
  reasonCode?: string;
  description?: string;
};

export type ObservedAlarm = {
  name: string;
  kind: 'metric' | 'composite';
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  reason: string;
  updatedAtMs: number;
  /** Value of the metric's TargetGroup dimension, when it has one. */
  targetGroupDimension?: string;
  /** Its metrics are of a whole load balancer, both colours together. */
  wholeLoadBalancer?: boolean;
};

/** A read of alarms: names that CloudWatch did not know come back in `missing` [fact 112]. */
export type ObservedAlarms = { alarms: ObservedAlarm[]; missing: string[] };

/** A stopped task and what it says about why. */
export type StoppedTask = {
  taskArn: string;
  stoppedAtMs?: number;
  stopCode?: string;
  stoppedReason: string;
  containers: { name: string; image: string; exitCode?: number; reason?: string }[];
};
