import type {
  CapacityProviderStrategyItem,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  Service,
  ServiceRegistry,
  Tag,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Behaviour, ContainerReport, HostedTask, RunningApp, TargetId } from '../parts.types.ts';

/** The live state of simulated ECS; what its clients read may be older (views.ts). */

type TaskSetStatus = 'PRIMARY' | 'ACTIVE' | 'DRAINING';

/** What a task set owns, and what becomes the service's when it is made PRIMARY [fact 1, 33]. */
export type TaskSetParameters = {
  loadBalancers: LoadBalancer[];
  serviceRegistries: ServiceRegistry[];
  networkConfiguration?: NetworkConfiguration;
  launchType?: LaunchType;
  capacityProviderStrategy?: CapacityProviderStrategyItem[];
  platformVersion?: string;
};

export type SimService = {
  /** Members that no deployment changes, as the world's description gave them. */
  described: Service;
  arn: string;
  name: string;
  clusterArn: string;
  controller: string;
  desiredCount: number;
  gracePeriodMs: number;
  /** Copied from the PRIMARY task set. */
  taskDefinitionArn: string | undefined;
  parameters: TaskSetParameters;
  /** Oldest first; a set leaves the list when it is gone. */
  sets: SimTaskSet[];
  /** DeleteService was called: DRAINING until its last task has gone, then INACTIVE. */
  deleted: boolean;
  /** Of the CreateService call that made it. */
  clientToken?: string | undefined;
};

/** How a task set's tasks depart from what their version does, those that are still to come, too. */
export type Departure = {
  behaviour: Partial<Behaviour>;
  /** ECS replaces none of them for failed checks, as within a long grace period. */
  kept?: true;
};

export type SimTaskSet = {
  service: SimService;
  id: string;
  arn: string;
  externalId: string | undefined;
  /** Part of the world's description, so there before the run began. */
  seeded: boolean;
  /** Stands for a service's own rolling deployment: never shown as a task set. */
  hidden: boolean;
  status: TaskSetStatus;
  taskDefinition: TaskDefinition & { taskDefinitionArn: string };
  parameters: TaskSetParameters;
  scalePercent: number;
  tags: Tag[];
  createdAtMs: number;
  updatedAtMs: number;
  steady: boolean;
  steadyAtMs: number;
  /** Tasks that are not STOPPED, oldest first. */
  tasks: SimTask[];
  /** Starts that failed in a row before RUNNING. */
  failedStarts: number;
  /** How its tasks differ from their version for now. */
  departure: Departure | undefined;
  /** No new task before this instant. */
  nextLaunchMs: number;
  launchPending: boolean;
  leaving: boolean;
};

/** The task states of the ECS developer guide's task lifecycle, without the ones nothing here waits for. */
type TaskStatus = 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'STOPPED';

export type StopCode =
  | 'EssentialContainerExited'
  | 'ServiceSchedulerInitiated'
  | 'TaskFailedToStart'
  | 'UserInitiated';

/** Where a task's container listens. */
export type Place =
  | { kind: 'interface'; subnet: string; ip: string }
  | { kind: 'instance'; instanceId: string; ports: { containerPort: number; hostPort: number }[] };

/** A registration of one task in one target group. */
export type Registration = {
  targetGroupArn: string;
  target: TargetId;
  phase: 'due' | 'registered' | 'deregistered';
};

export type ContainerHealth = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';

export type SimTask = {
  set: SimTaskSet;
  arn: string;
  /** First digits of the id, for people. */
  label: string;
  sequence: number;
  behaviour: Behaviour;
  hosted: HostedTask;
  app: RunningApp;
  place: Place;
  registrations: Registration[];
  status: TaskStatus;
  desired: 'RUNNING' | 'STOPPED';
  /** Of each container that has a health check, by name. */
  health: Map<string, ContainerHealth>;
  /** Set as soon as the process has gone. */
  gone: 'crashed' | 'stopped' | undefined;
  /** What its host reported of each, by name. */
  containers: Map<string, ContainerReport>;
  killDue: boolean;
  createdAtMs: number;
  runningAtMs: number | undefined;
  stoppingAtMs: number | undefined;
  stoppedAtMs: number | undefined;
  stopCode: StopCode | undefined;
  stoppedReason: string | undefined;
  exitCode: number | undefined;
  containerReason: string | undefined;
};

export type TaskSetSnapshot = {
  id: string;
  arn: string;
  serviceArn: string;
  externalId: string | undefined;
  status: TaskSetStatus;
  scalePercent: number;
  computedDesiredCount: number;
  pendingCount: number;
  runningCount: number;
  steady: boolean;
  targetGroupArn: string | undefined;
  taskDefinitionArn: string;
};
