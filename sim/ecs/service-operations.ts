import type {
  CreateServiceRequest,
  CreateServiceResponse,
  DeleteServiceRequest,
  DeleteServiceResponse,
  Service,
  UpdateServiceRequest,
  UpdateServiceResponse,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../kernel/fake-client.ts';
import { SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { Random } from '../kernel/random.ts';
import type { TargetRegistry } from '../parts.types.ts';
import { checkFit } from './check-new-task-set.ts';
import type { SimService, SimTaskSet } from './ecs.types.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import { nameOf } from './names.ts';
import { parametersOf } from './seeded-services.ts';
import { makeTaskSet } from './task-set.ts';
import { serviceView, statusOf } from './views.ts';

/** What becomes of a service during a run: `cutover selfcheck --write`, `adopt` and `leave` make and delete some. */
type ServiceParts = {
  lookup: Lookup;
  clusterArn: string;
  nowMs(): number;
  random: Random;
  targets: TargetRegistry;
  appeared(service: SimService): void;
  /** Its name is in use again. */
  gone(service: SimService): void;
  reconcile(set: SimTaskSet): void;
  setDesiredCount(service: SimService, count: number): void;
  changed(service: SimService): void;
};

/** Members that a service keeps as they are given. */
const KEPT = [
  'schedulingStrategy',
  'tags',
  'propagateTags',
  'enableECSManagedTags',
  'enableExecuteCommand',
  'placementConstraints',
  'placementStrategy',
  'availabilityZoneRebalancing',
  'deploymentConfiguration',
] as const;

/** What the task sets of an EXTERNAL service have, and the service has not [fact 1]. */
const OF_TASK_SETS = [
  'taskDefinition',
  'loadBalancers',
  'networkConfiguration',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'serviceRegistries',
  'healthCheckGracePeriodSeconds',
] as const;

const given = (value: unknown): boolean => value !== undefined && (!Array.isArray(value) || value.length > 0);

export const serviceOperations = (parts: ServiceParts): Operations => {
  const { lookup, clusterArn } = parts;

  const existing = (name: string, token: string | undefined): SimService | undefined => {
    const known = lookup.service(name);
    if (known === undefined) return undefined;
    const status = statusOf(known);
    if (status === 'INACTIVE') {
      parts.gone(known);
      return undefined;
    }
    if (status === 'DRAINING') throw invalidParameter('Unable to Start a service that is still Draining.');
    // How one of the world's files was made is not known: nothing differs from it.
    if (known.clientToken !== undefined && token !== known.clientToken)
      throw invalidParameter('Creation of service was not idempotent.');
    return known;
  };

  const create = (input: CreateServiceRequest): CreateServiceResponse => {
    onlyMembers('CreateService', input, [
      'cluster',
      'serviceName',
      'desiredCount',
      'deploymentController',
      'clientToken',
      ...KEPT,
      ...OF_TASK_SETS,
    ]);
    lookup.cluster(input.cluster);
    const { serviceName: name, desiredCount = 0, deploymentController } = input;
    if (name === undefined) throw invalidParameter('Service name should not be null or empty');
    const controller = deploymentController?.type ?? 'ECS';
    if (controller === 'CODE_DEPLOY') throw new Error('sim does not model CreateService with CODE_DEPLOY');
    const wrong = OF_TASK_SETS.find((member) => given(input[member]));
    // A grace period, too, is refused while there is no load balancer [fact 5].
    if (controller === 'EXTERNAL' && wrong !== undefined)
      throw invalidParameter(`${wrong} must be blank for a service of the EXTERNAL controller.`);
    const known = existing(name, input.clientToken);
    if (known !== undefined) return { service: serviceView(known) };

    const arn = `${clusterArn.replace(':cluster/', ':service/')}/${name}`;
    const kept = Object.fromEntries(
      KEPT.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]])),
    );
    const described: Service = {
      ...kept,
      serviceName: name,
      serviceArn: arn,
      clusterArn,
      status: 'ACTIVE',
      deploymentController: { type: controller },
      ...(input.healthCheckGracePeriodSeconds === undefined
        ? {}
        : { healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds }),
    };
    const service: SimService = {
      described,
      arn,
      name,
      clusterArn,
      controller,
      desiredCount,
      gracePeriodMs: (input.healthCheckGracePeriodSeconds ?? 0) * 1_000,
      taskDefinitionArn: undefined,
      parameters: parametersOf(input),
      sets: [],
      deleted: false,
      clientToken: input.clientToken,
    };
    const set = controller === 'ECS' ? ownSet(service, input) : undefined;
    lookup.addService(service);
    parts.appeared(service);
    if (set !== undefined) parts.reconcile(set);
    return { service: serviceView(service) };
  };

  /** The tasks that ECS itself deploys, as a hidden task set. */
  const ownSet = (service: SimService, input: CreateServiceRequest): SimTaskSet => {
    const definition = lookup.taskDefinition(input.taskDefinition);
    if (definition === undefined) throw invalidParameter('TaskDefinition not found.');
    checkFit(
      { cluster: undefined, service: undefined, ...input, taskDefinition: input.taskDefinition },
      definition,
      parts.targets,
    );
    const made = makeTaskSet(parts.random, parts.nowMs(), service, definition, {
      externalId: undefined,
      scalePercent: 100,
      tags: [],
      parameters: service.parameters,
    });
    const set: SimTaskSet = { ...made, hidden: true, status: 'PRIMARY' };
    service.sets = [set];
    service.taskDefinitionArn = definition.taskDefinitionArn;
    return set;
  };

  const found = (nameOrArn: string | undefined): SimService => {
    const service = lookup.service(nameOf(nameOrArn ?? ''));
    if (service === undefined || statusOf(service) === 'INACTIVE')
      throw new SimApiError('ServiceNotFoundException', 'Service not found.');
    return service;
  };

  const remove = (input: DeleteServiceRequest): DeleteServiceResponse => {
    onlyMembers('DeleteService', input, ['cluster', 'service', 'force']);
    const service = found(input.service);
    if (input.force !== true) {
      if (service.controller === 'EXTERNAL' && service.sets.some(({ status }) => status !== 'DRAINING'))
        throw invalidParameter('The service cannot be stopped while it has task sets.');
      if (service.desiredCount > 0)
        throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
    }
    service.deleted = true;
    for (const set of service.sets) {
      set.status = 'DRAINING';
      parts.reconcile(set);
    }
    parts.changed(service);
    return { service: serviceView(service) };
  };

  const update = (input: UpdateServiceRequest): UpdateServiceResponse => {
    onlyMembers('UpdateService', input, [
      'cluster',
      'service',
      'desiredCount',
      'deploymentController',
      'healthCheckGracePeriodSeconds',
      'deploymentConfiguration',
      'loadBalancers',
    ]);
    const service = found(input.service);
    if (statusOf(service) !== 'ACTIVE')
      throw new SimApiError('ServiceNotActiveException', 'Service was not ACTIVE.');
    const { desiredCount, deploymentController, healthCheckGracePeriodSeconds: grace } = input;
    const type = deploymentController?.type ?? service.controller;
    // Documented are CODE_DEPLOY to ECS and ECS's own strategies; no page names EXTERNAL [fact 10].
    if (type !== service.controller)
      throw invalidParameter(
        `The deployment controller cannot be changed from ${service.controller} to ${type}.`,
      );
    const balancers = input.loadBalancers ?? [];
    if (service.controller !== 'ECS' && (balancers.length > 0 || input.deploymentConfiguration !== undefined))
      throw invalidParameter('load balancers must be empty or null.');
    const primary = service.sets.find(({ status }) => status === 'PRIMARY');
    if (grace !== undefined && (primary ?? service).parameters.loadBalancers.length === 0)
      throw invalidParameter(
        'Health check grace period is only valid for services configured to use load balancers',
      );
    if (desiredCount !== undefined && desiredCount < 0) throw invalidParameter('desiredCount is negative.');

    if (grace !== undefined) {
      service.gracePeriodMs = grace * 1_000;
      service.described = { ...service.described, healthCheckGracePeriodSeconds: grace };
    }
    if (input.deploymentConfiguration !== undefined)
      service.described = { ...service.described, deploymentConfiguration: input.deploymentConfiguration };
    if (balancers.length > 0) service.parameters = { ...service.parameters, loadBalancers: balancers };
    if (desiredCount !== undefined) parts.setDesiredCount(service, desiredCount);
    parts.changed(service);
    return { service: serviceView(service) };
  };

  return { CreateService: create, UpdateService: update, DeleteService: remove };
};
