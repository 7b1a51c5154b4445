import {
  CreateTaskSetCommand,
  type CreateTaskSetCommandInput,
  DeleteTaskSetCommand,
  DescribeTasksCommand,
  type LaunchType,
  ListTasksCommand,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { chunks } from '../core/chunks.ts';
import type { GreenSpec } from '../core/vocabulary/plan.types.ts';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import type { ServiceRef, TaskSets } from './ecs-verbs.ts';
import { causedBy } from './errors.ts';
import { allPages } from './pages.ts';
import { observeStoppedTask } from './stopped-task-observation.ts';
import { observeTaskSet } from './task-set-observation.ts';
import { namesOf, readingTaskSets } from './task-set-reads.ts';

/** Marks the task sets that Cutover made, for people and for cost reports; the deployment itself goes by externalId. */
const DEPLOYMENT_TAG = 'cutover:deployment';

/** DescribeTasks takes at most so many tasks (ECS API reference). */
const TASKS_PER_CALL = 100;

export const makeTaskSets = (client: Sender, call: Call): TaskSets => ({
  read: readingTaskSets(client, call),

  async create(service, spec, deploymentId, percent) {
    const what = `create a task set of ${spec.taskDefinitionArn} in ${service.serviceArn}`;
    // The token makes a repeat after a lost answer find the first try's task set instead of making its twin: the SDK
    // does not fill it in for this operation [fact 15, 16].
    const command = new CreateTaskSetCommand(creation(service, spec, deploymentId, percent));
    const answer = await call(client, command, { what });
    return observeTaskSet(required(answer.taskSet, 'the new task set', what), what);
  },

  async scaleTo(service, taskSetId, percent) {
    const what = `scale task set ${taskSetId} of ${service.serviceArn} to ${percent} %`;
    await call(client, scaling(service, taskSetId, percent), { what });
  },

  async scaleToZero(service, taskSetId) {
    const what = `scale task set ${taskSetId} of ${service.serviceArn} to zero`;
    await call(client, scaling(service, taskSetId, 0), { what });
  },

  async delete(service, taskSetId, { force = false } = {}) {
    const command = new DeleteTaskSetCommand({
      ...namesOf(service),
      taskSet: taskSetId,
      ...(force ? { force } : {}),
    });
    try {
      await call(client, command, { what: `delete task set ${taskSetId} of ${service.serviceArn}` });
    } catch (error) {
      // Gone is what was wanted; a repeat after a lost answer ends here too.
      if (!causedBy(error, 'TaskSetNotFoundException')) throw error;
    }
  },

  async makePrimary(service, taskSetId) {
    await call(
      client,
      new UpdateServicePrimaryTaskSetCommand({ ...namesOf(service), primaryTaskSet: taskSetId }),
      {
        what: `make task set ${taskSetId} the primary one of ${service.serviceArn}`,
      },
    );
  },

  async stoppedTasks(service, taskSetId) {
    const what = `read the stopped tasks of task set ${taskSetId}`;
    const serviceName = service.serviceArn.split('/').at(-1) ?? service.serviceArn;
    // startedBy must be the only filter where it is used, so it cannot be asked for together with STOPPED [fact 30].
    const arns = await allPages(what, async (nextToken) => {
      const command = new ListTasksCommand({
        cluster: service.clusterArn,
        serviceName,
        desiredStatus: 'STOPPED',
        ...defined({ nextToken }),
      });
      const answer = await call(client, command, { what });
      return { items: answer.taskArns, next: answer.nextToken };
    });

    const tasks = [];
    for (const some of chunks(arns, TASKS_PER_CALL)) {
      // Tasks that ECS forgot between the two calls come back as failures: about an hour after they stopped [fact 31].
      const answer = await call(
        client,
        new DescribeTasksCommand({ cluster: service.clusterArn, tasks: some }),
        { what },
      );
      tasks.push(...(answer.tasks ?? []));
    }
    return tasks
      .filter((task) => task.startedBy === taskSetId)
      .map((task) => observeStoppedTask(task, what))
      .sort((a, b) => (b.stoppedAtMs ?? 0) - (a.stoppedAtMs ?? 0));
  },
});

const scaling = (service: ServiceRef, taskSetId: string, percent: number): UpdateTaskSetCommand =>
  new UpdateTaskSetCommand({
    ...namesOf(service),
    taskSet: taskSetId,
    scale: { value: percent, unit: 'PERCENT' },
  });

const creation = (
  service: ServiceRef,
  spec: GreenSpec,
  deploymentId: string,
  percent: number,
): CreateTaskSetCommandInput => ({
  ...namesOf(service),
  taskDefinition: spec.taskDefinitionArn,
  clientToken: deploymentId,
  externalId: deploymentId,
  // Left out, it would be 0 PERCENT [fact 14].
  scale: { value: percent, unit: 'PERCENT' },
  loadBalancers: [
    {
      targetGroupArn: spec.targetGroupArn,
      containerName: spec.containerName,
      containerPort: spec.containerPort,
    },
  ],
  tags: [{ key: DEPLOYMENT_TAG, value: deploymentId }],
  ...(spec.network === undefined ? {} : { networkConfiguration: { awsvpcConfiguration: spec.network } }),
  ...launchOf(spec),
  ...(spec.platformVersion === undefined ? {} : { platformVersion: spec.platformVersion }),
  ...(spec.serviceRegistries === undefined ? {} : { serviceRegistries: spec.serviceRegistries }),
});

/**
 * Launch type and capacity providers exclude each other [fact 12]; task sets with a strategy echo a launch type too.
 */
const launchOf = (
  spec: GreenSpec,
): Pick<CreateTaskSetCommandInput, 'launchType' | 'capacityProviderStrategy'> => {
  if (spec.capacityProviders !== undefined) return { capacityProviderStrategy: spec.capacityProviders };
  if (spec.launchType === undefined) return {};
  // ECS judges the name: left out here, a wrong one would quietly become the cluster's default strategy.
  return { launchType: spec.launchType as LaunchType };
};
