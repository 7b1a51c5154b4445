import {
  CreateTaskSetCommand,
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTaskSetsCommand,
  DescribeTasksCommand,
  InvalidParameterException,
  ListTasksCommand,
  type Task,
  type TaskDefinition,
  type TaskSet,
  TaskSetNotFoundException,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { awsError, pageOf } from '../aws/an-invocation.ts';
import { NOW } from '../core/a-deployment.ts';
import { CLUSTER, SERVICE } from './a-plan.ts';
import { answering } from './faults.ts';
import { ecs } from './sent-commands.ts';

export type EcsWorld = {
  taskSets: TaskSet[];
  /** Tasks that stopped, of any task set. */
  stopped: Task[];
  taskDefinitions: TaskDefinition[];
};

const told = { $metadata: {} };

const find = (world: EcsWorld, id: string | undefined): TaskSet => {
  const found = world.taskSets.find((taskSet) => taskSet.id === id);
  if (found === undefined) throw new TaskSetNotFoundException({ message: 'no such task set', ...told });
  return found;
};

/** One service's task sets, with the rules that a step may run into: client tokens, and what may be deleted. */
export const answerForEcs = (world: EcsWorld): void => {
  answering(ecs, DescribeServicesCommand, () => ({
    services: [
      {
        clusterArn: CLUSTER,
        serviceArn: SERVICE,
        serviceName: 'shop',
        status: 'ACTIVE',
        deploymentController: { type: 'EXTERNAL' as const },
        desiredCount: 2,
        healthCheckGracePeriodSeconds: 60,
        taskSets: world.taskSets,
      },
    ],
  }));
  answering(ecs, DescribeTaskSetsCommand, ({ taskSets }) => {
    const [id] = taskSets ?? [];
    const found = world.taskSets.filter((taskSet) => taskSet.id === id);
    return { taskSets: found, failures: found.length === 0 ? [{ reason: 'MISSING' }] : [] };
  });
  answering(ecs, CreateTaskSetCommand, (input) => {
    const existing = world.taskSets.find(({ externalId }) => externalId === input.clientToken);
    const made: TaskSet = existing ?? {
      id: `ecs-svc/${world.taskSets.length + 1}`,
      taskSetArn: `arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/${world.taskSets.length + 1}`,
      status: 'ACTIVE',
      taskDefinition: input.taskDefinition,
      externalId: input.externalId,
      scale: input.scale,
      stabilityStatus: 'STABILIZING',
      createdAt: new Date(NOW),
    };
    if (existing === undefined) world.taskSets.push(made);
    return { taskSet: made };
  });
  answering(ecs, UpdateTaskSetCommand, ({ taskSet, scale }) => {
    Object.assign(find(world, taskSet), { scale, computedDesiredCount: 0 });
    return {};
  });
  answering(ecs, DeleteTaskSetCommand, ({ taskSet, force }) => {
    const found = find(world, taskSet);
    if (found.status === 'PRIMARY' && force !== true) {
      throw new InvalidParameterException({ message: 'The primary task set cannot be deleted', ...told });
    }
    found.status = 'DRAINING';
    return {};
  });
  answering(ecs, UpdateServicePrimaryTaskSetCommand, ({ primaryTaskSet }) => {
    const chosen = find(world, primaryTaskSet);
    for (const taskSet of world.taskSets) if (taskSet.status === 'PRIMARY') taskSet.status = 'ACTIVE';
    chosen.status = 'PRIMARY';
    return {};
  });
  answering(ecs, ListTasksCommand, ({ nextToken }) => {
    const page = pageOf(world.stopped, nextToken);
    return {
      taskArns: page.items.map(({ taskArn }) => taskArn ?? ''),
      ...(page.next === undefined ? {} : { nextToken: page.next }),
    };
  });
  answering(ecs, DescribeTasksCommand, ({ tasks = [] }) => ({
    tasks: world.stopped.filter(({ taskArn }) => tasks.includes(taskArn ?? '')),
  }));
  answering(ecs, DescribeTaskDefinitionCommand, ({ taskDefinition }) => {
    const found = world.taskDefinitions.find(
      ({ family, taskDefinitionArn }) => taskDefinitionArn === taskDefinition || family === taskDefinition,
    );
    if (found === undefined) throw awsError('ClientException', 'Unable to describe task definition.');
    return { taskDefinition: found };
  });
};
