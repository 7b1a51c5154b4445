import type { Service, TaskDefinition, TaskSet } from '@aws-sdk/client-ecs';
import {
  ACCOUNT,
  CLUSTER,
  DESIRED_COUNT,
  definitionArn,
  digits,
  ecsArn,
  groupArn,
  oldName,
  REGION,
  type Revision,
  type SmallService,
  serviceArn,
} from './small-names.ts';

export const network = {
  awsvpcConfiguration: {
    subnets: ['subnet-0a11111111111111a', 'subnet-0b22222222222222b'],
    securityGroups: ['sg-0c28d3e4f5a6b7182'],
    assignPublicIp: 'DISABLED' as const,
  },
};

/** Of a service that takes over users, whose: rolling updates of ECS's own, with the version that runs before. */
export const oldServiceOf = ({ name, takesOver, tasks = DESIRED_COUNT }: SmallService): Service[] =>
  takesOver !== true
    ? []
    : [
        {
          serviceArn: serviceArn(oldName(name)),
          serviceName: oldName(name),
          clusterArn: ecsArn('cluster', CLUSTER),
          status: 'ACTIVE',
          desiredCount: tasks,
          schedulingStrategy: 'REPLICA',
          taskDefinition: definitionArn(name, 1),
          launchType: 'FARGATE',
          platformVersion: '1.4.0',
          networkConfiguration: network,
          loadBalancers: [{ targetGroupArn: groupArn(name, 'a'), containerName: name, containerPort: 8080 }],
        },
      ];

/** A task of its own address on Fargate, or a port of a container instance. */
const launchOf = ({ onInstances }: SmallService): Partial<TaskSet> =>
  onInstances === true
    ? { launchType: 'EC2' }
    : { launchType: 'FARGATE', platformVersion: '1.4.0', networkConfiguration: network };

export const serviceOf = (service: SmallService): Service => {
  const { name, first, takesOver, tasks = DESIRED_COUNT } = service;
  const id = `ecs-svc/${BigInt(`0x${digits(name)}`)}`.slice(0, 27);
  const blue: TaskSet = {
    id,
    taskSetArn: ecsArn('task-set', `${CLUSTER}/${name}/${id}`),
    serviceArn: serviceArn(name),
    clusterArn: ecsArn('cluster', CLUSTER),
    externalId: `before-${name}`,
    status: 'PRIMARY',
    taskDefinition: definitionArn(name, 1),
    ...launchOf(service),
    loadBalancers: [{ targetGroupArn: groupArn(name, 'a'), containerName: name, containerPort: 8080 }],
    serviceRegistries: [],
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: 'STEADY_STATE',
    computedDesiredCount: tasks,
    runningCount: tasks,
    pendingCount: 0,
  };
  return {
    serviceArn: serviceArn(name),
    serviceName: name,
    clusterArn: ecsArn('cluster', CLUSTER),
    status: 'ACTIVE',
    desiredCount: tasks,
    deploymentController: { type: 'EXTERNAL' },
    schedulingStrategy: 'REPLICA',
    taskSets: first || takesOver === true ? [] : [blue],
  };
};

export const taskDefinition = ({ name, onInstances }: SmallService, revision: Revision): TaskDefinition => ({
  taskDefinitionArn: definitionArn(name, revision),
  family: name,
  revision,
  status: 'ACTIVE',
  networkMode: onInstances === true ? 'bridge' : 'awsvpc',
  compatibilities: onInstances === true ? ['EC2'] : ['EC2', 'FARGATE'],
  requiresCompatibilities: [onInstances === true ? 'EC2' : 'FARGATE'],
  containerDefinitions: [
    {
      name,
      image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}:${revision}`,
      essential: true,
      stopTimeout: 5,
      portMappings: [
        { containerPort: 8080, protocol: 'tcp', ...(onInstances === true ? { hostPort: 0 } : {}) },
      ],
    },
  ],
});
