import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  type LoadBalancer,
  type Service,
  type Tag,
  type TaskSet,
} from '@aws-sdk/client-ecs';
import type { Input, MoveNames, MoveObservation, ReadService } from '../core/adoption/adoption.types.ts';
import { nameOf } from '../core/deployment/service-key.ts';
import { oneLine } from '../core/one-line.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import type { Clients } from './clients.ts';
import { readBalancing } from './move-balancing.ts';
import { readAllScaling, readScalingAlarms } from './move-scaling.ts';

/** Reads everything that a move between deployment controllers depends on. Only reads. */
export const observeMove = async (
  clients: Pick<Clients, 'ecs' | 'elbv2' | 'applicationAutoScaling' | 'cloudWatch'>,
  call: Call,
  names: MoveNames,
): Promise<MoveObservation> => {
  const { ecs } = clients;
  const services = await readServices(ecs, call, names);
  const described = (name: string): Service | null =>
    services.find(({ serviceName }) => serviceName === name) ?? null;
  const [old, twin] = [described(names.old), described(names.twin)];
  const readOld = old === null ? null : serviceOf(old, names.cluster);
  const readTwin = twin === null ? null : serviceOf(twin, names.cluster);
  const balancing = await readBalancing(clients.elbv2, call, names, [readOld, readTwin]);
  const scaling = await readAllScaling(clients.applicationAutoScaling, call, names);
  const short = readTwin?.status === 'ACTIVE' && readTwin.running < readTwin.desired;
  return {
    old: readOld,
    twin: readTwin,
    ...balancing,
    scaling,
    alarms: await readScalingAlarms(clients.cloudWatch, call, names, scaling.old),
    deploying: old === null ? null : await deployingOf(ecs, call, old),
    failedStarts: short ? await failedStarts(ecs, call, names) : [],
  };
};

const readServices = async (ecs: Sender, call: Call, names: MoveNames): Promise<Service[]> => {
  const { services = [] } = await call(
    ecs,
    new DescribeServicesCommand({
      cluster: names.cluster,
      services: [names.old, names.twin],
      include: ['TAGS'],
    }),
    { what: `read the services ${names.old} and ${names.twin} in cluster ${names.cluster}` },
  );
  return services;
};

const tagsOf = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries(
    (tags ?? []).flatMap(({ key, value }) => (key === undefined ? [] : [[key, value ?? '']])),
  );

/** Where its tasks run, as CreateTaskSet and CreateService take it. */
const launchOf = (from: Service | TaskSet): Input => ({
  ...defined({ networkConfiguration: from.networkConfiguration, platformVersion: from.platformVersion }),
  ...(from.capacityProviderStrategy !== undefined && from.capacityProviderStrategy.length > 0
    ? { capacityProviderStrategy: from.capacityProviderStrategy }
    : defined({ launchType: from.launchType })),
});

const balancerOf = (balancer: LoadBalancer | undefined): ReadService['balancer'] =>
  balancer?.targetGroupArn === undefined
    ? null
    : {
        targetGroupArn: balancer.targetGroupArn,
        alternateArn: balancer.advancedConfiguration?.alternateTargetGroupArn ?? null,
        container: balancer.containerName ?? '',
        port: balancer.containerPort ?? 0,
      };

const withItems = (items: readonly unknown[] | undefined): boolean => (items ?? []).length > 0;

const serviceOf = (service: Service, cluster: string): ReadService => {
  const sets = service.taskSets ?? [];
  const primary = sets.find(({ status }) => status === 'PRIMARY');
  const serving = primary ?? service;
  return {
    arn: service.serviceArn ?? '',
    name: service.serviceName ?? '',
    cluster: nameOf(service.clusterArn ?? cluster),
    status: service.status ?? 'ACTIVE',
    controller: service.deploymentController?.type ?? 'ECS',
    strategy: service.deploymentConfiguration?.strategy ?? 'ROLLING',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    taskDefinition: serving.taskDefinition ?? null,
    balancer: balancerOf(serving.loadBalancers?.[0]),
    launch: launchOf(serving),
    registries: (serving.serviceRegistries ?? []).map((registry) => ({ ...registry })),
    kept: {
      ...(withItems(service.placementConstraints)
        ? { placementConstraints: service.placementConstraints }
        : {}),
      ...(withItems(service.placementStrategy) ? { placementStrategy: service.placementStrategy } : {}),
      ...(service.propagateTags === undefined || service.propagateTags === 'NONE'
        ? {}
        : { propagateTags: service.propagateTags }),
      ...(service.enableECSManagedTags === true ? { enableECSManagedTags: true } : {}),
      ...(service.enableExecuteCommand === true ? { enableExecuteCommand: true } : {}),
    },
    graceSeconds: service.healthCheckGracePeriodSeconds ?? null,
    tags: tagsOf(service.tags),
    taskSets: sets.map((set) => ({
      id: set.id ?? '',
      status: set.status ?? '',
      steady: set.stabilityStatus === 'STEADY_STATE',
      scalePercent: set.scale?.value ?? 0,
      running: set.runningCount ?? 0,
      targetGroupArn: set.loadBalancers?.[0]?.targetGroupArn ?? null,
    })),
  };
};

/** A deployment would write the same rule. One that waits in a hook shows in no count of tasks. */
const deployingOf = async (ecs: Sender, call: Call, service: Service): Promise<string | null> => {
  const name = service.serviceName;
  if (service.status !== 'ACTIVE') return null;
  if ((service.deployments ?? []).some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'))
    return `ECS is deploying ${name} at this moment`;
  const type = service.deploymentController?.type ?? 'ECS';
  if (type !== 'ECS') {
    const live = (service.taskSets ?? []).filter(({ status }) => status !== 'DRAINING').length;
    if (live < 2) return null;
    const who = type === 'CODE_DEPLOY' ? 'CodeDeploy' : 'Cutover';
    return `${who} is deploying ${name}: it has ${live} task sets`;
  }
  const { serviceDeployments = [] } = await call(
    ecs,
    new ListServiceDeploymentsCommand({
      service: service.serviceArn ?? '',
      ...defined({ cluster: service.clusterArn }),
      status: ['PENDING', 'IN_PROGRESS'],
    }),
    { what: `list the deployments of ${name}` },
  );
  return serviceDeployments.length > 0 ? `a deployment of ${name} is in progress` : null;
};

/** Describing takes a hundred tasks at once; a few are enough to see why. */
const MOST_TASKS = 10;

const failedStarts = async (ecs: Sender, call: Call, { cluster, twin }: MoveNames): Promise<string[]> => {
  const { taskArns = [] } = await call(
    ecs,
    new ListTasksCommand({ cluster, serviceName: twin, desiredStatus: 'STOPPED' }),
    { what: `list the stopped tasks of ${twin}` },
  );
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await call(
    ecs,
    new DescribeTasksCommand({ cluster, tasks: taskArns.slice(0, MOST_TASKS) }),
    { what: `read the stopped tasks of ${twin}` },
  );
  return [
    ...new Set(
      tasks.flatMap(({ stoppedReason }) => (stoppedReason === undefined ? [] : oneLine(stoppedReason))),
    ),
  ];
};
