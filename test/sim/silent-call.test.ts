import { expect, test } from 'vitest';
import { quickHealthy, type SmallService } from '../../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../../verify/stage/small-world.ts';
import { runStage } from '../../verify/stage/stage.ts';

const web: SmallService = { name: 'web', routes: ['default'], sticky: false, first: false };

test('a call that is never answered is given up after eight seconds and sent again', async () => {
  const askedAtMs: number[] = [];
  const failed: unknown[] = [];
  const { ends } = await runStage({
    world: smallWorld([web]),
    behaviourOf: () => quickHealthy,
    deployments: [
      {
        service: web,
        request: { ...smallRequest(web), strategy: 'AllAtOnce', keepBlue: '10s' },
        startAfterMs: 0,
      },
    ],
    seed: 1,
    disturb: ({ world: { kernel } }) => {
      kernel.intercept(({ operation }) => {
        if (operation !== 'CreateTaskSet') return undefined;
        askedAtMs.push(kernel.scheduler.nowMs());
        return askedAtMs.length === 1 ? 'silent' : undefined;
      });
      kernel.onEvent(({ kind, data }) => {
        if (kind === 'step' && data?.state === 'LaunchGreen' && data.error !== undefined)
          failed.push(data.error);
      });
    },
  });

  expect(ends.map(({ outcome }) => outcome?.kind)).toEqual(['succeeded']);
  expect(failed).toEqual([]);
  expect(askedAtMs).toHaveLength(2);
  const [first = 0, second = 0] = askedAtMs;
  expect(second - first).toBeGreaterThanOrEqual(8_000);
  expect(second - first).toBeLessThan(10_000);
});
