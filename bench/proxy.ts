import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Result } from 'autocannon';
import { SECOND_MS } from '../core/clock.ts';
import { loadLocalFile, localFileOf } from '../local/local-file.ts';
import { type LocalWorld, startLocalWorld } from '../local/local-world.ts';
import { waitForPort } from '../local/wait-for-port.ts';
import { loadWorld } from '../sim/load-world.ts';
import { startGenerator } from './load/start-generator.ts';

/**
 * What a request costs in the load balancer of a local world, beside nginx that splits the same requests over the
 * same tasks, and beside a task asked directly; in turns, in one run. A deployment that bakes at 50 % is what there
 * is to split.
 */

const WORLD = fileURLToPath(new URL('../examples/shop/world', import.meta.url));
const CONNECTIONS = '16';
const MEASURED_MS = 4 * SECOND_MS;
const ROUNDS = 3;
/**
 * Requests before anything is measured: V8 compiles the path of a request step by step, and until then one costs
 * several times as much. A world serves more than these in its first minutes.
 */
const WARM_REQUESTS = 30_000;
/** The most that a request may cost, in nginx's. */
const GOAL = 4;
const SPEED = 10;

const BALANCER = 'cutover local';
type Measured = { perSecond: number; p50: number; p99: number; microseconds: number };

/** Clock ticks of /proc/PID/stat: a hundredth of a second on Linux. */
const TICK_US = 10_000;
const cpuOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
};
const ownCpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const measure = async (port: number, cpu: () => number): Promise<Measured> => {
  const generator = startGenerator(`http://127.0.0.1:${port}/api/version`, CONNECTIONS, '0');
  // Until it sends at its full rate.
  await setTimeout(SECOND_MS);
  const before = cpu();
  await setTimeout(MEASURED_MS);
  const used = cpu() - before;
  generator.send('stop');
  const [result] = (await once(generator, 'message')) as [Result];
  const seconds = MEASURED_MS / SECOND_MS;
  const perSecond = result.requests.average;
  if (result.non2xx + result.errors + result.timeouts > 0) throw new Error('a request failed');
  return {
    perSecond,
    p50: result.latency.p50,
    p99: result.latency.p99,
    microseconds: used / (perSecond * seconds),
  };
};

const warmUp = async (port: number, { traffic }: LocalWorld): Promise<void> => {
  const generator = startGenerator(`http://127.0.0.1:${port}/api/version`, CONNECTIONS, '0');
  const enough = traffic.totals().total + WARM_REQUESTS;
  while (traffic.totals().total < enough) await setTimeout(SECOND_MS / 10);
  generator.kill('SIGKILL');
};

const configuration = (port: number, targets: readonly number[]): string => `
daemon off;
master_process off;
error_log stderr error;
pid nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_requests 1000000;
  upstream shop {
    ${targets.map((target) => `server 127.0.0.1:${target};`).join(' ')}
    keepalive 256;
    keepalive_requests 1000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://shop;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Port 443;
      proxy_set_header X-Amzn-Trace-Id $request_id;
    }
  }
}
`;

