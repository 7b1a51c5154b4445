import type { Delivery } from '../sim/orchestrator.ts';
import type { Behaviour } from '../sim/parts.types.ts';
import { quickHealthy, type SmallService } from '../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../verify/stage/small-world.ts';
import { runStage, type Stage } from '../verify/stage/stage.ts';

/**
 * How long users suffer after an alarm: virtual seconds from the alarm's change to ALARM until the last route has all
 * its weight on blue again, over many seeds.
 */

/** Enough for the second-worst of a hundred to mean something. */
const SEEDS = 200;
const THROTTLED_MS = 20_000;
const behaviourOf = (): Behaviour => quickHealthy;

const assumed = [
  'an event reaches its Lambda 0.5 to 3 s after the change; a call takes 8 to 45 ms each way; a cold ' +
    'start 375 ms, a warm',
  'one 10 ms; 15 to 60 ms between two states; the watch comes every minute. Each service has two ' +
    'routes, written one after the other.',
];

type Case = {
  name: string;
  services: number;
  /** Virtual seconds that the 99th percentile may take: what was measured, and a margin. */
  limitSeconds: number;
  disturb?: (stage: Stage) => void;
};

const loseEvents = ({ orchestrator }: Stage): void =>
  orchestrator.deliverBy((handler): Delivery => (handler === 'OnAlarm' ? { lost: true } : {}));

const throttleLoadBalancer = ({ world: { kernel } }: Stage): void => {
  let untilMs = 0;
  kernel.onEvent(({ kind, data, atMs }) => {
    if (kind === 'alarm' && data?.to === 'ALARM') untilMs = atMs + THROTTLED_MS;
  });
  kernel.intercept(({ service }) =>
    service === 'elbv2' && kernel.scheduler.nowMs() < untilMs ? 'throttle' : undefined,
  );
};

const THROTTLED = `the load balancer's API throttled for ${THROTTLED_MS / 1_000} s`;

const cases: Case[] = [
  { name: 'by the event', services: 1, limitSeconds: 6 },
  { name: 'event lost: by the next observation', services: 1, limitSeconds: 65, disturb: loseEvents },
  { name: 'three services at once, by the event', services: 3, limitSeconds: 6 },
  { name: 'three services at once, by the observation', services: 3, limitSeconds: 65, disturb: loseEvents },
  { name: THROTTLED, services: 1, limitSeconds: 26, disturb: throttleLoadBalancer },
  {
    name: `${THROTTLED}, by the observation`,
    services: 1,
    limitSeconds: 75,
    disturb: (stage) => {
      loseEvents(stage);
      throttleLoadBalancer(stage);
    },
  },
];

const aService = (index: number): SmallService => ({
  name: `s${index}`,
  routes: ['default', 'rule'],
  sticky: false,
  first: false,
});

const REQUEST = {
  shifts: [
    { greenPct: 20, bake: '10m' },
    { greenPct: 100, bake: '10m' },
  ],
};

/** Seconds by service, each until its last route is back. */
const measure = async ({ services: count, disturb }: Case, seed: number): Promise<number[]> => {
  const services = Array.from({ length: count }, (_, index) => aService(index));
  const red = { atMs: 0 };
  const restored = new Map<string, number>();
  const result = await runStage({
    world: smallWorld(services),
    behaviourOf,
    seed,
    deployments: services.map((service) => ({
      service,
      request: { ...smallRequest(service), ...REQUEST },
      startAfterMs: 0,
    })),
    disturb: (stage) => {
      disturb?.(stage);
      const { kernel, cloudWatch } = stage.world;
      // Some minutes into the first bake, at an instant of the seed's.
      kernel.scheduler.after(240_000 + seed * 293, () => {
        red.atMs = kernel.scheduler.nowMs();
        for (const service of services) cloudWatch.setAlarm(`${service.name}-b-5xx`, 'ALARM', 'bench');
      });
      kernel.onEvent(({ kind, data, atMs }) => {
        if (kind !== 'weights' || red.atMs === 0) return;
        const groups = data?.groups as { targetGroupArn: string; weight: number }[];
        const service = services.find(({ name }) =>
          groups.some(({ targetGroupArn }) => targetGroupArn.includes(`/${name}-a/`)),
        );
        if (service !== undefined) restored.set(service.name, (atMs - red.atMs) / 1_000);
      });
    },
  });
  const rolledBack = result.ends.every(({ outcome }) => outcome?.kind === 'rolledBack');
  if (restored.size !== count || !rolledBack || result.violations.length > 0) {
    throw new Error(
      `seed ${seed}: expected ${count} rollbacks, found ${JSON.stringify([result.violations, result.ends])}`,
    );
  }
  return [...restored.values()];
};

const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
const cell = (seconds: number): string => seconds.toFixed(1).padStart(8);

console.log(`alarm to all weights restored, virtual seconds, ${SEEDS} seeds each`);
console.log(`assumed: ${assumed.join('\n')}\n`);
console.log(`${''.padEnd(58)}${['p50', 'p99', 'most'].map((name) => name.padStart(8)).join('')}`);
for (const each of cases) {
  const seconds: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) seconds.push(...(await measure(each, seed)));
  seconds.sort((a, b) => a - b);
  console.log(
    `${each.name.padEnd(58)}${cell(quantile(seconds, 0.5))}${cell(quantile(seconds, 0.99))}${cell(seconds.at(-1) ?? Number.NaN)}`,
  );
  const p99 = quantile(seconds, 0.99);
  if (!(p99 <= each.limitSeconds)) {
    console.error(
      `${each.name}: expected a p99 of at most ${each.limitSeconds} s, found ${cell(p99).trim()} s`,
    );
    process.exitCode = 1;
  }
}
