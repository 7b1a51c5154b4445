import { expect, test, vi } from 'vitest';
import type { World } from '../../sim/world.ts';
import { type Run, run, worldOf } from './a-rehearsal.ts';

/** How long after its data a deployment decides, wherever in a minute, or in a shift, they fall. */
vi.setConfig({ testTimeout: 240_000 });

const MINUTE_MS = 60_000;
/** A minute is known two minutes after its end. */
const KNOWN_AFTER_MS = 3 * MINUTE_MS;
/** The watch comes each minute, and an observation takes some seconds. */
const SOON_MS = MINUTE_MS + 5_000;
const HALF_AN_HOUR = 30;

const seeds = Array.from({ length: 8 }, (_, at) => at + 1);

const deployed = async (
  version: string,
  bake: string,
  seed: number,
): Promise<Run & { readsMs: number[] }> => {
  const readsMs: number[] = [];
  const note = ({ kernel }: World): void => {
    kernel.onServed(({ operation, input }, ok) => {
      const { MetricDataQueries = [] } = input as { MetricDataQueries?: { Id?: string }[] };
      const compares = MetricDataQueries.some(({ Id }) => Id === 'green_target5xx');
      if (ok && operation === 'GetMetricData' && compares) readsMs.push(kernel.scheduler.nowMs());
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
  return { ...done, readsMs };
};

/** How long each minute of the shifts' first half hours was known before somebody read it. */
const delaysMs = ({ report: { decisions }, readsMs }: Run & { readsMs: number[] }): number[] => {
  const shifts = [...new Set(decisions.map(({ position }) => position))];
  return shifts.flatMap((position) => {
    const ofShift = decisions.filter((decision) => decision.position === position);
    const fromMs = ofShift[0]?.analysis?.shiftFromMs ?? 0;
    const endMs = ofShift.at(-1)?.evidence.observedAtMs ?? 0;
    return Array.from({ length: HALF_AN_HOUR }, (_, at) => fromMs + at * MINUTE_MS + KNOWN_AFTER_MS)
      .filter((knownMs) => knownMs < endMs - SOON_MS)
      .map((knownMs) => (readsMs.find((ms) => ms >= knownMs) ?? Number.POSITIVE_INFINITY) - knownMs);
  });
};

test.each(['5m', '30m'])('each minute of a shift’s first half hour is judged soon, bake %s', async (bake) => {
  const delays: number[] = [];
  for (const seed of seeds) delays.push(...delaysMs(await deployed('healthy', bake, seed)));

  expect(delays.length).toBeGreaterThan(10 * seeds.length);
  expect(Math.max(...delays)).toBeLessThan(SOON_MS);
});

test.each(['5m', '30m'])('an outage is decided soon after it is known, bake %s', async (bake) => {
  for (const seed of seeds) {
    const { report } = await deployed('errors:70%', bake, seed);
    const last = report.decisions.at(-1);

    expect(last).toMatchObject({ kind: 'rollBack', analysis: { kind: 'worse' } });
    const { sinceMs = 0, minutes = 0 } = last?.analysis ?? {};
    const knownMs = sinceMs + (minutes - 1) * MINUTE_MS + KNOWN_AFTER_MS;
    expect((last?.evidence.observedAtMs ?? 0) - knownMs).toBeLessThan(SOON_MS);
  }
});
