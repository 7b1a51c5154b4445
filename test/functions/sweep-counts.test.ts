import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import { baseNamed } from '../../verify/exhaust/bases.ts';
import { quickHealthy } from '../../verify/stage/small-names.ts';
import { runStage, type Stage } from '../../verify/stage/stage.ts';

type Counts = { EndedButHeld?: number; LeasesNotSwept?: number };

/** Into the bake: not in the middle of the event that tells of it. */
const A_MOMENT_MS = 1_000;

const inFirstBake = ({ world }: Stage, happens: () => void): void => {
  let happened = false;
  world.kernel.onEvent(({ kind, data }) => {
    if (happened || kind !== 'step' || data?.phase !== 'entered' || data.state !== 'Bake') return;
    happened = true;
    world.kernel.scheduler.after(A_MOMENT_MS, happens);
  });
};

/** What every sweep counted while a canary ran, whose execution is stopped in its first bake if `stopped`. */
const countsOf = async ({
  stopped,
  deniedForMs = 0,
}: {
  stopped: boolean;
  deniedForMs?: number;
}): Promise<{ settled: boolean; counts: Counts[] }> => {
  const canary = baseNamed('canary');
  if (canary === undefined) throw new Error('expected a base canary');
  const counts: Counts[] = [];
  const { settled } = await runStage({
    world: canary.world,
    seed: 1,
    behaviourOf: () => quickHealthy,
    deployments: [{ service: canary.service, request: canary.request, startAfterMs: 0 }],
    onEvent: ({ kind, what }) => {
      if (kind !== 'log' || !what.includes('CloudWatchMetrics')) return;
      const { EndedButHeld, LeasesNotSwept } = JSON.parse(what) as Counts;
      // The end of a deployment is counted by another function.
      if (EndedButHeld === undefined && LeasesNotSwept === undefined) return;
      counts.push(JSON.parse(JSON.stringify({ EndedButHeld, LeasesNotSwept })));
    },
    disturb: (stage) => {
      if (!stopped) return;
      const { scheduler } = stage.world.kernel;
      let deniedUntilMs = 0;
      inFirstBake(stage, () => {
        deniedUntilMs = scheduler.nowMs() + deniedForMs;
        const execution = stage.deployments[0]?.execution();
        stage.orchestrator.stepFunctions.stopExecution(execution?.arn ?? '', 'by the test');
      });
      stage.world.kernel.intercept(({ by, operation }) =>
        by === 'Sweep' && operation === 'StartExecution' && scheduler.nowMs() < deniedUntilMs
          ? 'denied'
          : undefined,
      );
    },
  });
  return { settled, counts };
};

test('a deployment that ends by itself leaves nothing to count', async () => {
  expect(await countsOf({ stopped: false })).toEqual({ settled: true, counts: [] });
});

test('a lease that is recovered is counted once, for the sweep that found it', async () => {
  expect(await countsOf({ stopped: true })).toEqual({ settled: true, counts: [{ EndedButHeld: 1 }] });
});

test('a recovery that may not be started is counted at every sweep, until one may', async () => {
  const { settled, counts } = await countsOf({ stopped: true, deniedForMs: 20 * MINUTE_MS });

  expect(settled).toBe(true);
  const found = counts.findIndex(({ EndedButHeld }) => EndedButHeld !== undefined);
  expect(found).toBeGreaterThan(20);
  expect(counts.slice(0, found)).toEqual(Array(found).fill({ LeasesNotSwept: 1 }));
  // Lambda retries a sweep that failed: one of those and a scheduled one may find the lease in the same second.
  expect(counts.slice(found)).toEqual(Array(counts.length - found).fill({ EndedButHeld: 1 }));
});
