import {
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  DescribeTaskSetsCommand,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import {
  aWorld,
  BLUE_ID,
  BRIDGE_REVISION,
  CLUSTER,
  definitionArn,
  GREEN_GROUP,
  INACTIVE_REVISION,
  INSTANCE_GROUP,
  network,
  SERVICE,
  setOf,
  UNATTACHED_GROUP,
  VOLUME_REVISION,
  webService,
} from './a-world.ts';

const names = { cluster: CLUSTER, service: SERVICE };
const balancer = { targetGroupArn: GREEN_GROUP, containerName: 'web', containerPort: 8080 };
const MINUTE = 60_000;

describe('creating a task set', () => {
  test('it runs its tasks, which become targets and make it steady', async () => {
    const world = aWorld();

    const created = await world.createGreen();
    expect(created).toMatchObject({
      status: 'ACTIVE',
      externalId: 'deployment-1',
      stabilityStatus: 'STABILIZING',
    });
    await world.pass(2 * MINUTE);

    expect(setOf(world.ecs, created.id)).toMatchObject({ runningCount: 4, pendingCount: 0, steady: true });
    expect(world.targets.registry.counts(GREEN_GROUP).healthy).toBe(4);
  });

  test('without a scale it is made at 0 PERCENT, steady and useless', async () => {
    const world = aWorld();

    const created = await world.createGreen({ scale: undefined });
    await world.pass(2 * MINUTE);

    expect(created.scale).toEqual({ value: 0, unit: 'PERCENT' });
    expect(setOf(world.ecs, created.id)).toMatchObject({
      computedDesiredCount: 0,
      runningCount: 0,
      steady: true,
    });
  });

  test.each([
    [4, 1, 1],
    [4, 25, 1],
    [4, 26, 2],
    [3, 40, 2],
    [10, 70, 7],
    [0, 100, 0],
  ])('of %i desired tasks %i %% is %i, rounded up', async (desiredCount, value, wanted) => {
    const world = aWorld({ services: [webService({ desiredCount })] });

    const created = await world.createGreen({ scale: { value, unit: 'PERCENT' } });

    expect(created.computedDesiredCount).toBe(wanted);
  });

  test('the same clientToken with the same parameters answers the first one, with others is refused', async () => {
    const world = aWorld();
    const first = await world.createGreen();

    const again = await world.createGreen();

    expect(again.id).toBe(first.id);
    expect(world.ecs.taskSets()).toHaveLength(2);
    await expect(world.createGreen({ externalId: 'deployment-2' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('clientToken'),
    });
  });

  test('without a clientToken a repeat makes a twin', async () => {
    const world = aWorld();

    const first = await world.createGreen({ clientToken: undefined });
    const again = await world.createGreen({ clientToken: undefined });

    expect(again.id).not.toBe(first.id);
    expect(world.ecs.taskSets()).toHaveLength(3);
  });

  test('a sixth one is refused as an invalid parameter, and a draining one counts', async () => {
    const world = aWorld();
    for (const clientToken of ['a', 'b', 'c']) await world.createGreen({ clientToken });
    const last = await world.createGreen({ clientToken: 'd' });
    const refusal = { name: 'InvalidParameterException', message: expect.stringContaining('maximum limit') };

    await expect(world.createGreen({ clientToken: 'e' })).rejects.toMatchObject(refusal);
    await world.pass(MINUTE);
    await world.send(new DeleteTaskSetCommand({ ...names, taskSet: last.id, force: true }));
    await expect(world.createGreen({ clientToken: 'e' })).rejects.toMatchObject(refusal);
    await world.pass(2 * MINUTE);

    expect((await world.createGreen({ clientToken: 'e' })).status).toBe('ACTIVE');
  });

  test.each([
    [
      'a group attached to no balancer',
      { loadBalancers: [{ ...balancer, targetGroupArn: UNATTACHED_GROUP }] },
      /associated load balancer/,
    ],
    [
      'a group that does not exist',
      { loadBalancers: [{ ...balancer, targetGroupArn: 'arn:none' }] },
      /does not exist/,
    ],
    ['two load balancers', { loadBalancers: [balancer, balancer] }, /at most 1/],
    [
      'awsvpc with an instance group',
      { loadBalancers: [{ ...balancer, targetGroupArn: INSTANCE_GROUP }] },
      /target type instance/,
    ],
    [
      'bridge with an ip group',
      { taskDefinition: definitionArn(BRIDGE_REVISION), networkConfiguration: undefined, launchType: 'EC2' },
      /target type ip/,
    ],
    [
      'a container that the definition does not have',
      { loadBalancers: [{ ...balancer, containerName: 'sidecar' }] },
      /container sidecar/,
    ],
    [
      'a port that the container does not have',
      { loadBalancers: [{ ...balancer, containerPort: 80 }] },
      /container port 80/,
    ],
    ['an inactive task definition', { taskDefinition: definitionArn(INACTIVE_REVISION) }, /inactive/],
    ['a volume described at launch', { taskDefinition: definitionArn(VOLUME_REVISION) }, /volume data/],
    ['an unknown task definition', { taskDefinition: definitionArn(99) }, /not found/],
    ['awsvpc without a network', { networkConfiguration: undefined }, /must be provided/],
    [
      'bridge with a network',
      { taskDefinition: definitionArn(BRIDGE_REVISION), launchType: 'EC2', networkConfiguration: network },
      /not valid/,
    ],
    [
      'a launch type the definition does not support',
      { taskDefinition: definitionArn(BRIDGE_REVISION), networkConfiguration: undefined },
      /launch_type FARGATE/,
    ],
    [
      'a launch type beside capacity providers',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      /both a launch type/,
    ],
    ['a clientToken of 37 characters', { clientToken: 'x'.repeat(37) }, /clientToken/],
    ['a scale beyond 100', { scale: { value: 101, unit: 'PERCENT' } }, /between 0 and 100/],
  ] as const)('%s is an InvalidParameterException', async (_what, more, message) => {
    const world = aWorld();

    const creation = world.createGreen(more as object);

    await expect(creation).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(message),
    });
    expect(world.ecs.taskSets()).toHaveLength(1);
  });

  test.each([
    ['an unknown cluster', { cluster: 'nowhere' }, 'ClusterNotFoundException'],
    ['an unknown service', { service: 'nothing' }, 'ServiceNotFoundException'],
  ])('%s is a %s', async (_what, more, name) => {
    const world = aWorld();

    await expect(world.createGreen(more)).rejects.toMatchObject({ name });
  });

  test('a service with its own controller has no task-set operations', async () => {
    const world = aWorld({ services: [webService({ deploymentController: { type: 'ECS' }, taskSets: [] })] });

    await expect(world.createGreen()).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('EXTERNAL'),
    });
  });

  test('an inactive service is distinguished from a missing one', async () => {
    const world = aWorld({ services: [webService({ status: 'INACTIVE' })] });

    await expect(world.createGreen()).rejects.toMatchObject({ name: 'ServiceNotActiveException' });
  });

  test('a member that is not modelled is not ignored', async () => {
    const world = aWorld();

    await expect(world.createGreen({ volumes: [] } as object)).rejects.toThrow(
      'sim does not model CreateTaskSet.volumes',
    );
  });
});

