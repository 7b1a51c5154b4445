import type { Service, Task, TaskDefinition, TaskSet } from '@aws-sdk/client-ecs';
import { BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { BLUE_ID, CLUSTER, DEPLOYMENT, GREEN_ID, SERVICE } from '../functions/a-plan.ts';

/** What ECS answers, as data: tests change the one member they are about. */

export const aService = (changes: Partial<Service> = {}): Service => ({
  clusterArn: CLUSTER,
  serviceArn: SERVICE,
  serviceName: 'shop',
  status: 'ACTIVE',
  deploymentController: { type: 'EXTERNAL' },
  desiredCount: 2,
  ...changes,
});

/** PRIMARY, at full scale, for a day. */
export const aBlueTaskSet = (changes: Partial<TaskSet> = {}): TaskSet => ({
  id: BLUE_ID,
  taskSetArn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/1',
  status: 'PRIMARY',
  taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:7',
  loadBalancers: [{ targetGroupArn: BLUE, containerName: 'web', containerPort: 8080 }],
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-a'] } },
  launchType: 'FARGATE',
  platformVersion: '1.4.0',
  scale: { value: 100, unit: 'PERCENT' },
  computedDesiredCount: 2,
  pendingCount: 0,
  runningCount: 2,
  stabilityStatus: 'STEADY_STATE',
  createdAt: new Date(NOW - 86_400_000),
  ...changes,
});

/** ACTIVE, with all its tasks, launched by the deployment at NOW. */
export const aGreenTaskSet = (changes: Partial<TaskSet> = {}): TaskSet =>
  aBlueTaskSet({
    id: GREEN_ID,
    taskSetArn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/2',
    externalId: DEPLOYMENT,
    status: 'ACTIVE',
    taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:8',
    loadBalancers: [{ targetGroupArn: GREEN, containerName: 'web', containerPort: 8080 }],
    createdAt: new Date(NOW),
    ...changes,
  });

/** One of green's that ended by itself. */
export const aStoppedTask = (index: number, changes: Partial<Task> = {}): Task => ({
  taskArn: `arn:aws:ecs:eu-west-1:1:task/main/${index}`,
  startedBy: GREEN_ID,
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  stoppedAt: new Date(NOW + index * 1_000),
  containers: [{ name: 'web', image: 'shop:v2', exitCode: 1 }],
  ...changes,
});

export const aTaskDefinition = (
  taskDefinitionArn: string,
  image: string,
  changes: Partial<TaskDefinition> = {},
): TaskDefinition => ({
  taskDefinitionArn,
  status: 'ACTIVE',
  networkMode: 'awsvpc',
  compatibilities: ['EC2', 'FARGATE'],
  containerDefinitions: [{ name: 'web', image, portMappings: [{ containerPort: 8080 }], stopTimeout: 40 }],
  ...changes,
});
