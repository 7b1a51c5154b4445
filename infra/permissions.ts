import { aws_iam as iam } from 'aws-cdk-lib';
import type { StepName } from '../statemachine/contract.ts';
import { type DeploymentScope, listenerRuleArns, taskArns, taskSetArns } from './deployment-scope.ts';

/** What a role's statements are narrowed to. */
export type Resources = DeploymentScope & {
  tableArn: string;
  eventBusArn: string;
  stateMachineArn: string;
  /** Of all executions of the state machine. */
  executionArns: string;
};

type Narrowed = {
  resources: (resources: Resources) => string[];
  conditions?: (resources: Resources) => Record<string, Record<string, string | string[]>>;
};

/** ELBv2 and CloudWatch describe calls, and DescribeTaskDefinition, cannot be narrowed to a resource. */
const anyResource: Narrowed = { resources: () => ['*'] };

const inCluster = ({ clusterArns }: Resources) => ({ ArnLike: { 'ecs:cluster': clusterArns } });

const service: Narrowed = { resources: ({ serviceArns }) => serviceArns, conditions: inCluster };
const taskSet: Narrowed = { resources: taskSetArns, conditions: inCluster };
const table: Narrowed = { resources: ({ tableArn }) => [tableArn] };

/**
 * Each action Cutover ever uses, with the narrowest resources and conditions that AWS's service authorization
 * reference lists for it.
 */
