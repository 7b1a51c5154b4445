import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { DescribeTasksCommand, ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localProblems } from '../../local/check-world.ts';
import { loadLocalFile, localFileOf } from '../../local/local-file.ts';
import { type LocalWorld, startLocalWorld } from '../../local/local-world.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { ask } from './balancer/a-listener.ts';
import { clientOf } from './wire/an-endpoint.ts';

const PATH = fileURLToPath(new URL('../../examples/shop/world', import.meta.url));

const inputs = () => {
  const [world, programs] = [loadWorld(PATH), loadLocalFile(localFileOf(PATH))];
  if (!world.ok || !programs.ok) throw new Error('the sample shop cannot be read');
  return { world: world.seed, programs: programs.file };
};

describe('the sample shop, run on this machine', () => {
  let local: LocalWorld;
  const failures: unknown[] = [];

  beforeAll(async () => {
    local = await startLocalWorld({
      ...inputs(),
      speed: 30,
      port: 0,
      seed: 1,
      failed: (error) => failures.push(error),
    });
  });
  afterAll(() => local.close());

  const pids = () => local.tasks.running().map(({ pid }) => pid);
  const ecs = () => new ECSClient(clientOf(local.endpoint));
  const runningTasks = async () =>
    (await ecs().send(new ListTasksCommand({ cluster: 'production', serviceName: 'shop' }))).taskArns ?? [];

  test('serves from its first moment, and counts what it served', async () => {
    const [https] = local.listeners;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask(https?.port ?? 0, { path: '/api/x' })),
    );
    const ports = new Set(answers.map(({ body }) => JSON.parse(body).port));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(ports).toEqual(new Set(local.tasks.running().map(({ port }) => port)));
    expect(local.traffic.totals()).toMatchObject({ total: 8, failed: 0 });
  });

  test('a colour that a fault makes answer with 5xx does so, and its programs answer again', async () => {
    const [https] = local.listeners;
    const status = async () => (await ask(https?.port ?? 0, { path: '/api/x' })).status;
    const [set] = local.world.ecs.taskSets();
    let share = 1;
    const departed = local.world.ecs.depart(
      set?.id ?? '',
      { behaviour: { errorShare: () => share } },
      3_600_000,
    );

    expect(departed).toBe(true);
    expect(await status()).toBe(500);
    share = 0;
    expect(await status()).toBe(200);
    expect(local.traffic.totals().failedBecause).toEqual({ versionError: 1 });
  });

  test('a task whose process dies is seen to have died, and is replaced by another process', async () => {
    const [task] = await runningTasks();
    const { kernel } = local.world;
    const stopped = new Promise<void>((resolve) => {
      kernel.onEvent(({ data }) => {
        if (data?.taskArn === task && data?.status === 'STOPPED') resolve();
      });
    });
    const replaced = new Promise<void>((resolve) => {
      kernel.onEvent(({ kind, data }) => {
        if (kind === 'target' && data?.state === 'healthy') resolve();
      });
    });
    const [pid] = pids();

    process.kill(pid ?? 0, 'SIGKILL');
    await stopped;
    await replaced;

    const { tasks } = await ecs().send(
      new DescribeTasksCommand({ cluster: 'production', tasks: [task ?? ''] }),
    );
    expect(tasks?.[0]).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 137 }],
    });
    expect(pids()).toHaveLength(4);
    expect(pids()).not.toContain(pid);
  });

  test('what the programs print can be read at the endpoint, but not by a web page', async () => {
    const port = Number(new URL(local.endpoint).port);
    const logs = await ask(port, { path: '/_local/logs' });
    const lines = logs.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const asPage = await ask(port, { path: '/_local/logs', headers: { origin: 'https://attacker.example' } });

    expect(lines).toContainEqual(
      expect.objectContaining({ version: '1.41.0', line: expect.stringMatching(/^shop 1\.41\.0 listens/) }),
    );
    expect(asPage.status).toBe(403);
  });

  test('the handlers answer from a process of their own, also after that was killed', async () => {
    const [pid] = local.handlers.pids();
    const command = () =>
      local.handlers.lambda.invoke('Command', { command: 'dance' }, { executionArn: undefined });

    await expect(command()).rejects.toMatchObject({ name: 'InvalidRequest' });
    await local.handlers.kill();
    await expect(command()).rejects.toMatchObject({ name: 'InvalidRequest' });
    expect(local.handlers.pids()).not.toContain(pid);
    expect(failures).toEqual([]);
  });

  test('a browser page of another site cannot reach a task through the balancer’s endpoint port', async () => {
    const asked = request(`${local.endpoint}/_local/logs`, { headers: { host: 'attacker.example' } });
    asked.end();
    const [response] = await once(asked, 'response');
    response.resume();

    expect(response.statusCode).toBe(403);
  });
});

