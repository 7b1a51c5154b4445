import type { NetworkConfiguration, TaskSet } from '@aws-sdk/client-ecs';
import type { AwsVpcNetwork } from '../core/vocabulary/network.types.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import { defined, required } from './answer.ts';

/** A task set as DescribeServices, DescribeTaskSets and CreateTaskSet answer it, in our words. */
export const observeTaskSet = (taskSet: TaskSet, what: string): ObservedTaskSet => {
  const [balancer, ...others] = taskSet.loadBalancers ?? [];
  return {
    id: required(taskSet.id, 'the id of a task set', what),
    arn: required(taskSet.taskSetArn, 'the ARN of a task set', what),
    status: statusOf(taskSet.status),
    taskDefinitionArn: required(taskSet.taskDefinition, 'the task definition of a task set', what),
    // An absent scale is 0 PERCENT, and absent counts say that nothing runs [fact 14].
    scalePercent: taskSet.scale?.value ?? 0,
    computedDesiredCount: taskSet.computedDesiredCount ?? 0,
    pendingCount: taskSet.pendingCount ?? 0,
    runningCount: taskSet.runningCount ?? 0,
    steady: taskSet.stabilityStatus === 'STEADY_STATE',
    createdAtMs: taskSet.createdAt?.getTime() ?? 0,
    ...defined({
      externalId: taskSet.externalId,
      targetGroupArn: balancer?.targetGroupArn,
      otherTargetGroupArns: others.length === 0 ? undefined : targetGroupArnsOf(others),
      containerName: balancer?.containerName,
      containerPort: balancer?.containerPort,
      network: networkOf(taskSet.networkConfiguration),
      launchType: taskSet.launchType,
      capacityProviders: capacityProvidersOf(taskSet, what),
      platformVersion: taskSet.platformVersion,
      serviceRegistries: registriesOf(taskSet, what),
    }),
  };
};

export const targetGroupArnsOf = (balancers: readonly { targetGroupArn?: string | undefined }[]): string[] =>
  balancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);

/** A status that ECS does not document counts as on its way out: it must never appear able to serve. */
const statusOf = (status: string | undefined): ObservedTaskSet['status'] =>
  status === 'PRIMARY' || status === 'ACTIVE' ? status : 'DRAINING';

const networkOf = (configuration: NetworkConfiguration | undefined): AwsVpcNetwork | undefined => {
  const vpc = configuration?.awsvpcConfiguration;
  if (vpc === undefined) return undefined;
  return {
    subnets: vpc.subnets ?? [],
    securityGroups: vpc.securityGroups ?? [],
    assignPublicIp: vpc.assignPublicIp ?? 'DISABLED',
  };
};

const capacityProvidersOf = (taskSet: TaskSet, what: string): ObservedTaskSet['capacityProviders'] => {
  const items = taskSet.capacityProviderStrategy ?? [];
  if (items.length === 0) return undefined;
  return items.map((item) => ({
    capacityProvider: required(item.capacityProvider, 'the name of a capacity provider', what),
    weight: item.weight ?? 0,
    base: item.base ?? 0,
  }));
};

const registriesOf = (taskSet: TaskSet, what: string): ObservedTaskSet['serviceRegistries'] => {
  const items = taskSet.serviceRegistries ?? [];
  if (items.length === 0) return undefined;
  return items.map(({ registryArn, port, containerName, containerPort }) => ({
    registryArn: required(registryArn, 'the ARN of a service registry', what),
    ...defined({ port, containerName, containerPort }),
  }));
};
