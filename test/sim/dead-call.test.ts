import { expect, test } from 'vitest';
import { quickHealthy, type SmallService } from '../../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../../verify/stage/small-world.ts';
import { runStage } from '../../verify/stage/stage.ts';

const web: SmallService = { name: 'web', routes: ['default'], sticky: false, first: true };

test.each(['dieBefore', 'dieAfter'] as const)(
  'a sandbox that has died by %s sends nothing more, however soon the next one ends the deployment',
  async (fault) => {
    const askedAtMs: number[] = [];
    const tries: string[] = [];
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
      disturb: ({ world: { kernel } }) => {
        kernel.intercept(({ operation }) => {
          if (operation !== 'UpdateServicePrimaryTaskSet') return undefined;
          askedAtMs.push(kernel.scheduler.nowMs());
          return askedAtMs.length === 1 ? fault : undefined;
        });
        kernel.onEvent(({ kind, what }) => {
          if (kind === 'log' && what.endsWith('is tried again')) tries.push(what);
        });
      },
    });

    expect(ends.map(({ outcome }) => outcome?.kind)).toEqual(['succeeded']);
    expect(violations).toEqual([]);
    expect(tries).toEqual([]);
    expect(askedAtMs).toHaveLength(fault === 'dieBefore' ? 2 : 1);
  },
);
