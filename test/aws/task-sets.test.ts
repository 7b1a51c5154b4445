import {
  CreateTaskSetCommand,
  DeleteTaskSetCommand,
  DescribeTaskSetsCommand,
  DescribeTasksCommand,
  ECSClient,
  InvalidParameterException,
  ListTasksCommand,
  ServiceNotFoundException,
  type Task,
  type TaskSet,
  TaskSetNotFoundException,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTaskSets } from '../../aws/task-sets.ts';
import type { GreenSpec } from '../../core/vocabulary/plan.types.ts';
import { anInvocation, awsError, lostResponse, pageOf, sent } from './an-invocation.ts';

const ecsClient = new ECSClient();
const ecs = mockClient(ecsClient);
const taskSets = (invocation = anInvocation()) => makeTaskSets(ecsClient, invocation.call);

beforeEach(() => ecs.reset());

const service = {
  clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop',
  serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/shop/web',
};
const named = { cluster: service.clusterArn, service: service.serviceArn };
const ID = 'ecs-svc/1234567890123456789';
const TASK_DEFINITION = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:8';
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/2';
const answered: TaskSet = {
  id: ID,
  taskSetArn: 'arn:task-set',
  taskDefinition: TASK_DEFINITION,
  status: 'ACTIVE',
};
const details = { message: 'said ECS', $metadata: {} };

describe('reading a task set', () => {
  test('asks for it by id', async () => {
    ecs.on(DescribeTaskSetsCommand).resolves({ taskSets: [answered] });

    const observed = await taskSets().read(service, ID);

    expect(sent(ecs, DescribeTaskSetsCommand)).toEqual([{ ...named, taskSets: [ID] }]);
    expect(observed).toMatchObject({ id: ID, status: 'ACTIVE', taskDefinitionArn: TASK_DEFINITION });
  });

  test.each([
    ['MISSING in a successful answer', { taskSets: [], failures: [{ arn: 'a', reason: 'MISSING' }] }],
    ['absent from a successful answer', {}],
  ])('that is %s gives null', async (_how, answer) => {
    ecs.on(DescribeTaskSetsCommand).resolves(answer);

    expect(await taskSets().read(service, ID)).toBeNull();
  });

  test('that ECS does not find gives null', async () => {
    ecs.on(DescribeTaskSetsCommand).rejects(new TaskSetNotFoundException(details));

    expect(await taskSets().read(service, ID)).toBeNull();
  });

  test.each([
    [
      new InvalidParameterException({ message: 'Task Set Identifier is invalid', $metadata: {} }),
      'NotFound',
      'expected an id like ecs-svc/',
    ],
    [new InvalidParameterException({ message: 'other', $metadata: {} }), 'Rejected', 'other'],
    // Only a missing task set is null: with a missing service nothing is known of the set.
    [new ServiceNotFoundException(details), 'NotFound', 'ServiceNotFoundException'],
    [awsError('AccessDeniedException'), 'AccessDenied', 'ecs:DescribeTaskSets'],
    [awsError('ThrottlingException'), 'Throttled', 'still limited the rate'],
  ])('refused with %s is %s, never null', async (error, name, part) => {
    ecs.on(DescribeTaskSetsCommand).rejects(error);

    await expect(taskSets().read(service, ID)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(part),
    });
  });

  test('that fails for another reason in a successful answer is Rejected', async () => {
    ecs.on(DescribeTaskSetsCommand).resolves({ failures: [{ reason: 'LOCKED' }] });

    await expect(taskSets().read(service, ID)).rejects.toMatchObject({
      name: 'Rejected',
      message: expect.stringContaining('LOCKED'),
    });
  });

  test('both colours’ are asked for in one call; one that is gone is null, and the other is there', async () => {
    ecs
      .on(DescribeTaskSetsCommand)
      .callsFake(({ taskSets: [first] }: { taskSets: string[] }) =>
        first === ID
          ? { taskSets: [answered], failures: [{ arn: 'arn:other', reason: 'MISSING' }] }
          : { taskSets: [], failures: [{ arn: 'arn:other', reason: 'MISSING' }] },
      );
    const { read } = taskSets();

    const [one, other] = await Promise.all([read(service, ID), read(service, 'ecs-svc/2')]);

    expect(one).toMatchObject({ id: ID });
    expect(other).toBeNull();
    expect(sent(ecs, DescribeTaskSetsCommand)).toEqual([
      { ...named, taskSets: [ID, 'ecs-svc/2'] },
      { ...named, taskSets: ['ecs-svc/2'] },
    ]);
  });
});

