import { CreateTaskSetCommand, DescribeServicesCommand } from '@aws-sdk/client-ecs';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import type { GreenSpec } from '../../core/vocabulary/plan.types.ts';
import { launchGreen } from '../../functions/launch-green.ts';
import { sent } from '../aws/an-invocation.ts';
import { leaseKey, TABLE } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { GREEN, NOW } from '../core/a-deployment.ts';
import { aHost, invoking } from './a-handler.ts';
import { CLUSTER, DEPLOYMENT, GREEN_ID, lease, SERVICE, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors, refusesWithoutLease } from './api-errors.ts';
import { answering } from './faults.ts';
import { ecs, sentCommands, sentOperations, writes } from './sent-commands.ts';

const run = invoking('LaunchGreen', launchGreen);
const plan = theirPlan();
const input = { lease, plan };
const beforeLaunch = (): AwsWorld => aWorld({ taskSets: [aBlueTaskSet()] });

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(beforeLaunch());
});

const creation = {
  cluster: CLUSTER,
  service: SERVICE,
  taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:8',
  clientToken: DEPLOYMENT,
  externalId: DEPLOYMENT,
  scale: { value: 100, unit: 'PERCENT' },
  loadBalancers: [{ targetGroupArn: GREEN, containerName: 'web', containerPort: 8080 }],
  tags: [{ key: 'cutover:deployment', value: DEPLOYMENT }],
};

test('green is created at full scale, its token and label are the deployment’s id', async () => {
  const launched = await run(input);

  expect(launched).toEqual({
    taskSetId: GREEN_ID,
    taskSetArn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/2',
    launchedAtMs: NOW,
    adopted: false,
  });
  expect(sentCommands()).toStrictEqual([
    ['DescribeServices', { cluster: CLUSTER, services: [SERVICE] }],
    ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }],
    ['CreateTaskSet', creation],
  ]);
});

describe('another deployment of the service, of another installation', () => {
  const theirs = (id: string, createdAtMs: number) =>
    aGreenTaskSet({ id, externalId: 'deploy-7', createdAt: new Date(createdAtMs) });
  test('that was there first: nothing is launched', async () => {
    world.taskSets.push(theirs('ecs-svc/7', NOW - 5_000));

    await expect(run(input)).rejects.toMatchObject({
      name: 'ServiceBusy',
      message: expect.stringMatching(
        /^expected no other .* found ecs-svc\/7 \(made by deploy-7\): .*nothing is launched/,
      ),
    });
    expect(writes()).toEqual([]);
  });

  test.each([
    ['is being deleted', { status: 'DRAINING' }],
    ['registers its tasks elsewhere', { loadBalancers: [{ targetGroupArn: 'arn:another' }] }],
  ])('whose task set %s is in nobody’s way', async (_how, changes) => {
    world.taskSets.push({ ...theirs('ecs-svc/7', NOW - 5_000), ...changes });

    expect(await run(input)).toMatchObject({ adopted: false });
  });

  test('is found by a repeat whose first try died behind the creation', async () => {
    world.taskSets.push(
      theirs('ecs-svc/7', NOW - 5_000),
      aGreenTaskSet({ createdAt: new Date(NOW - 4_000) }),
    );

    await expect(run(input)).rejects.toMatchObject({ name: 'ServiceBusy' });
  });
});

test('what somebody else gave the id is not green when it runs another version', async () => {
  const taskDefinition = 'arn:aws:ecs:eu-west-1:1:task-definition/shop:9';
  world.taskSets.push({ ...aGreenTaskSet({ id: 'ecs-svc/7', taskDefinition, loadBalancers: [] }) });

  expect(await run(input)).toMatchObject({ adopted: false });
  expect(sentOperations()).toContain('CreateTaskSet');
});

const network = { subnets: ['subnet-a'], securityGroups: ['sg-a'], assignPublicIp: 'DISABLED' as const };
test.each<[string, Partial<GreenSpec>, object]>([
  ['on instances, without a network of its own', { launchType: 'EC2' }, { launchType: 'EC2' }],
  [
    'on Fargate',
    { launchType: 'FARGATE', platformVersion: '1.4.0', network },
    {
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      networkConfiguration: { awsvpcConfiguration: network },
    },
  ],
  [
    'by a capacity provider strategy',
    { capacityProviders: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }] },
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }] },
  ],
])('green is launched %s as the plan says', async (_how, spec, expected) => {
  await run({ lease, plan: { ...plan, green: { ...plan.green, ...spec } } });

  expect(sent(ecs, CreateTaskSetCommand)).toStrictEqual([{ ...creation, ...expected }]);
});

describe('a task set with this deployment’s id', () => {
  test('is adopted with the time it was made, and nothing is created', async () => {
    world.taskSets.push(aGreenTaskSet({ id: 'ecs-svc/7', createdAt: new Date(NOW - 5_000) }));

    const launched = await run(input, aHost({ nowMs: NOW + 60_000 }));

    expect(launched).toEqual({
      taskSetId: 'ecs-svc/7',
      taskSetArn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/2',
      launchedAtMs: NOW - 5_000,
      adopted: true,
    });
    expect(sentOperations()).toEqual(['DescribeServices']);
  });

  test('is not adopted while it is being deleted', async () => {
    world.taskSets.push(aGreenTaskSet({ status: 'DRAINING' }));

    await run(input);

    expect(ecs).toHaveReceivedCommandTimes(CreateTaskSetCommand, 1);
  });

  test.each([
    ['another deployment’s', 'deploy-7'],
    ['nobody’s', undefined],
  ])('is not taken for %s', async (_whose, externalId) => {
    const { externalId: _ours, ...anonymous } = aGreenTaskSet({ loadBalancers: [] });
    world.taskSets.push({ ...anonymous, ...(externalId === undefined ? {} : { externalId }) });

    expect(await run(input)).toMatchObject({ adopted: false, taskSetId: 'ecs-svc/3' });
  });
});

test('a launch whose answer was lost in an earlier invocation makes no twin', async () => {
  // The read that should have found it is answered by a copy that lags: only the token stands in the way of a twin.
  world.taskSets.push(aGreenTaskSet());
  const stale = { clusterArn: CLUSTER, serviceArn: SERVICE, serviceName: 'shop', taskSets: [aBlueTaskSet()] };
  answering(ecs, DescribeServicesCommand, () => ({ services: [stale] }));

  expect(await run(input)).toMatchObject({ taskSetId: GREEN_ID });
  expect(world.taskSets).toHaveLength(2);
  expect(writes()).toHaveLength(1);
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: beforeLaunch(), input }) };
  changesNothingTheSecondTime<'LaunchGreen'>(situation);
  refusesWithoutLease<'LaunchGreen'>(situation);
  meetsApiErrors<'LaunchGreen'>({
    ...situation,
    operations: ['DescribeServices', 'GetItem', 'CreateTaskSet'],
  });
});
