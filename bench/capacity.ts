import { readFileSync } from 'node:fs';
import { HOUR_MS } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import { loadWorld } from '../sim/load-world.ts';
import type { WorldSeed } from '../sim/parts.types.ts';
import type { World } from '../sim/world.ts';

/**
 * Five services, each with green at full size and with a green that follows its weight: tasks of both colours times
 * hours, from the start until one colour is left. Prints the table of docs/capacity.md. Usage: node bench/capacity.ts
 */

const SHIFTS = [
  { greenPct: 5, bake: '30m' },
  { greenPct: 25, bake: '30m' },
  { greenPct: 50, bake: '30m' },
  { greenPct: 100, bake: '1h' },
];

/** Fargate in us-east-1, a task of 1 vCPU and 2 GB (core/estimate/task-time.ts). */
const USD_PER_TASK_HOUR = 0.04048 + 2 * 0.004445;

type Example = 'shop' | 'canary' | 'sticky';
type Case = { name: string; example: Example; tasks?: number; inject?: string[] };

const CASES: readonly Case[] = [
  { name: 'examples/shop', example: 'shop' },
  { name: 'examples/canary', example: 'canary' },
  { name: 'examples/sticky', example: 'sticky' },
  { name: 'examples/canary with 20 tasks', example: 'canary', tasks: 20 },
  {
    name: 'examples/canary, 6 tasks that become 12 in the middle',
    example: 'canary',
    inject: ['scale:12@+50m'],
  },
];

const worldOf = ({ example, tasks }: Case): WorldSeed => {
  const loaded = loadWorld(`examples/${example}/world`);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  if (tasks === undefined) return loaded.seed;
  const services = loaded.seed.services.map((service) => ({
    ...service,
    desiredCount: tasks,
    taskSets: (service.taskSets ?? []).map((set) => ({
      ...set,
      computedDesiredCount: tasks,
      runningCount: tasks,
    })),
  }));
  return { ...loaded.seed, services };
};

const measure = async (one: Case, capacity: 'full' | 'followWeight') => {
  const request = JSON.parse(readFileSync(`examples/${one.example}/request.json`, 'utf8'));
  let world: World | undefined;
  let taskMs = 0;
  let before = { atMs: 0, tasks: 0 };
  const report = await rehearse({
    request: {
      ...request,
      strategy: undefined,
      keepBlue: undefined,
      analysis: 'off',
      shifts: SHIFTS,
      capacity,
    },
    world: worldOf(one),
    version: 'healthy',
    inject: one.inject ?? [],
    seed: 1,
    onWorld: (made) => {
      world = made;
    },
    onEvent: (_event, { sinceStartMs }) => {
      taskMs += before.tasks * (sinceStartMs - before.atMs);
      const sets = world?.ecs.taskSets() ?? [];
      const tasks = sets.reduce((sum, set) => sum + set.runningCount + set.pendingCount, 0);
      before = { atMs: sinceStartMs, tasks };
    },
  });
  if (report.outcome !== 'succeeded') throw new Error(`${one.name}: ${report.outcome}`);
  return { hours: taskMs / HOUR_MS, seconds: report.virtualSeconds, failed: report.requests.failed };
};

console.log(
  '| service | task-hours, full | following | saved | Fargate, full | following | failed requests, full | ' +
    `following | took, full | following |\n|${'---|'.repeat(10)}`,
);
for (const one of CASES) {
  const [full, follows] = [await measure(one, 'full'), await measure(one, 'followWeight')];
  const both = (of: (measured: typeof full) => string): string[] => [of(full), of(follows)];
  const cells = [
    one.name,
    ...both(({ hours }) => hours.toFixed(1)),
    `${Math.round(100 * (1 - follows.hours / full.hours))} %`,
    ...both(({ hours }) => `$${(hours * USD_PER_TASK_HOUR).toFixed(2)}`),
    ...both(({ failed }) => String(failed)),
    ...both(({ seconds }) => formatDuration(Math.round(seconds) * 1_000)),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
