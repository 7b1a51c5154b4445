import { DescribeServicesCommand, type Service } from '@aws-sdk/client-ecs';
import { DeploymentError } from '../core/errors.ts';
import type { ObservedService, ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import type { EcsServices } from './ecs-verbs.ts';
import { causedBy } from './errors.ts';
import { observeTaskSet, targetGroupArnsOf } from './task-set-observation.ts';
import { readingTaskSets } from './task-set-reads.ts';
import { findService, observeWholes } from './whole-service.ts';

export const makeEcsServices = (client: Sender, call: Call): EcsServices => ({
  async read(cluster, service, known) {
    const what = `read service ${service} in cluster ${cluster}`;
    const answer = await call(client, new DescribeServicesCommand({ cluster, services: [service] }), {
      what,
    });

    const [found] = answer.services ?? [];
    if (found !== undefined) {
      const observed = observeService(found, what);
      if (known === undefined || observed.taskSets.some(isAnswer(known.taskSetId))) return observed;
      const unlisted = await ofActive(readingTaskSets(client, call)(observed, known.taskSetId));
      return unlisted === null ? observed : { ...observed, taskSets: [...observed.taskSets, unlisted] };
    }

    // ECS reports an unknown service inside a successful answer [fact 29].
    const failure = answer.failures?.[0];
    if (failure !== undefined && failure.reason !== 'MISSING') {
      throw new DeploymentError(
        'Rejected',
        `Could not ${what}: ECS said ${failure.reason}${failure.detail ? ` (${failure.detail})` : ''}. ` +
          'Correct what it names and start again.',
      );
    }
    throw new DeploymentError(
      'NotFound',
      `Could not ${what}: there is no such service. \`aws ecs list-services --cluster ${cluster}\` ` +
        'lists those there are; check the account and the Region too.',
    );
  },

  async readFrom(cluster, service) {
    const what = `read service ${service} in cluster ${cluster}`;
    const found = await findService(client, call, { cluster, service, what });
    if (found === null) return null;
    const { deployments = [], taskSets = [] } = found;
    return {
      ...observeService(found, what),
      wholes: observeWholes(found, what),
      isChanging: deployments.length > 1 || taskSets.length > 1,
    };
  },
});

/** Of a service that is being deleted ECS refuses to show a task set by its id. */
const ofActive = async (read: Promise<ObservedTaskSet | null>): Promise<ObservedTaskSet | null> => {
  try {
    return await read;
  } catch (error) {
    if (causedBy(error, 'ServiceNotActiveException')) return null;
    throw error;
  }
};

/** Nothing more to ask: the set itself is listed, or a PRIMARY, and then all are. */
const isAnswer =
  (taskSetId: string) =>
  ({ id, status }: ObservedTaskSet): boolean =>
    id === taskSetId || status === 'PRIMARY';

const observeService = (service: Service, what: string): ObservedService => {
  const clusterArn = required(service.clusterArn, "the cluster's ARN", what);
  const groups = targetGroupArnsOf(service.loadBalancers ?? []);
  return {
    clusterArn,
    serviceArn: required(service.serviceArn, "the service's ARN", what),
    cluster: clusterArn.split('/').at(-1) ?? clusterArn,
    name: required(service.serviceName, "the service's name", what),
    // Whatever is neither active nor draining cannot be deployed to.
    status: service.status === 'ACTIVE' || service.status === 'DRAINING' ? service.status : 'INACTIVE',
    // Services made before there was a choice have no controller in the answer: it is the rolling one.
    controller: service.deploymentController?.type ?? 'ECS',
    desiredCount: service.desiredCount ?? 0,
    ...defined({
      healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
      placementTrouble: placementTrouble(service),
      zoneRebalancing: service.availabilityZoneRebalancing === 'ENABLED' ? true : undefined,
      targetGroupArns: groups.length === 0 ? undefined : groups,
    }),
    taskSets: (service.taskSets ?? []).map((taskSet) => observeTaskSet(taskSet, what)),
  };
};

/** Newest first, as ECS lists them; a service that became steady since has found its room. */
const placementTrouble = (service: Service): string | undefined => {
  for (const { message = '' } of service.events ?? []) {
    if (/has reached a steady state/.test(message)) return undefined;
    if (/unable to place a task|capacity provider .* unable|Capacity is unavailable/i.test(message)) {
      return message.replace(/^\(service [^)]*\) /, '');
    }
  }
  return undefined;
};
