import { DeleteServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../core/clock.ts';
import { type MovedAccount, movedAccount } from '../../../verify/moving/moved-account.ts';
import { originNamed } from '../../../verify/moving/origins.ts';
import { CLUSTER, groupArn } from '../../../verify/stage/small-names.ts';
import { usersRule } from './users-rule.ts';

/** What other people do to a service while it moves. */

const groupsOf = ({ world }: MovedAccount): Record<string, number>[] =>
  world.elbv2
    .routes()
    .filter(({ groups }) => groups.some(({ targetGroupArn }) => targetGroupArn === groupArn('shop', 'a')))
    .map(({ groups }) =>
      Object.fromEntries(groups.map(({ targetGroupArn, weight }) => [targetGroupArn.split('/')[1], weight])),
    );

const rewritten = (account: MovedAccount, weights: Record<string, number>): void => {
  const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({
    TargetGroupArn,
    Weight,
  }));
  const Actions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }];
  void account.world.elbv2.client.send(new ModifyRuleCommand({ RuleArn: usersRule(account), Actions }));
};

const scaled = ({ world }: MovedAccount, service: string, desiredCount: number): void =>
  void world.ecs.client.send(new UpdateServiceCommand({ cluster: CLUSTER, service, desiredCount }));

const madeGroup = ({ world }: MovedAccount, name: string): string =>
  world.elbv2.dataPlane.groupArns().find((arn) => arn.split('/')[1] === name) ?? '';

const BAKING = '10 % bakes';

const undone = async (account: MovedAccount): Promise<void> => {
  expect(await account.start('undo')).toEqual({ kind: 'done' });
  await account.pass(MINUTE_MS);
  expect(account.world.ecs.services().map(({ name }) => name)).toEqual(['shop']);
  expect(groupsOf(account).flatMap((groups) => Object.keys(groups))).not.toContain('shop-x-blue');
};

describe('while 10 % of the users are on the new service', () => {
  test('somebody writes the weights of before: the move stops, and is taken back', async () => {
    const account = movedAccount(originNamed('rolling'));
    account.whenSaid(BAKING, () => rewritten(account, { [groupArn('shop', 'a')]: 1 }));

    expect(await account.start('continue')).toMatchObject({
      kind: 'stopped',
      reason: expect.stringContaining('somebody else writes it'),
    });
    await undone(account);
    expect(account.world.traffic.totals().failed).toBe(0);
  });

  test('somebody gives users to a third group: the move stops instead of writing for ever', async () => {
    const account = movedAccount(originNamed('codeDeploy'));
    account.whenSaid(BAKING, () =>
      rewritten(account, {
        [groupArn('shop', 'a')]: 90,
        [madeGroup(account, 'shop-x-blue')]: 10,
        [madeGroup(account, 'shop-x-green')]: 20,
      }),
    );

    expect(await account.start('continue')).toMatchObject({ kind: 'stopped' });
    await undone(account);
  });

  test.each(['rolling', 'codeDeploy', 'native'])(
    'somebody deletes the new service: users of the %s one are back within a minute, and the way continues later',
    async (origin) => {
      const account = movedAccount(originNamed(origin));
      account.whenSaid(
        BAKING,
        () =>
          void account.world.ecs.client.send(
            new DeleteServiceCommand({ cluster: CLUSTER, service: 'shop-x', force: true }),
          ),
      );

      expect(await account.start('continue')).toMatchObject({ kind: 'tookBack' });
      expect(groupsOf(account).every((groups) => (groups['shop-x-blue'] ?? 0) === 0)).toBe(true);
      expect(await account.start('continue')).toEqual({ kind: 'done' });
      await undone(account);
    },
  );

  test('somebody scales the old service to 0: users go to the new one, and the move says so and does not end it', async () => {
    const account = movedAccount(originNamed('rolling'));
    account.whenSaid(BAKING, () => scaled(account, 'shop', 0));

    expect(await account.start('continue')).toMatchObject({
      kind: 'stopped',
      reason: 'shop has no users and no tasks any more',
    });
    expect(account.said.join('\n')).toContain('100 % to shop-x, because shop has no healthy target');
    // Twenty seconds of 90 %, at ten requests a second.
    expect(account.world.traffic.totals().failed).toBeLessThan(20 * 10 * 0.9);
    scaled(account, 'shop', 3);
    await account.pass(5 * MINUTE_MS);
    expect(await account.start('continue')).toEqual({ kind: 'done' });
  });

  test('the old service grows: the new one grows before it gets more', async () => {
    const account = movedAccount(originNamed('native'));
    account.whenSaid(BAKING, () => scaled(account, 'shop', 5));

    expect(await account.start('continue')).toEqual({ kind: 'done' });
    expect(account.said.join('\n')).toContain('give shop-x as many tasks as shop has now: 5');
    expect(account.world.traffic.totals().failed).toBe(0);
  });
});

