/** What a move between deployment controllers reads and does, as plain data. */

/** `adopt` moves a service to Cutover, `leave` moves it back to a controller of ECS's own. */
export type MoveKind = 'adopt' | 'leave';

/** Members of an AWS call, named as the API names them. */
export type Input = Readonly<Record<string, unknown>>;

type ReadTaskSet = {
  id: string;
  status: string;
  steady: boolean;
  scalePercent: number;
  running: number;
  targetGroupArn: string | null;
};

export type ReadService = {
  arn: string;
  name: string;
  /** The cluster's name. */
  cluster: string;
  /** ACTIVE, DRAINING or INACTIVE. */
  status: string;
  /** ECS, CODE_DEPLOY or EXTERNAL. */
  controller: string;
  /** Of ECS's own controller: ROLLING, BLUE_GREEN, LINEAR or CANARY. */
  strategy: string;
  desired: number;
  running: number;
  taskDefinition: string | null;
  /** Where it is registered; the group is the one that the service names, which need not be the one that serves. */
  balancer: { targetGroupArn: string; alternateArn: string | null; container: string; port: number } | null;
  /** launchType or capacityProviderStrategy, networkConfiguration, platformVersion: as CreateTaskSet takes them. */
  launch: Input;
  /** Of Cloud Map, as CreateTaskSet and CreateService take them. */
  registries: readonly Input[];
  /** What CreateService takes of it besides: placement, tags' propagation, ECS Exec. */
  kept: Input;
  graceSeconds: number | null;
  tags: Readonly<Record<string, string>>;
  taskSets: readonly ReadTaskSet[];
};

export type ReadGroup = {
  arn: string;
  name: string;
  /** What CreateTargetGroup takes, but the name. */
  settings: Input;
  attributes: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  registered: number;
  healthy: number;
  /** Why targets are not healthy, each reason once. */
  reasons: readonly string[];
};

export type LooseGroup = Pick<ReadGroup, 'arn' | 'name' | 'tags'>;

export type GroupWeight = { targetGroupArn: string; weight: number };

export type ReadRoute = {
  arn: string;
  kind: 'listener' | 'rule';
  listenerArn: string;
  label: string;
  /** Null: a default action. */
  priority: number | null;
  /** As CreateRule takes them. */
  conditions: readonly Input[];
  groups: readonly GroupWeight[];
  /** Types of what is done before the forward, such as `authenticate-oidc`. */
  before: readonly string[];
  /** Target group stickiness of the action, seconds; null: off. */
  stickySeconds: number | null;
};

export type Suspension = { scaleIn: boolean; scaleOut: boolean; scheduled: boolean };

export type ReadScaling = {
  resourceId: string;
  minCapacity: number;
  maxCapacity: number;
  suspended: Suspension;
  /** As PutScalingPolicy takes it, but its resource; with the alarms that call it, of step scaling alone. */
  policies: readonly { name: string; arn: string; input: Input; alarms: readonly string[] }[];
  /** As PutScheduledAction takes it, but its resource. */
  scheduled: readonly { name: string; input: Input }[];
};

/** A metric alarm that calls a scaling policy, as PutMetricAlarm takes it. */
export type ReadAlarm = { name: string; input: Input };

export type MoveNames = {
  cluster: string;
  old: string;
  twin: string;
  /** The target groups that `adopt` makes. */
  blue: string;
  green: string;
  /** `leave` alone: the group that the new service starts on, where the person had to name it. */
  group: string | null;
  /** The person accepts that who calls by a name of Cloud Map reaches either service. */
  cloudMap: boolean;
  /** `adopt` alone: users move by a deployment of the new service, and not by the command. */
  byDeployment: boolean;
};

/** One observation of everything that a move depends on. */
export type MoveObservation = {
  /** Null: there is no such service, or none any more. */
  old: ReadService | null;
  twin: ReadService | null;
  /** Every group behind the load balancer, and those of these names. */
  groups: readonly ReadGroup[];
  /**
   * Groups like the one that serves that no load balancer uses: read where the routes of an EXTERNAL service name no
   * second one, as sticky ones do between deployments [fact 80].
   */
  loose: readonly LooseGroup[];
  /** Every route of the load balancers that forwards. */
  routes: readonly ReadRoute[];
  /** Of every rule, those that do not forward too. */
  priorities: Readonly<Record<string, readonly number[]>>;
  scaling: { old: ReadScaling | null; twin: ReadScaling | null };
  /** Those that call the old service's step scaling, and what there is of their copies. */
  alarms: readonly ReadAlarm[];
  /** ECS, CodeDeploy or Cutover is deploying the old service at this moment: who, in words. */
  deploying: string | null;
  /** Why the twin's tasks do not start, each reason once. */
  failedStarts: readonly string[];
  network: boolean;
};

export type ApiCall =
  | { api: 'ecs' | 'elbv2' | 'scaling' | 'alarms'; operation: string; input: Input }
  /** One route's groups and weights; the rest of its actions stays as it is. */
  | {
      api: 'route';
      operation: 'ModifyRule' | 'ModifyListener';
      route: ReadRoute;
      groups: readonly GroupWeight[];
    };

export type Move =
  | { kind: 'call'; call: ApiCall; what: string }
  | { kind: 'wait'; reason: string }
  | { kind: 'stop'; reason: string; fix: string };

/** A step is done when its `forward` finds nothing to do, and undone when its `backward` does not. */
export type Step = {
  id: string;
  title: string;
  /** What it writes, for the plan. */
  writes: string;
  /** What takes it back, for the plan. */
  undo: string;
  forward(observed: MoveObservation): Move | null;
  backward(observed: MoveObservation): Move | null;
};

/** What keeps a move from beginning, and what to do. */
export type Obstacle = { problem: string; fix: string };
