import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import type { Delivery } from '../../sim/orchestrator.ts';
import { isBalancerRead } from '../../verify/stage/watch-reads.ts';
import { expectSafe, outcomesOf, play, type Scene } from './a-scene.ts';

/** Reads of the load balancer that the watch made while the deployment ran. */
const countReads = (of: string, counted: { reads: number }) => (scene: Scene) =>
  scene.stage.world.kernel.onServed((call) => {
    if (isBalancerRead(call) && call.by === of) counted.reads += 1;
  });

const bakesOf = (bake: string) => ({
  shifts: [
    { greenPct: 20, bake },
    { greenPct: 100, bake },
  ],
});

test('a bake that observes itself each minute is not read by the watch as well', async () => {
  const watch = { reads: 0 };
  const played = await play({
    deployments: [{ request: bakesOf('5m') }],
    script: countReads('Watch', watch),
  });

  expectSafe(played);
  expect(watch.reads).toBe(0);
});

test('one whose observations are further apart is read by the watch between them', async () => {
  const watch = { reads: 0 };
  const played = await play({
    deployments: [{ request: bakesOf('30m') }],
    script: countReads('Watch', watch),
  });

  expectSafe(played);
  expect(watch.reads).toBeGreaterThan(60);
});

test('in an account without free reads the watch fails nobody, and the deployment ends as planned', async () => {
  const failed: unknown[] = [];
  const played = await play({
    deployments: [{ request: bakesOf('30m') }],
    script: ({ stage: { world } }) => {
      world.kernel.intercept((call) =>
        isBalancerRead(call) && call.by === 'Watch' ? 'throttle' : undefined,
      );
      world.kernel.onEvent(({ kind, what }) => {
        if (kind === 'log' && what.startsWith('Watch failed')) failed.push(what);
      });
    },
  });

  expectSafe(played);
  expect(outcomesOf(played)).toEqual(['succeeded']);
  expect(failed).toEqual([]);
});

test('a red alarm whose event was lost is found although the load balancer answers nobody', async () => {
  let redAtMs = 0;
  const seenAtMs: number[] = [];
  const played = await play({
    deployments: [{ request: bakesOf('30m') }],
    script: (scene) => {
      const { world, orchestrator } = scene.stage;
      const { kernel } = world;
      orchestrator.deliverBy((handler): Delivery => (handler === 'OnAlarm' ? { lost: true } : {}));
      scene.at(20 * MINUTE_MS, () => {
        redAtMs = kernel.scheduler.nowMs();
        scene.alarm('ALARM');
      });
      kernel.intercept((call) =>
        redAtMs > 0 && isBalancerRead(call) && call.by === 'Watch' ? 'throttle' : undefined,
      );
      kernel.onServed(({ by }) => {
        if (redAtMs > 0 && by === 'JudgeHealth') seenAtMs.push(kernel.scheduler.nowMs());
      });
    },
  });

  expectSafe(played);
  expect(outcomesOf(played)).toEqual(['rolledBack']);
  expect((seenAtMs[0] ?? Number.POSITIVE_INFINITY) - redAtMs).toBeLessThan(MINUTE_MS + 10_000);
});
