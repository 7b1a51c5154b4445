import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import type { Sender } from '../../aws/call.ts';
import { main } from '../../cli/main.ts';
import { registrationOf } from '../../core/plan/task-definition-document.ts';
import { aDirectory } from '../a-directory.ts';
import { send } from '../printed/paste-aws.ts';
import { changed } from '../rehearsal/worlds/changed.ts';
import { aSimulatedAccount, SHOP, type SimulatedAccount, worldOf } from './a-simulated-account.ts';
import { aTerminal } from './a-terminal.ts';

/** What `cutover deploy` registers, against what it was asked to, as ECS describes both. */

const directory = aDirectory('registered');
const WIDE = { width: 300 };

const aFile = (name: string, value: unknown): string => {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
};

/** As people write it: what ECS fills in is left out, and sizes have units. */
const written = {
  family: 'shop',
  networkMode: 'awsvpc',
  cpu: '.5 vCPU',
  memory: '1 GB',
  requiresCompatibilities: ['FARGATE'],
  executionRoleArn: 'arn:aws:iam::111122223333:role/shop-execution',
  volumes: [{ name: 'scratch' }, { name: 'shared', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
  containerDefinitions: [
    {
      name: 'web',
      image: 'repo/shop:9',
      portMappings: [{ containerPort: 8080 }],
      healthCheck: { command: ['CMD-SHELL', 'true'] },
      mountPoints: [{ sourceVolume: 'scratch', containerPath: '/scratch' }],
      environment: [{ name: 'TOKEN', value: 'hush' }],
    },
    {
      name: 'side',
      image: 'repo/side:1',
      essential: false,
      dependsOn: [{ containerName: 'web', condition: 'HEALTHY' }],
    },
  ],
};

const registered = (account: SimulatedAccount): number => account.calls('ecs', 'RegisterTaskDefinition');
const described = async (account: SimulatedAccount, taskDefinition: string): Promise<TaskDefinition> => {
  const answer = await send(account, 'ecs', 'DescribeTaskDefinition', { taskDefinition });
  return (answer as { taskDefinition: TaskDefinition }).taskDefinition;
};

type Registers = (send: () => Promise<{ taskDefinition: TaskDefinition }>) => Promise<unknown>;

/** The account with an ECS that answers RegisterTaskDefinition its own way. */
const registering = (account: SimulatedAccount, registers: Registers) => ({
  async cutover(argv: string[]) {
    const host = account.hostFor(new AbortController().signal);
    const clients = host.clients(undefined);
    const ecs: Sender = {
      send(command, options) {
        const answer = () =>
          clients.ecs.send(command, options) as Promise<{ taskDefinition: TaskDefinition }>;
        return command.constructor.name === 'RegisterTaskDefinitionCommand' ? registers(answer) : answer();
      },
    };
    const { terminal, run } = aTerminal(WIDE);
    let ended = false;
    const running = main(argv, terminal, { ...host, clients: () => ({ ...clients, ecs }) }).then(() => {
      ended = true;
    });
    await account.until(() => ended);
    await running;
    return run;
  },
});

const altering = (account: SimulatedAccount, alter: (definition: TaskDefinition) => TaskDefinition) =>
  registering(account, async (answer) => {
    const { taskDefinition, ...rest } = await answer();
    return { ...rest, taskDefinition: alter(taskDefinition) };
  });

test('a file is registered once: what ECS fills in of it is no change at the next run', async () => {
  const account = await aSimulatedAccount();
  const file = aFile('written.json', written);
  const deploy = ['deploy', SHOP, '-t', file, '--strategy', 'AllAtOnce', '--keep-blue', '5m'];

  const first = await account.cutover(deploy, WIDE);
  const filledIn = await described(account, 'shop');
  const second = await account.cutover([...deploy, '--detach'], WIDE);

  expect(first.code).toBe(0);
  expect(first.err).not.toContain('warning');
  // ECS has filled it in, or this shows nothing.
  expect(filledIn).toMatchObject({ cpu: '512', memory: '1024' });
  expect(filledIn.containerDefinitions?.[0]).toMatchObject({
    cpu: 0,
    essential: true,
    portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
  });
  expect(second.out).toContain('nothing changes');
  expect(registered(account)).toBe(1);
});

test('an image changes the image alone, whatever else the revision has', async () => {
  const account = await aSimulatedAccount({
    world: changed(worldOf('shop'), ({ taskDefinitions }) => {
      const running = taskDefinitions.find(({ revision }) => revision === 41);
      Object.assign(running?.containerDefinitions?.[0] ?? {}, {
        ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }],
        secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:us-east-1:111122223333:parameter/a' }],
        linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
        restartPolicy: { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 },
        versionConsistency: 'disabled',
      });
      Object.assign(running ?? {}, {
        runtimePlatform: { cpuArchitecture: 'ARM64' },
        ephemeralStorage: { sizeInGiB: 30 },
      });
    }),
  });
  const before = await described(account, 'shop:41');

  await account.cutover(['deploy', SHOP, '--image', 'web=repo/shop:9', '--detach'], WIDE);

  const { containerDefinitions: [container, ...others] = [], ...rest } = registrationOf({
    ...(await described(account, 'shop')),
  }) as TaskDefinition;
  const { containerDefinitions: [was, ...otherWas] = [], ...restWas } = registrationOf({
    ...before,
  }) as TaskDefinition;
  expect(container).toEqual({ ...was, image: 'repo/shop:9' });
  expect(others).toEqual(otherWas);
  expect(rest).toEqual(restWas);
});