describe('the PRIMARY one', () => {
  test('it cannot be deleted without force, nor can one that is not scaled to zero', async () => {
    const world = aWorld();
    const green = await world.createGreen();
    const remove = (taskSet: string) => world.send(new DeleteTaskSetCommand({ ...names, taskSet }));

    await expect(remove(BLUE_ID)).rejects.toMatchObject({ message: expect.stringContaining('primary') });
    await expect(remove(green.id)).rejects.toMatchObject({
      message: expect.stringContaining('scaled to zero'),
    });

    expect(world.ecs.taskSets().map(({ status }) => status)).toEqual(['PRIMARY', 'ACTIVE']);
  });

  test('making another one PRIMARY demotes it and copies the parameters to the service', async () => {
    const world = aWorld();
    const green = await world.createGreen();

    await world.send(new UpdateServicePrimaryTaskSetCommand({ ...names, primaryTaskSet: green.id }));
    await world.pass(5_000);
    const { services } = await world.send(
      new DescribeServicesCommand({ cluster: CLUSTER, services: ['web'] }),
    );

    expect(world.ecs.taskSets().map(({ status }) => status)).toEqual(['ACTIVE', 'PRIMARY']);
    expect(services?.[0]).toMatchObject({ taskDefinition: definitionArn(2), loadBalancers: [balancer] });
  });
});

