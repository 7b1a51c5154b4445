import type { StepName } from '../statemachine/contract.ts';
import { runHooks } from './hook-permissions.ts';
import type { Permission } from './narrowest.ts';

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

/**
 * What each step's role allows, and nothing else. Only AttachGreen, ShiftTraffic, JudgeHealth, RetireBlue, RollBack
 * and RemoveGreen may write a listener or a rule; only RetireBlue and RemoveGreen take capacity away, and
 * JudgeHealth gives green more: IAM has no condition on a scale; only AcquireLease
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
  RunHooks: [
    'dynamodb:GetItem@records',
    ...readService,
    ...readTargets,
    ...readRoutes,
    ...runHooks,
    'events:PutEvents@waiting',
  ],
  AwaitHooks: awaitSignal,
  EndHooks: [...runHooks, ...readRoutes],
  // Whether hooks come before it.
  AttachGreen: [...readRoutes, ...writeRoutes, ...readLease, 'dynamodb:Query@records', ...suspendScaling],
  LaunchGreen: [...readService, ...readLease, 'ecs:CreateTaskSet', 'iam:PassRole', 'ecs:TagResource'],
  CheckGreen: [
    ...readService,
    ...readTaskSet,
    ...readTargets,
    ...readStoppedTasks,
    ...readRoutes,
    ...readRecord,
  ],
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
    ...readService,
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
    // Green that grows with its weight.
    'ecs:UpdateTaskSet',
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
    ...readTaskSet,
    ...readTargets,
    'cloudwatch:GetMetricData',
    ...readRoutes,
    ...writeRoutes,
    ...readLease,
    ...readRecord,
    ...writeRecord,
    // A small green that keeps users while blue is short.
    'ecs:UpdateTaskSet',
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
    ...readRecord,
    ...writeRecord,
    'dynamodb:Query@ends',
    'dynamodb:PutItem@ends',
    'dynamodb:UpdateItem@leases',
    'events:PutEvents@finished',
    'cloudtrail:LookupEvents',
  ],
};

/**
 * The AWS actions a step's handler may call; X-Ray and its own log stream come with every Lambda and are not
 * listed.
 */
export const permissionsOf = (step: StepName): Permission[] => [...ofSteps[step]];
