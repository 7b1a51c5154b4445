import type { DeploymentEvent } from '../core/vocabulary/events.types.ts';
import {
  listenerRuleArns,
  serviceDeploymentArns,
  serviceRevisionArns,
  taskArns,
  taskSetArns,
} from './deployment-scope.ts';
import { narrowestOfHooks } from './hook-permissions.ts';
import { anyResource, inCluster, type Narrowed, newTaskSet, service, taskSet } from './narrowing.ts';

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
/** Moves between controllers, written by the person who moves a service. */
const moves = items('moves');
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

  // Whose events are read cannot be narrowed either, so an installation has it only when it asks for it.
  'cloudtrail:LookupEvents': anyResource,

  'dynamodb:GetItem@leases': leases,
  'dynamodb:Query@leases': leases,
  'dynamodb:UpdateItem@leases': leases,
  'dynamodb:GetItem@records': records,
  'dynamodb:Query@records': records,
  'dynamodb:PutItem@records': records,
  'dynamodb:UpdateItem@records': records,
  'dynamodb:Query@ends': ends,
  'dynamodb:PutItem@ends': ends,
  'dynamodb:Query@moves': moves,
  'dynamodb:UpdateItem@moves': moves,
  'dynamodb:GetItem@native': native,
  'dynamodb:PutItem@native': native,

  // A task token is its own proof, and IAM knows no resource for it.
  'states:SendTaskSuccess': anyResource,
  'states:StartExecution': { resources: ({ stateMachineArn }) => [stateMachineArn] },
  'states:DescribeExecution': { resources: ({ executionArns }) => [executionArns] },
  ...narrowestOfHooks,

  'events:PutEvents@started': event('Cutover Deployment Started'),
  'events:PutEvents@waiting': event('Cutover Deployment Waiting'),
  'events:PutEvents@shifted': event('Cutover Traffic Shifted'),
  'events:PutEvents@decided': event('Cutover Decision Made'),
  'events:PutEvents@hooks': event('Cutover Hook Changed'),
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

/** A deployment also runs without it: an installation says whether its roles have it. */
export const isOptional = (permission: Permission): boolean => permission === 'cloudtrail:LookupEvents';

/** What IAM calls it: `dynamodb:GetItem` of `dynamodb:GetItem@leases`. */
export const actionOf = (permission: Permission): string => permission.replace(/@.*/, '');

/** What IAM asks for beside the call itself: no handler sends a command of these names. */
export const impliedActions: Partial<Record<Permission, readonly Permission[]>> = {
  'iam:PassRole': ['ecs:CreateTaskSet', 'ecs:UpdateServicePrimaryTaskSet', 'ecs:RunTask'],
  'ecs:TagResource': ['ecs:CreateTaskSet'],
  'ecs:UpdateService': ['application-autoscaling:RegisterScalableTarget'],
  'ecs:DescribeServices@scaling': ['application-autoscaling:RegisterScalableTarget'],
};
