import { expect, test } from 'vitest';
import { SECOND_MS } from '../../core/clock.ts';
import { eventRules } from '../../statemachine/event-rules.ts';
import { baseNamed } from '../../verify/exhaust/bases.ts';
import { quickHealthy } from '../../verify/stage/small-names.ts';
import { runStage } from '../../verify/stage/stage.ts';

/** When a canary's sweeps read the table, and a moment of its first bake, at which it is stopped if `stopped`. */
const sweepsOf = async ({ stopped }: { stopped: boolean }) => {
  const canary = baseNamed('canary');
  if (canary === undefined) throw new Error('expected a base canary');
  const sweptAtMs: number[] = [];
  let bakedAtMs = 0;
  await runStage({
    world: canary.world,
    seed: 1,
    behaviourOf: () => quickHealthy,
    deployments: [{ service: canary.service, request: canary.request, startAfterMs: 0 }],
    disturb: ({ world: { kernel }, orchestrator, deployments }) => {
      kernel.intercept(({ by, operation }) => {
        if (by === 'Sweep' && operation === 'Query') sweptAtMs.push(kernel.scheduler.nowMs());
        return undefined;
      });
      kernel.onEvent(({ kind, data }) => {
        if (bakedAtMs > 0 || kind !== 'step' || data?.phase !== 'entered' || data.state !== 'Bake') return;
        bakedAtMs = kernel.scheduler.nowMs() + SECOND_MS;
        if (!stopped) return;
        kernel.scheduler.after(SECOND_MS, () => {
          orchestrator.stepFunctions.stopExecution(deployments[0]?.execution()?.arn ?? '', 'by the test');
        });
      });
    },
  });
  return { sweptAtMs, bakedAtMs };
};

test('a deployment that ends by itself is met by scheduled sweeps only', async () => {
  const { sweptAtMs } = await sweepsOf({ stopped: false });
  const gapsMs = sweptAtMs.slice(1).map((atMs, index) => atMs - (sweptAtMs[index] ?? 0));

  expect(gapsMs.length).toBeGreaterThan(0);
  // A Lambda that was idle starts a little later than one that was not.
  expect(gapsMs.every((gapMs) => Math.abs(gapMs - eventRules.Sweep.everyMs) < SECOND_MS)).toBe(true);
});

test('the event of a stopped execution starts a sweep within seconds', async () => {
  const soonAfter = ({ sweptAtMs, bakedAtMs }: Awaited<ReturnType<typeof sweepsOf>>): number =>
    sweptAtMs.filter((atMs) => atMs > bakedAtMs && atMs < bakedAtMs + 5 * SECOND_MS).length;

  expect(soonAfter(await sweepsOf({ stopped: false }))).toBe(0);
  expect(soonAfter(await sweepsOf({ stopped: true }))).toBe(1);
});
