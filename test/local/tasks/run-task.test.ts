import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Program } from '../../../local/local-file.ts';
import { containersOf } from '../../../local/tasks/container.ts';
import { freePort } from '../../../local/tasks/ports.ts';
import { runTask } from '../../../local/tasks/run-task.ts';
import type { ContainerReport } from '../../../sim/parts.types.ts';

/** Runs until it is ended; SIGTERM ends it as the system does. */
const LASTS = "console.log('up'); setInterval(() => {}, 1e6)";
const exitsWith = (code: number): string => `console.log('up'); process.exit(${code})`;
const onSigterm = (what: string): string => `process.on('SIGTERM', () => { ${what} }); ${LASTS}`;

type Script = Omit<ContainerDefinition, 'name' | 'image'> & { script: string; check?: string };

/** A task of node scripts, one a container; what its containers and it came to, in their order. */
const aTask = async (scripts: Record<string, Script>, memory?: number) => {
  const programs = Object.entries(scripts).map(
    ([image, { script, check }]): Program => ({
      image,
      command: script === '' ? [] : ['node', '-e', script],
      directory: process.cwd(),
      environment: {},
      ...(check === undefined ? {} : { healthCheck: ['node', '-e', check] }),
    }),
  );
  const containerDefinitions = Object.entries(scripts).map(
    ([name, { script: _script, check: _check, ...definition }]) => ({ name, image: name, ...definition }),
  );
  const task = {
    arn: 'arn:aws:ecs:eu-west-1:111122223333:task/shop/0123',
    label: '0123',
    service: 'shop',
    clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop',
    taskDefinition: { containerDefinitions, ...(memory === undefined ? {} : { memory: String(memory) }) },
    targets: [],
    behaviour: { name: '' } as never,
  };
  const ports = await Promise.all(containerDefinitions.map(freePort));
  const containers = containersOf(task, programs, ports, { PATH: process.env.PATH ?? '' });
  if (!Array.isArray(containers)) throw new Error(`no program for ${containers.unknownImage}`);

  const heard: string[] = [];
  const printed: Record<string, string> = {};
  const ends: Record<string, ContainerReport> = {};
  const waiting: { until(): boolean; resolve(): void }[] = [];
  const changed = (): void => {
    for (const each of waiting) if (each.until()) each.resolve();
  };
  const hear = (what: string): void => {
    heard.push(what);
    changed();
  };
  const when = (until: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      waiting.push({ until, resolve });
      changed();
    });
  const running = runTask(
    task,
    containers,
    {
      running: () => hear('RUNNING'),
      cannotStart: (_code, reason) => hear(reason),
      ended: (code) => hear(`ended ${code}`),
      container: (name, report) => {
        if (report.status === 'STOPPED') ends[name] = report;
        hear(`${name} ${report.status}`);
      },
    },
    ({ name }) =>
      (chunk) => {
        printed[name] = (printed[name] ?? '') + chunk;
        changed();
      },
    () => hear('over'),
  );
  onTestFinished(() => {
    for (const { child } of containers) child?.kill('SIGKILL');
  });
  running.begin();
  return {
    running,
    heard,
    ends,
    printed,
    ports,
    heardOf: (what: string) => when(() => heard.includes(what)),
    printsOf: (name: string, text = 'up') => when(() => (printed[name] ?? '').includes(text)),
  };
};

describe('a task that is stopped', () => {
  test.each([
    ['a program that SIGTERM ends', LASTS, 143],
    ['a program that ends by itself then', onSigterm('process.exit(7)'), 7],
  ])('%s has the exit code that it comes to', async (_name, script, exitCode) => {
    const task = await aTask({ app: { script } });
    await task.printsOf('app');

    const stopped = new Promise((resolve) => task.running.stop(resolve));

    expect(await stopped).toBe(exitCode);
    expect(task.ends.app).toEqual({ status: 'STOPPED', exitCode });
  });

  test('what ignores SIGTERM is killed after its own stopTimeout, not another container’s', async () => {
    const task = await aTask({
      app: { script: onSigterm(''), stopTimeout: 0.05 },
      side: { script: onSigterm(''), stopTimeout: 1e5 },
    });
    await Promise.all([task.printsOf('app'), task.printsOf('side')]);

    task.running.stop(() => {});
    await task.heardOf('app STOPPED');

    expect(task.ends).toEqual({ app: { status: 'STOPPED', exitCode: 137 } });
    expect(task.heard).not.toContain('over');
  });

  test('signals first what depends on others', async () => {
    const task = await aTask({
      side: { script: onSigterm("console.log('asked'); process.exit(0)") },
      app: {
        script: onSigterm("console.log('asked')"),
        dependsOn: [{ containerName: 'side', condition: 'START' }],
      },
    });
    await Promise.all([task.printsOf('app'), task.printsOf('side')]);

    task.running.stop(() => {});
    await task.printsOf('app', 'asked');
    expect(task.printed.side).not.toContain('asked');
    for (const { name, child } of task.running.containers) if (name === 'app') child?.kill('SIGKILL');
    await task.heardOf('over');

    expect(task.printed.side).toContain('asked');
    expect(task.ends).toMatchObject({ app: { exitCode: 137 }, side: { exitCode: 0 } });
  });
});

