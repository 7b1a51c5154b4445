import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { SimApiError } from '../kernel/fake-client.ts';
import type { WorldSeed } from '../parts.types.ts';
import type { SimService, SimTaskSet } from './ecs.types.ts';
import { nameOf, TASK_SET_ID, taskSetIdOf } from './names.ts';
import { statusOf } from './views.ts';

/** Finds what an input names, or answers as ECS does when there is no such thing. */
export type Lookup = {
  /** @throws ClusterNotFoundException */
  cluster(given: string | undefined): void;
  /** Undefined when there is no such service. */
  service(nameOrArn: string | undefined): SimService | undefined;
  /** For task-set operations: the service must exist, be active and have the EXTERNAL controller [fact 11, 37]. */
  externalService(cluster: string | undefined, service: string | undefined): SimService;
  /** @throws InvalidParameterException for a malformed id [fact 29], TaskSetNotFoundException for an unknown one. */
  taskSet(service: SimService, idOrArn: string | undefined): SimTaskSet;
  /** Family (its latest ACTIVE revision), `family:revision` or ARN. Undefined when there is none. */
  taskDefinition(name: string | undefined): (TaskDefinition & { taskDefinitionArn: string }) | undefined;
  /** In the order of their first revisions. */
  families(): readonly string[];
  /** Of this family, whatever their status; a new one may be added. */
  revisions(family: string): readonly TaskDefinition[];
  addTaskDefinition(definition: TaskDefinition & { taskDefinitionArn: string }): void;
  /** Takes the place of the one with its ARN. */
  replaceTaskDefinition(definition: TaskDefinition & { taskDefinitionArn: string }): void;
  addService(service: SimService): void;
  removeService(service: SimService): void;
};

export const invalidParameter = (message: string): SimApiError =>
  new SimApiError('InvalidParameterException', message);

/** @throws InvalidParameterException unless it resembles an id or ARN of a task set. */
export const wellFormedId = (idOrArn: string | undefined): string => {
  const id = taskSetIdOf(idOrArn ?? '');
  if (!TASK_SET_ID.test(id)) throw invalidParameter('Task Set Identifier is invalid');
  return id;
};

type Definition = TaskDefinition & { taskDefinitionArn: string };

const isDefinition = (definition: TaskDefinition): definition is Definition =>
  definition.taskDefinitionArn !== undefined;

export const makeLookup = (seed: WorldSeed, services: SimService[]): Lookup => {
  const clusterArns = [seed.clusterArn, ...services.map((service) => service.clusterArn)];
  const clusters = new Set([...clusterArns, ...clusterArns.map(nameOf)]);
  const byFamily = new Map<string, Definition[]>();
  const byFamilyAndRevision = new Map<string, Definition>();
  const index = (definition: Definition): void => {
    const { family = '', taskDefinitionArn } = definition;
    byFamily.set(family, [...(byFamily.get(family) ?? []), definition]);
    const last = nameOf(taskDefinitionArn);
    if (!byFamilyAndRevision.has(last)) byFamilyAndRevision.set(last, definition);
  };
  seed.taskDefinitions.filter(isDefinition).forEach(index);
  /** By ARN and by name; the first of several services of one name, whatever their clusters. */
  const servicesBy = new Map<string, SimService>();
  const addService = (service: SimService): void => {
    for (const key of [service.arn, service.name]) if (!servicesBy.has(key)) servicesBy.set(key, service);
  };
  services.forEach(addService);

  const cluster = (given: string | undefined): void => {
    if (!clusters.has(given ?? 'default'))
      throw new SimApiError('ClusterNotFoundException', 'Cluster not found.');
  };

  const service = (nameOrArn: string | undefined): SimService | undefined => servicesBy.get(nameOrArn ?? '');

  return {
    cluster,
    service,
    families: () => [...byFamily.keys()],
    revisions: (family) => byFamily.get(family) ?? [],
    addTaskDefinition: index,
    replaceTaskDefinition: (definition) => {
      const { family = '', taskDefinitionArn } = definition;
      const known = byFamily.get(family) ?? [];
      byFamily.set(
        family,
        known.map((each) => (each.taskDefinitionArn === taskDefinitionArn ? definition : each)),
      );
      byFamilyAndRevision.set(nameOf(taskDefinitionArn), definition);
    },
    addService,
    removeService: ({ arn, name }) => {
      servicesBy.delete(arn);
      servicesBy.delete(name);
    },
    externalService: (clusterName, serviceName) => {
      cluster(clusterName);
      const found = service(serviceName);
      if (found === undefined) throw new SimApiError('ServiceNotFoundException', 'Service not found.');
      if (statusOf(found) !== 'ACTIVE') {
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
      const match = byFamilyAndRevision.get(nameOf(name));
      if (match !== undefined) return match;
      const active = (byFamily.get(name) ?? []).filter(({ status = 'ACTIVE' }) => status === 'ACTIVE');
      return active.sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0))[0];
    },
  };
};
