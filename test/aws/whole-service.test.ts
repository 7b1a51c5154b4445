import { DescribeServicesCommand, ECSClient, type Service } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeEcsServices } from '../../aws/ecs-service.ts';
import { readingTaskSets } from '../../aws/task-set-reads.ts';
import { anInvocation } from './an-invocation.ts';

const ecsClient = new ECSClient();
const ecs = mockClient(ecsClient);
beforeEach(() => ecs.reset());

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
const CLUSTER = `${ARN}:cluster/main`;
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/old/1';
const OTHER = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/old-2/2';
const balancer = { targetGroupArn: GROUP, containerName: 'web', containerPort: 8080 };
const ref = { clusterArn: CLUSTER, serviceArn: `${ARN}:service/main/shop` };

const rolling: Service = {
  clusterArn: CLUSTER,
  serviceArn: `${ARN}:service/main/classic`,
  serviceName: 'classic',
  status: 'ACTIVE',
  desiredCount: 3,
  runningCount: 2,
  pendingCount: 1,
  taskDefinition: `${ARN}:task-definition/shop:7`,
  launchType: 'FARGATE',
  platformVersion: '1.4.0',
  createdAt: new Date(7_000),
  loadBalancers: [balancer],
  deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY' }],
};
const set = (id: string, status: string) => ({
  id: `ecs-svc/${id}`,
  taskSetArn: `${ARN}:task-set/main/classic/ecs-svc/${id}`,
  status,
  taskDefinition: `${ARN}:task-definition/shop:7`,
});
const answers = (service: Partial<Service>) =>
  ecs.on(DescribeServicesCommand).resolves({ services: [{ ...rolling, ...service }] });
const readFrom = () => makeEcsServices(ecsClient, anInvocation().call).readFrom(CLUSTER, 'classic');
const read = (id = 'service/classic') => readingTaskSets(ecsClient, anInvocation().call)(ref, id);

describe('a service that is a colour as a whole', () => {
  test('reads as a task set with all of its tasks', async () => {
    answers({});

    expect(await read()).toEqual({
      id: 'service/classic',
      arn: `${ARN}:service/main/classic`,
      status: 'PRIMARY',
      taskDefinitionArn: `${ARN}:task-definition/shop:7`,
      targetGroupArn: GROUP,
      containerName: 'web',
      containerPort: 8080,
      scalePercent: 100,
      computedDesiredCount: 3,
      pendingCount: 1,
      runningCount: 2,
      steady: true,
      createdAtMs: 7_000,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
    });
    expect(ecs).toHaveReceivedCommandExactlyOnceWith(DescribeServicesCommand, {
      cluster: CLUSTER,
      services: ['classic'],
    });
  });

  test('is on its way out as soon as it wants no task, or is being deleted', async () => {
    answers({ desiredCount: 0 });
    expect(await read()).toMatchObject({ scalePercent: 0, computedDesiredCount: 0 });

    answers({ status: 'DRAINING' });
    expect(await read()).toMatchObject({ status: 'DRAINING' });
  });

  test.each<[string, object]>([
    ['ECS does not know it', { services: [], failures: [{ reason: 'MISSING' }] }],
    ['it is INACTIVE', { services: [{ ...rolling, status: 'INACTIVE' }] }],
  ])('is gone when %s', async (_, answer) => {
    ecs.on(DescribeServicesCommand).resolves(answer);

    expect(await read()).toBeNull();
    expect(await readFrom()).toBeNull();
  });

  test('of CodeDeploy is what its PRIMARY task set says', async () => {
    answers({
      loadBalancers: [],
      taskDefinition: undefined,
      deployments: undefined,
      taskSets: [
        {
          ...set('1', 'PRIMARY'),
          taskDefinition: `${ARN}:task-definition/shop:9`,
          loadBalancers: [{ ...balancer, targetGroupArn: OTHER }],
        },
      ],
    });

    expect(await read()).toMatchObject({
      id: 'service/classic',
      taskDefinitionArn: `${ARN}:task-definition/shop:9`,
      targetGroupArn: OTHER,
    });
  });

  test("with blue/green of ECS's own is one of each of its two groups", async () => {
    answers({
      loadBalancers: [{ ...balancer, advancedConfiguration: { alternateTargetGroupArn: OTHER } }],
    });

    expect((await readFrom())?.wholes.map(({ targetGroupArn }) => targetGroupArn)).toEqual([GROUP, OTHER]);
  });

  test.each<[string, Partial<Service>, boolean]>([
    ['one version', {}, false],
    ['a rolling update', { deployments: [{ id: 'ecs-svc/1' }, { id: 'ecs-svc/2' }] }, true],
    ['a deployment of CodeDeploy', { taskSets: [set('1', 'PRIMARY'), set('2', 'ACTIVE')] }, true],
  ])('changes or does not: %s', async (_, service, isChanging) => {
    answers({ loadBalancers: [], ...service });

    expect(await readFrom()).toMatchObject({ isChanging, controller: 'ECS', desiredCount: 3 });
  });
});
