import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { Behaviour } from '../../../sim/parts.types.ts';
import {
  aWorld,
  BLUE_GROUP,
  BLUE_ID,
  BRIDGE_REVISION,
  CHECKED_REVISION,
  CLUSTER,
  definitionArn,
  GREEN_GROUP,
  INSTANCE_GROUP,
  SERVICE,
  SIDECARS_REVISION,
  setOf,
  webService,
} from './a-world.ts';

const MINUTE = 60_000;
type World = ReturnType<typeof aWorld>;

const stoppedTasks = async (world: World) => {
  const list = new ListTasksCommand({ cluster: CLUSTER, serviceName: 'web', desiredStatus: 'STOPPED' });
  const { taskArns = [] } = await world.send(list);
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await world.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }));
  return tasks;
};

const said = (world: World, pattern: RegExp) => world.events.filter(({ what }) => pattern.test(what));

describe('the run begins', () => {
  test('with the tasks of the PRIMARY set running, registered and healthy', async () => {
    const world = aWorld();

    expect(setOf(world.ecs, BLUE_ID)).toMatchObject({ status: 'PRIMARY', runningCount: 4, steady: true });
    expect(world.targets.registry.counts(BLUE_GROUP)).toEqual({ registered: 4, healthy: 4, draining: 0 });
    expect(
      world.targets.of(BLUE_GROUP).every(({ app }) => app.listensFromMs <= world.kernel.scheduler.nowMs()),
    ).toBe(true);
  });

  test('with the tasks of a service that deploys itself, which shows no task sets', async () => {
    const other = webService({
      deploymentController: { type: 'ECS' },
      taskSets: [],
      taskDefinition: definitionArn(7, 'elsewhere'),
      desiredCount: 2,
      loadBalancers: [{ targetGroupArn: BLUE_GROUP, containerName: 'web', containerPort: 9000 }],
    });

    const world = aWorld({ services: [other] });

    expect(world.targets.registry.counts(BLUE_GROUP).healthy).toBe(2);
    expect(world.targets.of(BLUE_GROUP)[0]?.target.port).toBe(9000);
    expect(world.ecs.taskSets()).toEqual([]);
  });
});

