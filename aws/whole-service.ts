import { DescribeServicesCommand, type Service } from '@aws-sdk/client-ecs';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import { required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { observeTaskSet } from './task-set-observation.ts';

/**
 * A service of another controller as task sets: all of its tasks, once for each of its target groups. ECS's own
 * controller names groups and placement at the service, CodeDeploy's at its PRIMARY task set.
 */

const ID = 'service/';

/** The id that it has instead of a task set's; ECS's own begin with `ecs-svc/`. */
const wholeId = (name: string): string => `${ID}${name}`;

const nameOf = (taskSetId: string): string | null =>
  taskSetId.startsWith(ID) ? taskSetId.slice(ID.length) : null;

type Balancer = NonNullable<Service['loadBalancers']>[number];

/** Blue/green of ECS's own lets a second group take turns with the first. */
const eachGroup = (balancers: readonly Balancer[]): Balancer[] =>
  balancers.flatMap((balancer) => {
    const other = balancer.advancedConfiguration?.alternateTargetGroupArn;
    return other === undefined ? [balancer] : [balancer, { ...balancer, targetGroupArn: other }];
  });

export const observeWholes = (service: Service, what: string): ObservedTaskSet[] => {
  const primary = service.taskSets?.find(({ status }) => status === 'PRIMARY');
  const serving = primary ?? service;
  const desired = service.desiredCount ?? 0;
  const name = required(service.serviceName, "the service's name", what);
  return eachGroup(serving.loadBalancers ?? []).map((balancer) =>
    observeTaskSet(
      {
        taskSetArn: service.serviceArn,
        taskDefinition: serving.taskDefinition,
        createdAt: service.createdAt,
        networkConfiguration: serving.networkConfiguration,
        launchType: serving.launchType,
        capacityProviderStrategy: serving.capacityProviderStrategy,
        platformVersion: serving.platformVersion,
        serviceRegistries: serving.serviceRegistries,
        runningCount: service.runningCount,
        pendingCount: service.pendingCount,
        computedDesiredCount: desired,
        id: wholeId(name),
        loadBalancers: [balancer],
        // One that wants no task is on its way out, like a task set that was scaled to 0.
        scale: { value: desired > 0 ? 100 : 0, unit: 'PERCENT' },
        status: service.status === 'ACTIVE' ? 'PRIMARY' : 'DRAINING',
        stabilityStatus: (service.deployments ?? []).length > 1 ? 'STABILIZING' : 'STEADY_STATE',
      },
      what,
    ),
  );
};

/** ECS keeps a deleted service for a while, INACTIVE. */
export const findService = async (
  client: Sender,
  call: Call,
  { cluster, service, what }: { cluster: string; service: string; what: string },
): Promise<Service | null> => {
  const answer = await call(client, new DescribeServicesCommand({ cluster, services: [service] }), { what });
  const [found] = answer.services ?? [];
  return found === undefined || found.status === 'INACTIVE' ? null : found;
};

/** Null: it is the id of a task set. Otherwise the service as a task set, or that it is gone. */
export const readWhole = (
  client: Sender,
  call: Call,
  { cluster, taskSetId }: { cluster: string; taskSetId: string },
): Promise<ObservedTaskSet | null> | null => {
  const service = nameOf(taskSetId);
  if (service === null) return null;
  const what = `read service ${service} in cluster ${cluster}`;
  return findService(client, call, { cluster, service, what }).then((found) =>
    found === null ? null : (observeWholes(found, what)[0] ?? null),
  );
};
