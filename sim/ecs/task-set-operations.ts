import type {
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
import { scaleOf } from './check-new-task-set.ts';
import { createTaskSet } from './create-task-set.ts';
import type { SimTaskSet } from './ecs.types.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import { sayOfSet } from './task-set-watch.ts';
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

  const update = (input: UpdateTaskSetRequest): UpdateTaskSetResponse => {
    onlyMembers('UpdateTaskSet', input, ['cluster', 'service', 'taskSet', 'scale']);
    const set = lookup.taskSet(lookup.externalService(input.cluster, input.service), input.taskSet);
    if (input.scale === undefined) throw invalidParameter('Scale can not be null.');
    const scalePercent = scaleOf(input.scale);
    if (set.status === 'DRAINING') throw invalidParameter('A task set that is DRAINING cannot be updated.');
    if (set.scalePercent !== scalePercent)
      sayOfSet(kernel, set, `is scaled from ${set.scalePercent} % to ${scalePercent} %`);
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
    sayOfSet(kernel, set, 'is deleted and drains');
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
    sayOfSet(kernel, set, 'is PRIMARY');
    reconcile(set);
    return { taskSet: taskSetView(set) };
  };

  return {
    CreateTaskSet: createTaskSet(kernel, random, targets, lookup, reconcile),
    UpdateTaskSet: update,
    DeleteTaskSet: remove,
    UpdateServicePrimaryTaskSet: makePrimary,
  };
};