describe('a healthy task', () => {
  test('is registered after it is RUNNING, and listens after its boot', async () => {
    const world = aWorld({ behaviours: { 2: { startMs: 40_000, bootMs: 9_000 } } });
    await world.createGreen();

    await world.pass(MINUTE);
    const [running] = said(world, /is RUNNING/);
    const registeredAtMs = world.targets.of(GREEN_GROUP)[0]?.atMs ?? 0;

    const waitedMs = registeredAtMs - (running?.atMs ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(1_000);
    expect(waitedMs).toBeLessThanOrEqual(2_000 + 20_000);
    expect(world.targets.of(GREEN_GROUP)[0]?.app.listensFromMs).toBeGreaterThanOrEqual(
      (running?.atMs ?? 0) + 9_000,
    );
  });

  test('does not start in lockstep with its siblings, and the same seed gives the same instants', async () => {
    const instants = async (seed: number) => {
      const world = aWorld({ seed });
      await world.createGreen();
      await world.pass(2 * MINUTE);
      return said(world, /is RUNNING/).map(({ atMs, what }) => `${atMs} ${what}`);
    };

    const first = await instants(7);

    expect(new Set(first).size).toBe(4);
    expect(await instants(7)).toEqual(first);
    expect(await instants(8)).not.toEqual(first);
  });

  test('in awsvpc mode has an address of its own from its subnets', async () => {
    const world = aWorld();
    await world.createGreen();
    await world.pass(2 * MINUTE);

    const targets = [...world.targets.of(BLUE_GROUP), ...world.targets.of(GREEN_GROUP)].map(
      ({ target }) => target,
    );

    expect(new Set(targets.map(({ id }) => id)).size).toBe(8);
    expect(targets.every(({ id, port }) => /^10\.\d+\.\d+\.\d+$/.test(id) && port === 8080)).toBe(true);
  });

  test('in bridge mode has a port of its own on a container instance', async () => {
    const world = aWorld();
    await world.createGreen({
      taskDefinition: definitionArn(BRIDGE_REVISION),
      launchType: 'EC2',
      networkConfiguration: undefined,
      loadBalancers: [{ targetGroupArn: INSTANCE_GROUP, containerName: 'web', containerPort: 8080 }],
    });
    await world.pass(2 * MINUTE);

    const targets = world.targets.of(INSTANCE_GROUP).map(({ target }) => target);

    expect(new Set(targets.map(({ id }) => id)).size).toBe(3);
    expect(new Set(targets.map(({ port }) => port)).size).toBe(4);
    expect(targets.every(({ id, port }) => id.startsWith('i-') && port > 49_000)).toBe(true);
  });
});

describe('scaling', () => {
  test('moves every task set, and takes the youngest tasks away', async () => {
    const world = aWorld();
    const green = await world.createGreen();
    await world.pass(2 * MINUTE);

    world.ecs.setDesiredCount(SERVICE, 6);
    await world.pass(2 * MINUTE);
    expect([BLUE_ID, green.id].map((id) => setOf(world.ecs, id).runningCount)).toEqual([6, 6]);
    const oldest = world.targets.of(BLUE_GROUP).slice(0, 2);
    world.ecs.setDesiredCount(SERVICE, 2);

    expect(oldest.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
    expect([BLUE_ID, green.id].map((id) => setOf(world.ecs, id).runningCount)).toEqual([2, 2]);
    expect(world.targets.registry.counts(BLUE_GROUP)).toMatchObject({ registered: 2, draining: 4 });
  });

  test('away a task that runs but is not registered yet never makes it a target', async () => {
    const world = aWorld({ services: [webService({ desiredCount: 1 })] });
    const green = await world.createGreen();
    await world.kernel.scheduler.run(() => said(world, /is RUNNING/).length > 0);

    world.ecs.setDesiredCount(SERVICE, 0);
    await world.pass(MINUTE);

    expect(world.targets.of(GREEN_GROUP)).toEqual([]);
    expect(setOf(world.ecs, green.id)).toMatchObject({ runningCount: 0, steady: true });
  });

  test('starts a large set in batches', async () => {
    const world = aWorld({ services: [webService({ desiredCount: 25 })] });

    const green = await world.createGreen();
    await world.pass(1_000);
    const soon = setOf(world.ecs, green.id).pendingCount;
    await world.pass(5_000);

    expect([soon, setOf(world.ecs, green.id).pendingCount]).toEqual([10, 25]);
  });
});

describe('a task that fails', () => {
  const crash: Partial<Behaviour> = { crash: { afterMs: 20_000, exitCode: 3, reason: 'panic' } };

  test('by a crash keeps its target for a moment, says why, and is replaced', async () => {
    const world = aWorld({ behaviours: { 2: crash }, services: [webService({ desiredCount: 1 })] });
    await world.createGreen();

    await world.pass(2 * MINUTE);
    const changes = world.targets.changes.filter(({ targetGroupArn }) => targetGroupArn === GREEN_GROUP);
    const goneAtMs = changes.find(({ what }) => what === 'appChanged')?.atMs ?? 0;
    const leftAtMs = changes.find(({ what }) => what === 'draining')?.atMs ?? 0;
    const [stopped] = await stoppedTasks(world);

    expect(leftAtMs - goneAtMs).toBeGreaterThanOrEqual(1_000);
    expect(leftAtMs - goneAtMs).toBeLessThanOrEqual(5_000);
    expect(stopped).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'web', image: 'shop/web:2', exitCode: 3, reason: 'panic' }],
    });
    expect(said(world, /is PROVISIONING \(web:2\)/).length).toBeGreaterThan(1);
  });

  test('by a crash is never throttled: throttling is for tasks that do not reach RUNNING', async () => {
    const world = aWorld({ behaviours: { 2: crash }, services: [webService({ desiredCount: 1 })] });
    await world.createGreen();

    await world.pass(30 * MINUTE);
    const starts = said(world, /is PROVISIONING \(web:2\)/).map(({ atMs }) => atMs);
    const pauses = starts.slice(1).map((atMs, index) => atMs - (starts[index] ?? 0));

    expect(pauses.length).toBeGreaterThan(20);
    expect(Math.max(...pauses)).toBeLessThan(90_000);
  });

  test('by an image that cannot be pulled never runs, says so, and is retried ever more slowly', async () => {
    const cannotStart = {
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: no such image',
    };
    const world = aWorld({ behaviours: { 2: { cannotStart } }, services: [webService({ desiredCount: 1 })] });
    const green = await world.createGreen();

    await world.pass(30 * MINUTE);
    const starts = said(world, /is PROVISIONING \(web:2\)/).map(({ atMs }) => atMs);
    const pauses = starts.slice(1).map((atMs, index) => atMs - (starts[index] ?? 0));
    const [stopped] = await stoppedTasks(world);

    expect(pauses.at(-1)).toBeGreaterThan(3 * (pauses[0] ?? 0));
    expect(stopped).toMatchObject(cannotStart);
    expect(world.targets.of(GREEN_GROUP)).toEqual([]);
    expect(setOf(world.ecs, green.id)).toMatchObject({ runningCount: 0, steady: false });
  });

  test('to start no more is replaced without a pause again', async () => {
    const cannotStart = {
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: no such image',
    };
    const behaviours: Record<number, Partial<Behaviour>> = { 2: { cannotStart, startMs: 10_000 } };
    const world = aWorld({ behaviours, services: [webService({ desiredCount: 1 })] });
    const green = await world.createGreen();
    await world.pass(10 * MINUTE);

    behaviours[2] = { startMs: 10_000 };
    await world.pass(27 * MINUTE);
    world.ecs.killTask('green');
    await world.pass(45_000);

    expect(setOf(world.ecs, green.id)).toMatchObject({ runningCount: 1, steady: true });
  });

  test('its load balancer health checks is drained, stopped and replaced', async () => {
    const world = aWorld({
      behaviours: { 2: { answersHealthCheck: () => false } },
      services: [webService({ desiredCount: 1 })],
    });
    const green = await world.createGreen();

    await world.pass(3 * MINUTE);
    const [first] = await stoppedTasks(world);

    expect(first).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${GREEN_GROUP})`,
      startedBy: green.id,
    });
    expect(said(world, /is PROVISIONING \(web:2\)/).length).toBeGreaterThan(1);
    expect(setOf(world.ecs, green.id).steady).toBe(false);
  });

  test('its health checks within the grace period is left alone until that is over', async () => {
    const world = aWorld({
      behaviours: { 2: { answersHealthCheck: () => false } },
      services: [webService({ desiredCount: 1, healthCheckGracePeriodSeconds: 300 })],
    });
    await world.createGreen();

    await world.pass(5 * MINUTE);
    const early = await stoppedTasks(world);
    await world.pass(3 * MINUTE);

    expect(early).toEqual([]);
    expect(await stoppedTasks(world)).toHaveLength(1);
  });

  test('for a moment only, as the balancer sees it, is spared when it has recovered before ECS reads', async () => {
    const world = aWorld();

    world.targets.turn(BLUE_GROUP, 0, 'unhealthy');
    expect(setOf(world.ecs, BLUE_ID).steady).toBe(false);
    world.targets.turn(BLUE_GROUP, 0, 'healthy');
    await world.pass(2 * MINUTE);

    expect(setOf(world.ecs, BLUE_ID)).toMatchObject({ steady: true, runningCount: 4 });
    expect(await stoppedTasks(world)).toEqual([]);
  });
});

describe('the container health check', () => {
  const green = { taskDefinition: definitionArn(CHECKED_REVISION) };

  test('must pass too before the task set is steady', async () => {
    const world = aWorld({ behaviours: { [CHECKED_REVISION]: { startMs: 10_000, bootMs: 25_000 } } });
    const { id } = await world.createGreen(green);

    await world.pass(30_000);
    const before = setOf(world.ecs, id);
    await world.pass(30_000);

    expect(world.targets.registry.counts(GREEN_GROUP).healthy).toBe(4);
    expect(before).toMatchObject({ runningCount: 4, steady: false });
    expect(setOf(world.ecs, id).steady).toBe(true);
    expect(said(world, / is HEALTHY by its container/)).toHaveLength(4);
  });

  test('kills a task after so many failures in a row, not counting the start period', async () => {
    const world = aWorld({
      behaviours: { [CHECKED_REVISION]: { startMs: 10_000, answersHealthCheck: () => false } },
      services: [webService({ desiredCount: 1 })],
    });
    await world.createGreen(green);

    await world.pass(90_000);
    const running = said(world, /is RUNNING/)[0]?.atMs ?? 0;
    const [verdict] = said(world, / is UNHEALTHY by its container/);
    const [killed] = said(world, /is deregistered/);

    // Start period 20 s, then the checks at 20, 30 and 40 s.
    expect((verdict?.atMs ?? 0) - running).toBe(40_000);
    expect(killed?.why).toBe('Task failed container health checks');
  });

  test('is run where the task runs, each interval, also while it passes', async () => {
    const asked: number[] = [];
    const world = aWorld({
      services: [webService({ desiredCount: 1 })],
      taskHost: {
        start: (_task, { running }) => running(),
        stop: (_task, _timeoutMs, stopped) => stopped(0),
        kill: () => {},
        checkContainer: (_task, _container, timeoutMs, conclude) => {
          asked.push(timeoutMs);
          conclude(asked.length < 4);
          return true;
        },
      },
    });
    await world.createGreen(green);

    await world.pass(150_000);
    const [healthy] = said(world, / is HEALTHY by its container/);
    const [verdict] = said(world, / is UNHEALTHY by its container/);

    // Passed at 10, 20 and 30 s; failed at 40, 50 and 60 s.
    expect((verdict?.atMs ?? 0) - (healthy?.atMs ?? 0)).toBe(50_000);
    expect(new Set(asked)).toEqual(new Set([5_000]));
  });

  describe('of several containers', () => {
    const withFailing = async (failing: string) => {
      const world = aWorld({
        services: [webService({ desiredCount: 1 })],
        taskHost: {
          start: (_task, { running }) => running(),
          stop: (_task, _timeoutMs, stopped) => stopped(0),
          kill: () => {},
          checkContainer: (_task, container, _timeoutMs, conclude) => {
            conclude(container !== failing);
            return true;
          },
        },
      });
      const { id } = await world.createGreen({ taskDefinition: definitionArn(SIDECARS_REVISION) });
      await world.pass(45_000);
      const taskArn = world.targets.of(GREEN_GROUP)[0]?.app.taskArn ?? '';
      const { tasks } = await world.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [taskArn] }));
      await world.pass(60_000);
      return { world, task: tasks?.[0], set: setOf(world.ecs, id) };
    };
    const healthOf = (task: Task | undefined) => [
      task?.healthStatus,
      ...(task?.containers ?? []).map(({ name, healthStatus }) => `${name} ${healthStatus}`),
    ];

    test('any essential one that fails takes its task down', async () => {
      const { world, task } = await withFailing('proxy');

      expect(healthOf(task)).toEqual(['UNKNOWN', 'web HEALTHY', 'proxy UNKNOWN', 'logs HEALTHY']);
      expect(said(world, /is deregistered/)[0]?.why).toBe('Task failed container health checks');
    });

    test('one that is not essential is reported, and its task lives', async () => {
      const { world, task, set } = await withFailing('logs');

      expect(healthOf(task)).toEqual(['HEALTHY', 'web HEALTHY', 'proxy HEALTHY', 'logs UNKNOWN']);
      expect(said(world, /is deregistered/)).toEqual([]);
      expect(set.steady).toBe(true);
    });
  });

  test('finds out when a healthy task turns bad, and costs no events while nothing changes', async () => {
    const world = aWorld({
      behaviours: {
        [CHECKED_REVISION]: {
          startMs: 10_000,
          answersHealthCheck: (sinceMs) => sinceMs < 48 * 60 * MINUTE,
          changesAtMs: [48 * 60 * MINUTE],
        },
      },
      services: [webService({ desiredCount: 1 })],
    });
    await world.createGreen(green);
    await world.pass(5 * MINUTE);
    let events = 0;
    world.kernel.scheduler.onSettled(() => {
      events += 1;
    });

    await world.pass(47 * 60 * MINUTE);
    const quiet = events;
    await world.pass(60 * MINUTE);

    expect(quiet).toBeLessThan(5);
    expect(said(world, /UNHEALTHY/).length).toBe(1);
  });
});

describe('faults', () => {
  test('a killed task of either colour is gone at once and replaced', async () => {
    const world = aWorld();
    const green = await world.createGreen();
    await world.pass(2 * MINUTE);

    const blueTask = world.ecs.killTask('blue');
    const greenTask = world.ecs.killTask('green', 'stopped');
    const apps = [...world.targets.of(BLUE_GROUP), ...world.targets.of(GREEN_GROUP)].map(({ app }) => app);
    const gone = apps.filter((app) => app.gone());
    await world.pass(2 * MINUTE);

    expect(gone.map(({ taskArn }) => taskArn)).toEqual([blueTask, greenTask]);
    expect(gone.map((app) => app.goneBecause?.())).toEqual(['crashed', 'stopped']);
    expect([BLUE_ID, green.id].map((id) => setOf(world.ecs, id).runningCount)).toEqual([4, 4]);
    expect((await stoppedTasks(world)).map(({ stopCode }) => stopCode)).toEqual([
      'EssentialContainerExited',
      'UserInitiated',
    ]);
  });

  test('a task can be killed by its own ARN or by the id of its task set', async () => {
    const world = aWorld();
    const last = world.targets.of(BLUE_GROUP)[3]?.app.taskArn ?? '';

    expect(world.ecs.killTask(last)).toBe(last);
    expect(world.ecs.killTask(last)).toBeUndefined();
    expect(world.ecs.killTask(BLUE_ID)).toBe(world.targets.of(BLUE_GROUP)[0]?.app.taskArn);
  });

  test('there may be nothing to kill', async () => {
    const world = aWorld();

    expect(world.ecs.killTask('green')).toBeUndefined();
    expect(world.ecs.killTask('arn:none')).toBeUndefined();
  });

  test('each moment at which a version changes is an event', async () => {
    const world = aWorld({
      behaviours: { 2: { startMs: 10_000, bootMs: 5_000, changesAtMs: [60_000] } },
      services: [webService({ desiredCount: 1 })],
    });
    await world.createGreen();
    const instants: number[] = [];
    world.kernel.scheduler.onSettled(() => void instants.push(world.kernel.scheduler.nowMs()));

    await world.pass(5 * MINUTE);
    const listensFromMs = world.targets.of(GREEN_GROUP)[0]?.app.listensFromMs ?? 0;

    expect(instants).toContain(listensFromMs);
    expect(instants).toContain(listensFromMs + 60_000);
  });
});

describe('asking for tasks', () => {
  test('lists five a page, running ones unless asked otherwise', async () => {
    const world = aWorld({ services: [webService({ desiredCount: 7 })] });
    await world.createGreen();
    await world.pass(2 * MINUTE);
    const list = (nextToken?: string) =>
      world.send(new ListTasksCommand({ cluster: CLUSTER, startedBy: BLUE_ID, nextToken }));

    const first = await list();
    const second = await list(first.nextToken);

    expect([first.taskArns?.length, second.taskArns?.length, second.nextToken]).toEqual([5, 2, undefined]);
    expect(new Set([...(first.taskArns ?? []), ...(second.taskArns ?? [])]).size).toBe(7);
  });

  test.each([
    ['serviceName', { serviceName: 'web' }],
    ['desiredStatus', { desiredStatus: 'STOPPED' as const }],
  ])('startedBy beside %s is refused', async (_what, filter) => {
    const world = aWorld();

    const list = new ListTasksCommand({ cluster: CLUSTER, startedBy: BLUE_ID, ...filter });

    await expect(world.send(list)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('a stopped task is forgotten after an hour', async () => {
    const world = aWorld();
    const taskArn = world.ecs.killTask('blue') ?? '';
    await world.pass(59 * MINUTE);
    const describe = () => world.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [taskArn] }));

    const before = await describe();
    await world.pass(2 * MINUTE);
    const after = await describe();

    expect(before.tasks).toMatchObject([{ taskArn, lastStatus: 'STOPPED', startedBy: BLUE_ID }]);
    expect(after).toMatchObject({ tasks: [], failures: [{ arn: taskArn, reason: 'MISSING' }] });
  });

  test.each([
    // The family's latest ACTIVE revision.
    ['web', CHECKED_REVISION],
    ['web:1', 1],
    [definitionArn(1), 1],
  ])('the task definition %s is revision %i', async (name, revision) => {
    const world = aWorld();

    const answer = await world.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }));

    expect(answer.taskDefinition?.revision).toBe(revision);
  });

  test('an unknown task definition is a ClientException', async () => {
    const world = aWorld();

    const read = world.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web:99' }));

    await expect(read).rejects.toMatchObject({ name: 'ClientException' });
  });
});
