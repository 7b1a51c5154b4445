import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { SimApiError } from '../kernel/fake-client.ts';
import type { WorldSeed } from '../parts.types.ts';
import type { SimService, SimTaskSet } from './ecs.types.ts';
import { nameOf, TASK_SET_ID, taskSetIdOf } from './names.ts';

/** Finds what an input names, or answers as ECS does when there is no such thing. */
export type Lookup = {
  /** @throws ClusterNotFoundException */
  cluster(given: string | undefined): void;
  /** Undefined when there is no such service. */
  service(nameOrArn: string | undefined): SimService | undefined;
  /** For task-set operations: the service must exist, be active and have the EXTERNAL controller [aws-facts 11, 37]. */
  externalService(cluster: string | undefined, service: string | undefined): SimService;
  /** @throws InvalidParameterException for a malformed id [aws-facts 29], TaskSetNotFoundException for an unknown one. */
  taskSet(service: SimService, idOrArn: string | undefined): SimTaskSet;
  /** Family (its latest ACTIVE revision), `family:revision` or ARN. Undefined when there is none. */
  taskDefinition(name: string | undefined): (TaskDefinition & { taskDefinitionArn: string }) | undefined;
  /** Of this family, whatever their status; a new one may be added. */
  revisions(family: string): readonly TaskDefinition[];
  addTaskDefinition(definition: TaskDefinition & { taskDefinitionArn: string }): void;
};

export const invalidParameter = (message: string): SimApiError =>
  new SimApiError('InvalidParameterException', message);

/** @throws InvalidParameterException unless it looks like an id or ARN of a task set. */
export const wellFormedId = (idOrArn: string | undefined): string => {
  const id = taskSetIdOf(idOrArn ?? '');
  if (!TASK_SET_ID.test(id)) throw invalidParameter('Task Set Identifier is invalid');
  return id;
};

type Definition = TaskDefinition & { taskDefinitionArn: string };

const isDefinition = (definition: TaskDefinition): definition is Definition =>
  definition.taskDefinitionArn !== undefined;

export const makeLookup = (seed: WorldSeed, services: SimService[]): Lookup => {
  const clusters = new Set([seed.clusterArn, ...services.map((service) => service.clusterArn)]);
  const definitions = seed.taskDefinitions.filter(isDefinition);

  const cluster = (given: string | undefined): void => {
    const wanted = given ?? 'default';
    const known = [...clusters].some((arn) => arn === wanted || nameOf(arn) === wanted);
    if (!known) throw new SimApiError('ClusterNotFoundException', 'Cluster not found.');
  };

  const service = (nameOrArn: string | undefined): SimService | undefined =>
    services.find((candidate) => candidate.arn === nameOrArn || candidate.name === nameOrArn);

  return {
    cluster,
    service,
    revisions: (family) => definitions.filter((definition) => definition.family === family),
    addTaskDefinition: (definition) => void definitions.push(definition),
    externalService: (clusterName, serviceName) => {
      cluster(clusterName);
      const found = service(serviceName);
      if (found === undefined) throw new SimApiError('ServiceNotFoundException', 'Service not found.');
      if ((found.described.status ?? 'ACTIVE') !== 'ACTIVE') {
        throw new SimApiError('ServiceNotActiveException', 'Service was not ACTIVE.');
      }
      if (found.controller !== 'EXTERNAL') {
        throw invalidParameter(
          'TaskSet management is only supported for services with an EXTERNAL deployment controller.',
        );
      }
      return found;
    },
    taskSet: (owner, idOrArn) => {
      const id = wellFormedId(idOrArn);
      const found = owner.sets.find((set) => set.id === id && !set.hidden);
      if (found === undefined) {
        throw new SimApiError('TaskSetNotFoundException', 'The specified task set could not be found.');
      }
      return found;
    },
    taskDefinition: (name) => {
      if (name === undefined || name === '') throw invalidParameter('Family should not be null or empty');
      const last = nameOf(name);
      const matches = definitions.filter(
        (definition) =>
          definition.taskDefinitionArn === name || nameOf(definition.taskDefinitionArn) === last,
      );
      if (matches.length > 0) return matches[0];
      const family = definitions.filter(
        (definition) => definition.family === name && (definition.status ?? 'ACTIVE') === 'ACTIVE',
      );
      return family.sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0))[0];
    },
  };
};
