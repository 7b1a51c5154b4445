import type {
  CreateTaskSetRequest,
  CreateTaskSetResponse,
  DeleteTaskSetRequest,
  DeleteTaskSetResponse,
  UpdateServicePrimaryTaskSetRequest,
  UpdateServicePrimaryTaskSetResponse,
  UpdateTaskSetRequest,
  UpdateTaskSetResponse,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { Random } from '../kernel/random.ts';
import type { TargetRegistry } from '../parts.types.ts';
import { checkClientToken, checkFit, checkQuota, scaleOf } from './check-new-task-set.ts';
import type { SimService, SimTaskSet } from './ecs.types.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import { familyRevision } from './names.ts';
import { makeTaskSet } from './task-set.ts';
import { taskSetView } from './views.ts';

/** The writes: they act on the live state, whatever reads show. */
export const taskSetOperations = (
  kernel: Kernel,
  random: Random,
  targets: TargetRegistry,
  lookup: Lookup,
  reconcile: (set: SimTaskSet) => void,
): Operations => {
  const { scheduler } = kernel;
  const tokens: { token: string; serviceArn: string; input: string; set: SimTaskSet }[] = [];

  const say = (set: SimTaskSet, what: string): void =>
    kernel.emit({
      kind: 'task',
      what: `task set ${set.id} ${what} (${familyRevision(set.taskDefinition)})`,
      data: { taskSet: set.id, status: set.status, scalePercent: set.scalePercent },
    });

  /**
   * The set an earlier call with this token made. That a token with other parameters is refused, and that it is
   * remembered as long as its set exists, is assumed: neither is documented [aws-facts 15-17].
   */
  const madeBefore = (service: SimService, input: CreateTaskSetRequest): SimTaskSet | undefined => {
    const earlier = tokens.find(
      ({ token, serviceArn, set }) =>
        token === input.clientToken && serviceArn === service.arn && service.sets.includes(set),
    );
    if (earlier !== undefined && earlier.input !== JSON.stringify(input)) {
      throw invalidParameter('The clientToken was used before with other parameters.');
    }
    return earlier?.set;
  };

  const create = (input: CreateTaskSetRequest): CreateTaskSetResponse => {
    onlyMembers('CreateTaskSet', input, CREATE_MEMBERS);
    const service = lookup.externalService(input.cluster, input.service);
    checkClientToken(input.clientToken);
    const before = madeBefore(service, input);
    if (before !== undefined) return { taskSet: taskSetView(before) };

    const scalePercent = scaleOf(input.scale);
    const definition = lookup.taskDefinition(input.taskDefinition);
    if (definition === undefined) throw invalidParameter('TaskDefinition not found.');
    checkFit(input, definition, targets);
    checkQuota(service);

    const { networkConfiguration, launchType, capacityProviderStrategy, platformVersion } = input;
    const set = makeTaskSet(random, scheduler.nowMs(), service, definition, {
      externalId: input.externalId,
      scalePercent,
      tags: input.tags ?? [],
      parameters: {
        loadBalancers: input.loadBalancers ?? [],
        serviceRegistries: input.serviceRegistries ?? [],
        ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
        ...(launchType === undefined ? {} : { launchType }),
        ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
        ...(platformVersion === undefined ? {} : { platformVersion }),
      },
    });
    service.sets.push(set);
    const { clientToken: token } = input;
    if (token !== undefined) {
      tokens.push({ token, serviceArn: service.arn, input: JSON.stringify(input), set });
    }
    say(set, `is created at ${scalePercent} %`);
    // The answer shows the set before its first task.
    const answer = { taskSet: taskSetView(set) };
    reconcile(set);
    return answer;
  };

  const update = (input: UpdateTaskSetRequest): UpdateTaskSetResponse => {
    onlyMembers('UpdateTaskSet', input, ['cluster', 'service', 'taskSet', 'scale']);
    const set = lookup.taskSet(lookup.externalService(input.cluster, input.service), input.taskSet);
    if (input.scale === undefined) throw invalidParameter('Scale can not be null.');
    const scalePercent = scaleOf(input.scale);
    if (set.status === 'DRAINING') throw invalidParameter('A task set that is DRAINING cannot be updated.');
    if (set.scalePercent !== scalePercent)
      say(set, `is scaled from ${set.scalePercent} % to ${scalePercent} %`);
    set.scalePercent = scalePercent;
    set.updatedAtMs = scheduler.nowMs();
    reconcile(set);
    return { taskSet: taskSetView(set) };
  };

  const remove = (input: DeleteTaskSetRequest): DeleteTaskSetResponse => {
    onlyMembers('DeleteTaskSet', input, ['cluster', 'service', 'taskSet', 'force']);
    const set = lookup.taskSet(lookup.externalService(input.cluster, input.service), input.taskSet);
    if (set.status === 'DRAINING') return { taskSet: taskSetView(set) };
    if (input.force !== true && set.status === 'PRIMARY') {
      throw invalidParameter('The primary task set cannot be deleted without force.');
    }
    if (input.force !== true && set.scalePercent > 0) {
      throw invalidParameter(
        'A task set must be scaled to zero before it is deleted, or be deleted with force.',
      );
    }
    set.status = 'DRAINING';
    set.updatedAtMs = scheduler.nowMs();
    say(set, 'is deleted and drains');
    reconcile(set);
    return { taskSet: taskSetView(set) };
  };

  const makePrimary = (input: UpdateServicePrimaryTaskSetRequest): UpdateServicePrimaryTaskSetResponse => {
    onlyMembers('UpdateServicePrimaryTaskSet', input, ['cluster', 'service', 'primaryTaskSet']);
    const service = lookup.externalService(input.cluster, input.service);
    const set = lookup.taskSet(service, input.primaryTaskSet);
    if (set.status === 'DRAINING')
      throw invalidParameter('A task set that is DRAINING cannot be the primary one.');
    if (set.status === 'PRIMARY') return { taskSet: taskSetView(set) };
    for (const other of service.sets) {
      if (other.status !== 'PRIMARY') continue;
      other.status = 'ACTIVE';
      other.updatedAtMs = scheduler.nowMs();
    }
    set.status = 'PRIMARY';
    set.updatedAtMs = scheduler.nowMs();
    service.taskDefinitionArn = set.taskDefinition.taskDefinitionArn;
    service.parameters = set.parameters;
    say(set, 'is PRIMARY');
    reconcile(set);
    return { taskSet: taskSetView(set) };
  };

  return {
    CreateTaskSet: create,
    UpdateTaskSet: update,
    DeleteTaskSet: remove,
    UpdateServicePrimaryTaskSet: makePrimary,
  };
};

const CREATE_MEMBERS = [
  'service',
  'cluster',
  'externalId',
  'taskDefinition',
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'scale',
  'clientToken',
  'tags',
] as const;
