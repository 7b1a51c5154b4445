import type { WorldSeed } from '../../sim/parts.types.ts';
import { groupArn, listenerArn } from '../stage/small-names.ts';

/** How services differ from one behind one listener without cookies. */

/** A second listener, as one of HTTPS stands beside one of HTTP: its default action forwards, too. */
export const twoListeners = (seed: WorldSeed): WorldSeed => {
  const [first] = seed.listeners;
  if (first === undefined) throw new Error('the small world has a listener');
  const ListenerArn = `${listenerArn('shop').slice(0, -4)}beef`;
  const shares = seed.traffic?.shares ?? {};
  const count = Object.keys(shares).length + 1;
  return {
    ...seed,
    listeners: [...seed.listeners, { ...first, ListenerArn, Port: 8443 }],
    traffic: {
      ...seed.traffic,
      shares: Object.fromEntries([...Object.keys(shares), ListenerArn].map((arn) => [arn, 1 / count])),
    },
  };
};

const STICKY = [
  { Key: 'stickiness.enabled', Value: 'true' },
  { Key: 'stickiness.type', Value: 'lb_cookie' },
  { Key: 'stickiness.lb_cookie.duration_seconds', Value: '300' },
];

const stickyAction = (actions: WorldSeed['listeners'][number]['DefaultActions']) =>
  (actions ?? []).map(({ TargetGroupArn = groupArn('shop', 'a'), ForwardConfig, ...action }) => ({
    ...action,
    ForwardConfig: {
      TargetGroups: ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }],
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 300 },
    },
  }));

/** Cookies of the group, and of the action, as several groups want then. */
export const sticky = (seed: WorldSeed): WorldSeed => ({
  ...seed,
  targetGroupAttributes: seed.targetGroupAttributes.map((one) => ({
    ...one,
    Attributes: [...(one.Attributes ?? []), ...STICKY],
  })),
  listeners: seed.listeners.map((listener) => ({
    ...listener,
    DefaultActions: stickyAction(listener.DefaultActions),
  })),
  rules: seed.rules.map(({ ListenerArn, Rule }) => ({
    ListenerArn,
    Rule: { ...Rule, Actions: stickyAction(Rule.Actions) },
  })),
});

/** As a sticky service is between deployments: its routes name the group that serves, alone [fact 80]. */
export const idleOut = (seed: WorldSeed): WorldSeed => {
  const alone = (actions: WorldSeed['listeners'][number]['DefaultActions']) =>
    (actions ?? []).map(({ ForwardConfig, ...action }) =>
      ForwardConfig === undefined
        ? action
        : {
            ...action,
            ForwardConfig: {
              ...ForwardConfig,
              TargetGroups: [{ TargetGroupArn: groupArn('shop', 'a'), Weight: 100 }],
            },
          },
    );
  return {
    ...seed,
    listeners: seed.listeners.map((listener) => ({
      ...listener,
      DefaultActions: alone(listener.DefaultActions),
    })),
    rules: seed.rules.map(({ ListenerArn, Rule }) => ({
      ListenerArn,
      Rule: { ...Rule, Actions: alone(Rule.Actions) },
    })),
  };
};

/** Its groups have the tags of the move that made them. */
export const adoptedBefore = (seed: WorldSeed): WorldSeed => ({
  ...seed,
  surroundings: {
    ...seed.surroundings,
    routeTags: (['a', 'b'] as const).map((which) => ({
      ResourceArn: groupArn('shop', which),
      Tags: [{ Key: 'cutover:moved-from', Value: 'proof/web' }],
    })),
  },
});
