import type {
  CreateServiceRequest,
  LoadBalancer,
  Service,
  TaskDefinition,
  TaskSet,
} from '@aws-sdk/client-ecs';
import type { Random } from '../kernel/random.ts';
import type { TargetRegistry, WorldSeed } from '../parts.types.ts';
import type { SimService, SimTaskSet, TaskSetParameters } from './ecs.types.ts';
import { nameOf } from './names.ts';
import { makeTaskSet, taskSetArn } from './task-set.ts';

/** Services and task sets as the world's description gives them, still without tasks. */
export const seededServices = (
  seed: WorldSeed,
  nowMs: number,
  random: Random,
  targets: TargetRegistry,
): SimService[] =>
  seed.services.map((described) => {
    const service = serviceFrom(described, seed);
    const sets = described.taskSets ?? [];
    service.sets = sets.map((given) => setFrom(service, given, seed, nowMs, random, targets));
    // A service that deploys itself has no task sets to show, although its tasks serve requests.
    const deploysItself = sets.length === 0 && service.controller !== 'EXTERNAL';
    if (deploysItself && described.taskDefinition !== undefined) {
      const own = { taskDefinition: described.taskDefinition, ...service.parameters, scale: { value: 100 } };
      const set = setFrom(service, { ...own, status: 'PRIMARY' }, seed, nowMs, random, targets);
      service.sets = [{ ...set, hidden: true }];
    }
    return service;
  });

const serviceFrom = (described: Service, seed: WorldSeed): SimService => {
  const arn = described.serviceArn;
  if (arn === undefined) throw new Error('sim: a service of this world has no serviceArn');
  const { taskSets: _sets, taskDefinition, ...rest } = described;
  return {
    described: rest,
    arn,
    name: described.serviceName ?? nameOf(arn),
    clusterArn: described.clusterArn ?? seed.clusterArn,
    controller: described.deploymentController?.type ?? 'ECS',
    desiredCount: described.desiredCount ?? 0,
    gracePeriodMs: (described.healthCheckGracePeriodSeconds ?? 0) * 1_000,
    taskDefinitionArn: taskDefinition,
    parameters: parametersOf(described),
    sets: [],
    deleted: false,
  };
};

export const parametersOf = (given: Service | TaskSet | CreateServiceRequest): TaskSetParameters => ({
  loadBalancers: given.loadBalancers ?? [],
  serviceRegistries: given.serviceRegistries ?? [],
  ...(given.networkConfiguration === undefined ? {} : { networkConfiguration: given.networkConfiguration }),
  ...(given.launchType === undefined ? {} : { launchType: given.launchType }),
  ...(given.capacityProviderStrategy === undefined
    ? {}
    : { capacityProviderStrategy: given.capacityProviderStrategy }),
  ...(given.platformVersion === undefined ? {} : { platformVersion: given.platformVersion }),
});

const setFrom = (
  service: SimService,
  given: TaskSet,
  seed: WorldSeed,
  nowMs: number,
  random: Random,
  targets: TargetRegistry,
): SimTaskSet => {
  const parameters = parametersOf(given);
  for (const { targetGroupArn } of parameters.loadBalancers) {
    if (targetGroupArn === undefined || targets.exists(targetGroupArn)) continue;
    throw new Error(
      `sim: ${service.name} runs in target group ${targetGroupArn}, which is not in this world: add it ` +
        'to the target groups',
    );
  }
  const made = makeTaskSet(random, nowMs, service, definitionFor(given, seed, targets), {
    externalId: given.externalId,
    scalePercent: given.scale?.value ?? 0,
    tags: given.tags ?? [],
    parameters,
  });
  const id = given.id ?? made.id;
  const createdAtMs = given.createdAt?.getTime() ?? nowMs;
  return {
    ...made,
    id,
    arn: given.taskSetArn ?? taskSetArn(service, id),
    seeded: true,
    status: given.status === 'PRIMARY' || given.status === 'DRAINING' ? given.status : 'ACTIVE',
    createdAtMs,
    updatedAtMs: given.updatedAt?.getTime() ?? createdAtMs,
    steadyAtMs: given.stabilityStatusAt?.getTime() ?? createdAtMs,
  };
};

/** A description often leaves out what runs beside the service in question: its port says enough to serve. */
const definitionFor = (
  given: TaskSet,
  seed: WorldSeed,
  targets: TargetRegistry,
): TaskDefinition & { taskDefinitionArn: string } => {
  const taskDefinitionArn = given.taskDefinition ?? 'unknown:0';
  const known = seed.taskDefinitions.find((definition) => definition.taskDefinitionArn === taskDefinitionArn);
  if (known !== undefined) return { ...known, taskDefinitionArn };
  const balancers = given.loadBalancers ?? [];
  const ip = balancers.some(
    ({ targetGroupArn }) => targetGroupArn !== undefined && targets.targetType(targetGroupArn) === 'ip',
  );
  return {
    taskDefinitionArn,
    networkMode: ip ? 'awsvpc' : 'bridge',
    containerDefinitions: balancers.map(({ containerName, containerPort }: LoadBalancer) => ({
      name: containerName ?? 'app',
      portMappings: containerPort === undefined ? [] : [{ containerPort }],
    })),
  };
};
