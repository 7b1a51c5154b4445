import type { MoveKind } from './adoption.types.ts';

/** What a person may do who moves a service. None of the rights to make and delete is in a role of Cutover's steps. */

const READS = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
  'cloudwatch:DescribeAlarms',
  'ecs:DescribeServices',
  'ecs:DescribeTaskDefinition',
  'ecs:DescribeTasks',
  'ecs:ListServiceDeployments',
  'ecs:ListTasks',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTags',
  'elasticloadbalancing:DescribeTargetGroupAttributes',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
] as const;

const WRITES = [
  'application-autoscaling:DeregisterScalableTarget',
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:PutScheduledAction',
  'application-autoscaling:RegisterScalableTarget',
  'cloudwatch:DeleteAlarms',
  'cloudwatch:PutMetricAlarm',
  'ecs:CreateService',
  'ecs:DeleteService',
  'ecs:UpdateService',
  'elasticloadbalancing:CreateRule',
  'elasticloadbalancing:DeleteRule',
  'elasticloadbalancing:DeleteTargetGroup',
  'elasticloadbalancing:ModifyListener',
  'elasticloadbalancing:ModifyRule',
] as const;

const WRITES_OF_ADOPT = [
  'ecs:CreateTaskSet',
  'ecs:DeleteTaskSet',
  'ecs:UpdateServicePrimaryTaskSet',
  'elasticloadbalancing:CreateTargetGroup',
  'elasticloadbalancing:ModifyTargetGroup',
  'elasticloadbalancing:ModifyTargetGroupAttributes',
] as const;

/**
 * Signs of life for the Lambda WatchMoves, in an installation's table, and what it noted; a move continues without
 * them.
 */
const SIGNS = ['dynamodb:GetItem', 'dynamodb:UpdateItem'] as const;

/** Asked for by AWS beside a call: tags on what is made. Target tracking makes alarms of its own. */
const IMPLIED = ['ecs:TagResource', 'elasticloadbalancing:AddTags'] as const;

/** Actions that a call has, without those that AWS asks for beside it. */
export const calledActions = (kind: MoveKind): string[] => [...ofMove(kind), ...SIGNS].sort();

const ofMove = (kind: MoveKind): string[] => [
  ...READS,
  ...WRITES,
  ...(kind === 'adopt' ? WRITES_OF_ADOPT : []),
];

/** Who wrote a rule while a move was on its way: nothing but a name depends on it. */
const OPTIONAL = ['cloudtrail:LookupEvents'] as const;

/** An IAM policy for the person, to be narrowed to resources by who knows them. */
export const movePolicy = (kind: MoveKind): Record<string, unknown> => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Move',
      Effect: 'Allow',
      Action: [...ofMove(kind), ...IMPLIED].sort(),
      Resource: '*',
    },
    { Sid: 'WhoWrote', Effect: 'Allow', Action: [...OPTIONAL], Resource: '*' },
    {
      Sid: 'Signs',
      Effect: 'Allow',
      Action: [...SIGNS],
      Resource: '*',
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['moves'] } },
    },
    {
      Sid: 'Installation',
      Effect: 'Allow',
      Action: 'ssm:GetParameter',
      Resource: 'arn:*:ssm:*:*:parameter/cutover/*',
    },
    {
      Sid: 'TaskRoles',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: '*',
      Condition: {
        StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com', 'ecs.amazonaws.com'] },
      },
    },
  ],
});
