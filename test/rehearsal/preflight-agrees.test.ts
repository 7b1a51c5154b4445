import { describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { run, worldOf } from './a-rehearsal.ts';
import { behindNetworkBalancer } from './worlds/behind-network-balancer.ts';
import { changed } from './worlds/changed.ts';

const quick = { alarms: [], shifts: undefined, strategy: 'AllAtOnce', keepBlue: '1m', analysis: 'off' };

const kinds = {
  application: { world: worldOf('shop'), groups: ['off', 'lb_cookie', 'app_cookie'], routes: [false, true] },
  network: { world: behindNetworkBalancer(worldOf('shop')), groups: ['off', 'source_ip'], routes: [false] },
} as const;

type Stickiness = 'off' | 'lb_cookie' | 'app_cookie' | 'source_ip';

const withStickiness = (world: WorldSeed, blue: Stickiness, green: Stickiness, route: boolean): WorldSeed =>
  changed(world, (copy) => {
    const of: Record<string, Stickiness> = { 'shop-blue': blue, 'shop-green': green };
    for (const { TargetGroupArn, Attributes } of copy.targetGroupAttributes) {
      const type = of[TargetGroupArn.split('/')[1] ?? ''] ?? 'off';
      for (const attribute of Attributes) {
        if (attribute.Key === 'stickiness.enabled') attribute.Value = String(type !== 'off');
        if (attribute.Key === 'stickiness.type' && type !== 'off') attribute.Value = type;
      }
    }
    const actions = [
      ...copy.listeners.flatMap(({ DefaultActions = [] }) => DefaultActions),
      ...copy.rules.flatMap(({ Rule: { Actions = [] } }) => Actions),
    ];
    for (const { ForwardConfig } of actions) {
      if (ForwardConfig === undefined || !route) continue;
      ForwardConfig.TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 60 };
    }
  });

/** The simulated load balancer was built from the guides, and preflight too; that they agree is checked here. */
describe('what preflight lets through the load balancer accepts', () => {
  for (const [kind, { world, groups, routes }] of Object.entries(kinds)) {
    const cases = groups.flatMap((blue) =>
      groups.flatMap((green) => routes.map((route) => ({ kind, blue, green, route }))),
    );

    test.each(cases)(
      '$kind: blue $blue, green $green, sticky routes: $route',
      async ({ blue, green, route }) => {
        const { report } = await run({ world: withStickiness(world, blue, green, route), request: quick });

        expect(['refused', 'succeeded']).toContain(report.outcome);
        if (report.outcome === 'refused') expect(report.reason).toMatch(/stickiness|cookie/);
      },
    );
  }
});