describe.each(['rolling', 'native'])(
  'nobody types while 10 %% of the users of a %s service have moved',
  (name) => {
    test('for a day they are served, and somebody else continues, or takes back', async () => {
      for (const last of ['continue', 'undo'] as const) {
        const account = movedAccount(originNamed(name));
        account.whenSaid(BAKING, account.kill);
        expect(await account.start('continue')).toEqual({ kind: 'died' });
        await account.pass(DAY_MS);

        expect(groupsOf(account).map((groups) => groups['shop-x-blue'])).toEqual([10, 10]);
        expect(await account.start(last)).toEqual({ kind: 'done' });
        expect(account.world.traffic.totals().failed).toBe(0);
      }
    });

    test('a deployment of the old service begins then: who continues is stopped, until it is over', async () => {
      const account = movedAccount(originNamed(name));
      account.whenSaid(BAKING, account.kill);
      expect(await account.start('continue')).toEqual({ kind: 'died' });
      const deployment = {
        arn: 'deployment',
        source: null,
        target: 'two',
        groups: {},
        inProgressOf: '/shop',
      };
      account.world.ecs.playNative(deployment);

      expect(await account.start('continue')).toMatchObject({
        kind: 'stopped',
        reason: 'a deployment of shop is in progress',
      });
      expect(groupsOf(account).map((groups) => groups['shop-x-blue'])).toEqual([10, 10]);
      deployment.inProgressOf = '/nobody';
      expect(await account.start('continue')).toEqual({ kind: 'done' });
      expect(account.world.traffic.totals().failed).toBe(0);
    });
  },
);

test('somebody scales the new service down while all users are there: users go back', async () => {
  const account = movedAccount(originNamed('rolling'));
  account.whenSaid('100 % bakes', () => scaled(account, 'shop-x', 1));

  expect(await account.start('continue')).toMatchObject({
    kind: 'tookBack',
    reason: expect.stringContaining('carries 75 % of the users'),
  });
});

test('one person continues and another takes back: the first stops, and nobody is lost', async () => {
  const account = movedAccount(originNamed('rolling'));
  let undo: ReturnType<MovedAccount['begin']> = () => undefined;
  account.whenSaid(BAKING, () => {
    undo = account.begin('undo');
  });

  expect(await account.start('continue')).toMatchObject({ kind: 'stopped' });
  await account.world.kernel.scheduler.run(
    () => undo() !== undefined,
    account.world.kernel.scheduler.nowMs() + 60 * MINUTE_MS,
  );
  expect(undo()).toEqual({ kind: 'done' });
  expect(account.world.ecs.services().map(({ name }) => name)).toEqual(['shop']);
  expect(account.world.traffic.totals().failed).toBe(0);
});

test('two people continue at once: both arrive', async () => {
  const account = movedAccount(originNamed('rolling'));
  let second: ReturnType<MovedAccount['begin']> = () => undefined;
  account.whenSaid('create the target group', () => {
    second = account.begin('continue');
  });

  expect(await account.start('continue')).toEqual({ kind: 'done' });
  await account.pass(30 * MINUTE_MS);
  expect(second()).toEqual({ kind: 'done' });
  expect(account.world.traffic.totals().failed).toBe(0);
});

/** All tasks of the old service die, and ECS can place none for so long. */
const oldDies = ({ world }: MovedAccount, heldMs: number): void => {
  const [set] = world.ecs.taskSets().filter(({ id }) => id !== undefined);
  if (set === undefined) throw new Error('expected a task set of the old service');
  world.ecs.holdLaunches(set.id, heldMs);
  while (world.ecs.killTask(set.id) !== undefined);
};

describe('the old service dies while a share of its users has moved', () => {
  test.each([
    ['codeDeploy', '10 % bakes', 90],
    ['codeDeploy', '50 % bakes', 50],
    ['toRolling', '50 % bakes', 50],
  ])(
    '%s, when "%s": all are on the new one within a minute, and the move ends there',
    async (name, line, percent) => {
      const account = movedAccount(originNamed(name));
      account.whenSaid(line, () => oldDies(account, 20 * MINUTE_MS));

      expect(await account.start('continue')).toEqual({ kind: 'done' });

      expect(account.said.join('\n')).toContain('100 % to shop-x, because shop has no healthy target');
      const { failed, failedBecause } = account.world.traffic.totals();
      expect(failed, JSON.stringify(failedBecause)).toBeLessThan((60 * 10 * percent) / 100);
      await account.pass(20 * MINUTE_MS);
      expect(account.world.traffic.totals().failed).toBe(failed);
      await undone(account);
    },
  );

  // They stay with a group at weight 0 [fact 80].
  test.each([
    ['stickyCodeDeploy', '10 % bakes'],
    ['stickyCodeDeploy', '50 % bakes'],
    ['stickyCodeDeploy', '100 % bakes'],
    ['stickyToRolling', '50 % bakes'],
  ])(
    '%s, when "%s": clients with a cookie for it are on the new one within a minute, too, and a person decides what comes next',
    async (name, line) => {
      const account = movedAccount(originNamed(name));
      account.whenSaid(line, () => oldDies(account, 20 * MINUTE_MS));

      expect(await account.start('continue')).toMatchObject({
        kind: 'stopped',
        reason: 'no route of the users names shop any more',
      });

      expect(account.said.join('\n')).toContain('100 % to shop-x, because shop has no healthy target');
      // The load balancer follows the last weights.
      await account.pass(MINUTE_MS);
      const { failed } = account.world.traffic.totals();
      expect(failed).toBeGreaterThan(0);
      expect(failed).toBeLessThan(60 * 10);
      await undone(account);
      expect(account.world.traffic.totals().failed).toBe(failed);
    },
  );

  test.each(['codeDeploy', 'stickyCodeDeploy'])(
    'in --undo of %s: users wait where they are served until it is back',
    async (name) => {
      const account = movedAccount(originNamed(name));
      account.whenSaid('50 % bakes', account.kill);
      expect(await account.start('continue')).toEqual({ kind: 'died' });
      oldDies(account, 5 * MINUTE_MS);

      await undone(account);

      expect(account.said.join('\n')).toMatch(
        /undo: waits: shop has (0 healthy targets of|no task for users)/,
      );
      expect(account.world.traffic.totals().failed).toBeLessThan(60 * 10 * 0.5);
    },
  );
});
