import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Result } from 'autocannon';
import { SECOND_MS } from '../core/clock.ts';
import { loadLocalFile, localFileOf } from '../local/local-file.ts';
import { type LocalWorld, startLocalWorld } from '../local/local-world.ts';
import { watchDeployments } from '../local/watched-deployments.ts';
import { loadWorld } from '../sim/load-world.ts';
import type { TrafficTotals } from '../sim/parts.types.ts';

/**
 * Real requests through deployments on this machine, from a load generator of standard make in a process of its own.
 * Every failure has to have a cause that the scenario itself made, and generator and load balancer have to agree on
 * the number.
 */

const { values: given } = parseArgs({
  options: {
    speed: { type: 'string', default: '15' },
    /** Requests a second; 0: as many as go. */
    rate: { type: 'string', default: '0' },
    connections: { type: 'string', default: '16' },
    /** How often all scenarios are played. */
    rounds: { type: 'string', default: '1' },
  },
});

const WORLD = fileURLToPath(new URL('../examples/shop/world', import.meta.url));
const GENERATOR = fileURLToPath(new URL('./load-generator.ts', import.meta.url));
const IMAGE = '111122223333.dkr.ecr.us-east-1.amazonaws.com/shop';
const TARGET = { cluster: 'production', service: 'shop' };
/** Killed more often than a step may be tried in a row, a deployment goes back, as it should. */
const KILL_EVERY_MS = 4 * SECOND_MS;
const MOST_KILLS = 10;
/** After the last request of a phase the answers of others may still be on their way. */
const QUIET_MS = SECOND_MS;

const five = [5, 20, 50, 80, 100].map((greenPct) => ({ greenPct, bake: '1m' }));

type Phase = {
  name: string;
  /** The version to deploy; undefined: no deployment. */
  version: string | undefined;
  ends: 'succeeded' | 'rolledBack' | undefined;
  /** The only causes that failures of this phase may have. */
  causes: readonly string[];
  during?(local: LocalWorld, over: () => boolean): Promise<void>;
};

const killHandlers: Phase['during'] = async (local, over) => {
  for (let kills = 0; kills < MOST_KILLS && !over(); kills += 1) {
    await setTimeout(KILL_EVERY_MS);
    if (!over()) await local.handlers.kill();
  }
};

const abort: Phase['during'] = async (local, over) => {
  let shifted = false;
  local.world.kernel.onEvent(({ kind, data }) => {
    if (kind === 'step' && data?.state === 'ShiftTraffic' && data.phase === 'succeeded') shifted = true;
  });
  while (!shifted && !over()) await setTimeout(SECOND_MS / 20);
  if (over()) return;
  const message = {
    ...TARGET,
    command: 'abort',
    by: 'the bench',
    reason: 'measured',
    id: `bench_${Date.now()}`,
  };
  await local.handlers.lambda.invoke('Command', message, { executionArn: undefined });
};

const killTask: Phase['during'] = async (local) => {
  await setTimeout(2 * SECOND_MS);
  const [pid] = local.tasks.pids();
  process.kill(pid ?? 0, 'SIGKILL');
  await setTimeout(5 * SECOND_MS);
};

const phases: Phase[] = [
  { name: 'five shifts', version: '1.42.0', ends: 'succeeded', causes: [] },
  {
    name: 'five shifts, handlers killed',
    version: '1.44.0',
    ends: 'succeeded',
    causes: [],
    during: killHandlers,
  },
  { name: 'a version with 20 % 5xx', version: '1.43.0', ends: 'rolledBack', causes: ['versionError'] },
  { name: 'aborted after a shift', version: '1.45.0', ends: 'rolledBack', causes: [], during: abort },
  { name: 'a task killed', version: undefined, ends: undefined, causes: ['deadTarget'], during: killTask },
];

const register = async (local: LocalWorld, version: string): Promise<string> => {
  const { ecs } = local.world;
  const send = (name: string, input: object) =>
    ecs.client.send({ input, constructor: { name: `${name}Command` } });
  const { taskDefinition } = await send('DescribeTaskDefinition', {
    taskDefinition: 'shop:42',
  });
  const { family, networkMode, requiresCompatibilities, cpu, memory, containerDefinitions } = taskDefinition;
  const [first, ...others] = containerDefinitions;
  const changed = [{ ...first, image: `${IMAGE}:${version}` }, ...others];
  const input = { family, networkMode, requiresCompatibilities, cpu, memory, containerDefinitions: changed };
  const { taskDefinition: registered } = await send('RegisterTaskDefinition', input);
  return registered.taskDefinitionArn;
};

/**
 * A deployment does not start under a red alarm: the one that the version before it turned red has to become green
 * again.
 */
const alarmsAreGreen = async (local: LocalWorld): Promise<void> => {
  while (Object.values(local.world.cloudWatch.states()).includes('ALARM')) await setTimeout(SECOND_MS / 10);
};

const deploy = async (local: LocalWorld, version: string): Promise<string> => {
  await alarmsAreGreen(local);
  const { stepFunctions } = local.orchestrator;
  const taskDefinition = await register(local, version);
  const execution = stepFunctions.startExecution({
    input: { ...TARGET, taskDefinition, shifts: five, alarms: ['shop-users-suffer'] },
  });
  while (execution.status === 'RUNNING') await setTimeout(SECOND_MS / 10);
  if (execution.status === 'SUCCEEDED') return 'succeeded';
  return execution.error === 'RolledBack' ? 'rolledBack' : `${execution.error}: ${execution.cause}`;
};

