import { expect, test, vi } from 'vitest';
import type { World } from '../../sim/world.ts';
import { type Run, run, worldOf } from './a-rehearsal.ts';

/** How long after its data a deployment decides, wherever in a minute, or in a shift, they fall. */
vi.setConfig({ testTimeout: 240_000 });

const MINUTE_MS = 60_000;
/** A minute is known two minutes after its end. */
const KNOWN_AFTER_MS = 3 * MINUTE_MS;
/** From when a minute is known to its read; to the beginning of the observation that decides; to the weights. */
const READ_MS = 57_000;
const JUDGED_MS = 1_000;
const WRITTEN_MS = 2_000;
const HALF_AN_HOUR_MS = 30 * MINUTE_MS;

/** In the last of these somebody's turn falls into the last five seconds of a minute, or into its first. */
const seeds = [1, 2, 3, 8, 11, 72, 94, 146, 147, 190];
const manySeeds = Array.from({ length: 100 }, (_, at) => 100 + at);

/** With when the metrics were read, and when weights were written. */
type Deployed = Run & { readsMs: number[]; writesMs: number[] };

const deployed = async (version: string, bake: string, seed: number): Promise<Deployed> => {
  const readsMs: number[] = [];
  const writesMs: number[] = [];
  const note = ({ kernel }: World): void => {
    kernel.onServed(({ operation, input }, ok) => {
      const { MetricDataQueries = [] } = input as { MetricDataQueries?: { Id?: string }[] };
      const compares = MetricDataQueries.some(({ Id }) => Id === 'green_target5xx');
      if (ok && operation === 'GetMetricData' && compares) readsMs.push(kernel.scheduler.nowMs());
      if (ok && /^Modify(Rule|Listener)$/.test(operation)) writesMs.push(kernel.scheduler.nowMs());
    });
  };
  const done = await run({
    world: worldOf('shop'),
    version,
    seed,
    request: {
      alarms: [],
      shifts: [
        { greenPct: 10, bake },
        { greenPct: 50, bake },
        { greenPct: 100, bake: '5m' },
      ],
    },
    onWorld: note,
  });
  return { ...done, readsMs, writesMs };
};

/** How long each minute that was known in a shift's first half hour had been when somebody read it. */
const delaysMs = ({ report: { decisions }, readsMs }: Deployed): number[] => {
  const compared = decisions.flatMap(({ analysis }) => analysis ?? []);
  const fromMs = (compared[0]?.sinceMs ?? 0) + KNOWN_AFTER_MS;
  const endMs = decisions.at(-1)?.evidence.observedAtMs ?? 0;
  const shiftsMs = [...new Set(compared.map(({ shiftFromMs }) => shiftFromMs))];
  return Array.from({ length: Math.floor((endMs - fromMs) / MINUTE_MS) }, (_, at) => fromMs + at * MINUTE_MS)
    .filter((knownMs) => shiftsMs.some((ms) => ms <= knownMs && knownMs < ms + HALF_AN_HOUR_MS))
    .map((knownMs) => (readsMs.find((ms) => ms >= knownMs) ?? Number.POSITIVE_INFINITY) - knownMs);
};

test.each(['5m', '30m'])('each minute of a shift’s first half hour is judged soon, bake %s', async (bake) => {
  const delays: number[] = [];
  for (const seed of seeds) delays.push(...delaysMs(await deployed('healthy', bake, seed)));

  expect(delays.length).toBeGreaterThan(10 * seeds.length);
  expect(Math.max(...delays)).toBeLessThan(READ_MS);
});

/** For one outage: how long the minute that shows it was known before it was read, then judged, then acted upon. */
const stagesMs = ({ report: { decisions }, readsMs, writesMs }: Deployed) => {
  const last = decisions.at(-1);
  expect(last).toMatchObject({ kind: 'rollBack', analysis: { kind: 'worse' } });
  const { sinceMs = 0, minutes = 0 } = last?.analysis ?? {};
  const knownMs = sinceMs + (minutes - 1) * MINUTE_MS + KNOWN_AFTER_MS;
  const firstFrom = (times: readonly number[], fromMs: number): number =>
    times.find((ms) => ms >= fromMs) ?? Number.POSITIVE_INFINITY;
  const judgedMs = last?.evidence.observedAtMs ?? 0;
  const readMs = firstFrom(readsMs, knownMs);
  return {
    read: readMs - knownMs,
    judged: judgedMs - readMs,
    written: firstFrom(writesMs, judgedMs) - judgedMs,
  };
};

test.each(['5m', '30m'])(
  'an outage is read soon, then decided and acted upon at once, bake %s',
  async (bake) => {
    const all = [];
    for (const seed of manySeeds) all.push(stagesMs(await deployed('errors:70%', bake, seed)));

    expect(Math.max(...all.map(({ read }) => read))).toBeLessThan(READ_MS);
    expect(Math.max(...all.map(({ judged }) => judged))).toBeLessThan(JUDGED_MS);
    expect(Math.max(...all.map(({ written }) => written))).toBeLessThan(WRITTEN_MS);
    expect(READ_MS + JUDGED_MS + WRITTEN_MS).toBeLessThanOrEqual(MINUTE_MS);
  },
);
