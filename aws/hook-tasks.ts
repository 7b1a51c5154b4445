import {
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { isDeploymentError } from '../core/errors.ts';
import { refusalOf } from '../core/hooks/task-refusal.ts';
import { oneLine } from '../core/one-line.ts';
import type { ObservedHookTask, TaskLaunch } from '../core/vocabulary/hooks.types.ts';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import type { HookTaskOf, HookTasks } from './hook-verbs.ts';
import { allPages } from './pages.ts';

/** By which a run's task is found when nobody kept its ARN. */
const groupOf = (runId: string): string => `cutover:${runId}`;

/** Tasks of a deployment's hooks that run at once are ten at most, as hooks are. */
const inputOf = (
  { clusterArn, deploymentId, runId }: HookTaskOf,
  launch: TaskLaunch,
): RunTaskCommandInput => {
  const { taskDefinitionArn, container, command, environment, network } = launch;
  const { launchType, capacityProviders, platformVersion } = launch;
  return {
    cluster: clusterArn,
    taskDefinition: taskDefinitionArn,
    count: 1,
    clientToken: runId,
    startedBy: deploymentId,
    group: groupOf(runId),
    overrides: {
      containerOverrides: [
        {
          name: container,
          environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          ...defined({ command }),
        },
      ],
    },
    ...(network === undefined ? {} : { networkConfiguration: { awsvpcConfiguration: network } }),
    ...defined({
      launchType: launchType as RunTaskCommandInput['launchType'],
      capacityProviderStrategy: capacityProviders,
      platformVersion,
    }),
  };
};

const observe = (task: Task, what: string): ObservedHookTask => ({
  taskArn: required(task.taskArn, 'the ARN of a task', what),
  lastStatus: task.lastStatus ?? 'UNKNOWN',
  ...defined({ stopCode: task.stopCode, stoppedReason: task.stoppedReason && oneLine(task.stoppedReason) }),
  containers: (task.containers ?? []).map(({ name = '', lastStatus, exitCode, reason }) => ({
    name,
    ...defined({ status: lastStatus, exitCode, reason: reason && oneLine(reason) }),
  })),
});

/** ECS refuses a token of other parameters and names the task that there is: it is the run's. */
const existing = (error: unknown): string | undefined => {
  if (!isDeploymentError(error) || !causedBy(error, 'ConflictException')) return undefined;
  const { resourceIds = [] } = error.cause as { resourceIds?: string[] };
  return resourceIds[0];
};

/** Of a quota of tasks that run, or wait for their place: something else has to end first. */
const FULL = /limit|quota|PROVISIONING|concurrent/i;

export const makeHookTasks = (client: Sender, call: Call): HookTasks => ({
  async start(of, launch) {
    const what = `run a task of ${launch.taskDefinitionArn}`;
    try {
      const { tasks = [], failures = [] } = await call(client, new RunTaskCommand(inputOf(of, launch)), {
        what,
      });
      const [task] = tasks;
      if (task === undefined) return { kind: 'refused', ...refusalOf(failures) };
      return { kind: 'started', taskArn: required(task.taskArn, "the new task's ARN", what) };
    } catch (error) {
      const taskArn = existing(error);
      if (taskArn !== undefined) return { kind: 'started', taskArn };
      if (!isDeploymentError(error, 'AccessDenied', 'NotFound', 'Rejected', 'Conflict')) throw error;
      return { kind: 'refused', reason: error.message, again: FULL.test(error.message) };
    }
  },

  async read(clusterArn, taskArn) {
    const what = `read task ${taskArn}`;
    const command = new DescribeTasksCommand({ cluster: clusterArn, tasks: [taskArn] });
    const { tasks = [] } = await call(client, command, { what });
    return tasks[0] === undefined ? null : observe(tasks[0], what);
  },

  async find({ clusterArn, deploymentId, runId }) {
    const what = `find the tasks of deployment ${deploymentId}`;
    // startedBy must be the only filter; it lists what is to run [fact 30].
    const arns = await allPages(what, async (nextToken) => {
      const command = new ListTasksCommand({
        cluster: clusterArn,
        startedBy: deploymentId,
        ...defined({ nextToken }),
      });
      const { taskArns, nextToken: next } = await call(client, command, { what });
      return { items: taskArns, next };
    });
    if (arns.length === 0) return null;
    const command = new DescribeTasksCommand({ cluster: clusterArn, tasks: arns });
    const { tasks = [] } = await call(client, command, { what });
    return tasks.find(({ group }) => group === groupOf(runId))?.taskArn ?? null;
  },

  async stop(clusterArn, taskArn, reason) {
    const command = new StopTaskCommand({ cluster: clusterArn, task: taskArn, reason });
    try {
      await call(client, command, { what: `stop task ${taskArn}` });
    } catch (error) {
      if (!isDeploymentError(error, 'Rejected') || !causedBy(error, 'InvalidParameterException')) throw error;
    }
  },
});