describe('containers of a task', () => {
  test('know each other’s ports', async () => {
    const script = `console.log(JSON.stringify([process.env.PORT, process.env.PORT_SIDE_CAR])); ${LASTS}`;
    const task = await aTask({ app: { script }, 'side-car': { script: LASTS } });
    await task.printsOf('app');

    expect(task.printed.app).toContain(JSON.stringify(task.ports.map(String)));
  });

  test.each([
    ['COMPLETE', exitsWith(3), 'side STOPPED'],
    ['SUCCESS', exitsWith(0), 'side STOPPED'],
    ['START', LASTS, 'side RUNNING'],
  ] as const)('one that waits for %s starts after it', async (condition, script, first) => {
    const task = await aTask({
      app: { script: LASTS, dependsOn: [{ containerName: 'side', condition }] },
      side: { script, essential: false },
    });
    await task.heardOf('RUNNING');

    expect(task.heard.indexOf('app RUNNING')).toBeGreaterThan(task.heard.indexOf(first));
    expect(task.heard.at(-1)).toBe('RUNNING');
  });

  test('one that waits for HEALTHY starts when the other’s own health check passes', async () => {
    const task = await aTask({
      app: { script: LASTS, dependsOn: [{ containerName: 'side', condition: 'HEALTHY' }] },
      side: { script: LASTS, check: "console.log('asked')", healthCheck: { command: ['CMD', 'true'] } },
    });
    await task.heardOf('RUNNING');

    expect(task.heard).toEqual(['side RUNNING', 'app RUNNING', 'RUNNING']);
  });

  test('one that waits for HEALTHY is given up when the other’s startTimeout is over', async () => {
    const task = await aTask({
      app: { script: LASTS, dependsOn: [{ containerName: 'side', condition: 'HEALTHY' }] },
      side: {
        script: LASTS,
        check: 'process.exit(1)',
        healthCheck: { command: ['CMD', 'false'] },
        startTimeout: 0.05,
      },
    });
    await task.heardOf('over');

    expect(task.heard).toContain(
      'container app was not started: side did not reach HEALTHY within its startTimeout',
    );
  });

  test('one whose dependency failed is not started, and the task fails with what it waited for', async () => {
    const task = await aTask({
      app: { script: LASTS, dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }] },
      init: { script: exitsWith(3), essential: false },
      side: { script: LASTS },
    });
    await task.heardOf('over');

    expect(task.heard).toContain(
      'container app was not started: init was to reach SUCCESS, and ended with exit code 3',
    );
    expect(task.heard).not.toContain('RUNNING');
    expect(task.ends).toMatchObject({ init: { exitCode: 3 }, side: { exitCode: 143 } });
    expect(task.ends.app).not.toHaveProperty('exitCode');
  });

  test('an essential one that ends takes the others with it, which get their SIGTERM', async () => {
    const task = await aTask({
      app: { script: onSigterm('process.exit(5)') },
      side: { script: onSigterm('process.exit(9)'), essential: false },
    });
    await Promise.all([task.printsOf('app'), task.printsOf('side')]);

    task.running.main?.child?.kill('SIGTERM');
    await task.heardOf('over');

    expect(task.heard).toContain('ended 5');
    expect(task.ends).toMatchObject({ app: { exitCode: 5 }, side: { exitCode: 9 } });
  });

  test('one that is not essential may end while the task runs', async () => {
    const task = await aTask({
      app: { script: LASTS },
      side: { script: exitsWith(4), essential: false },
    });
    await task.heardOf('RUNNING');
    await task.heardOf('side STOPPED');

    expect(task.heard).not.toContain('over');
    expect(task.ends).toEqual({ side: { status: 'STOPPED', exitCode: 4 } });
  });

  test('one that is left out counts as running, and as ended well', async () => {
    const task = await aTask({
      app: { script: LASTS, dependsOn: [{ containerName: 'side', condition: 'HEALTHY' }] },
      side: { script: '', healthCheck: { command: ['CMD', 'true'] } },
    });
    await task.heardOf('RUNNING');
    await task.printsOf('app');

    task.running.stop(() => {});
    await task.heardOf('over');

    expect(task.ends).toMatchObject({ app: { exitCode: 143 }, side: { exitCode: 0 } });
  });
});

describe.skipIf(process.platform !== 'linux')('a memory limit', () => {
  const GREEDY = `const kept = []; setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 20); ${LASTS}`;
  const killed = {
    status: 'STOPPED',
    exitCode: 137,
    reason: 'OutOfMemoryError: Container killed due to memory usage',
  };

  test('of a container kills that container alone', async () => {
    const task = await aTask({
      app: { script: LASTS },
      side: { script: GREEDY, essential: false, memory: 200 },
    });
    await task.heardOf('side STOPPED');

    expect(task.ends).toEqual({ side: killed });
  });

  test('of the task kills the largest', async () => {
    const task = await aTask({ app: { script: LASTS }, side: { script: GREEDY, essential: false } }, 300);
    await task.heardOf('side STOPPED');

    expect(task.ends).toEqual({ side: killed });
  });
});