/** Undefined when there is no nginx on this machine. */
const startNginx = async (directory: string, port: number, targets: readonly number[]) => {
  writeFileSync(join(directory, 'nginx.conf'), configuration(port, targets));
  const child: ChildProcess = spawn('nginx', ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: 'ignore',
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const missing = once(child, 'error').then(() => true);
  const listens = waitForPort(port, 5 * SECOND_MS).then((up) => !up);
  return (await Promise.race([missing, listens])) ? undefined : child;
};

/** Deploys up to a bake at half of the requests, long enough for all that is measured. */
const bakeAtHalf = async ({ world, orchestrator }: LocalWorld): Promise<void> => {
  let baking = false;
  world.kernel.onEvent(({ kind, data }) => {
    if (kind === 'step' && data?.state === 'Bake' && data.phase === 'entered') baking = true;
  });
  const shifts = [
    { greenPct: 50, bake: '1h' },
    { greenPct: 100, bake: '1m' },
  ];
  const request = {
    cluster: 'production',
    service: 'shop',
    taskDefinition: 'shop:42',
    shifts,
    analysis: 'off',
  };
  orchestrator.stepFunctions.startExecution({ input: request });
  while (!baking) await setTimeout(SECOND_MS / 10);
  // Until the load balancer follows.
  await setTimeout(2 * SECOND_MS);
};

/** Where this process spends its time, by whose code it is. */
const ownerOf = (url: string, name: string): string => {
  if (name === '(program)') return 'no JavaScript: the event loop';
  if (name === '(garbage collector)') return 'garbage collection';
  if (url === '') return 'calls into C++: sockets, HTTP parser, timers';
  if (url.startsWith('node:')) return 'node: http, net, streams';
  if (url.includes('/undici/')) return 'undici';
  if (url.includes('/local/')) return 'local/: rules, target, headers, counts';
  return url.includes('/sim/') ? 'sim/: targets, metrics, events' : 'other modules';
};

const profiled = async (port: number): Promise<[string, number][]> => {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await measure(port, ownCpu);
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  if (process.env.PROFILE !== undefined) writeFileSync(process.env.PROFILE, JSON.stringify(profile));
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const by = new Map<string, number>();
  for (const id of profile.samples ?? []) {
    const { url = '', functionName = '' } = nodes.get(id) ?? {};
    if (functionName === '(idle)') continue;
    const owner = ownerOf(url, functionName);
    by.set(owner, (by.get(owner) ?? 0) + 1);
  }
  const all = [...by.values()].reduce((sum, count) => sum + count, 0);
  return [...by].map(([owner, count]): [string, number] => [owner, count / all]).sort((a, b) => b[1] - a[1]);
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const [world, programs] = [loadWorld(WORLD), loadLocalFile(localFileOf(WORLD))];
if (!world.ok || !programs.ok) throw new Error('the sample shop cannot be read');
const local = await startLocalWorld({
  world: world.seed,
  programs: programs.file,
  speed: SPEED,
  port: 0,
  seed: 1,
  failed: (error) => {
    throw error;
  },
});
await bakeAtHalf(local);
const tasks = local.tasks.running().map(({ port }) => port);
const directory = mkdtempSync(join(tmpdir(), 'cutover-proxy-'));
const [balancerPort = 0, nginxPort] = [local.listeners[0]?.port, (local.listeners[0]?.port ?? 0) + 5_000];
const nginx = await startNginx(directory, nginxPort, tasks);
if (nginx === undefined) console.log('there is no nginx here: apt-get install nginx-light');

await warmUp(balancerPort, local);

const idleBefore = ownCpu();
await setTimeout(MEASURED_MS);
const idlePerSecond = (ownCpu() - idleBefore) / (MEASURED_MS / SECOND_MS);

const ways: { name: string; port: number; cpu(): number }[] = [
  { name: 'a task, directly', port: tasks[0] ?? 0, cpu: () => 0 },
  ...(nginx === undefined ? [] : [{ name: 'nginx', port: nginxPort, cpu: () => cpuOf(nginx.pid ?? 0) }]),
  // What the world does without requests is no part of a request's cost.
  {
    name: BALANCER,
    port: balancerPort,
    cpu: () => ownCpu() - (idlePerSecond * performance.now()) / SECOND_MS,
  },
];
const results = new Map<string, Measured[]>();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { name, port, cpu } of ways) {
    results.set(name, [...(results.get(name) ?? []), await measure(port, cpu)]);
  }
}
const of = (name: string, member: keyof Measured): number =>
  median((results.get(name) ?? []).map((each) => each[member]));

console.log(`| the same requests through | requests a second | ms, p50 | ms, p99 | CPU a request, us |`);
console.log('|---|---|---|---|---|');
for (const { name } of ways) {
  const cells = [name, Math.round(of(name, 'perSecond')), of(name, 'p50'), of(name, 'p99')];
  console.log(`| ${cells.join(' | ')} | ${Math.round(of(name, 'microseconds'))} |`);
}
const ratio = of(BALANCER, 'microseconds') / of('nginx', 'microseconds');
if (nginx !== undefined) console.log(`\n${ratio.toFixed(1)} times nginx; the goal is at most ${GOAL}`);
console.log(
  `\nwhere it goes (without requests the world takes ${Math.round(idlePerSecond / 10_000)} % of a core):`,
);
for (const [owner, share] of await profiled(balancerPort))
  console.log(`  ${(share * 100).toFixed(0).padStart(3)} %  ${owner}`);

rmSync(directory, { recursive: true });
await local.close();
process.exit(0);
