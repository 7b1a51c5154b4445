import type {
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { type Operations, SimApiError } from '../kernel/fake-client.ts';
import type { WorldSeed } from '../parts.types.ts';
import type { Lookup } from './lookup.ts';

/** The next revision of a family. Every registration makes a new one, also of an unchanged definition. */
export const registerTaskDefinition = ({ region, account }: WorldSeed, lookup: Lookup): Operations => ({
  RegisterTaskDefinition: (input: RegisterTaskDefinitionRequest): RegisterTaskDefinitionResponse => {
    const { family, tags, ...rest } = input;
    if (family === undefined || (rest.containerDefinitions ?? []).length === 0) {
      throw new SimApiError('ClientException', 'Container list cannot be empty.');
    }
    const revision = 1 + Math.max(0, ...lookup.revisions(family).map(({ revision = 0 }) => revision));
    const taskDefinition: TaskDefinition & { taskDefinitionArn: string } = {
      ...(rest as TaskDefinition),
      family,
      revision,
      status: 'ACTIVE',
      taskDefinitionArn: `arn:aws:ecs:${region}:${account}:task-definition/${family}:${revision}`,
      compatibilities: ['EC2', ...(rest.requiresCompatibilities ?? [])],
    };
    lookup.addTaskDefinition(taskDefinition);
    return { taskDefinition, tags: tags ?? [] };
  },
  /** What runs keeps running; nothing new starts from it (API reference). */
  DeregisterTaskDefinition: ({
    taskDefinition: name,
  }: DeregisterTaskDefinitionRequest): DeregisterTaskDefinitionResponse => {
    // A family alone is not enough.
    const found = /:\d+$/.test(name ?? '') ? lookup.taskDefinition(name) : undefined;
    if (found === undefined)
      throw new SimApiError('ClientException', 'The specified task definition does not exist.');
    const taskDefinition = { ...found, status: 'INACTIVE' as const };
    lookup.replaceTaskDefinition(taskDefinition);
    return { taskDefinition };
  },
});
