import type { RunTaskRequest, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { HostedTask } from '../parts.types.ts';
import { familyRevision, nameOf } from './names.ts';

export type Definition = TaskDefinition & { taskDefinitionArn: string };

/** A task that no service keeps; `container` is the one whose exit code is its result. */
export type OneOff = { task: Task; container: string; hosted: HostedTask; over: boolean };

export const environmentOf = ({ overrides }: RunTaskRequest): Record<string, string> =>
  Object.fromEntries(
    (overrides?.containerOverrides?.[0]?.environment ?? []).map(({ name = '', value = '' }) => [name, value]),
  );

/** It serves nobody. */
const oneOffBehaviour: HostedTask['behaviour'] = {
  name: 'one-off',
  startMs: 0,
  bootMs: 0,
  answersHealthCheck: () => false,
  errorShare: () => 0,
  responseMs: () => 0,
  changesAtMs: [],
};

/** As it is when ECS has answered the call. */
export const oneOffOf = (
  input: RunTaskRequest,
  definition: Definition,
  { id, clusterArn, atMs }: { id: string; clusterArn: string; atMs: number },
): OneOff => {
  const taskArn = `${clusterArn.replace(':cluster/', ':task/')}/${id}`;
  const [override] = input.overrides?.containerOverrides ?? [];
  const essential = definition.containerDefinitions?.find((container) => container.essential !== false);
  const container = override?.name ?? essential?.name ?? '';
  const task: Task = {
    taskArn,
    clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    group: input.group ?? `family:${definition.family}`,
    ...(input.startedBy === undefined ? {} : { startedBy: input.startedBy }),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    createdAt: new Date(atMs),
    ...(input.launchType === undefined ? {} : { launchType: input.launchType }),
    ...(input.overrides === undefined ? {} : { overrides: input.overrides }),
    containers: (definition.containerDefinitions ?? []).map(({ name = '', image = '' }) => ({
      taskArn,
      name,
      image,
      lastStatus: 'PENDING',
    })),
  };
  const hosted: HostedTask = {
    arn: taskArn,
    label: nameOf(taskArn).slice(0, 4),
    service: familyRevision(definition),
    clusterArn,
    taskDefinition: definition,
    targets: [],
    behaviour: oneOffBehaviour,
    overrides: {
      container,
      environment: environmentOf(input),
      ...(override?.command === undefined ? {} : { command: override.command }),
    },
  };
  return { task, container, hosted, over: false };
};
