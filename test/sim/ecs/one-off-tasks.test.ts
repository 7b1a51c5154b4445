import {
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import {
  aWorld,
  BRIDGE_REVISION,
  CLUSTER,
  definitionArn,
  INACTIVE_REVISION,
  network,
  SIDECARS_REVISION,
} from './a-world.ts';

const MINUTE = 60_000;
type World = ReturnType<typeof aWorld>;

const input = (more: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput => ({
  cluster: CLUSTER,
  taskDefinition: definitionArn(1),
  count: 1,
  launchType: 'FARGATE',
  networkConfiguration: network,
  ...more,
});

const run = async (world: World, more: Partial<RunTaskCommandInput> = {}) => {
  const { tasks: [task] = [] } = await world.send(new RunTaskCommand(input(more)));
  return task?.taskArn ?? '';
};

const shown = async (world: World, arn: string) => {
  const { tasks: [task] = [] } = await world.send(
    new DescribeTasksCommand({ cluster: CLUSTER, tasks: [arn] }),
  );
  return task;
};

describe('RunTask refuses', () => {
  test.each<[string, Partial<RunTaskCommandInput>, RegExp]>([
    ['an inactive definition', { taskDefinition: definitionArn(INACTIVE_REVISION) }, /inactive/],
    ['an unknown one', { taskDefinition: definitionArn(99) }, /not found/],
    ['awsvpc without a network', { networkConfiguration: undefined }, /must be provided/],
    ['a network without awsvpc', { taskDefinition: definitionArn(BRIDGE_REVISION) }, /not valid/],
    [
      'a launch type beside capacity providers',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      /launch type and capacity provider/,
    ],
    ['a long startedBy', { startedBy: 'x'.repeat(129) }, /128/],
    [
      'an override of a container that is none',
      { overrides: { containerOverrides: [{ name: 'job' }] } },
      /named job is not a container/,
    ],
  ])('%s', async (_what, more, message) => {
    await expect(run(aWorld(), more)).rejects.toThrow(message);
  });
});

describe('a client token', () => {
  const clientToken = 'deployment-1/migrate';

  test('with the same input is answered by the task that it made', async () => {
    const world = aWorld();

    expect(await run(world, { clientToken })).toBe(await run(world, { clientToken }));
  });

  test('with another input is a conflict that names the task', async () => {
    const world = aWorld();
    const made = await run(world, { clientToken });

    await expect(run(world, { clientToken, startedBy: 'somebody' })).rejects.toMatchObject({
      name: 'ConflictException',
      resourceIds: [made],
    });
  });

  test('makes another an hour after its task has stopped', async () => {
    const world = aWorld();
    const made = await run(world, { clientToken });
    await world.pass(50 * MINUTE);
    expect(await run(world, { clientToken })).toBe(made);

    await world.pass(15 * MINUTE);

    expect(await run(world, { clientToken })).not.toBe(made);
  });

  test('is not used up by a call for which there was no room', async () => {
    const world = aWorld();
    world.ecs.playTasks(() => ({
      runsMs: 1_000,
      exitCode: 0,
      refused: { times: 1, reason: 'Capacity is unavailable at this time.' },
    }));
    const first = await world.send(new RunTaskCommand(input({ clientToken })));
    expect(first).toMatchObject({
      tasks: [],
      failures: [{ reason: 'Capacity is unavailable at this time.' }],
    });

    expect(await run(world, { clientToken })).not.toBe('');
  });
});

describe('the task', () => {
  test('runs its program to the end, and its exit code is shown for an hour', async () => {
    const world = aWorld();
    const environment = [{ name: 'RUNS', value: '90000' }];
    world.ecs.playTasks(({ RUNS }) => ({ runsMs: Number(RUNS), exitCode: 3 }));
    const arn = await run(world, {
      startedBy: 'cutover',
      overrides: { containerOverrides: [{ name: 'web', environment }] },
    });
    expect(await shown(world, arn)).toMatchObject({ lastStatus: 'PROVISIONING', group: 'family:web' });

    await world.pass(MINUTE);
    expect(await shown(world, arn)).toMatchObject({ lastStatus: 'RUNNING' });
    const list = new ListTasksCommand({ cluster: CLUSTER, startedBy: 'cutover' });
    expect((await world.send(list)).taskArns).toEqual([arn]);

    await world.pass(2 * MINUTE);
    expect(await shown(world, arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ name: 'web', exitCode: 3 }],
    });

    await world.pass(60 * MINUTE);
    expect(await shown(world, arn)).toBeUndefined();
  });

  test('that cannot start has no exit code', async () => {
    const world = aWorld();
    world.ecs.playTasks(() => ({ runsMs: 0, exitCode: 0, cannotStart: 'CannotPullContainerError: no' }));
    const arn = await run(world);

    await world.pass(MINUTE);

    const task = await shown(world, arn);
    expect(task).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: no',
    });
    expect(task?.containers?.[0]?.exitCode).toBeUndefined();
  });

  test('is stopped with the reason of who did it, and ends by SIGTERM', async () => {
    const world = aWorld();
    world.ecs.playTasks(() => ({ runsMs: Number.POSITIVE_INFINITY, exitCode: 0 }));
    const arn = await run(world);
    await world.pass(MINUTE);

    await world.send(new StopTaskCommand({ cluster: CLUSTER, task: arn, reason: 'it took too long' }));
    await world.pass(MINUTE);

    expect(await shown(world, arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'it took too long',
      containers: [{ exitCode: 143 }],
    });
  });

  test('whose other container ends first shows it while the deciding one still runs', async () => {
    const world = aWorld();
    world.ecs.playTasks(() => ({ runsMs: 10_000, exitCode: 0, besideExits: 1 }));
    const arn = await run(world, { taskDefinition: definitionArn(SIDECARS_REVISION) });
    const exits = async () =>
      (await shown(world, arn))?.containers?.map(({ name, exitCode }) => `${name} ${exitCode ?? '-'}`);
    const stopping = (): boolean => world.events.some(({ what }) => what.includes('is to stop'));

    await world.kernel.scheduler.run(stopping);
    expect(await exits()).toEqual(['web -', 'proxy 1', 'logs 1']);

    await world.pass(MINUTE);
    expect(await exits()).toEqual(['web 0', 'proxy 1', 'logs 1']);
  });
});
