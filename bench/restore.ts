import type { Delivery } from '../sim/orchestrator.ts';
import type { Behaviour } from '../sim/parts.types.ts';
import { quickHealthy, type SmallService, smallRequest, smallWorld } from '../sim/proof/small-world.ts';
import { runStage, type Stage } from '../sim/proof/stage.ts';

/**
 * How long users suffer after an alarm: virtual seconds from the alarm's change to ALARM until the last route has all its
 * weight on blue again, over many seeds. Assumed latencies are those of the simulator (sim/README.md).
 */

const SEEDS = 100;
const behaviourOf = (): Behaviour => quickHealthy;

type Case = { name: string; services: number; disturb?: (stage: Stage) => void };

const cases: Case[] = [
  { name: 'event path', services: 1 },
  {
    name: 'event lost, next look',
    services: 1,
    disturb: ({ orchestrator }) =>
      orchestrator.deliverBy((handler): Delivery => (handler === 'OnAlarm' ? { lost: true } : {})),
  },
  { name: 'three services at once', services: 3 },
  {
    name: 'load balancer API throttled for 20 s',
    services: 1,
    disturb: ({ world: { kernel } }) => {
      let untilMs = 0;
      kernel.onEvent(({ kind, data, atMs }) => {
        if (kind === 'alarm' && data?.to === 'ALARM') untilMs = atMs + 20_000;
      });
      kernel.intercept(({ service }) =>
        service === 'elbv2' && kernel.scheduler.nowMs() < untilMs ? 'throttle' : undefined,
      );
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

/** Seconds by service. */
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
      kernel.scheduler.after(240_000 + seed * 137, () => {
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
  if (restored.size !== count)
    throw new Error(`seed ${seed}: ${JSON.stringify(result.violations)} ${JSON.stringify(result.ends)}`);
  return [...restored.values()];
};

const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;

console.log(`alarm to all weights restored, virtual seconds, ${SEEDS} seeds each`);
for (const each of cases) {
  const seconds: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) seconds.push(...(await measure(each, seed)));
  seconds.sort((a, b) => a - b);
  console.log(
    `${each.name.padEnd(38)} p50 ${quantile(seconds, 0.5).toFixed(1).padStart(6)}  p99 ${quantile(seconds, 0.99).toFixed(1).padStart(6)}`,
  );
}
