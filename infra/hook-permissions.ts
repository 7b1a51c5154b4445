import { Token } from 'aws-cdk-lib';
import { NO_TASK_DEFINITION, taskArns } from './deployment-scope.ts';
import { inCluster, type Narrowed } from './narrowing.ts';

/** What running hooks takes beside what other steps use: their executions, which are of the machine of hooks alone. */
export const narrowestOfHooks = {
  'states:StartExecution@hooks': { resources: ({ hookMachineArn }) => [hookMachineArn] },
  'states:DescribeExecution@hooks': { resources: ({ hookExecutionArns }) => [hookExecutionArns] },
  'states:StopExecution@hooks': { resources: ({ hookExecutionArns }) => [hookExecutionArns] },
  // Which code runs with the task roles that may be passed.
  'ecs:RunTask': {
    resources: ({ hookTaskDefinitionArns = [NO_TASK_DEFINITION] }) =>
      Token.isUnresolved(hookTaskDefinitionArns) || hookTaskDefinitionArns.length > 0
        ? hookTaskDefinitionArns
        : [NO_TASK_DEFINITION],
    conditions: inCluster,
  },
  'ecs:StopTask': { resources: taskArns, conditions: inCluster },
} as const satisfies Record<string, Narrowed>;

/** A run's item, its result, and its execution, which is of the machine of hooks and no other. */
export const runHooks = [
  'dynamodb:GetItem@leases',
  'dynamodb:Query@records',
  'dynamodb:PutItem@records',
  'dynamodb:UpdateItem@records',
  'states:StartExecution@hooks',
  'states:DescribeExecution@hooks',
  'states:StopExecution@hooks',
  'events:PutEvents@hooks',
  'ecs:RunTask',
  'iam:PassRole',
  'ecs:DescribeTasks',
  'ecs:ListTasks',
  'ecs:StopTask',
] as const;
