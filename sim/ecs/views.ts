import type { ContainerDefinition, Service, Task, TaskSet } from '@aws-sdk/client-ecs';
import { computedDesiredCount, pendingCount, runningCount } from './counts.ts';
import type { SimService, SimTask, SimTaskSet, TaskSetSnapshot } from './ecs.types.ts';
import { nameOf } from './names.ts';
import { healthStatusOf } from './task-health.ts';

/** The live state in the shape of the SDK's outputs. */

export const taskSetView = (set: SimTaskSet): TaskSet => ({
  id: set.id,
  taskSetArn: set.arn,
  serviceArn: set.service.arn,
  clusterArn: set.service.clusterArn,
  ...(set.externalId === undefined ? {} : { externalId: set.externalId }),
  status: set.status,
  taskDefinition: set.taskDefinition.taskDefinitionArn,
  computedDesiredCount: computedDesiredCount(set),
  pendingCount: pendingCount(set),
  runningCount: runningCount(set),
  createdAt: new Date(set.createdAtMs),
  updatedAt: new Date(set.updatedAtMs),
  ...set.parameters,
  scale: { value: set.scalePercent, unit: 'PERCENT' },
  stabilityStatus: set.steady ? 'STEADY_STATE' : 'STABILIZING',
  stabilityStatusAt: new Date(set.steadyAtMs),
  tags: set.tags,
});

export const serviceView = (service: SimService): Service => {
  const { sets } = service;
  return {
    ...service.described,
    status: statusOf(service),
    ...ownDeployment(service),
    desiredCount: service.desiredCount,
    runningCount: sets.reduce((sum, set) => sum + runningCount(set), 0),
    pendingCount: sets.reduce((sum, set) => sum + pendingCount(set), 0),
    ...(service.taskDefinitionArn === undefined ? {} : { taskDefinition: service.taskDefinitionArn }),
    ...service.parameters,
    taskSets: sets.filter((set) => !set.hidden).map(taskSetView),
  };
};

/** A deleted service drains until its last task has gone, and is INACTIVE from then on. */
export const statusOf = ({ described, deleted, sets }: SimService): string => {
  if (!deleted) return described.status ?? 'ACTIVE';
  return sets.length > 0 ? 'DRAINING' : 'INACTIVE';
};

/** A service of ECS's own controller that was made during the run shows its one deployment. */
const ownDeployment = ({ clientToken, controller, sets }: SimService): Pick<Service, 'deployments'> => {
  const set = sets.find(({ hidden }) => hidden);
  if (clientToken === undefined || controller !== 'ECS' || set === undefined) return {};
  return {
    deployments: [
      {
        id: set.id,
        status: 'PRIMARY',
        taskDefinition: set.taskDefinition.taskDefinitionArn,
        desiredCount: computedDesiredCount(set),
        runningCount: runningCount(set),
        pendingCount: pendingCount(set),
        rolloutState: set.steady ? 'COMPLETED' : 'IN_PROGRESS',
      },
    ],
  };
};

const optionalDate = (name: string, ms: number | undefined): object =>
  ms === undefined ? {} : { [name]: new Date(ms) };

export const taskView = (task: SimTask): Task => ({
  taskArn: task.arn,
  clusterArn: task.set.service.clusterArn,
  taskDefinitionArn: task.set.taskDefinition.taskDefinitionArn,
  group: `service:${task.set.service.name}`,
  // Service tasks name their task set here; it is the only way from one to the other [fact 30].
  startedBy: task.set.id,
  lastStatus: task.status,
  desiredStatus: task.desired,
  healthStatus: healthStatusOf(task),
  ...(task.set.parameters.launchType === undefined ? {} : { launchType: task.set.parameters.launchType }),
  createdAt: new Date(task.createdAtMs),
  ...optionalDate('startedAt', task.runningAtMs),
  ...optionalDate('stoppingAt', task.stoppingAtMs),
  ...optionalDate('stoppedAt', task.stoppedAtMs),
  ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
  ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
  ...placeView(task),
  containers: containersView(task),
});

const placeView = ({ place, set }: SimTask): Pick<Task, 'attachments' | 'containerInstanceArn'> => {
  if (place.kind === 'instance') {
    const cluster = set.service.clusterArn.replace(':cluster/', ':container-instance/');
    return { containerInstanceArn: `${cluster}/${place.instanceId}` };
  }
  return {
    attachments: [
      {
        type: 'ElasticNetworkInterface',
        status: 'ATTACHED',
        details: [
          { name: 'subnetId', value: place.subnet },
          { name: 'privateIPv4Address', value: place.ip },
        ],
      },
    ],
  };
};

/**
 * What the host reported of each container; where it reported none, the first essential one is that which the version's
 * behaviour speaks of, and the others stop with it.
 */
const containersView = (task: SimTask): NonNullable<Task['containers']> => {
  const definitions = task.set.taskDefinition.containerDefinitions ?? [];
  const main = definitions.find((container) => container.essential !== false) ?? definitions[0];
  const known = ({ name = '' }: ContainerDefinition) => {
    const { status: _status, ...end } = task.containers.get(name) ?? { status: undefined };
    return end;
  };
  const behaved = (container: ContainerDefinition) => ({
    ...(container !== main || task.exitCode === undefined ? {} : { exitCode: task.exitCode }),
    ...(container !== main || task.containerReason === undefined ? {} : { reason: task.containerReason }),
  });
  return definitions.map((container) => ({
    taskArn: task.arn,
    name: container.name ?? nameOf(task.arn),
    image: container.image ?? '',
    lastStatus: containerStatus(task, container.name),
    ...(task.containers.size > 0 ? known(container) : behaved(container)),
    ...healthView(task, container),
    ...(task.place.kind === 'instance' ? { networkBindings: bindingsOf(task, container.portMappings) } : {}),
  }));
};

const healthView = ({ health }: SimTask, { name = '' }: ContainerDefinition) => {
  const healthStatus = health.get(name);
  return healthStatus === undefined ? {} : { healthStatus };
};

const bindingsOf = (task: SimTask, mappings: { containerPort?: number | undefined }[] | undefined) => {
  const ports = task.place.kind === 'instance' ? task.place.ports : [];
  return ports.filter(({ containerPort }) =>
    (mappings ?? []).some((mapping) => mapping.containerPort === containerPort),
  );
};

const containerStatus = (task: SimTask, name = ''): string => {
  if (task.status === 'STOPPED') return 'STOPPED';
  const { status } = task.containers.get(name) ?? {};
  if (status !== undefined) return status;
  if (task.gone !== undefined) return 'STOPPED';
  return task.runningAtMs === undefined ? 'PENDING' : 'RUNNING';
};

/** The live task set in plain words, for invariants and reports. */
export const snapshot = (set: SimTaskSet): TaskSetSnapshot => ({
  id: set.id,
  arn: set.arn,
  serviceArn: set.service.arn,
  externalId: set.externalId,
  status: set.status,
  scalePercent: set.scalePercent,
  computedDesiredCount: computedDesiredCount(set),
  pendingCount: pendingCount(set),
  runningCount: runningCount(set),
  steady: set.steady,
  targetGroupArn: set.parameters.loadBalancers[0]?.targetGroupArn,
  taskDefinitionArn: set.taskDefinition.taskDefinitionArn,
});
