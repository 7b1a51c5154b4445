import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { type LocalFile, loadLocalFile, localFileOf } from '../local/local-file.ts';
import { startLocalWorld } from '../local/local-world.ts';
import { startUsers } from '../local/users.ts';
import { watchDeployments } from '../local/watched-deployments.ts';
import { parseFaults } from '../rehearsal/injected-faults.ts';
import type { WeightChange } from '../rehearsal/rehearsal.types.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import { loadWorld } from '../sim/load-world.ts';
import type { WorldSeed } from '../sim/parts.types.ts';
import { benchOptions, WHOLE_NUMBER } from './options.ts';

/**
 * The same deployments with the same faults in virtual time and on this machine: they have to end alike, with the
 * same weights on each route and the same decisions, times aside. Exits with 1 where they differ. `--story N` plays
 * one of them.
 */

const { values: given } = benchOptions('node bench/agree.ts [--story N] [--speed N]', {
  options: { story: WHOLE_NUMBER, speed: WHOLE_NUMBER },
});

const WORLD = fileURLToPath(new URL('../examples/shop/world', import.meta.url));
const NEW_IMAGE = '111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:1.42.0';
const REQUESTS_PER_SECOND = 200;
/** No story takes longer than this of the world's time. */
const LIMIT_MS = 40 * MINUTE_MS;

const request = {
  cluster: 'production',
  service: 'shop',
  taskDefinition: 'shop:42',
  timeToHealthy: '5m',
  shifts: [10, 50, 100].map((greenPct) => ({ greenPct, bake: '1m' })),
  alarms: ['shop-users-suffer'],
};

type Story = {
  name: string;
  /** The new version, as a rehearsal's behaviour and as a program's environment; undefined there: no program at all. */
  version?: string;
  environment?: Record<string, string> | null;
  inject?: string;
};

const stories: Story[] = [
  { name: 'a healthy version' },
  { name: 'an alarm after the second shift', inject: 'alarm@shift:2' },
  { name: 'aborted after the first shift', inject: 'abort@shift:1' },
  { name: 'promoted after the first shift', inject: 'promote@shift:1' },
  { name: 'skipped after the first shift', inject: 'skip@shift:1' },
  { name: 'stopped in the console after the second shift', inject: 'stop-execution@shift:2' },
  { name: 'the listener reset by somebody else', inject: 'foreign-weights@shift:2' },
  { name: 'a lost answer of a write', inject: 'lost:elbv2:ModifyRule' },
  {
    name: 'a version that never passes its checks',
    version: 'never-healthy',
    environment: { HEALTH_STATUS: '503' },
  },
  { name: 'an image that cannot be had', version: 'no-image', environment: null },
];

type Account = { outcome: string; reason: string; decisions: string[]; weights: Record<string, number[]> };

/** By route, each of Cutover's writes once. */
const weightsOf = (changes: readonly WeightChange[]): Record<string, number[]> => {
  const byRoute: Record<string, number[]> = {};
  for (const { route, green, by } of changes) {
    const known = byRoute[route] ?? [];
    byRoute[route] = known;
    if (by === 'cutover' && known.at(-1) !== green) known.push(green);
  }
  return byRoute;
};

/** Holds depend on how often somebody observed; what was decided at last does not. */
const decisionsOf = (decisions: readonly { kind: string }[]): string[] =>
  decisions.map(({ kind }) => kind).filter((kind) => kind !== 'hold');

const inVirtualTime = async (world: WorldSeed, { version = 'healthy', inject }: Story): Promise<Account> => {
  const inputs = { request, world, version, inject: inject === undefined ? [] : [inject], seed: 1 };
  const { outcome, decisions, weights } = await rehearse(inputs);
  return { outcome, reason: '', decisions: decisionsOf(decisions), weights: weightsOf(weights) };
};

const programsFor = (file: LocalFile, { environment = {} }: Story): LocalFile => {
  const pattern = file.programs.find(({ image }) => image.includes('{tag}'));
  if (pattern === undefined) throw new Error('the sample shop has no program for every tag');
  if (environment === null) {
    const old = { ...pattern, image: NEW_IMAGE.replace('1.42.0', '1.41.0') };
    return { ...file, programs: [old] };
  }
  const own = { VERSION: '1.42.0', ...environment };
  return { ...file, programs: [{ ...pattern, image: NEW_IMAGE, environment: own }, pattern] };
};

const onThisMachine = async (seed: WorldSeed, file: LocalFile, story: Story): Promise<Account> => {
  const failures: string[] = [];
  const failed = (error: unknown): void => void failures.push(String(error));
  const options = {
    world: seed,
    programs: programsFor(file, story),
    speed: Number(given.speed ?? 20),
    port: 0,
    seed: 1,
  };
  const local = await startLocalWorld({ ...options, failed });
  const { world, orchestrator } = local;
  const inject = story.inject === undefined ? [] : [story.inject];
  const [deployments, users] = [
    watchDeployments({ seed, world, orchestrator, inject: parseFaults(inject), violated: failed }),
    startUsers(local.listeners[0]?.port ?? 0, '/api/version', REQUESTS_PER_SECOND),
  ];
  orchestrator.stepFunctions.startExecution({ input: request });
  const untilMs = world.kernel.scheduler.nowMs() + LIMIT_MS;
  while (deployments.latest()?.over !== true && world.kernel.scheduler.nowMs() < untilMs)
    await setTimeout(SECOND_MS / 10);
  await users.stop();
  await local.close();
  const { outcome, decisions = [], weights = [] } = deployments.latest()?.watched ?? {};
  const ended = failures[0] ?? outcome?.kind ?? 'did not end';
  const counted = { decisions: decisionsOf(decisions), weights: weightsOf(weights) };
  return { outcome: ended, reason: outcome?.reason ?? '', ...counted };
};

const [world, programs] = [loadWorld(WORLD), loadLocalFile(localFileOf(WORLD))];
if (!world.ok || !programs.ok) throw new Error('the sample shop cannot be read');
const chosen =
  given.story === undefined ? stories : stories.slice(Number(given.story) - 1, Number(given.story));
let differ = 0;
for (const story of chosen) {
  const startedAt = performance.now();
  const [virtual, live] = [
    await inVirtualTime(world.seed, story),
    await onThisMachine(world.seed, programs.file, story),
  ];
  const same = JSON.stringify(virtual) === JSON.stringify({ ...live, reason: '' });
  const seconds = Math.round((performance.now() - startedAt) / SECOND_MS);
  if (!same) differ += 1;
  console.log(
    `${same ? 'agree ' : 'DIFFER'} ${story.name}: ${virtual.outcome}, ${virtual.decisions.join(' ')} (${seconds} s)`,
  );
  if (!same) console.log(`  virtual ${JSON.stringify(virtual)}\n  live    ${JSON.stringify(live)}`);
}
console.log(`${chosen.length - differ} passed, ${differ} failed`);
process.exit(differ > 0 ? 1 : 0);
