import type { CreateTaskSetRequest, LoadBalancer, TaskDefinition } from '@aws-sdk/client-ecs';
import type { TargetRegistry } from '../parts.types.ts';
import type { SimService } from './ecs.types.ts';
import { invalidParameter } from './lookup.ts';

/** What CreateTaskSet refuses, each as an InvalidParameterException. */

/** Task sets a service may have; DRAINING ones are assumed to count [fact 22]. */
const TASK_SET_QUOTA = 5;

export const checkQuota = (service: SimService): void => {
  if (service.sets.length < TASK_SET_QUOTA) return;
  throw invalidParameter(
    `${TASK_SET_QUOTA} deployments exist on the service. Unable to create new TaskSet since this ` +
      'exceeds the maximum limit.',
  );
};

/** Up to 36 printable ASCII characters [fact 15]. */
export const checkClientToken = (token: string | undefined): void => {
  if (token !== undefined && !/^[\x21-\x7e]{1,36}$/.test(token)) {
    throw invalidParameter('clientToken must be up to 36 ASCII characters in the range of 33-126.');
  }
};

/** The scale's percent; 0 when there is none [fact 14]. */
export const scaleOf = (scale: CreateTaskSetRequest['scale']): number => {
  const { value = 0, unit = 'PERCENT' } = scale ?? {};
  if (unit !== 'PERCENT') throw invalidParameter('The scale unit must be PERCENT.');
  if (!(value >= 0 && value <= 100)) throw invalidParameter('The scale value must be between 0 and 100.');
  return value;
};

/**
 * @throws InvalidParameterException when definition, network, launch type and load balancer do not fit [fact 19-21,
 * 143, 144, 158].
 */
export const checkFit = (
  input: CreateTaskSetRequest,
  definition: TaskDefinition,
  targets: TargetRegistry,
): void => {
  if ((definition.status ?? 'ACTIVE') !== 'ACTIVE') throw invalidParameter('TaskDefinition is inactive');
  checkVolumes(definition);
  checkLaunch(input, definition);
  checkNetwork(input, definition);

  const balancers = input.loadBalancers ?? [];
  if (balancers.length > 1) throw invalidParameter('load balancers can have at most 1 items.');
  for (const balancer of balancers) {
    checkContainer(balancer, definition);
    checkTargetGroup(balancer, definition, targets);
  }
};

/** That ECS refuses it follows from what it needs; its words are assumed. */
const checkVolumes = ({ volumes = [] }: TaskDefinition): void => {
  const open = volumes.find(({ configuredAtLaunch }) => configuredAtLaunch);
  if (open === undefined) return;
  throw invalidParameter(`A volume configuration must be provided for the volume ${open.name}.`);
};

const checkLaunch = (input: CreateTaskSetRequest, definition: TaskDefinition): void => {
  const { launchType, capacityProviderStrategy = [] } = input;
  if (launchType !== undefined && capacityProviderStrategy.length > 0) {
    throw invalidParameter('Specifying both a launch type and capacity provider strategy is not supported.');
  }
  const compatible = definition.compatibilities ?? definition.requiresCompatibilities;
  if (launchType !== undefined && compatible !== undefined && !compatible.includes(launchType)) {
    throw invalidParameter(`Task definition does not support launch_type ${launchType}.`);
  }
};

const checkNetwork = (input: CreateTaskSetRequest, definition: TaskDefinition): void => {
  const given = input.networkConfiguration?.awsvpcConfiguration !== undefined;
  const needed = definition.networkMode === 'awsvpc';
  if (needed && !given) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (!needed && given) {
    throw invalidParameter(
      'Network Configuration is not valid for the given networkMode of this task definition.',
    );
  }
};

const checkContainer = (balancer: LoadBalancer, definition: TaskDefinition): void => {
  const { containerName, containerPort } = balancer;
  const container = (definition.containerDefinitions ?? []).find(({ name }) => name === containerName);
  if (container === undefined) {
    throw invalidParameter(`The container ${containerName} does not exist in the task definition.`);
  }
  const listens = (container.portMappings ?? []).some((mapping) => mapping.containerPort === containerPort);
  if (!listens) {
    throw invalidParameter(
      `The container ${containerName} did not have a container port ${containerPort} defined.`,
    );
  }
};

const checkTargetGroup = (
  balancer: LoadBalancer,
  definition: TaskDefinition,
  targets: TargetRegistry,
): void => {
  const { targetGroupArn } = balancer;
  if (targetGroupArn === undefined)
    throw new Error('sim does not model CreateTaskSet.loadBalancers.loadBalancerName');
  if (!targets.exists(targetGroupArn)) {
    throw invalidParameter(`The target group ${targetGroupArn} does not exist.`);
  }
  if (!targets.isAttached(targetGroupArn)) {
    throw invalidParameter(
      `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
    );
  }
  const type = targets.targetType(targetGroupArn);
  const wanted = definition.networkMode === 'awsvpc' ? 'ip' : 'instance';
  if (type !== wanted) {
    throw invalidParameter(
      `The provided target group ${targetGroupArn} has target type ${type}, which is incompatible with ` +
        `the ${definition.networkMode ?? 'bridge'} network mode specified in the task definition.`,
    );
  }
};
