import { expect, test } from 'vitest';
import type { ApiCall, CallFault } from '../../sim/kernel/call.types.ts';
import { quickHealthy, type SmallService } from '../../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../../verify/stage/small-world.ts';
import { runStage } from '../../verify/stage/stage.ts';

type Lost = { state: string; operation: ApiCall['operation']; fault: CallFault; first: boolean };

/** Deploys, and loses the first call of one operation: when it was sent, what was logged about it, and the end. */
const deployLosing = async ({ state, operation: lost, fault, first }: Lost) => {
  const web: SmallService = { name: 'web', routes: ['default'], sticky: false, first };
  const askedAtMs: number[] = [];
  const tries: string[] = [];
  const failed: unknown[] = [];
  const { ends, violations } = await runStage({
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
    disturb: ({ world: { kernel, ecs } }) => {
      // The next sandbox reads what was done: a late read would have it send the call once more.
      ecs.setStaleness(0, 0);
      kernel.intercept(({ operation }) => {
        if (operation !== lost) return undefined;
        askedAtMs.push(kernel.scheduler.nowMs());
        return askedAtMs.length === 1 ? fault : undefined;
      });
      kernel.onEvent(({ kind, what, data }) => {
        if (kind === 'log' && what.endsWith('is tried again')) tries.push(what);
        if (kind === 'step' && data?.state === state && data.error !== undefined) failed.push(data.error);
      });
    },
  });

  expect(ends.map(({ outcome }) => outcome?.kind)).toEqual(['succeeded']);
  expect(violations).toEqual([]);
  return { askedAtMs, tries, failed };
};

test.each([
  ['dieBefore', 2],
  ['dieAfter', 1],
] as const)(
  'a sandbox that has died by %s sends nothing more, however soon the next one ends the deployment',
  async (fault, times) => {
    const lost = { state: 'PromoteGreen', operation: 'UpdateServicePrimaryTaskSet', fault, first: true };
    const { askedAtMs, tries } = await deployLosing(lost);

    expect(tries).toEqual([]);
    expect(askedAtMs).toHaveLength(times);
  },
);

test('a call that is never answered is given up after eight seconds and sent again', async () => {
  const { askedAtMs, failed } = await deployLosing({
    state: 'LaunchGreen',
    operation: 'CreateTaskSet',
    fault: 'silent',
    first: false,
  });

  expect(failed).toEqual([]);
  expect(askedAtMs).toHaveLength(2);
  const [first = 0, second = 0] = askedAtMs;
  expect(second - first).toBeGreaterThanOrEqual(8_000);
  expect(second - first).toBeLessThan(10_000);
});
