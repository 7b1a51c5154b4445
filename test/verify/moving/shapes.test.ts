import { expect, test } from 'vitest';
import { obstacles } from '../../../core/adoption/checks.ts';
import { DAY_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { WorldSeed } from '../../../sim/parts.types.ts';
import { type MovedAccount, movedAccount } from '../../../verify/moving/moved-account.ts';
import { type Origin, originNamed } from '../../../verify/moving/origins.ts';
import { adoptedBefore, idleOut, sticky, twoListeners } from '../../../verify/moving/shapes.ts';

/** Services that are not behind one listener without cookies, and people who take days. */

const inWorld = (name: string, change: (seed: WorldSeed) => WorldSeed): Origin => {
  const origin = originNamed(name);
  return { ...origin, world: () => change(origin.world()) };
};

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

test('native blue/green is refused behind cookies', async () => {
  const account = movedAccount(inWorld('toNative', sticky));
  expect(obstacles(account.plan, await account.observe())).toMatchObject([
    { problem: expect.stringContaining('clients with its cookie would get 503') },
  ]);
});

const aloneInRoutes = (seed: WorldSeed) => idleOut(twoListeners(seed));
const deployedSince = (seed: WorldSeed) => idleOut(sticky(twoListeners(seed)));

test.each([
  ['undo', 'its tags say', inWorld('toRolling', (seed) => adoptedBefore(deployedSince(seed)))],
  ['finish', 'its tags say', inWorld('toRolling', (seed) => adoptedBefore(deployedSince(seed)))],
  ['undo', '--group says', { ...inWorld('toRolling', deployedSince), group: 'shop-b' }],
  ['undo', '--group says, without cookies,', { ...inWorld('toRolling', aloneInRoutes), group: 'shop-b' }],
  ['finish', '--group says', { ...inWorld('toRolling', deployedSince), group: 'shop-b' }],
] as const)(
  'a service whose routes name one group leaves, then --%s, by a preview of the group that %s',
  async (last, _how, origin) => {
    const account = movedAccount(origin);
    const before = weights(account);

    expect(obstacles(account.plan, await account.observe())).toEqual([]);
    for (const goal of ['continue', last] as const)
      expect(await account.start(goal)).toEqual({ kind: 'done' });
    await account.pass(10 * MINUTE_MS);

    expect(account.said.filter((line) => line.includes('create the preview rule'))).toHaveLength(1);
    expect(names(account)).toEqual([last === 'undo' ? 'shop' : 'shop-x']);
    expect(weights(account)).toEqual(last === 'undo' ? before : Array(3).fill('shop-b 100'));
    expect(account.world.traffic.totals().failed).toBe(0);
  },
);

test('a sticky service whose second group nothing names is asked for it, with the groups that it may be', async () => {
  const account = movedAccount(inWorld('toRolling', deployedSince));
  expect(obstacles(account.plan, await account.observe())).toEqual([
    {
      problem: 'its routes name no second target group, where the new service could start',
      fix: 'name the one of its last deployment: cutover leave proof/shop --group shop-b',
    },
  ]);

  const typo = movedAccount({ ...inWorld('toRolling', deployedSince), group: 'shop-c' });
  expect(obstacles(typo.plan, await typo.observe())).toEqual([
    {
      problem: 'expected with --group a target group like shop-a that no load balancer uses, found no shop-c',
      fix: 'there are shop-b',
    },
  ]);

  const other = movedAccount({ ...originNamed('toRolling'), group: 'shop-c' });
  expect(obstacles(other.plan, await other.observe())).toEqual([
    {
      problem: 'its routes name shop-b as its second target group, found shop-c with --group',
      fix: 'leave --group out',
    },
  ]);
});

test.each(['rolling', 'codeDeploy', 'toRolling', 'sticky', 'deployedSince'])(
  'a %s service whose last command died before it took a task away still comes back',
  async (name) => {
    const whole = movedAccount(originNamed(name));
    for (const goal of ['continue', 'finish'] as const) await whole.start(goal);
    const stops = ({ operation, input }: (typeof whole.seen)[number]['call']): boolean =>
      operation === 'UpdateService' && (input as { desiredCount?: number }).desiredCount === 0;
    const at = whole.seen.find(({ call }) => stops(call))?.index ?? 0;
    expect(at).toBeGreaterThan(0);

    const account = movedAccount(originNamed(name));
    const before = await account.observe();
    account.failAt(at, 'dieBefore');
    expect(await account.start('continue')).toEqual({ kind: 'done' });
    expect(await account.start('finish')).toEqual({ kind: 'died' });
    expect(await account.start('undo')).toEqual({ kind: 'done' });
    await account.pass(MINUTE_MS);

    expect(names(account)).toEqual(['shop']);
    expect(weights(account).every((text) => text.includes('shop-a 100'))).toBe(true);
    const { scaling } = await account.observe();
    // Its schedule may have changed the range meanwhile.
    const { policies, suspended } = before.scaling.old ?? {};
    expect(scaling).toMatchObject({ old: { policies, suspended }, twin: null });
    expect(account.world.traffic.totals().failed).toBe(0);
  },
);

const REGISTRY = { registryArn: 'arn:aws:servicediscovery:us-east-1:111122223333:service/srv-1' };

/** A rolling service has its registry itself, one of Cutover's has it at each task set. */
const registered = (seed: WorldSeed): WorldSeed => ({
  ...seed,
  services: seed.services.map(({ taskSets, ...service }) => ({
    ...service,
    ...(taskSets === undefined
      ? { serviceRegistries: [REGISTRY] }
      : { taskSets: taskSets.map((set) => ({ ...set, serviceRegistries: [REGISTRY] })) }),
  })),
});

const registriesNow = async (account: MovedAccount): Promise<unknown> => {
  const { old, twin } = await account.observe();
  return [old, twin].map((service) => service?.registries ?? null);
};

test.each(['rolling', 'codeDeploy', 'toRolling'])(
  'a %s service in Cloud Map is refused, and with --cloud-map its successor has the registry, too',
  async (name) => {
    const origin = inWorld(name, registered);
    const refused = movedAccount(origin);
    expect(obstacles(refused.plan, await refused.observe())).toMatchObject([
      { problem: expect.stringContaining('(srv-1)'), fix: expect.stringContaining('--cloud-map') },
    ]);

    const account = movedAccount({ ...origin, cloudMap: true });
    expect(obstacles(account.plan, await account.observe())).toEqual([]);
    expect(await account.start('continue')).toEqual({ kind: 'done' });
    expect(await registriesNow(account)).toEqual([[REGISTRY], [REGISTRY]]);
    expect(await account.start('finish')).toEqual({ kind: 'done' });
  },
);

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
