import { aws_iam as iam } from 'aws-cdk-lib';
import { groupBy } from '../core/group-by.ts';
import type { DeploymentEvent } from '../core/vocabulary/events.types.ts';
import type { StepName } from '../statemachine/contract.ts';
import {
  ANY_TASK_DEFINITION,
  type DeploymentScope,
  listenerRuleArns,
  serviceDeploymentArns,
  serviceRevisionArns,
  taskArns,
  taskSetArns,
} from './deployment-scope.ts';

/** What a role's statements are narrowed to. */
export type Resources = DeploymentScope & {
  tableArn: string;
  eventBusArn: string;
  stateMachineArn: string;
  /** Of all executions of the state machine. */
  executionArns: string;
  /** The state machine of hooks, and all its executions. */
  hookMachineArn: string;
  hookExecutionArns: string;
};

type Narrowed = {
  resources: (resources: Resources) => string[];
  conditions?: (resources: Resources) => Record<string, Record<string, string | string[]>>;
};

/** ELBv2 and CloudWatch describe calls, and DescribeTaskDefinition, cannot be narrowed to a resource. */
const anyResource: Narrowed = { resources: () => ['*'] };

const inCluster = ({ clusterArns }: Resources) => ({ ArnLike: { 'ecs:cluster': clusterArns } });

const service: Narrowed = { resources: ({ serviceArns }) => serviceArns, conditions: inCluster };
const inService = ({ clusterArns, serviceArns }: Resources) => ({
  ArnLike: { 'ecs:cluster': clusterArns, 'ecs:service': serviceArns },
});
const taskSet: Narrowed = { resources: taskSetArns, conditions: inService };
/** What runs with the task roles that may be passed is code: which code is as much a limit as whose roles. */
const newTaskSet: Narrowed = {
  resources: taskSetArns,
  conditions: (resources) => ({
    ArnLike: {
      ...inService(resources).ArnLike,
      'ecs:task-definition': resources.taskDefinitionArns ?? [ANY_TASK_DEFINITION],
    },
  }),
};

/**
 * The items of one kind, by their partition key. Leases are apart from everything else: the one who could write one
 * could let a second deployment in.
 */
const items = (partition: string): Narrowed => ({
  resources: ({ tableArn }) => [tableArn],
  conditions: () => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partition } }),
});
const leases = items('leases');
const records = items('deployment#*');
/** How deployments ended, which nobody may change: the one who may add the next one can do nothing else to them. */
const ends = items('ends#*');
/** Of deployments that ECS makes itself. */
const native = items('native#*');

/**
 * Of one kind, and under our own name. A request carries several entries, so its keys have several values; and of none,
 * "all of them" would be true.
 */
const event = (type: DeploymentEvent['type']): Narrowed => ({
  resources: ({ eventBusArn }) => [eventBusArn],
  conditions: () => ({
    'ForAllValues:StringEquals': { 'events:source': 'cutover', 'events:detail-type': type },
    Null: { 'events:source': 'false', 'events:detail-type': 'false' },
  }),
});

/**
 * Ids of scalable targets are not known beforehand. Which services is limited by `ecs:UpdateService`, which the call
 * asks of its caller as well [fact 173].
 */
const scalableTarget: Narrowed = {
  resources: () => ['arn:*:application-autoscaling:*:*:scalable-target/*'],
  conditions: () => ({
    StringEquals: {
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    },
  }),
};

/**
 * Each action Cutover ever uses, with the narrowest resources and conditions that AWS's service authorization
 * reference lists for it. After an @: which items of the table, or which events.
 */
