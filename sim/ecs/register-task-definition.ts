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

/**
 * What ECS describes of a definition that leaves it out (API reference, RegisterTaskDefinition, ContainerDefinition,
 * PortMapping, HealthCheck): sizes in units, empty lists, and the defaults of a container.
 */
const filledIn = (definition: TaskDefinition): TaskDefinition => ({
  ...definition,
  ...(definition.cpu === undefined ? {} : { cpu: inUnits(definition.cpu) }),
  ...(definition.memory === undefined ? {} : { memory: inUnits(definition.memory) }),
  placementConstraints: definition.placementConstraints ?? [],
  volumes: (definition.volumes ?? []).map((volume) =>
    Object.keys(volume).length === 1 ? { ...volume, host: {} } : volume,
  ),
  containerDefinitions: (definition.containerDefinitions ?? []).map((container) => ({
    cpu: 0,
    essential: true,
    environment: [],
    volumesFrom: [],
    ...container,
    mountPoints: (container.mountPoints ?? []).map((point) => ({ readOnly: false, ...point })),
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      hostPort: definition.networkMode === 'awsvpc' ? mapping.containerPort : 0,
      protocol: 'tcp',
      ...mapping,
    })),
    ...(container.healthCheck && {
      healthCheck: { interval: 30, timeout: 5, retries: 3, ...container.healthCheck },
    }),
  })),
});

const inUnits = (size: string): string => {
  const [, amount] = /^([\d.]+)\s*(?:vcpu|gb)$/i.exec(size.trim()) ?? [];
  return amount === undefined ? size : String(Number(amount) * 1024);
};

/** The next revision of a family. Every registration makes a new one, also of an unchanged definition. */
export const registerTaskDefinition = ({ region, account }: WorldSeed, lookup: Lookup): Operations => ({
  RegisterTaskDefinition: (input: RegisterTaskDefinitionRequest): RegisterTaskDefinitionResponse => {
    const { family, tags, ...rest } = input;
    if (family === undefined || (rest.containerDefinitions ?? []).length === 0) {
      throw new SimApiError('ClientException', 'Container list cannot be empty.');
    }
    const revision = 1 + Math.max(0, ...lookup.revisions(family).map(({ revision = 0 }) => revision));
    const taskDefinition: TaskDefinition & { taskDefinitionArn: string } = {
      ...filledIn(rest as TaskDefinition),
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
