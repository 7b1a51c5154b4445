import type { MoveObservation } from '../../../core/adoption/adoption.types.ts';
import { type MovePlan, movePlan } from '../../../core/adoption/move-plan.ts';
import { moveNames } from '../../../core/adoption/names.ts';
import { group, made, route, service } from './a-move.ts';

/** Names and texts that AWS takes and that templates may stumble over. */
const ODD = '"quoted" \u0024{not.a.reference} %{if} back\\slash ünïcode 漢字';

export const oddMove = (old: string, twin: string): { plan: MovePlan; observed: MoveObservation } => ({
  plan: movePlan('adopt', moveNames('main', old, twin), {
    shares: [100],
    removeGroups: false,
    nativeRoleArn: null,
  }),
  observed: made({
    old: service(old, {
      tags: { team: ODD, 'aws:cloudformation:stack-name': 'not for others' },
      kept: { placementConstraints: [{ type: 'memberOf', expression: `attribute:x == ${ODD}` }] },
    }),
    twin: null,
    groups: [
      group('old', {
        settings: {
          Protocol: 'HTTP',
          Port: 80,
          VpcId: 'vpc-12345678',
          TargetType: 'ip',
          HealthCheckPath: `/${ODD}`,
        },
        attributes: {
          'deregistration_delay.timeout_seconds': '60',
          'load_balancing.algorithm.anomaly_mitigation': 'on',
          'target_group_health.dns_failover.minimum_healthy_targets.count': '2',
          'target_group_health.dns_failover.minimum_healthy_targets.percentage': 'off',
          'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': '50',
        },
      }),
    ],
    routes: [
      route(
        'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener-rule/app/a/1/2/3',
        { old: 1 },
        {
          listenerArn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/a/1/2',
          conditions: [
            { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-of', Values: [ODD] } },
            {
              Field: 'query-string',
              QueryStringConfig: { Values: [{ Key: 'a', Value: ODD }, { Value: 'b' }] },
            },
          ],
        },
      ),
    ],
  }),
});

export const ODD_NAMES: readonly [string, string][] = [
  ['1shop', '1shop-x'],
  ['____', '_____'],
  ['x'.repeat(250), 'x'.repeat(252)],
  ['abcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnopqrstuvwxyz-blue'],
];
