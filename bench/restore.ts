import type { Delivery } from '../sim/orchestrator.ts';
import type { Behaviour } from '../sim/parts.types.ts';
import { alarmName, quickHealthy, type SmallService } from '../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../verify/stage/small-world.ts';
import { runStage, type Stage } from '../verify/stage/stage.ts';

/**
 * How long users suffer after an alarm: virtual seconds from the alarm's change to ALARM until the last route has all
 * its weight on blue again, over many seeds; and the orchestrator's own share of them, from the moment at which AWS
 * hands the event to OnAlarm.
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
  /** The same of the orchestrator's own share; absent: no event arrives. */
  ownLimitSeconds?: number;
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

/** From the event's arrival to the last write: two steps, and two routes one after the other. */
const OWN_GOAL_SECONDS = 2;

const cases: Case[] = [
  { name: 'by the event', services: 1, limitSeconds: 6, ownLimitSeconds: OWN_GOAL_SECONDS },
  { name: 'event lost: by the next observation', services: 1, limitSeconds: 65, disturb: loseEvents },
  {
    name: 'three services at once, by the event',
    services: 3,
    limitSeconds: 6,
    ownLimitSeconds: OWN_GOAL_SECONDS,
  },
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

type Measured = {
  /** By service, from the alarm until its last route is back. */
  seconds: number;
  /** Of these since its event arrived; null: none did, or somebody else saw it first. */
  ownSeconds: number | null;
};

const measure = async ({ services: count, disturb }: Case, seed: number): Promise<Measured[]> => {
  const services = Array.from({ length: count }, (_, index) => aService(index));
  const red = { atMs: 0 };
  const restored = new Map<string, number>();
  const arrivedAtMs = new Map<string, number>();
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
      const { lambda } = stage.orchestrator;
      const { invoke } = lambda;
      lambda.invoke = (handler, event, ...rest) => {
        const { detail } = event as { detail?: { alarmName?: string } };
        if (handler === 'OnAlarm' && detail?.alarmName !== undefined)
          arrivedAtMs.set(detail.alarmName, kernel.scheduler.nowMs());
        return invoke(handler, event, ...rest);
      };
      // Some minutes into the first bake, at an instant of the seed's.
      kernel.scheduler.after(240_000 + seed * 293, () => {
        red.atMs = kernel.scheduler.nowMs();
        for (const service of services) cloudWatch.setAlarm(alarmName(service.name), 'ALARM', 'bench');
      });
      kernel.onEvent(({ kind, data, atMs }) => {
        if (kind !== 'weights' || red.atMs === 0) return;
        const groups = data?.groups as { targetGroupArn: string; weight: number }[];
        const service = services.find(({ name }) =>
          groups.some(({ targetGroupArn }) => targetGroupArn.includes(`/${name}-a/`)),
        );
        if (service !== undefined) restored.set(service.name, atMs);
      });
    },
  });
  const rolledBack = result.ends.every(({ outcome }) => outcome?.kind === 'rolledBack');
  if (restored.size !== count || !rolledBack || result.violations.length > 0) {
    throw new Error(
      `seed ${seed}: expected ${count} rollbacks, found ${JSON.stringify([result.violations, result.ends])}`,
    );
  }
  return [...restored].map(([name, atMs]) => {
    const arrived = arrivedAtMs.get(alarmName(name));
    return {
      seconds: (atMs - red.atMs) / 1_000,
      ownSeconds: arrived === undefined || arrived > atMs ? null : (atMs - arrived) / 1_000,
    };
  });
};

const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
const cell = (seconds: number): string => seconds.toFixed(1).padStart(8);

const checked = (name: string, seconds: number[], limitSeconds: number): void => {
  const p99 = quantile(seconds, 0.99);
  if (p99 <= limitSeconds) return;
  console.error(`${name}: expected a p99 of at most ${limitSeconds} s, found ${cell(p99).trim()} s`);
  process.exitCode = 1;
};
const rowOf = (name: string, seconds: number[]): string => {
  const cells = [quantile(seconds, 0.5), quantile(seconds, 0.99), seconds.at(-1) ?? Number.NaN].map(cell);
  return `${name.padEnd(58)}${cells.join('')}`;
};

console.log(`alarm to all weights restored, virtual seconds, ${SEEDS} seeds each`);
console.log(`assumed: ${assumed.join('\n')}\n`);
console.log(`${''.padEnd(58)}${['p50', 'p99', 'most'].map((name) => name.padStart(8)).join('')}`);
const ascending = (a: number, b: number): number => a - b;
for (const each of cases) {
  const measured: Measured[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) measured.push(...(await measure(each, seed)));
  const seconds = measured.map((one) => one.seconds).sort(ascending);
  console.log(rowOf(each.name, seconds));
  checked(each.name, seconds, each.limitSeconds);
  if (each.ownLimitSeconds === undefined) continue;
  const own = measured.flatMap(({ ownSeconds }) => ownSeconds ?? []).sort(ascending);
  const name = '  of these after the event arrived';
  console.log(rowOf(name, own));
  checked(each.name + name, own, each.ownLimitSeconds);
}
