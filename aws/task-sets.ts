import {
  CreateTaskSetCommand,
  type CreateTaskSetCommandInput,
  DeleteTaskSetCommand,
  DescribeTaskSetsCommand,
  DescribeTasksCommand,
  type LaunchType,
  ListTasksCommand,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { GreenSpec } from '../core/vocabulary/plan.types.ts';
import { required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import type { ServiceRef, TaskSets } from './ecs-verbs.ts';
import { causedBy } from './errors.ts';
import { allPages, chunks } from './pages.ts';
import { readTogether } from './read-together.ts';
import { observeStoppedTask } from './stopped-task-observation.ts';
import { observeTaskSet } from './task-set-observation.ts';

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
      ...names(service),
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
      new UpdateServicePrimaryTaskSetCommand({ ...names(service), primaryTaskSet: taskSetId }),
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
        ...(nextToken === undefined ? {} : { nextToken }),
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

/** A service has at most five task sets (ECS API reference, CreateTaskSet). */
const TASK_SETS_PER_CALL = 5;

type Asked = { service: ServiceRef; taskSetId: string };

/** Both colours' in one call, when both are asked for at once. */
const readingTaskSets = (client: Sender, call: Call): TaskSets['read'] => {
  const read = readTogether<Asked, ObservedTaskSet | null>({
    keyOf: ({ service }) => `${service.clusterArn} ${service.serviceArn}`,
    atMost: TASK_SETS_PER_CALL,
    readOne: (asked) => readTaskSet(client, call, asked),
    readSeveral: (asked) => readTaskSets(client, call, asked),
  });
  return (service, taskSetId) => read({ service, taskSetId });
};

const readTaskSet = async (
  client: Sender,
  call: Call,
  { service, taskSetId }: Asked,
): Promise<ObservedTaskSet | null> => {
  const what = `read task set ${taskSetId} of ${service.serviceArn}`;
  const command = new DescribeTaskSetsCommand({ ...names(service), taskSets: [taskSetId] });
  try {
    const answer = await call(client, command, { what });
    const [found] = answer.taskSets ?? [];
    if (found !== undefined) return observeTaskSet(found, what);

    const failure = answer.failures?.[0];
    // No task set and no failure is how ECS answers for one that it has just forgotten.
    if (failure === undefined || failure.reason === 'MISSING') return null;
    throw new DeploymentError(
      'Rejected',
      `Could not ${what}: ECS said ${failure.reason}. Correct what it names and start again.`,
    );
  } catch (error) {
    if (isDeploymentError(error, 'NotFound') && causedBy(error, 'TaskSetNotFoundException')) return null;
    if (isMalformedId(error)) {
      throw new DeploymentError(
        'NotFound',
        `Could not ${what}: expected an id like ecs-svc/1234567890123456789, and ECS calls this one ` +
          `invalid. \`aws ecs describe-services --cluster ${service.clusterArn} ` +
          `--services ${service.serviceArn}\` lists the service's task sets.`,
        { cause: error.cause },
      );
    }
    throw error;
  }
};

/**
 * Of one service. What is not in the answer is read alone: `failures` names it by an ARN, and for other reasons, too.
 */
const readTaskSets = async (
  client: Sender,
  call: Call,
  asked: Asked[],
): Promise<(ObservedTaskSet | undefined)[]> => {
  const [first] = asked;
  if (first === undefined) return [];
  const ids = asked.map(({ taskSetId }) => taskSetId);
  const what = `read task sets ${ids.join(', ')} of ${first.service.serviceArn}`;
  const command = new DescribeTaskSetsCommand({ ...names(first.service), taskSets: ids });
  const { taskSets = [] } = await call(client, command, { what });
  const observed = taskSets.map((taskSet) => observeTaskSet(taskSet, what));
  return ids.map((id) => observed.find((taskSet) => taskSet.id === id));
};

const names = (service: ServiceRef): { cluster: string; service: string } => ({
  cluster: service.clusterArn,
  service: service.serviceArn,
});

/** ECS words a malformed id so in an InvalidParameterException [fact 29]. */
const isMalformedId = (error: unknown): error is DeploymentError =>
  isDeploymentError(error, 'Rejected') && /task set identifier is invalid/i.test(error.message);

const scaling = (service: ServiceRef, taskSetId: string, percent: number): UpdateTaskSetCommand =>
  new UpdateTaskSetCommand({
    ...names(service),
    taskSet: taskSetId,
    scale: { value: percent, unit: 'PERCENT' },
  });

const creation = (
  service: ServiceRef,
  spec: GreenSpec,
  deploymentId: string,
  percent: number,
): CreateTaskSetCommandInput => ({
  ...names(service),
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
