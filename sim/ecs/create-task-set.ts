import type { CreateTaskSetRequest, CreateTaskSetResponse } from '@aws-sdk/client-ecs';
import type { Kernel } from '../kernel/kernel.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { Random } from '../kernel/random.ts';
import type { TargetRegistry } from '../parts.types.ts';
import { checkClientToken, checkFit, checkQuota, scaleOf } from './check-new-task-set.ts';
import type { SimService, SimTaskSet, TaskSetParameters } from './ecs.types.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import { makeTaskSet } from './task-set.ts';
import { sayOfSet } from './task-set-watch.ts';
import { taskSetView } from './views.ts';

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

const parametersOf = (input: CreateTaskSetRequest): TaskSetParameters => {
  const { networkConfiguration, launchType, capacityProviderStrategy, platformVersion } = input;
  return {
    loadBalancers: input.loadBalancers ?? [],
    serviceRegistries: input.serviceRegistries ?? [],
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
  };
};

export const createTaskSet = (
  kernel: Kernel,
  random: Random,
  targets: TargetRegistry,
  lookup: Lookup,
  reconcile: (set: SimTaskSet) => void,
): ((input: CreateTaskSetRequest) => CreateTaskSetResponse) => {
  /** By service; a token is one service's own. */
  const tokens = new Map<SimService, { token: string; input: string; set: SimTaskSet }[]>();

  /**
   * The set an earlier call with this token made. That a token with other parameters is refused, and that it is
   * remembered as long as its set exists, is assumed: neither is documented [fact 15-17].
   */
  const madeBefore = (service: SimService, input: CreateTaskSetRequest): SimTaskSet | undefined => {
    const earlier = tokens
      .get(service)
      ?.find(({ token, set }) => token === input.clientToken && service.sets.includes(set));
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

    const set = makeTaskSet(random, kernel.scheduler.nowMs(), service, definition, {
      externalId: input.externalId,
      scalePercent,
      tags: input.tags ?? [],
      parameters: parametersOf(input),
    });
    service.sets.push(set);
    const { clientToken: token } = input;
    if (token !== undefined) {
      const used = { token, input: JSON.stringify(input), set };
      // A token is asked for while its set exists; a world may run for days.
      const alive = (tokens.get(service) ?? []).filter((each) => service.sets.includes(each.set));
      tokens.set(service, [...alive, used]);
    }
    sayOfSet(kernel, set, `is created at ${scalePercent} %`);
    // The answer shows the set before its first task.
    const answer = { taskSet: taskSetView(set) };
    reconcile(set);
    return answer;
  };

  return create;
};
