import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { WorldSeed } from '../../../sim/parts.types.ts';
import { changed } from './changed.ts';

const LISTENER =
  'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/shop/8f0c1d5e7a9b3c24/5b7c9d1e3f5a7b80';
const BLUE = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop-blue/2f6a1c8d90b7e345';

/** The shop's routes for testers: a rule with a header on its listener, or a listener of its own port. */
export const TEST_RULE = `${LISTENER.replace(':listener/', ':listener-rule/')}/aaaaaaaaaaaaaaaa`;
export const TEST_LISTENER = LISTENER.replace('5b7c9d1e3f5a7b80', 'bbbbbbbbbbbbbbbb');

const toBlue: Action = { Type: 'forward', Order: 1, TargetGroupArn: BLUE };

export const withTestRoutes = (world: WorldSeed): WorldSeed =>
  changed(world, ({ listeners, rules }) => {
    const users = listeners.find(({ ListenerArn }) => ListenerArn === LISTENER);
    listeners.push({ ...users, ListenerArn: TEST_LISTENER, Port: 8443, DefaultActions: [toBlue] });
    rules.push({
      ListenerArn: LISTENER,
      Rule: {
        RuleArn: TEST_RULE,
        Priority: '5',
        Conditions: [
          { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Shop-Test', Values: ['green'] } },
        ],
        Actions: [toBlue],
      },
    });
  });
