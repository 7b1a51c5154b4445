import {
  ClusterNotFoundException,
  DescribeServicesCommand,
  DescribeTaskSetsCommand,
  ECSClient,
  type Service,
  ServiceNotActiveException,
  type TaskSet,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeEcsServices } from '../../aws/ecs-service.ts';
import { anInvocation, awsError, sent } from './an-invocation.ts';

const ecsClient = new ECSClient();
const ecs = mockClient(ecsClient);
const ecsServices = (invocation = anInvocation()) => makeEcsServices(ecsClient, invocation.call);

beforeEach(() => ecs.reset());

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop';
const SERVICE = 'arn:aws:ecs:eu-west-1:123456789012:service/shop/web';
const TASK_DEFINITION = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7';
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1';

const service: Service = {
  clusterArn: CLUSTER,
  serviceArn: SERVICE,
  serviceName: 'web',
  status: 'ACTIVE',
  desiredCount: 3,
  deploymentController: { type: 'EXTERNAL' },
};

describe('a service', () => {
  test('is described by name and read with its task sets', async () => {
    ecs.on(DescribeServicesCommand).resolves({
      services: [
        {
          ...service,
          healthCheckGracePeriodSeconds: 60,
          taskSets: [
            {
              id: 'ecs-svc/1',
              taskSetArn: 'arn:task-set',
              externalId: 'release-41',
              status: 'PRIMARY',
              taskDefinition: TASK_DEFINITION,
              computedDesiredCount: 3,
              pendingCount: 1,
              runningCount: 2,
              createdAt: new Date(7_000),
              launchType: 'FARGATE',
              platformVersion: '1.4.0',
              scale: { value: 100, unit: 'PERCENT' },
              stabilityStatus: 'STEADY_STATE',
              loadBalancers: [{ targetGroupArn: GROUP, containerName: 'web', containerPort: 8080 }],
              networkConfiguration: {
                awsvpcConfiguration: {
                  subnets: ['subnet-1'],
                  securityGroups: ['sg-1'],
                  assignPublicIp: 'ENABLED',
                },
              },
              capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
              serviceRegistries: [{ registryArn: 'arn:registry', containerName: 'web', containerPort: 8080 }],
            },
          ],
        },
      ],
    });

    const observed = await ecsServices().read('shop', 'web');

    expect(sent(ecs, DescribeServicesCommand)).toEqual([{ cluster: 'shop', services: ['web'] }]);
    expect(observed).toEqual({
      clusterArn: CLUSTER,
      serviceArn: SERVICE,
      cluster: 'shop',
      name: 'web',
      status: 'ACTIVE',
      controller: 'EXTERNAL',
      desiredCount: 3,
      healthCheckGracePeriodSeconds: 60,
      taskSets: [
        {
          id: 'ecs-svc/1',
          arn: 'arn:task-set',
          externalId: 'release-41',
          status: 'PRIMARY',
          taskDefinitionArn: TASK_DEFINITION,
          targetGroupArn: GROUP,
          containerName: 'web',
          containerPort: 8080,
          scalePercent: 100,
          computedDesiredCount: 3,
          pendingCount: 1,
          runningCount: 2,
          steady: true,
          createdAtMs: 7_000,
          network: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
          launchType: 'FARGATE',
          capacityProviders: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
          platformVersion: '1.4.0',
          serviceRegistries: [{ registryArn: 'arn:registry', containerName: 'web', containerPort: 8080 }],
        },
      ],
    });
  });

  test('with a bare task set is read as running nothing, and fields that are absent stay absent', async () => {
    ecs.on(DescribeServicesCommand).resolves({
      services: [
        {
          ...service,
          taskSets: [
            { id: 'ecs-svc/2', taskSetArn: 'a', taskDefinition: TASK_DEFINITION, status: 'RETIRED' },
          ],
        },
      ],
    });

    const { taskSets } = await ecsServices().read('shop', 'web');

    expect(taskSets).toStrictEqual([
      {
        id: 'ecs-svc/2',
        arn: 'a',
        status: 'DRAINING',
        taskDefinitionArn: TASK_DEFINITION,
        scalePercent: 0,
        computedDesiredCount: 0,
        pendingCount: 0,
        runningCount: 0,
        steady: false,
        createdAtMs: 0,
      },
    ]);
  });

  test.each([
    [{ deploymentController: undefined }, { controller: 'ECS' }],
    [{ deploymentController: { type: 'CODE_DEPLOY' as const } }, { controller: 'CODE_DEPLOY' }],
    [{ status: 'DRAINING' }, { status: 'DRAINING' }],
    [{ status: 'INACTIVE' }, { status: 'INACTIVE' }],
    [{ desiredCount: 0 }, { desiredCount: 0 }],
  ])('with %o is read as %o', async (changes, expected) => {
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...service, ...changes }] });

    expect(await ecsServices().read('shop', 'web')).toMatchObject(expected);
  });

  test('reported missing in a successful answer is NotFound', async () => {
    ecs
      .on(DescribeServicesCommand)
      .resolves({ services: [], failures: [{ arn: SERVICE, reason: 'MISSING' }] });

    await expect(ecsServices().read('shop', 'web')).rejects.toMatchObject({
      name: 'NotFound',
      message: expect.stringContaining('aws ecs list-services --cluster shop'),
    });
  });

  test('failing for another reason in a successful answer is Rejected with that reason', async () => {
    ecs.on(DescribeServicesCommand).resolves({ failures: [{ reason: 'LOCKED', detail: 'for maintenance' }] });

    await expect(ecsServices().read('shop', 'web')).rejects.toMatchObject({
      name: 'Rejected',
      message: expect.stringContaining('ECS said LOCKED (for maintenance)'),
    });
  });

  test.each([
    [new ClusterNotFoundException({ message: 'Cluster not found.', $metadata: {} }), 'NotFound'],
    [awsError('AccessDeniedException'), 'AccessDenied'],
    [awsError('ThrottlingException'), 'Throttled'],
    [awsError('ServerException', 'oops', 500), 'Unavailable'],
  ])('that cannot be read with %s is %s', async (error, name) => {
    ecs.on(DescribeServicesCommand).rejects(error);

    await expect(ecsServices().read('shop', 'web')).rejects.toMatchObject({ name });
  });

  test('without an ARN in the answer is Unavailable: nothing can be decided on it', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...service, serviceArn: undefined }] });

    await expect(ecsServices().read('shop', 'web')).rejects.toMatchObject({
      name: 'Unavailable',
      message: expect.stringContaining("expected the service's ARN in the answer of AWS, found none"),
    });
  });
});

