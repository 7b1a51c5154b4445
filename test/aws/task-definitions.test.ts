import {
  ClientException,
  DescribeTaskDefinitionCommand,
  ECSClient,
  InvalidParameterException,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTaskDefinitions } from '../../aws/task-definitions.ts';
import { anInvocation, awsError, sent } from './an-invocation.ts';

const ecsClient = new ECSClient();
const ecs = mockClient(ecsClient);
const taskDefinitions = () => makeTaskDefinitions(ecsClient, anInvocation().call);

beforeEach(() => ecs.reset());

const TASK_DEFINITION = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7';

describe('a task definition', () => {
  test('is read with its containers, ports and health checks', async () => {
    ecs.on(DescribeTaskDefinitionCommand).resolves({
      taskDefinition: {
        taskDefinitionArn: TASK_DEFINITION,
        status: 'ACTIVE',
        networkMode: 'awsvpc',
        compatibilities: ['EC2', 'FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          {
            name: 'web',
            image: 'shop/web:7',
            stopTimeout: 60,
            portMappings: [
              { containerPort: 8080, hostPort: 8080, protocol: 'tcp' },
              { containerPortRange: '9000-9010' },
            ],
            healthCheck: { command: ['CMD', 'true'], interval: 10, startPeriod: 20 },
          },
          {
            name: 'log',
            image: 'log:1',
            portMappings: [{ containerPort: 514 }],
            healthCheck: { command: ['NONE'] },
          },
        ],
      },
    });

    const observed = await taskDefinitions().read('web:7');

    expect(sent(ecs, DescribeTaskDefinitionCommand)).toEqual([{ taskDefinition: 'web:7' }]);
    expect(observed).toStrictEqual({
      arn: TASK_DEFINITION,
      status: 'ACTIVE',
      networkMode: 'awsvpc',
      compatibilities: ['EC2', 'FARGATE'],
      cpu: '256',
      memory: '512',
      containers: [
        {
          name: 'web',
          image: 'shop/web:7',
          ports: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
          stopTimeoutSeconds: 60,
          healthCheck: { intervalSeconds: 10, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 20 },
        },
        { name: 'log', image: 'log:1', ports: [{ containerPort: 514, protocol: 'tcp' }] },
      ],
    });
  });

  test.each([
    [{ status: 'INACTIVE' as const }, { status: 'INACTIVE' }],
    [{ status: undefined }, { status: 'INACTIVE' }],
    [{ networkMode: undefined }, { networkMode: 'bridge' }],
  ])('with %o is read as %o', async (changes, expected) => {
    ecs
      .on(DescribeTaskDefinitionCommand)
      .resolves({ taskDefinition: { taskDefinitionArn: TASK_DEFINITION, status: 'ACTIVE', ...changes } });

    expect(await taskDefinitions().read('web')).toMatchObject(expected);
  });

  test.each([
    [
      new ClientException({ message: 'Unable to describe task definition.', $metadata: {} }),
      'NotFound',
      'no such revision',
    ],
    [
      new InvalidParameterException({ message: 'Invalid revision number. Number: x', $metadata: {} }),
      'Rejected',
      'Invalid revision number',
    ],
    [awsError('AccessDeniedException'), 'AccessDenied', 'ecs:DescribeTaskDefinition'],
  ])('refused with %s is %s', async (error, name, part) => {
    ecs.on(DescribeTaskDefinitionCommand).rejects(error);

    await expect(taskDefinitions().read('web:99')).rejects.toMatchObject({
      name,
      message: expect.stringContaining(part),
    });
  });
});

test('volumes that are described at launch are read by name', async () => {
  ecs.on(DescribeTaskDefinitionCommand).resolves({
    taskDefinition: {
      taskDefinitionArn: TASK_DEFINITION,
      status: 'ACTIVE',
      volumes: [{ name: 'scratch' }, { name: 'data', configuredAtLaunch: true }],
    },
  });
  expect((await taskDefinitions().read('web:7')).volumesAtLaunch).toEqual(['data']);
});

describe('what Fargate runs from platform version 1.4.0 on', () => {
  const needsOf = async (changes: object) => {
    ecs.on(DescribeTaskDefinitionCommand).resolves({
      taskDefinition: { taskDefinitionArn: TASK_DEFINITION, status: 'ACTIVE', ...changes },
    });
    return (await taskDefinitions().read('web:7')).needsPlatform;
  };

  test.each([
    [{}, undefined],
    [{ volumes: [{ name: 'scratch' }] }, undefined],
    [{ volumes: [{ name: 'shared', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }] }, ['an EFS volume']],
    [
      { ephemeralStorage: { sizeInGiB: 50 }, runtimePlatform: { cpuArchitecture: 'ARM64' } },
      ['ephemeralStorage', 'ARM64'],
    ],
    [
      {
        ephemeralStorage: { sizeInGiB: 50 },
        runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
      },
      undefined,
    ],
  ])('%j: %j', async (changes, needs) => {
    expect(await needsOf(changes)).toEqual(needs);
  });
});
