import { DescribeScalingActivitiesCommand } from '@aws-sdk/client-application-auto-scaling';
import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  DescribeTaskSetsCommand,
  ListTasksCommand,
  type Service,
  type TaskSet,
  UpdateServicePrimaryTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { GetExecutionHistoryCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { DeploymentError } from '../core/errors.ts';
import { required } from './answer.ts';
import type { Call, SdkCommand, Sender } from './call.ts';
import type { Clients } from './clients.ts';

/** What AWS answered, or how it refused; a refusal is an answer here. Other failures are thrown. */
export type Answer<Value> = { ok: true; value: Value } | { ok: false; refusal: string };

type Where = { cluster: string; service: string };

/** Asks AWS what its documentation leaves open. Every question is one call, and says what AWS says. */
export const makeProbe = (clients: Clients, call: Call) => {
  const ask = async <Output>(client: Sender, command: SdkCommand<Output>, what: string): Promise<Output> =>
    call(client, command, { what });
  const answerOf = async <Output>(
    client: Sender,
    command: SdkCommand<Output>,
    what: string,
  ): Promise<Answer<Output>> => {
    try {
      return { ok: true, value: await ask(client, command, what) };
    } catch (error) {
      const refused = error instanceof DeploymentError && error.cause instanceof Error;
      const answers = ['Rejected', 'NotFound', 'Conflict', 'AccessDenied'];
      if (!refused || !answers.includes(error.name)) throw error;
      const { name, message } = error.cause as Error;
      return { ok: false, refusal: `${name}: ${message}` };
    }
  };
  const { ecs, stepFunctions, applicationAutoScaling } = clients;

  return {
    async service({ cluster, service }: Where): Promise<Service> {
      const what = `read service ${service} in cluster ${cluster}`;
      const { services } = await ask(
        ecs,
        new DescribeServicesCommand({ cluster, services: [service] }),
        what,
      );
      return required(services?.[0], 'the service', what);
    },

    taskSets: ({ cluster, service }: Where, ids: string[]) =>
      answerOf(
        ecs,
        new DescribeTaskSetsCommand({ cluster, service, ...(ids.length > 0 && { taskSets: ids }) }),
        'read task sets',
      ),

    tasksStartedBy: (cluster: string, startedBy: string, desiredStatus?: 'STOPPED') =>
      answerOf(
        ecs,
        new ListTasksCommand({ cluster, startedBy, ...(desiredStatus && { desiredStatus }) }),
        `list the tasks that ${startedBy} started`,
      ),

    /** Why Application Auto Scaling did not act, newest first; null without a client for it. */
    async notScaled({ cluster, service }: Where): Promise<string[] | null> {
      if (applicationAutoScaling === undefined) return null;
      const { ScalingActivities = [] } = await ask(
        applicationAutoScaling,
        new DescribeScalingActivitiesCommand({
          ServiceNamespace: 'ecs',
          ResourceId: `service/${cluster}/${service}`,
          IncludeNotScaledActivities: true,
        }),
        'read scaling activities',
      );
      return ScalingActivities.flatMap(({ NotScaledReasons = [] }) =>
        NotScaledReasons.flatMap(({ Code }) => Code ?? []),
      );
    },

    /** Types of the events of the newest execution that succeeded, oldest first; null when there is none. */
    async lastHistory(stateMachineArn: string): Promise<string[] | null> {
      const { executions = [] } = await ask(
        stepFunctions,
        new ListExecutionsCommand({ stateMachineArn, maxResults: 20 }),
        'list executions',
      );
      const done = executions.find(({ status }) => status === 'SUCCEEDED');
      if (done === undefined) return null;
      const types: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await ask(
          stepFunctions,
          new GetExecutionHistoryCommand({
            executionArn: done.executionArn,
            includeExecutionData: false,
            ...(nextToken !== undefined && { nextToken }),
          }),
          'read the history of an execution',
        );
        types.push(...(page.events ?? []).map(({ type = '' }) => type));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return types;
    },

    async createService(cluster: string, serviceName: string): Promise<void> {
      await ask(
        ecs,
        new CreateServiceCommand({
          cluster,
          serviceName,
          desiredCount: 0,
          deploymentController: { type: 'EXTERNAL' },
          clientToken: serviceName,
        }),
        `create the service ${serviceName}`,
      );
    },

    /** Of no tasks, placed as `like` is, behind no load balancer. */
    createTaskSet: ({ cluster, service }: Where, like: TaskSet, token: string, externalId: string) =>
      answerOf(
        ecs,
        new CreateTaskSetCommand({
          cluster,
          service,
          taskDefinition: like.taskDefinition,
          clientToken: token,
          externalId,
          scale: { value: 0, unit: 'PERCENT' },
          ...(like.networkConfiguration && { networkConfiguration: like.networkConfiguration }),
          ...(like.capacityProviderStrategy?.length
            ? { capacityProviderStrategy: like.capacityProviderStrategy }
            : like.launchType && { launchType: like.launchType }),
        }),
        `create a task set in ${service}`,
      ),

    makePrimary: ({ cluster, service }: Where, primaryTaskSet: string) =>
      answerOf(
        ecs,
        new UpdateServicePrimaryTaskSetCommand({ cluster, service, primaryTaskSet }),
        `make a task set of ${service} PRIMARY`,
      ),

    deleteTaskSet: ({ cluster, service }: Where, taskSet: string, force: boolean) =>
      answerOf(
        ecs,
        new DeleteTaskSetCommand({ cluster, service, taskSet, ...(force && { force }) }),
        `delete a task set of ${service}`,
      ),

    async deleteService(cluster: string, service: string): Promise<void> {
      await ask(
        ecs,
        new DeleteServiceCommand({ cluster, service, force: true }),
        `delete the service ${service}`,
      );
    },
  };
};

export type Probe = ReturnType<typeof makeProbe>;