describe('creating a task set', () => {
  const spec: GreenSpec = {
    taskDefinitionArn: TASK_DEFINITION,
    images: [],
    targetGroupArn: GROUP,
    containerName: 'web',
    containerPort: 8080,
  };
  const always = {
    ...named,
    taskDefinition: TASK_DEFINITION,
    clientToken: 'release-42',
    externalId: 'release-42',
    scale: { value: 100, unit: 'PERCENT' },
    loadBalancers: [{ targetGroupArn: GROUP, containerName: 'web', containerPort: 8080 }],
    tags: [{ key: 'cutover:deployment', value: 'release-42' }],
  };
  const network = { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' as const };
  const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];
  const registries = [{ registryArn: 'arn:registry', port: 80 }];

  test.each<[string, Partial<GreenSpec>, object]>([
    ['the least', {}, {}],
    ['a network', { network }, { networkConfiguration: { awsvpcConfiguration: network } }],
    [
      'a launch type',
      { launchType: 'FARGATE', platformVersion: '1.4.0' },
      { launchType: 'FARGATE', platformVersion: '1.4.0' },
    ],
    [
      'capacity providers, which exclude the launch type',
      { launchType: 'FARGATE', capacityProviders: spot },
      { capacityProviderStrategy: spot },
    ],
    ['service registries', { serviceRegistries: registries }, { serviceRegistries: registries }],
  ])('sends %s', async (_what, changes, expected) => {
    ecs.on(CreateTaskSetCommand).resolves({ taskSet: answered });

    const created = await taskSets().create(service, { ...spec, ...changes }, 'release-42', 100);

    expect(sent(ecs, CreateTaskSetCommand)).toStrictEqual([{ ...always, ...expected }]);
    expect(created.id).toBe(ID);
  });

  // Trap: "retrying it after a timeout creates set no. 2 of 5".
  test('after a lost answer repeats the token, so that there is one task set', async () => {
    const made = new Map<string, TaskSet>();
    let answers = 0;
    ecs.on(CreateTaskSetCommand).callsFake((input) => {
      if (!made.has(input.clientToken))
        made.set(input.clientToken, { ...answered, id: `ecs-svc/${made.size + 1}` });
      answers += 1;
      if (answers === 1) throw lostResponse();
      return { taskSet: made.get(input.clientToken) };
    });
    const verbs = taskSets();

    const first = await verbs.create(service, spec, 'release-42', 100);
    const second = await verbs.create(service, spec, 'release-42', 100);

    expect(answers).toBe(3);
    expect([...made.keys()]).toEqual(['release-42']);
    expect(second).toEqual(first);
  });

  test.each([
    [
      new InvalidParameterException({ message: '5 deployments exist on the service.', $metadata: {} }),
      'Conflict',
      'all five task sets',
    ],
    [awsError('LimitExceededException', 'too many tasks'), 'Rejected', 'quota of Amazon ECS is used up'],
    [
      awsError('AccessDeniedException', 'x is not authorized to perform: iam:PassRole on resource: y'),
      'AccessDenied',
      'Allow iam:PassRole',
    ],
  ])('refused with %s is %s, without a second try', async (error, name, part) => {
    ecs.on(CreateTaskSetCommand).rejects(error);

    await expect(taskSets().create(service, spec, 'release-42', 100)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(part),
    });
    expect(ecs).toHaveReceivedCommandTimes(CreateTaskSetCommand, 1);
  });

  const unattached = new InvalidParameterException({
    message: 'The target group does not have an associated load balancer.',
    $metadata: {},
  });

  test('a load balancer that ECS does not see yet is waited for', async () => {
    ecs
      .on(CreateTaskSetCommand)
      .rejectsOnce(unattached)
      .rejectsOnce(unattached)
      .resolves({ taskSet: answered });

    expect(await taskSets().create(service, spec, 'release-42', 100)).toMatchObject({ id: ID });
  });

  test('a load balancer that ECS never sees is a failure that a later try may cure, and bounded', async () => {
    ecs.on(CreateTaskSetCommand).rejects(unattached);

    await expect(taskSets().create(service, spec, 'release-42', 100)).rejects.toMatchObject({
      name: 'Unavailable',
      message: expect.stringContaining('check that the listener still forwards to the group'),
    });
    expect(ecs).toHaveReceivedCommandTimes(CreateTaskSetCommand, 12);
  });
});

