import type {
  ObservedFrom,
  ObservedService,
  ObservedTaskDefinition,
  ObservedTaskSet,
  StoppedTask,
} from '../core/vocabulary/observed.types.ts';
import type { GreenSpec } from '../core/vocabulary/plan.types.ts';
import type { ObservedScaling, Suspended } from '../core/vocabulary/scaling.types.ts';

export type ServiceRef = { clusterArn: string; serviceArn: string };

/** One that this deployment made, when its id is known. */
type KnownTaskSet = { taskSetId: string } | undefined;

/** aws/ecs-service.ts */
export type EcsServices = {
  /**
   * DescribeServices; names or ARNs. While it lists no PRIMARY, `known` is asked for by DescribeTaskSets: whether a
   * service lists its task sets then is not documented. NotFound for an unknown cluster or service, also when it
   * comes as `failures[]`.
   */
  read(cluster: string, service: string, known?: KnownTaskSet): Promise<ObservedService>;
  /** DescribeServices of one whose users another takes over; null: there is none. */
  readFrom(cluster: string, service: string): Promise<ObservedFrom | null>;
};

/** aws/task-definitions.ts */
export type TaskDefinitions = {
  /** DescribeTaskDefinition; NotFound when there is no such revision. */
  read(name: string): Promise<ObservedTaskDefinition>;
};

/** aws/task-sets.ts */
export type TaskSets = {
  /** DescribeTaskSets, of a service that is a colour as a whole DescribeServices; null when it is gone. */
  read(service: ServiceRef, taskSetId: string): Promise<ObservedTaskSet | null>;
  /** CreateTaskSet at that PERCENT with clientToken and externalId = deploymentId. */
  create(
    service: ServiceRef,
    spec: GreenSpec,
    deploymentId: string,
    percent: number,
  ): Promise<ObservedTaskSet>;
  /** UpdateTaskSet to that PERCENT, of all the tasks that the service wants. */
  scaleTo(service: ServiceRef, taskSetId: string, percent: number): Promise<void>;
  /** UpdateTaskSet to 0 PERCENT. */
  scaleToZero(service: ServiceRef, taskSetId: string): Promise<void>;
  /** DeleteTaskSet; a set that is gone already is a success. `force` only for a PRIMARY set nothing can replace. */
  delete(service: ServiceRef, taskSetId: string, options?: { force?: boolean }): Promise<void>;
  /** UpdateServicePrimaryTaskSet. */
  makePrimary(service: ServiceRef, taskSetId: string): Promise<void>;
  /** ListTasks STOPPED by service, DescribeTasks, filtered by startedBy = task set id [fact 30]; newest first. */
  stoppedTasks(service: ServiceRef, taskSetId: string): Promise<StoppedTask[]>;
};

/**
 * aws/scaling.ts: what Application Auto Scaling does to a service. Min, Max and the desired count are never written.
 */
export type Scaling = {
  /**
   * DescribeScalableTargets; of a target also DescribeScalingPolicies and DescribeScheduledActions. Null: it is none.
   */
  read(service: Pick<ObservedService, 'cluster' | 'name'>): Promise<ObservedScaling | null>;
  /** DescribeScalableTargets alone, of `service/CLUSTER/SERVICE`; null: it is no scalable target any more. */
  readSuspended(resourceId: string): Promise<Suspended | null>;
  /** RegisterScalableTarget with a whole SuspendedState and nothing else. Absolute, so repeatable. */
  suspend(resourceId: string, suspended: Suspended): Promise<void>;
};

/** What a colour's service revisions name; one of each, in a deployment from one revision to another. */
export type NativeColour = { targetGroupArns: string[]; taskDefinitionArns: string[] };

/** aws/native-deployments.ts: deployments that ECS makes itself, for the hook that judges them. */
export type NativeDeployments = {
  /** DescribeServiceDeployments and DescribeServiceRevisions. `first`: there is no revision to go back to. */
  read(
    serviceDeploymentArn: string,
    targetRevisionArn: string,
  ): Promise<{ first: boolean; blue: NativeColour; green: NativeColour }>;
  /** DescribeTargetGroups and its attributes; null: no load balancer uses the group. */
  readGroup(targetGroupArn: string): Promise<{ loadBalancerArn: string | null; sticky: boolean }>;
};