describe('tasks of several containers', () => {
  let local: LocalWorld;
  const SIDE = 'agent:7';

  beforeAll(async () => {
    const { world, programs } = inputs();
    const side = {
      name: 'agent',
      image: SIDE,
      essential: false,
      logConfiguration: {
        logDriver: 'awslogs' as const,
        options: { 'awslogs-group': '/agents', 'awslogs-stream-prefix': 'a' },
      },
    };
    const script =
      "process.on('SIGTERM', () => process.exit(9)); console.log('up'); setInterval(() => {}, 1e6)";
    local = await startLocalWorld({
      world: {
        ...world,
        taskDefinitions: world.taskDefinitions.map((each) => ({
          ...each,
          containerDefinitions: [side, ...(each.containerDefinitions ?? [])],
        })),
      },
      programs: {
        ...programs,
        programs: [
          ...programs.programs,
          { image: SIDE, command: ['node', '-e', script], directory: process.cwd(), environment: {} },
        ],
      },
      speed: 30,
      port: 0,
      seed: 1,
      failed: (error) => {
        throw error;
      },
    });
  });
  afterAll(() => local.close());

  test('each is a process, with its own exit code and its own log stream', async () => {
    const ecs = new ECSClient(clientOf(local.endpoint));
    const cluster = 'production';
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: 'shop' }));
    const [task = ''] = taskArns;
    const stopped = new Promise<void>((resolve) => {
      local.world.kernel.onEvent(({ data }) => {
        if (data?.taskArn === task && data?.status === 'STOPPED') resolve();
      });
    });

    await ecs.send(new StopTaskCommand({ cluster, task, reason: 'try' }));
    await stopped;

    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
    const stream = `a/agent/${task.split('/').at(-1)}`;
    expect(tasks?.[0]?.containers).toMatchObject([
      { name: 'agent', lastStatus: 'STOPPED', exitCode: 9 },
      { name: 'web', lastStatus: 'STOPPED', exitCode: expect.any(Number) },
    ]);
    expect(local.logs.lines().filter((line) => line.stream === stream)).toMatchObject([
      { group: '/agents', container: 'agent', version: '7', line: 'up' },
    ]);
  });
});

test('what cannot be run here is named before anything starts', () => {
  const { world, programs } = inputs();
  const [balancer] = world.loadBalancers;
  const [rule] = world.rules;
  if (balancer === undefined || rule === undefined) throw new Error('the sample shop has changed');

  const problems = localProblems(
    {
      ...world,
      loadBalancers: [{ ...balancer, Type: 'network' }],
      targetGroups: world.targetGroups.map((group) => ({ ...group, TargetType: 'lambda' })),
      rules: [
        { ...rule, Rule: { ...rule.Rule, Conditions: [{ Field: 'weather' }] } },
        {
          ...rule,
          Rule: {
            ...rule.Rule,
            Conditions: [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['(open', '^/a'] } }],
            Transforms: [
              { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '[z', Replace: '' }] } },
            ],
          },
        },
      ],
    },
    { ...programs, programs: [] },
  );

  expect(problems).toEqual([
    expect.stringContaining('expected an application load balancer, found a network one'),
    expect.stringContaining('found weather'),
    expect.stringContaining('expected a regular expression, found (open'),
    expect.stringContaining('expected a regular expression, found [z'),
    expect.stringContaining(
      'target group shop-blue: expected targets that are tasks, found a Lambda function',
    ),
    expect.stringContaining(
      'target group shop-green: expected targets that are tasks, found a Lambda function',
    ),
    expect.stringContaining(
      'expected a program for the image 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:1.41.0',
    ),
  ]);
});

test.each([
  [
    ['node', '-e', 'console.log("no table"); process.exit(3)'],
    /the program ended with exit code 3.*it printed no table$/,
  ],
  [['no-such-program'], /the program ended with exit code 127.*it printed .*no-such-program.*not found$/],
])('a world whose program is %j says what became of it, and does not start', async (command, expected) => {
  const { world, programs } = inputs();
  const broken = programs.programs.map((program) => ({ ...program, command }));
  const started = startLocalWorld({
    world,
    programs: { ...programs, programs: broken },
    speed: 1,
    port: 0,
    seed: 1,
    failed: () => {},
  });

  await expect(started).rejects.toMatchObject({
    name: 'ProgramsFailed',
    problems: [expect.stringMatching(expected)],
  });
});
