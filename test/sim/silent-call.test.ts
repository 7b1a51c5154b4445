import { expect, test } from 'vitest';
import { LAMBDA_TIMEOUT_SECONDS } from '../../core/estimate/lambda-size.ts';
import { quickHealthy, type SmallService } from '../../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../../verify/stage/small-world.ts';
import { runStage } from '../../verify/stage/stage.ts';

const web: SmallService = { name: 'web', routes: ['default'], sticky: false, first: false };

test('a call that is never answered ends its Lambda by its timeout, and the step runs again', async () => {
  const failedAfterMs: number[] = [];
  let askedAtMs = 0;
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
        if (operation !== 'CreateTaskSet' || askedAtMs > 0) return undefined;
        askedAtMs = kernel.scheduler.nowMs();
        return 'silent';
      });
      kernel.onEvent(({ kind, data }) => {
        if (kind === 'step' && JSON.stringify(data?.error ?? '').includes('Sandbox.Timedout'))
          failedAfterMs.push(kernel.scheduler.nowMs() - askedAtMs);
      });
    },
  });

  expect(ends.map(({ outcome }) => outcome?.kind)).toEqual(['succeeded']);
  expect(failedAfterMs).toHaveLength(1);
  expect(failedAfterMs[0]).toBeGreaterThan((LAMBDA_TIMEOUT_SECONDS - 1) * 1_000);
  expect(failedAfterMs[0]).toBeLessThanOrEqual(LAMBDA_TIMEOUT_SECONDS * 1_000);
});
