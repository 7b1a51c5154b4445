import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

/** However `cutover local` ends, what it started ends with it: its tasks, its handlers, and what those started. */

const CLI = fileURLToPath(new URL('../../cli/cutover.mjs', import.meta.url));
/** An exception that nothing catches, when the test asks for it. The programs of a world do not get NODE_OPTIONS. */
const CRASH = "process.on('SIGUSR2', () => { throw new Error('a crash') })";
/** Blue's four tasks, and the process of the handlers with its spare. */
const PROGRAMS = 6;

const aFreePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

type Process = { pid: number; parent: number; command: string };

const processes = (): Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, , parent = ''] = /^.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        // It ended while we read.
        return [];
      }
    });

const startedBy = (pid: number, all = processes()): Process[] =>
  all.filter(({ parent }) => parent === pid).flatMap((each) => [each, ...startedBy(each.pid, all)]);

/** Resolves once all of these processes have ended. */
const gone = async (pids: readonly number[]): Promise<void> => {
  const watcher = spawn('tail', ['-f', '/dev/null', ...pids.map((pid) => `--pid=${pid}`)], {
    stdio: 'ignore',
  });
  onTestFinished(() => void watcher.kill('SIGKILL'));
  await once(watcher, 'exit');
};

const aLocalWorld = async (): Promise<ChildProcess> => {
  const world = spawn(process.execPath, [CLI, 'local', '--port', String(await aFreePort())], {
    env: { ...process.env, NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(CRASH)}"` },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void world.kill('SIGKILL'));
  // It prints where everything is when everything runs.
  await once(createInterface({ input: world.stdout as NonNullable<typeof world.stdout> }), 'line');
  return world;
};

test.each([
  ['Ctrl-C', 'SIGINT', [130, null]],
  ['the end of its terminal', 'SIGHUP', [130, null]],
  ['an exception that nothing catches', 'SIGUSR2', [1, null]],
  ['an abort, as V8 ends without memory', 'SIGABRT', [null, 'SIGABRT']],
  ['SIGKILL', 'SIGKILL', [null, 'SIGKILL']],
] as const)('nothing is left after %s', async (_name, signal, end) => {
  const world = await aLocalWorld();
  const started = startedBy(world.pid ?? 0);
  const exit = once(world, 'exit');

  world.kill(signal);

  await expect(exit).resolves.toEqual(end);
  await gone(started.map(({ pid }) => pid));
  expect(
    started.filter(({ command }) => /shop\.mjs|handlers\/child\.ts/.test(command)).length,
  ).toBeGreaterThanOrEqual(PROGRAMS);
});