describe('going away', () => {
  test('scaled to zero its tasks leave the group, and only then stop', async () => {
    const world = aWorld();
    const green = await world.createGreen();
    await world.pass(2 * MINUTE);

    await world.send(
      new UpdateTaskSetCommand({ ...names, taskSet: green.id, scale: { value: 0, unit: 'PERCENT' } }),
    );
    expect(setOf(world.ecs, green.id)).toMatchObject({ runningCount: 0, computedDesiredCount: 0 });
    expect(world.targets.registry.counts(GREEN_GROUP)).toEqual({ registered: 0, healthy: 0, draining: 4 });
    await world.pass(29_000);
    const stoppedWhileDraining = world.events.filter(({ what }) => what.includes('STOPPED')).length;
    await world.pass(10_000);

    expect(stoppedWhileDraining).toBe(0);
    expect(world.events.filter(({ what }) => what.includes('STOPPED'))).toHaveLength(4);
    expect(setOf(world.ecs, green.id).status).toBe('ACTIVE');
  });

  test('deleted it is DRAINING as long as tasks drain, then gone; a repeat is harmless until then', async () => {
    const world = aWorld();
    const green = await world.createGreen();
    await world.pass(2 * MINUTE);
    const remove = () => world.send(new DeleteTaskSetCommand({ ...names, taskSet: green.id, force: true }));

    expect((await remove()).taskSet?.status).toBe('DRAINING');
    await world.pass(20_000);
    expect((await remove()).taskSet?.status).toBe('DRAINING');
    await world.pass(2 * MINUTE);

    expect(world.ecs.taskSets().map(({ id }) => id)).toEqual([BLUE_ID]);
    await expect(remove()).rejects.toMatchObject({ name: 'TaskSetNotFoundException' });
  });

  test('a deletion while its first tasks start leaves nothing behind', async () => {
    const world = aWorld();
    const green = await world.createGreen();
    await world.pass(5_000);

    await world.send(new DeleteTaskSetCommand({ ...names, taskSet: green.id, force: true }));
    await world.pass(5 * MINUTE);

    expect(world.ecs.taskSets()).toHaveLength(1);
    expect(world.targets.of(GREEN_GROUP)).toEqual([]);
  });

  test('a draining one can be neither scaled nor made PRIMARY', async () => {
    const world = aWorld();
    const green = await world.createGreen();
    await world.pass(2 * MINUTE);
    await world.send(new DeleteTaskSetCommand({ ...names, taskSet: green.id, force: true }));

    const scaling = new UpdateTaskSetCommand({ ...names, taskSet: green.id, scale: { value: 100 } });
    const promotion = new UpdateServicePrimaryTaskSetCommand({ ...names, primaryTaskSet: green.id });

    await expect(world.send(scaling)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(world.send(promotion)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('reading', () => {
  test('task sets can only be described by id; unknown ids are failures, malformed ones are refused', async () => {
    const world = aWorld();
    const unknown = 'ecs-svc/9999999999999999999';
    const read = (taskSets?: string[]) => world.send(new DescribeTaskSetsCommand({ ...names, taskSets }));

    await expect(read()).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(read(['blue'])).rejects.toMatchObject({ message: 'Task Set Identifier is invalid' });
    const answer = await read([BLUE_ID, unknown]);

    expect(answer.taskSets?.map(({ id }) => id)).toEqual([BLUE_ID]);
    expect(answer.failures).toMatchObject([{ reason: 'MISSING', arn: expect.stringContaining(unknown) }]);
  });

  test('tags come with DescribeTaskSets when asked for, never with DescribeServices', async () => {
    const world = aWorld();
    const tags = [{ key: 'cutover:deployment', value: 'deployment-1' }];
    const green = await world.createGreen({ tags });
    await world.pass(5_000);

    const plain = await world.send(new DescribeTaskSetsCommand({ ...names, taskSets: [green.id] }));
    const tagged = await world.send(
      new DescribeTaskSetsCommand({ ...names, taskSets: [green.id], include: ['TAGS'] }),
    );
    const { services } = await world.send(
      new DescribeServicesCommand({ cluster: 'shop', services: [SERVICE] }),
    );

    expect(plain.taskSets?.[0]).not.toHaveProperty('tags');
    expect(tagged.taskSets?.[0]?.tags).toEqual(tags);
    expect(services?.[0]?.taskSets?.every((set) => !('tags' in set))).toBe(true);
  });

  test('an unknown service is a failure inside a 200', async () => {
    const world = aWorld();

    const answer = await world.send(
      new DescribeServicesCommand({ cluster: CLUSTER, services: ['web', 'nothing'] }),
    );

    expect(answer.services).toHaveLength(1);
    expect(answer.failures).toEqual([{ arn: 'nothing', reason: 'MISSING' }]);
  });

  test('a task set made a moment ago may be missing in a read, and shows once the read is no longer stale', async () => {
    const world = aWorld();
    world.ecs.setStaleness(30_000, 30_000);
    const green = await world.createGreen();
    const read = () => world.send(new DescribeTaskSetsCommand({ ...names, taskSets: [green.id] }));

    const early = await read();
    await world.pass(31_000);
    const late = await read();

    expect(early.failures).toMatchObject([{ reason: 'MISSING' }]);
    expect(late.taskSets).toMatchObject([{ id: green.id, status: 'ACTIVE' }]);
  });

  test('usually a read is at most two seconds old', async () => {
    const world = aWorld();
    const green = await world.createGreen();

    await world.pass(2_000);
    const answer = await world.send(new DescribeTaskSetsCommand({ ...names, taskSets: [green.id] }));

    expect(answer.taskSets).toHaveLength(1);
  });
});
