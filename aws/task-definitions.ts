import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import type { TaskDefinitionDocument } from '../core/plan/task-definition-document.ts';
import type { ObservedContainer, ObservedTaskDefinition } from '../core/vocabulary/observed.types.ts';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import type { TaskDefinitions } from './ecs-verbs.ts';
import { causedBy } from './errors.ts';

export const makeTaskDefinitions = (client: Sender, call: Call): TaskDefinitions => ({
  async read(name) {
    const what = `read task definition ${name}`;
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: name });
    const { taskDefinition } = await orNoSuchRevision(call(client, command, { what }), what);
    return observeTaskDefinition(required(taskDefinition, 'a task definition', what), what);
  },
});

/** ECS has no error of its own for a revision that does not exist: it answers ClientException "Unable to describe". */
export const orNoSuchRevision = async <Answer>(asked: Promise<Answer>, what: string): Promise<Answer> => {
  try {
    return await asked;
  } catch (error) {
    if (isDeploymentError(error, 'Rejected') && causedBy(error, 'ClientException')) {
      throw new DeploymentError(
        'NotFound',
        `Could not ${what}: there is no such revision. \`aws ecs list-task-definitions\` lists those ` +
          'there are; check the account and the Region too.',
        { cause: error.cause },
      );
    }
    throw error;
  }
};

/**
 * A document that has yet to be registered, as ECS would describe it: what it launches on follows from what it holds.
 */
export const observeDocument = (document: TaskDefinitionDocument): ObservedTaskDefinition => {
  const { networkMode, cpu, memory, requiresCompatibilities } = document;
  const onFargate = networkMode === 'awsvpc' && cpu !== undefined && memory !== undefined;
  const taskDefinitionArn = `${String(document.family)}:(not registered)`;
  const compatibilities = requiresCompatibilities ?? ['EC2', ...(onFargate ? ['FARGATE'] : [])];
  return observeTaskDefinition(
    { ...document, compatibilities, taskDefinitionArn, status: 'ACTIVE' } as TaskDefinition,
    `read the document of ${taskDefinitionArn}`,
  );
};

/** Only ACTIVE can be launched, so that is what must be said outright. */
export const revisionStatus = ({ status }: TaskDefinition): ObservedTaskDefinition['status'] =>
  status === 'ACTIVE' || status === 'DELETE_IN_PROGRESS' ? status : 'INACTIVE';

const observeTaskDefinition = (definition: TaskDefinition, what: string): ObservedTaskDefinition => ({
  arn: required(definition.taskDefinitionArn, "the task definition's ARN", what),
  status: revisionStatus(definition),
  // Absent means Docker's default for Linux containers, which is bridge.
  networkMode: definition.networkMode ?? 'bridge',
  compatibilities: [...(definition.compatibilities ?? definition.requiresCompatibilities ?? [])],
  ...defined({
    cpu: definition.cpu,
    memory: definition.memory,
    needsPlatform: needsPlatform(definition),
    volumesAtLaunch: volumesAtLaunch(definition),
  }),
  containers: (definition.containerDefinitions ?? []).map((container) => observeContainer(container, what)),
});

/** Linux on Fargate: from platform version 1.4.0 (ECS API, EphemeralStorage; ECS guide, EFS volumes and ARM64). */
const needsPlatform = (definition: TaskDefinition): string[] | undefined => {
  const { ephemeralStorage, volumes = [], runtimePlatform } = definition;
  const needs = [
    ...(ephemeralStorage === undefined ? [] : ['ephemeralStorage']),
    ...(volumes.some((volume) => volume.efsVolumeConfiguration !== undefined) ? ['an EFS volume'] : []),
    ...(runtimePlatform?.cpuArchitecture === 'ARM64' ? ['ARM64'] : []),
  ];
  return needs.length === 0 || runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS')
    ? undefined
    : needs;
};

/** `configuredAtLaunch`: an EBS volume that CreateService and RunTask describe, and CreateTaskSet cannot. */
const volumesAtLaunch = ({ volumes = [] }: TaskDefinition): string[] | undefined => {
  const names = volumes.flatMap(({ name, configuredAtLaunch }) => (configuredAtLaunch ? [name ?? ''] : []));
  return names.length === 0 ? undefined : names;
};

const observeContainer = (container: ContainerDefinition, what: string): ObservedContainer => ({
  name: required(container.name, 'the name of a container', what),
  image: container.image ?? '',
  // A mapping without containerPort is a port range: no load balancer can be given one.
  ports: (container.portMappings ?? []).flatMap(({ containerPort, hostPort, protocol }) =>
    containerPort === undefined
      ? []
      : [{ containerPort, protocol: protocol ?? 'tcp', ...defined({ hostPort }) }],
  ),
  ...(container.essential === false ? { essential: false as const } : {}),
  ...defined({
    stopTimeoutSeconds: container.stopTimeout,
    healthCheck: healthCheckOf(container),
    log: logOf(container),
  }),
});

/** Other drivers write where Cutover knows no way to. */
const logOf = ({ logConfiguration }: ContainerDefinition): ObservedContainer['log'] => {
  const { 'awslogs-group': group, 'awslogs-stream-prefix': streamPrefix } = logConfiguration?.options ?? {};
  return logConfiguration?.logDriver !== 'awslogs' || group === undefined
    ? undefined
    : { group, ...defined({ streamPrefix }) };
};

/** The defaults of the ECS container health check where the definition leaves them out. */
const healthCheckOf = ({ healthCheck }: ContainerDefinition): ObservedContainer['healthCheck'] =>
  healthCheck === undefined || healthCheck.command?.[0] === 'NONE'
    ? undefined
    : {
        intervalSeconds: healthCheck.interval ?? 30,
        timeoutSeconds: healthCheck.timeout ?? 5,
        retries: healthCheck.retries ?? 3,
        startPeriodSeconds: healthCheck.startPeriod ?? 0,
      };