/** Starts the generator; what it answers stops it and gives its count. */
const generate = (url: string): (() => Promise<Result>) => {
  const generator = fork(GENERATOR, [url, given.connections, given.rate]);
  return async () => {
    generator.send('stop');
    const [result] = await once(generator, 'message');
    return result as Result;
  };
};

/** Failures by cause since `before`. */
const failuresSince = (before: TrafficTotals, now: TrafficTotals): Record<string, number> =>
  Object.fromEntries(
    Object.entries(now.failedBecause)
      .map(([cause, count]) => [cause, count - (before.failedBecause[cause as never] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );

type Row = {
  name: string;
  sent: number;
  good: number;
  bad: number;
  causes: Record<string, number>;
  problem: string;
};

const play = async (local: LocalWorld, url: string, phase: Phase): Promise<Row> => {
  const before = local.traffic.totals();
  const stop = generate(url);
  let over = false;
  const disturbed = phase.during?.(local, () => over) ?? Promise.resolve();
  const ended = phase.version === undefined ? undefined : await deploy(local, phase.version);
  if (phase.version === undefined) await disturbed;
  over = true;
  await disturbed;
  const result = await stop();
  await setTimeout(QUIET_MS);
  const causes = failuresSince(before, local.traffic.totals());
  const bad = result.non2xx + result.errors + result.timeouts;
  const counted = Object.values(causes).reduce((sum, count) => sum + count, 0);
  const stranger = Object.keys(causes).find((cause) => !phase.causes.includes(cause));
  const problem = [
    ended === phase.ends ? '' : `ended as ${ended}`,
    stranger === undefined ? '' : `failed because of ${stranger}`,
    // What the generator had sent when it was stopped may be answered for the balancer alone.
    bad <= counted && counted - bad <= Number(given.connections)
      ? ''
      : `generator ${bad}, balancer ${counted}`,
  ].filter((text) => text !== '');
  return {
    name: phase.name,
    sent: result['2xx'] + bad,
    good: result['2xx'],
    bad,
    causes,
    problem: problem.join('; '),
  };
};

/** Megabytes a hour by least squares, and the standard error of that. */
const slopeOf = (
  samples: readonly { hours: number; megabytes: number }[],
): { slope: number; error: number } => {
  const count = samples.length;
  const mean = (read: (sample: (typeof samples)[number]) => number): number =>
    samples.reduce((sum, sample) => sum + read(sample), 0) / count;
  const [x, y] = [mean(({ hours }) => hours), mean(({ megabytes }) => megabytes)];
  const sxx = samples.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0);
  const sxy = samples.reduce((sum, { hours, megabytes }) => sum + (hours - x) * (megabytes - y), 0);
  const slope = sxy / sxx;
  const residual = samples.reduce(
    (sum, { hours, megabytes }) => sum + (megabytes - y - slope * (hours - x)) ** 2,
    0,
  );
  return { slope, error: Math.sqrt(residual / Math.max(1, count - 2) / sxx) };
};

const [world, programs] = [loadWorld(WORLD), loadLocalFile(localFileOf(WORLD))];
if (!world.ok || !programs.ok) throw new Error('the sample shop cannot be read');
const problems: string[] = [];
const local = await startLocalWorld({
  world: world.seed,
  programs: programs.file,
  speed: Number(given.speed),
  port: 0,
  seed: 1,
  failed: (error) => problems.push(String(error)),
});
const violated = (message: string): void => void problems.push(`VIOLATION ${message}`);
watchDeployments({
  seed: world.seed,
  world: local.world,
  orchestrator: local.orchestrator,
  inject: [],
  violated,
});
const url = `http://127.0.0.1:${local.listeners[0]?.port}/api/version`;
const startedAt = performance.now();
const samples: { hours: number; megabytes: number }[] = [];
const sampling = setInterval(() => {
  const hours = (performance.now() - startedAt) / 3_600_000;
  samples.push({ hours, megabytes: process.memoryUsage().rss / 1_048_576 });
}, SECOND_MS);

console.log('| scenario | sent | 2xx | failed | each because of |\n|---|---|---|---|---|');
let sent = 0;
for (let round = 0; round < Number(given.rounds); round += 1) {
  for (const phase of phases) {
    const row = await play(local, url, phase);
    sent += row.sent;
    const causes = Object.entries(row.causes).map(([cause, count]) => `${cause} ${count}`);
    console.log(`| ${row.name} | ${row.sent} | ${row.good} | ${row.bad} | ${causes.join(', ')} |`);
    if (row.problem !== '') problems.push(`${row.name}: ${row.problem}`);
  }
}
clearInterval(sampling);
const seconds = (performance.now() - startedAt) / SECOND_MS;
const cpu = process.cpuUsage();
const perRequest = Math.round((cpu.user + cpu.system) / sent);
// The first half fills what is kept on purpose.
const { slope, error } = slopeOf(samples.slice(samples.length >> 1));
console.log(
  `\n${sent} requests in ${Math.round(seconds)} s (${Math.round(sent / seconds)} a second), ` +
    `${perRequest} us of this process's CPU a request (the world and its load balancer); memory ` +
    `${Math.round(samples.at(-1)?.megabytes ?? 0)} MB, slope ${slope.toFixed(0)} ± ${error.toFixed(0)} ` +
    'MB an hour in the second half',
);
await local.close();
for (const problem of problems) console.error(`FAILED ${problem}`);
process.exit(problems.length > 0 ? 1 : 0);