describe('a task set that is known, of a service whose answer may list none while none is PRIMARY,', () => {
  const known = { taskSetId: 'ecs-svc/2' };
  const taskSet = (id: string, status: string): TaskSet => ({
    id,
    taskSetArn: `arn:${id}`,
    taskDefinition: TASK_DEFINITION,
    status,
  });
  const listing = (...taskSets: TaskSet[]) =>
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...service, taskSets }] });
  const readKnown = async () => {
    const { taskSets } = await ecsServices().read('shop', 'web', known);
    return taskSets.map(({ id }) => id);
  };

  test.each<[string, TaskSet[]]>([
    ['none', []],
    ['another that is not PRIMARY', [taskSet('ecs-svc/1', 'ACTIVE')]],
  ])('is asked for by its id when the answer lists %s', async (_what, listed) => {
    listing(...listed);
    ecs.on(DescribeTaskSetsCommand).resolves({ taskSets: [taskSet('ecs-svc/2', 'ACTIVE')] });

    expect(await readKnown()).toEqual([...listed.map(({ id }) => id), 'ecs-svc/2']);
    expect(sent(ecs, DescribeTaskSetsCommand)).toEqual([
      { cluster: CLUSTER, service: SERVICE, taskSets: ['ecs-svc/2'] },
    ]);
  });

  test.each<[string, TaskSet]>([
    ['itself', taskSet('ecs-svc/2', 'ACTIVE')],
    ['a PRIMARY, and then all are', taskSet('ecs-svc/1', 'PRIMARY')],
  ])('is not asked for when the answer lists %s', async (_what, listed) => {
    listing(listed);

    expect(await readKnown()).toEqual([listed.id]);
    expect(sent(ecs, DescribeTaskSetsCommand)).toEqual([]);
  });

  test('is not asked for where none is known', async () => {
    listing();

    expect((await ecsServices().read('shop', 'web')).taskSets).toEqual([]);
    expect(sent(ecs, DescribeTaskSetsCommand)).toEqual([]);
  });

  test('is absent when ECS no longer knows it', async () => {
    listing();
    ecs.on(DescribeTaskSetsCommand).resolves({ failures: [{ arn: 'arn:ecs-svc/2', reason: 'MISSING' }] });

    expect(await readKnown()).toEqual([]);
  });

  test('is absent of a service that is being deleted: ECS shows none of it by its id', async () => {
    listing();
    ecs
      .on(DescribeTaskSetsCommand)
      .rejects(new ServiceNotActiveException({ message: 'Service was not ACTIVE.', $metadata: {} }));

    expect(await readKnown()).toEqual([]);
  });

  test('is unknown, and not absent, when it cannot be read', async () => {
    listing();
    ecs.on(DescribeTaskSetsCommand).rejects(awsError('AccessDeniedException'));

    await expect(readKnown()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

test.each([
  ['ENABLED', true],
  ['DISABLED', undefined],
  [undefined, undefined],
] as const)('Availability Zone rebalancing %s reads as %s', async (availabilityZoneRebalancing, reads) => {
  const described = { ...service, ...(availabilityZoneRebalancing && { availabilityZoneRebalancing }) };
  ecs.on(DescribeServicesCommand).resolves({ services: [described] });

  expect((await ecsServices().read('shop', 'web')).zoneRebalancing).toBe(reads);
});

describe('room for tasks', () => {
  const full =
    '(service web) was unable to place a task because no container instance met all of its requirements.';
  const steady = '(service web) has reached a steady state.';
  const troubleAfter = async (...messages: string[]) => {
    const events = messages.map((message, index) => ({ id: `${index}`, message }));
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...service, events }] });
    return (await ecsServices().read('shop', 'web')).placementTrouble;
  };

  test('is missing when ECS said so last, newest first', async () => {
    const said = 'was unable to place a task because no container instance met all of its requirements.';

    expect(await troubleAfter(full, steady)).toBe(said);
    expect(await troubleAfter('(service web) has started 1 tasks.', full, steady)).toBe(said);
  });

  test('is found again once the service is steady, or when nothing was said', async () => {
    expect(await troubleAfter(steady, full)).toBeUndefined();
    expect(await troubleAfter()).toBeUndefined();
  });
});