test('what ECS made something else of is said, without the values that are hidden', async () => {
  const account = altering(await aSimulatedAccount(), (definition) => {
    const [web, ...others] = definition.containerDefinitions ?? [];
    const { healthCheck: _dropped, ...kept } = { ...web };
    const environment = [{ name: 'TOKEN', value: 'another' }];
    return { ...definition, cpu: '1024', containerDefinitions: [{ ...kept, environment }, ...others] };
  });
  const file = aFile('altered.json', written);

  const { err, out } = await account.cutover(['deploy', SHOP, '-t', file, '--detach']);

  expect(err).toContain('warning: shop:43 is registered, and ECS made something else of what was asked');
  expect(err).toMatch(/cpu\s+- 512\s+\+ 1024/);
  expect(err).toContain('containerDefinitions[web].healthCheck');
  expect(err).toContain('containerDefinitions[web].environment[TOKEN].value');
  expect(err + out).not.toMatch(/hush|another"/);
});

test('and in the stream', async () => {
  const account = altering(await aSimulatedAccount(), (definition) => ({ ...definition, memory: '2048' }));
  const file = aFile('stream.json', written);

  const { out } = await account.cutover(['deploy', SHOP, '-t', file, '--detach', '--json']);

  const [revision] = out.split('\n').map((line) => JSON.parse(line || '{}'));
  expect(revision).toMatchObject({
    type: 'revision',
    altered: [{ path: 'memory', before: '1024', after: '2048' }],
  });
});

test('while others register a revision of the same family it is tried again', async () => {
  const account = await aSimulatedAccount();
  let asked = 0;
  const busy = registering(account, (answer) => {
    asked += 1;
    if (asked > 1) return answer();
    const message = 'Too many concurrent attempts to create a new revision of the specified family.';
    return Promise.reject(
      Object.assign(new Error(message), { name: 'ClientException', $metadata: { httpStatusCode: 400 } }),
    );
  });

  const { err } = await busy.cutover(['deploy', SHOP, '-t', aFile('busy.json', written), '--detach']);

  expect(err).not.toContain('error');
  expect(asked).toBe(2);
  expect(registered(account)).toBe(1);
});

test.each([
  ['in words', []],
  ['in the stream', ['--json']],
  ['in a dry run', ['--dry-run']],
])('a value of the environment that a file adds is not shown: %s', async (_, options) => {
  const account = await aSimulatedAccount();

  const { out, err } = await account.cutover(
    ['deploy', SHOP, '-t', aFile('hidden.json', written), '--detach', ...options],
    WIDE,
  );

  expect(out).toContain('TOKEN');
  expect(out + err).not.toContain('hush');
});
