import { ANY_TASK_DEFINITION, type DeploymentScope, taskSetArns } from './deployment-scope.ts';

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

export type Narrowed = {
  resources: (resources: Resources) => string[];
  conditions?: (resources: Resources) => Record<string, Record<string, string | string[]>>;
};

/** ELBv2 and CloudWatch describe calls, and DescribeTaskDefinition, cannot be narrowed to a resource. */
export const anyResource: Narrowed = { resources: () => ['*'] };

export const inCluster = ({ clusterArns }: Resources) => ({ ArnLike: { 'ecs:cluster': clusterArns } });

export const service: Narrowed = { resources: ({ serviceArns }) => serviceArns, conditions: inCluster };
const inService = ({ clusterArns, serviceArns }: Resources) => ({
  ArnLike: { 'ecs:cluster': clusterArns, 'ecs:service': serviceArns },
});
export const taskSet: Narrowed = { resources: taskSetArns, conditions: inService };
/** What runs with the task roles that may be passed is code: which code is as much a limit as whose roles. */
export const newTaskSet: Narrowed = {
  resources: taskSetArns,
  conditions: (resources) => ({
    ArnLike: {
      ...inService(resources).ArnLike,
      'ecs:task-definition': resources.taskDefinitionArns ?? [ANY_TASK_DEFINITION],
    },
  }),
};