export const narrowest = {
  'ecs:DescribeServices': service,
  'ecs:DescribeTaskDefinition': anyResource,
  'ecs:DescribeTaskSets': taskSet,
  'ecs:CreateTaskSet': taskSet,
  'ecs:UpdateTaskSet': taskSet,
  'ecs:DeleteTaskSet': taskSet,
  'ecs:UpdateServicePrimaryTaskSet': service,
  // Its resource type is the container instance, which Fargate tasks have none of; the cluster is the limit.
  'ecs:ListTasks': { resources: () => ['*'], conditions: inCluster },
  'ecs:DescribeTasks': { resources: taskArns, conditions: inCluster },

  'elasticloadbalancing:DescribeListeners': anyResource,
  'elasticloadbalancing:DescribeLoadBalancers': anyResource,
  'elasticloadbalancing:DescribeRules': anyResource,
  'elasticloadbalancing:DescribeTargetGroupAttributes': anyResource,
  'elasticloadbalancing:DescribeTargetGroups': anyResource,
  'elasticloadbalancing:DescribeTargetHealth': anyResource,
  'elasticloadbalancing:ModifyListener': { resources: ({ listenerArns }) => listenerArns },
  'elasticloadbalancing:ModifyRule': { resources: listenerRuleArns },

  // Composite alarms answer only to `*` [aws-facts 112].
  'cloudwatch:DescribeAlarms': anyResource,

  'dynamodb:GetItem': table,
  'dynamodb:PutItem': table,
  'dynamodb:UpdateItem': table,
  'dynamodb:Query': table,

  // A task token is its own proof, and IAM knows no resource for it.
  'states:SendTaskSuccess': anyResource,
  'states:StartExecution': { resources: ({ stateMachineArn }) => [stateMachineArn] },
  'states:DescribeExecution': { resources: ({ executionArns }) => [executionArns] },

  'events:PutEvents': {
    resources: ({ eventBusArn }) => [eventBusArn],
    conditions: () => ({ StringEquals: { 'events:source': 'cutover' } }),
  },

  // CreateTaskSet hands the task definition's roles to ECS, and to nobody else.
  'iam:PassRole': {
    resources: ({ taskRoleArns }) => taskRoleArns,
    conditions: () => ({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
  },
  // CreateTaskSet with tags is two actions to IAM.
  'ecs:TagResource': {
    resources: taskSetArns,
    conditions: () => ({ StringEquals: { 'ecs:CreateAction': 'CreateTaskSet' } }),
  },
} as const satisfies Record<string, Narrowed>;

export type Action = keyof typeof narrowest;

/** What IAM asks for beside the call itself: no handler sends a command of these names. */
export const impliedActions: Partial<Record<Action, Action>> = {
  'iam:PassRole': 'ecs:CreateTaskSet',
  'ecs:TagResource': 'ecs:CreateTaskSet',
};

const readService = ['ecs:DescribeServices'] as const;
const readTaskSet = ['ecs:DescribeTaskSets'] as const;
const readStoppedTasks = ['ecs:ListTasks', 'ecs:DescribeTasks'] as const;
const readRoutes = ['elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules'] as const;
const writeRoutes = ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'] as const;
const readTargets = ['elasticloadbalancing:DescribeTargetHealth'] as const;
const holdLease = ['dynamodb:GetItem'] as const;
const readCommands = ['dynamodb:GetItem'] as const;

/**
 * What each step's role allows, and nothing else. Only AttachGreen, ShiftTraffic, RetireBlue and RollBack may
 * write a listener or a rule; only RetireBlue and RemoveGreen may take capacity away.
 */
const permissions: Record<StepName, readonly Action[]> = {
  AcquireLease: [...holdLease, 'dynamodb:UpdateItem', 'states:SendTaskSuccess', 'events:PutEvents'],
  RecallPlan: [...holdLease],
  PlanDeployment: [
    ...readService,
    ...readRoutes,
    ...readTargets,
    ...holdLease,
    'ecs:DescribeTaskDefinition',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'cloudwatch:DescribeAlarms',
    'dynamodb:UpdateItem',
    'events:PutEvents',
  ],
  AttachGreen: [...readRoutes, ...writeRoutes, ...holdLease],
  LaunchGreen: [...readService, ...holdLease, 'ecs:CreateTaskSet', 'iam:PassRole', 'ecs:TagResource'],
  CheckGreen: [...readTaskSet, ...readTargets, ...readStoppedTasks, ...readCommands],
  ShiftTraffic: [
    ...readTaskSet,
    ...readTargets,
    ...readRoutes,
    ...writeRoutes,
    ...holdLease,
    'events:PutEvents',
  ],
  Bake: [...readCommands, 'dynamodb:UpdateItem', 'states:SendTaskSuccess'],
  JudgeHealth: [
    ...readTaskSet,
    ...readTargets,
    ...readStoppedTasks,
    ...readRoutes,
    ...readCommands,
    'cloudwatch:DescribeAlarms',
    'dynamodb:PutItem',
    'events:PutEvents',
  ],
  PromoteGreen: [...readService, ...readRoutes, ...holdLease, 'ecs:UpdateServicePrimaryTaskSet'],
  RetireBlue: [
    ...readTaskSet,
    ...readService,
    ...readTargets,
    ...readRoutes,
    ...writeRoutes,
    ...holdLease,
    'ecs:UpdateTaskSet',
    'ecs:DeleteTaskSet',
  ],
  CheckRetired: [...readTaskSet],
  RollBack: [...readService, ...readTargets, ...readRoutes, ...writeRoutes, ...holdLease, 'events:PutEvents'],
  RemoveGreen: [
    ...readService,
    ...readRoutes,
    ...holdLease,
    'ecs:UpdateServicePrimaryTaskSet',
    'ecs:UpdateTaskSet',
    'ecs:DeleteTaskSet',
  ],
  CheckRemoved: [...readService],
  RecordOutcome: [...holdLease, 'dynamodb:UpdateItem', 'events:PutEvents'],
};

/**
 * The AWS actions a step's handler may call; X-Ray and its own log stream come with every Lambda and are not
 * listed.
 */
export const allowedActions = (step: StepName): Action[] => [...permissions[step]];

/** One statement for the actions that share their resources and conditions. */
export const statementsFor = (actions: readonly Action[], resources: Resources): iam.PolicyStatement[] => {
  const byNarrowing = Map.groupBy(actions, (action): Narrowed => narrowest[action]);
  return [...byNarrowing].map(
    ([narrowing, together]) =>
      new iam.PolicyStatement({
        actions: [...together],
        resources: narrowing.resources(resources),
        ...(narrowing.conditions && { conditions: narrowing.conditions(resources) }),
      }),
  );
};

/** Why a wildcard in a statement is as narrow as it gets, for whoever audits the roles. */
export const wildcardReason =
  'ELBv2, CloudWatch and X-Ray reads support no resource-level permissions, and ids of task sets, tasks and rules are not known ' +
  'beforehand: cluster, service and listener ARNs are the limit (infra/permissions.ts).';
