import { expect, test } from 'vitest';
import { obstacles } from '../../../core/adoption/checks.ts';
import { DAY_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { WorldSeed } from '../../../sim/parts.types.ts';
import { type MovedAccount, movedAccount } from '../../../verify/moving/moved-account.ts';
import { type Origin, originNamed } from '../../../verify/moving/origins.ts';
import { groupArn, listenerArn } from '../../../verify/stage/small-names.ts';

/** Services that are not behind one listener without cookies, and people who take days. */

const inWorld = (name: string, change: (seed: WorldSeed) => WorldSeed): Origin => {
  const origin = originNamed(name);
  return { ...origin, world: () => change(origin.world()) };
};

/** A second listener, as one of HTTPS stands beside one of HTTP: its default action forwards, too. */
const twoListeners = (seed: WorldSeed): WorldSeed => {
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
const sticky = (seed: WorldSeed): WorldSeed => ({
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

const weights = ({ world }: MovedAccount): string[] =>
  world.elbv2
    .routes()
    .map(({ groups }) =>
      groups.map(({ targetGroupArn, weight }) => `${targetGroupArn.split('/')[1]} ${weight}`).join(', '),
    );

const groupsIn = (text: string): string[] => text.replace(/ \d+/g, '').split(', ').sort();

const names = ({ world }: MovedAccount): string[] => world.ecs.services().map(({ name }) => name);

test.each([
  ['two listeners', inWorld('rolling', twoListeners), 3],
  ['sticky groups', inWorld('rolling', sticky), 2],
  ['two target groups, both sticky,', inWorld('codeDeploy', sticky), 2],
  ['sticky groups behind two listeners', inWorld('rolling', (seed) => sticky(twoListeners(seed))), 3],
])(
  'a service with %s moves, comes back, and moves to the end; no request is lost',
  async (_what, origin, routes) => {
    const account = movedAccount(origin);
    const before = weights(account);

    expect(await account.start('continue')).toEqual({ kind: 'done' });
    expect(account.said.filter((line) => line.includes(': 50 % to shop-x'))).toHaveLength(routes);
    expect(await account.start('undo')).toEqual({ kind: 'done' });
    await account.pass(MINUTE_MS);
    expect(names(account)).toEqual(['shop']);
    expect(weights(account).map(groupsIn)).toEqual(before.map(groupsIn));

    expect(await account.start('continue')).toEqual({ kind: 'done' });
    expect(await account.start('finish')).toEqual({ kind: 'done' });
    await account.pass(10 * MINUTE_MS);
    expect(names(account)).toEqual(['shop-x']);
    expect(weights(account)).toEqual(Array(routes).fill('shop-x-blue 100, shop-x-green 0'));
    expect(account.world.traffic.totals().failed).toBe(0);
  },
);

test.each(['undo', 'finish'] as const)(
  'a service with sticky groups behind two listeners leaves, then --%s; no request is lost',
  async (last) => {
    const account = movedAccount(inWorld('toRolling', (seed) => sticky(twoListeners(seed))));

    for (const goal of ['continue', last] as const)
      expect(await account.start(goal)).toEqual({ kind: 'done' });
    await account.pass(10 * MINUTE_MS);

    const [service, group] = last === 'undo' ? ['shop', 'shop-a'] : ['shop-x', 'shop-b'];
    expect(names(account)).toEqual([service]);
    // A group that is left at weight 0 keeps its clients, who would have nobody there.
    expect(weights(account)).toEqual(Array(3).fill(`${group} 100`));
    expect(account.world.traffic.totals().failed).toBe(0);
  },
);

test('leaving again says why the idle group is not there, and native blue/green is refused behind cookies', async () => {
  const account = movedAccount(inWorld('toNative', sticky));
  expect(obstacles(account.plan, await account.observe())).toMatchObject([
    { problem: expect.stringContaining('clients with its cookie would get 503') },
  ]);

  const undone = movedAccount(inWorld('toRolling', sticky));
  for (const goal of ['continue', 'undo'] as const)
    expect(await undone.start(goal)).toEqual({ kind: 'done' });
  await undone.pass(MINUTE_MS);
  expect(obstacles(undone.plan, await undone.observe())).toMatchObject([
    {
      fix: expect.stringContaining(
        'put it back at weight 0 when the cookies for it have run out, 300 s after',
      ),
    },
  ]);
});

test.each(['rolling', 'codeDeploy', 'native', 'toRolling', 'toNative'])(
  'a %s service waits three days between its last share and the end, or the way back',
  async (origin) => {
    for (const last of ['finish', 'undo'] as const) {
      const account = movedAccount(originNamed(origin));
      expect(await account.start('continue')).toEqual({ kind: 'done' });
      await account.pass(3 * DAY_MS);
      expect(await account.start(last)).toEqual({ kind: 'done' });
      await account.pass(10 * MINUTE_MS);
      expect(names(account)).toEqual([last === 'finish' ? 'shop-x' : 'shop']);
      expect(account.world.traffic.totals().failed).toBe(0);
    }
  },
);