export const narrowest = {
  'ecs:DescribeServices': service,
  'ecs:DescribeTaskDefinition': anyResource,
  'ecs:DescribeTaskSets': taskSet,
  'ecs:CreateTaskSet': newTaskSet,
  'ecs:UpdateTaskSet': taskSet,
  'ecs:DeleteTaskSet': taskSet,
  'ecs:UpdateServicePrimaryTaskSet': service,
  // Its resource type is the container instance, which Fargate tasks have none of; the cluster is the limit.
  'ecs:DescribeServiceDeployments': {
    resources: serviceDeploymentArns,
    conditions: inCluster,
  },
  'ecs:DescribeServiceRevisions': {
    resources: serviceRevisionArns,
    conditions: inCluster,
  },
  'ecs:ListTasks': { resources: () => ['*'], conditions: inCluster },
  'ecs:DescribeTasks': { resources: taskArns, conditions: inCluster },

  // Application Auto Scaling's reads know no resource.
  'application-autoscaling:DescribeScalableTargets': anyResource,
  'application-autoscaling:DescribeScalingPolicies': anyResource,
  'application-autoscaling:DescribeScheduledActions': anyResource,
  'application-autoscaling:RegisterScalableTarget': scalableTarget,
  // RegisterScalableTarget asks whether its caller may [fact 173].
  'ecs:UpdateService': service,
  'ecs:DescribeServices@scaling': service,

  'elasticloadbalancing:DescribeListeners': anyResource,
  'elasticloadbalancing:DescribeLoadBalancers': anyResource,
  'elasticloadbalancing:DescribeRules': anyResource,
  'elasticloadbalancing:DescribeTargetGroupAttributes': anyResource,
  'elasticloadbalancing:DescribeTargetGroups': anyResource,
  'elasticloadbalancing:DescribeTargetHealth': anyResource,
  'elasticloadbalancing:ModifyListener': { resources: ({ listenerArns }) => listenerArns },
  'elasticloadbalancing:ModifyRule': { resources: listenerRuleArns },

  // Composite alarms answer only to `*` [fact 112].
  'cloudwatch:DescribeAlarms': anyResource,
  'cloudwatch:GetMetricData': anyResource,

  'dynamodb:GetItem@leases': leases,
  'dynamodb:Query@leases': leases,
  'dynamodb:UpdateItem@leases': leases,
  'dynamodb:GetItem@records': records,
  'dynamodb:Query@records': records,
  'dynamodb:PutItem@records': records,
  'dynamodb:UpdateItem@records': records,
  'dynamodb:Query@ends': ends,
  'dynamodb:PutItem@ends': ends,
  'dynamodb:GetItem@native': native,
  'dynamodb:PutItem@native': native,

  // A task token is its own proof, and IAM knows no resource for it.
  'states:SendTaskSuccess': anyResource,
  'states:StartExecution': { resources: ({ stateMachineArn }) => [stateMachineArn] },
  'states:DescribeExecution': { resources: ({ executionArns }) => [executionArns] },
  'states:StartExecution@hooks': { resources: ({ hookMachineArn }) => [hookMachineArn] },
  'states:DescribeExecution@hooks': { resources: ({ hookExecutionArns }) => [hookExecutionArns] },
  'states:StopExecution@hooks': { resources: ({ hookExecutionArns }) => [hookExecutionArns] },

  'events:PutEvents@started': event('Cutover Deployment Started'),
  'events:PutEvents@waiting': event('Cutover Deployment Waiting'),
  'events:PutEvents@shifted': event('Cutover Traffic Shifted'),
  'events:PutEvents@decided': event('Cutover Decision Made'),
  'events:PutEvents@finished': event('Cutover Deployment Finished'),

  // CreateTaskSet, and for all we know UpdateServicePrimaryTaskSet, hands the task definition's roles to ECS, and to
  // nobody else.
  'iam:PassRole': {
    resources: ({ taskRoleArns }) => taskRoleArns,
    conditions: () => ({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
  },
  // CreateTaskSet with tags is two actions to IAM.
  'ecs:TagResource': {
    resources: taskSetArns,
    conditions: () => ({
      StringEquals: { 'ecs:CreateAction': 'CreateTaskSet' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': 'cutover:deployment' },
    }),
  },
} as const satisfies Record<string, Narrowed>;

export type Permission = keyof typeof narrowest;

/** What IAM calls it: `dynamodb:GetItem` of `dynamodb:GetItem@leases`. */
export const actionOf = (permission: Permission): string => permission.replace(/@.*/, '');

/** What IAM asks for beside the call itself: no handler sends a command of these names. */
export const impliedActions: Partial<Record<Permission, readonly Permission[]>> = {
  'iam:PassRole': ['ecs:CreateTaskSet', 'ecs:UpdateServicePrimaryTaskSet'],
  'ecs:TagResource': ['ecs:CreateTaskSet'],
  'ecs:UpdateService': ['application-autoscaling:RegisterScalableTarget'],
  'ecs:DescribeServices@scaling': ['application-autoscaling:RegisterScalableTarget'],
};

const readService = ['ecs:DescribeServices'] as const;
const readTaskSet = ['ecs:DescribeTaskSets'] as const;
const readStoppedTasks = ['ecs:ListTasks', 'ecs:DescribeTasks'] as const;
const readRoutes = ['elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules'] as const;
const writeRoutes = ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'] as const;
/** What a suspension or its undo takes; the call wants its caller to be allowed to read and change the service. */
const suspendScaling = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:RegisterScalableTarget',
  'ecs:DescribeServices@scaling',
  'ecs:UpdateService',
] as const;
const readTargets = ['elasticloadbalancing:DescribeTargetHealth'] as const;
const readLease = ['dynamodb:GetItem@leases'] as const;
/** Its item, and those of its commands. */
const readRecord = ['dynamodb:GetItem@records', 'dynamodb:Query@records'] as const;
/**
 * It copies a task set's parameters to the service [fact 33]: with the task definition perhaps its roles, which is
 * not documented.
 */
const movePrimary = ['ecs:UpdateServicePrimaryTaskSet', 'iam:PassRole'] as const;
const writeRecord = ['dynamodb:UpdateItem@records'] as const;
/** The write of the token answers with the record; its commands are items of their own. */
const awaitSignal = ['dynamodb:Query@records', ...writeRecord, 'states:SendTaskSuccess'] as const;

/** A run's item, its result, and its execution, which is of the machine of hooks and no other. */
const runHooks = [
  ...readLease,
  'dynamodb:Query@records',
  'dynamodb:PutItem@records',
  ...writeRecord,
  'states:StartExecution@hooks',
  'states:DescribeExecution@hooks',
  'states:StopExecution@hooks',
] as const;

/**
 * What each step's role allows, and nothing else. Only AttachGreen, ShiftTraffic, JudgeHealth, RetireBlue, RollBack
 * and RemoveGreen may write a listener or a rule; only RetireBlue and RemoveGreen may take capacity away; only AcquireLease
 * and RecordOutcome may write a lease; only AttachGreen and RecordOutcome may suspend what scales a service, and resume
 * it.
 */
const ofSteps: Record<StepName, readonly Permission[]> = {
  AcquireLease: [
    ...readLease,
    ...readRecord,
    'dynamodb:UpdateItem@leases',
    ...writeRecord,
    // The abort of a deployment that supersedes.
    'dynamodb:PutItem@records',
    'states:SendTaskSuccess',
    // Whether the execution that a recovery names has ended.
    'states:DescribeExecution',
    'events:PutEvents@waiting',
  ],
  RecallPlan: [...readLease, ...readRecord, ...writeRecord],
  PlanDeployment: [
    ...readService,
    ...readRoutes,
    ...readTargets,
    ...readLease,
    'ecs:DescribeTaskDefinition',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
    'application-autoscaling:DescribeScheduledActions',
    ...writeRecord,
    'events:PutEvents@started',
  ],
  RunHooks: ['dynamodb:GetItem@records', ...runHooks],
  AwaitHooks: awaitSignal,
  EndHooks: runHooks,
  // Whether hooks come before it.
  AttachGreen: [...readRoutes, ...writeRoutes, ...readLease, 'dynamodb:Query@records', ...suspendScaling],
  LaunchGreen: [...readService, ...readLease, 'ecs:CreateTaskSet', 'iam:PassRole', 'ecs:TagResource'],
  CheckGreen: [...readTaskSet, ...readTargets, ...readStoppedTasks, ...readRoutes, ...readRecord],
  ShiftTraffic: [
    ...readTaskSet,
    ...readTargets,
    ...readRoutes,
    ...writeRoutes,
    ...readLease,
    ...readRecord,
    'events:PutEvents@shifted',
  ],
  Bake: awaitSignal,
  WaitForOperator: awaitSignal,
  WaitToRetire: awaitSignal,
  WaitForBlue: awaitSignal,
  LetTrafficLeave: awaitSignal,
  JudgeHealth: [
    ...readTaskSet,
    ...readTargets,
    ...readStoppedTasks,
    ...readRoutes,
    ...writeRoutes,
    ...readLease,
    ...readRecord,
    ...writeRecord,
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'dynamodb:PutItem@records',
    'events:PutEvents@decided',
    'events:PutEvents@waiting',
  ],
  PromoteGreen: [...readService, ...readTaskSet, ...readRoutes, ...readLease, ...movePrimary],
  RetireBlue: [
    ...readTaskSet,
    ...readService,
    ...readTargets,
    ...readRoutes,
    ...writeRoutes,
    ...readLease,
    ...readRecord,
    ...writeRecord,
    'ecs:UpdateTaskSet',
    'ecs:DeleteTaskSet',
  ],
  CheckRetired: [...readTaskSet, ...readRoutes],
  RollBack: [
    ...readService,
    ...readTargets,
    'cloudwatch:GetMetricData',
    ...readRoutes,
    ...writeRoutes,
    ...readLease,
    ...readRecord,
    ...writeRecord,
    'events:PutEvents@shifted',
  ],
  RemoveGreen: [
    ...readService,
    ...readTaskSet,
    ...readRoutes,
    // The test route alone.
    ...writeRoutes,
    ...readTargets,
    ...readLease,
    ...readRecord,
    ...movePrimary,
    'ecs:UpdateTaskSet',
    'ecs:DeleteTaskSet',
  ],
  CheckRemoved: [...readService, ...readTaskSet, ...readRoutes],
  RecordOutcome: [
    ...readRoutes,
    ...readLease,
    ...suspendScaling,
    'dynamodb:GetItem@records',
    ...writeRecord,
    'dynamodb:Query@ends',
    'dynamodb:PutItem@ends',
    'dynamodb:UpdateItem@leases',
    'events:PutEvents@finished',
  ],
};

/**
 * The AWS actions a step's handler may call; X-Ray and its own log stream come with every Lambda and are not
 * listed.
 */
export const permissionsOf = (step: StepName): Permission[] => [...ofSteps[step]];

/** One statement for the actions that share their resources and conditions. */
export const statementsFor = (
  permissions: readonly Permission[],
  resources: Resources,
): iam.PolicyStatement[] => {
  const byNarrowing = groupBy(permissions, (permission): Narrowed => narrowest[permission]);
  return [...byNarrowing].map(
    ([narrowing, together]) =>
      new iam.PolicyStatement({
        actions: together.map(actionOf),
        resources: narrowing.resources(resources),
        ...(narrowing.conditions && { conditions: narrowing.conditions(resources) }),
      }),
  );
};

/** Why a wildcard in a statement is as narrow as it gets, for the one who audits the roles. */
export const wildcardReason =
  'ELBv2, CloudWatch, Application Auto Scaling and X-Ray reads support no resource-level permissions, and ids of task sets, tasks, ' +
  'rules and scalable targets are not known ' +
  'beforehand: cluster, service and listener ARNs are the limit (infra/permissions.ts).';