describe('changing a task set', () => {
  test('to zero is absolute', async () => {
    ecs.on(UpdateTaskSetCommand).rejectsOnce(lostResponse()).resolves({});

    await taskSets().scaleToZero(service, ID);

    const input = { ...named, taskSet: ID, scale: { value: 0, unit: 'PERCENT' } };
    expect(sent(ecs, UpdateTaskSetCommand)).toEqual([input, input]);
  });

  test('to PRIMARY names it', async () => {
    ecs.on(UpdateServicePrimaryTaskSetCommand).resolves({});

    await taskSets().makePrimary(service, ID);

    expect(sent(ecs, UpdateServicePrimaryTaskSetCommand)).toEqual([{ ...named, primaryTaskSet: ID }]);
  });

  test('deleting is not forced unless asked for', async () => {
    ecs.on(DeleteTaskSetCommand).resolves({});

    await taskSets().delete(service, ID);

    expect(sent(ecs, DeleteTaskSetCommand)).toStrictEqual([{ ...named, taskSet: ID }]);

    await taskSets().delete(service, ID, { force: true });

    expect(sent(ecs, DeleteTaskSetCommand)[1]).toStrictEqual({ ...named, taskSet: ID, force: true });
  });

  test('deleting one that is gone is a success, also when the first answer was lost', async () => {
    ecs.on(DeleteTaskSetCommand).rejectsOnce(lostResponse()).rejects(new TaskSetNotFoundException(details));

    await taskSets().delete(service, ID);

    expect(ecs).toHaveReceivedCommandTimes(DeleteTaskSetCommand, 2);
  });

  test.each([
    ['a service that is not found', new ServiceNotFoundException(details), 'NotFound'],
    [
      'a refusal',
      new InvalidParameterException({ message: 'The primary task set cannot be deleted', $metadata: {} }),
      'Rejected',
    ],
  ])('deleting with %s is an error', async (_what, error, name) => {
    ecs.on(DeleteTaskSetCommand).rejects(error);

    await expect(taskSets().delete(service, ID)).rejects.toMatchObject({ name });
  });
});

describe('stopped tasks', () => {
  test('say why on one line, with nothing of it lost', async () => {
    const task: Task = {
      taskArn: 'task-1',
      startedBy: ID,
      stoppedReason: 'CannotPullContainerError:\npull access denied\n',
      containers: [{ name: 'web', reason: 'panic:\n  at main' }],
    };
    ecs
      .on(ListTasksCommand)
      .resolves({ taskArns: ['task-1'] })
      .on(DescribeTasksCommand)
      .resolves({ tasks: [task] });

    expect(await taskSets().stoppedTasks(service, ID)).toMatchObject([
      {
        stoppedReason: 'CannotPullContainerError:\\npull access denied\\n',
        containers: [{ reason: 'panic:\\n  at main' }],
      },
    ]);
  });

  const stopped = (index: number, startedBy = ID): Task => ({
    taskArn: `task-${index}`,
    startedBy,
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    stoppedAt: new Date(index * 1_000),
    containers: [{ name: 'web', image: 'shop/web:8', exitCode: 137, reason: 'OutOfMemoryError' }],
  });

  test('are listed by service to the last page, described a hundred at a time, and only those of the set are kept', async () => {
    const all = Array.from({ length: 212 }, (_, index) => stopped(index, index % 2 === 0 ? ID : 'ecs-svc/9'));
    ecs.on(ListTasksCommand).callsFake((input) => {
      const page = pageOf(all, input.nextToken);
      return { taskArns: page.items.map((task) => task.taskArn), nextToken: page.next };
    });
    ecs.on(DescribeTasksCommand).callsFake((input) => ({
      tasks: all.filter((task) => input.tasks.includes(task.taskArn)),
    }));

    const observed = await taskSets().stoppedTasks(service, ID);

    expect(sent(ecs, ListTasksCommand)[0]).toStrictEqual({
      cluster: service.clusterArn,
      serviceName: 'web',
      desiredStatus: 'STOPPED',
    });
    expect(sent(ecs, DescribeTasksCommand).map((input) => input.tasks?.length)).toEqual([100, 100, 12]);
    expect(observed).toHaveLength(106);
    expect(observed[0]).toEqual({
      taskArn: 'task-210',
      stoppedAtMs: 210_000,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'web', image: 'shop/web:8', exitCode: 137, reason: 'OutOfMemoryError' }],
    });
    expect(observed.map((task) => task.stoppedAtMs)).toEqual(
      observed.map((task) => task.stoppedAtMs ?? 0).sort((a, b) => b - a),
    );
  });

  test('that ECS forgot between the two calls are left out', async () => {
    ecs.on(ListTasksCommand).resolves({ taskArns: ['task-1', 'task-2'] });
    ecs
      .on(DescribeTasksCommand)
      .resolves({ tasks: [stopped(1)], failures: [{ arn: 'task-2', reason: 'MISSING' }] });

    expect((await taskSets().stoppedTasks(service, ID)).map((task) => task.taskArn)).toEqual(['task-1']);
  });

  test('are not described when there are none', async () => {
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });

    expect(await taskSets().stoppedTasks(service, ID)).toEqual([]);
    expect(ecs).not.toHaveReceivedCommand(DescribeTasksCommand);
  });

  test('without a reason say so', async () => {
    ecs.on(ListTasksCommand).resolves({ taskArns: ['task-1'] });
    ecs.on(DescribeTasksCommand).resolves({ tasks: [{ taskArn: 'task-1', startedBy: ID }] });

    expect(await taskSets().stoppedTasks(service, ID)).toStrictEqual([
      { taskArn: 'task-1', stoppedReason: 'ECS gave no reason', containers: [] },
    ]);
  });
});
