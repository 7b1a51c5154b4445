import { DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { DeleteRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import type { Clients } from '../../../aws/clients.ts';
import { makeLeases } from '../../../aws/lease.ts';
import { makeMoves } from '../../../aws/moves.ts';
import { makeAccountCall } from '../../../cli/account/account.ts';
import { simulatedHost } from '../../../cli/moving/simulated-host.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { keptAt } from '../../../verify/moving/kept-at.ts';
import { type MovedAccount, movedAccount } from '../../../verify/moving/moved-account.ts';
import { originNamed } from '../../../verify/moving/origins.ts';
import { alarmName, CLUSTER } from '../../../verify/stage/small-names.ts';
import { usersRule } from './users-rule.ts';

/** A move whose command dies, and a service that becomes ill behind it. */

const ALARM = alarmName('shop');

/** Percent of the users on the new service, by route. */
const sharesOf = async (account: MovedAccount): Promise<number[]> => {
  const observed = await account.observe();
  const { to, from } = account.plan.roles(observed);
  return observed.routes
    .filter(({ groups }) => groups.some(({ targetGroupArn }) => targetGroupArn === from))
    .map(({ groups }) => groups.find(({ targetGroupArn }) => targetGroupArn === to)?.weight ?? 0);
};

/** Until the command has said it, and no call more of it. */
const diedAt = async (said: string, origin = 'rolling', watched = true): Promise<MovedAccount> => {
  const account = movedAccount(originNamed(origin), 1, undefined, { watched, alarmNames: [ALARM] });
  account.whenSaid(said, () => account.kill());
  expect(await account.start('continue')).toEqual({ kind: 'died' });
  return account;
};

/** The last sign is seen within a minute, is old after three, and the next run comes within one more. */
const BOUND_MS = 5 * MINUTE_MS + 30 * SECOND_MS;

const failedOf = ({ world }: MovedAccount): number => world.traffic.totals().failed;

describe('the command dies while 50 % of the users are on the new service', () => {
  test('and nobody watches: they stay on a service that answers nobody', async () => {
    const account = await diedAt('50 % bakes', 'rolling', false);
    keptAt(account, 'shop-x', 0);
    await account.pass(HOUR_MS);

    expect(await sharesOf(account)).toEqual([50, 50]);
    expect(failedOf(account)).toBeGreaterThan(10_000);
  });

  test.each(['rolling', 'codeDeploy', 'native', 'twoListeners'])(
    'the new service loses its tasks: users of the %s one are back within the bound, and the way continues later',
    async (origin) => {
      const account = await diedAt('50 % bakes', origin);
      const well = keptAt(account, 'shop-x', 0);
      await account.pass(BOUND_MS);
      expect(new Set(await sharesOf(account))).toEqual(new Set([0]));

      const failed = failedOf(account);
      await account.pass(HOUR_MS);
      expect(failedOf(account)).toBe(failed);

      well();
      await account.pass(MINUTE_MS);
      expect(await account.start('continue')).toEqual({ kind: 'done' });
      expect(account.said.join('\n')).toMatch(
        /while no command ran, all users were moved to shop at 2026-.*: the new service has no healthy target/,
      );
      expect(await account.start('finish')).toEqual({ kind: 'done' });
      expect(failedOf(account)).toBe(failed);
    },
  );

  test('the old service loses its tasks: users are on the new one within the bound, and it is taken back later', async () => {
    const account = await diedAt('50 % bakes');
    const well = keptAt(account, 'shop', 0);
    await account.pass(BOUND_MS);
    expect(await sharesOf(account)).toEqual([100, 100]);

    const failed = failedOf(account);
    well();
    await account.pass(10 * MINUTE_MS);
    expect(await sharesOf(account)).toEqual([100, 100]);
    expect(await account.start('undo')).toEqual({ kind: 'done' });
    await account.pass(MINUTE_MS);
    expect(account.world.ecs.services().map(({ name }) => name)).toEqual(['shop']);
    expect(failedOf(account)).toBe(failed);
  });

  test('an alarm of --alarm is red: users are back within the bound', async () => {
    const account = await diedAt('50 % bakes');
    account.world.cloudWatch.setAlarm(ALARM, 'ALARM', 'set by hand');
    await account.pass(BOUND_MS);

    expect(await sharesOf(account)).toEqual([0, 0]);
    expect(failedOf(account)).toBe(0);
  });

  test('both services are without tasks: nothing is written', async () => {
    const account = await diedAt('50 % bakes');
    keptAt(account, 'shop-x', 0);
    keptAt(account, 'shop', 0);
    await account.pass(HOUR_MS);

    expect(await sharesOf(account)).toEqual([50, 50]);
  });

  test('nothing is wrong: nobody is moved, however long nobody types', async () => {
    const account = await diedAt('50 % bakes');
    await account.pass(24 * HOUR_MS);

    expect(await sharesOf(account)).toEqual([50, 50]);
    expect(failedOf(account)).toBe(0);
    expect(await account.start('continue')).toEqual({ kind: 'done' });
  });
});

describe('the command has ended with all users on the new service', () => {
  test('which has half of its tasks at two observations in a row: users are back', async () => {
    const account = movedAccount(originNamed('rolling'));
    expect(await account.start('continue')).toEqual({ kind: 'done' });
    keptAt(account, 'shop-x', 1);
    await account.pass(BOUND_MS + MINUTE_MS);

    expect(await sharesOf(account)).toEqual([0, 0]);
    expect(failedOf(account)).toBe(0);
  });

  test('and somebody deletes it: users are back within the bound', async () => {
    const account = movedAccount(originNamed('rolling'));
    expect(await account.start('continue')).toEqual({ kind: 'done' });
    const command = new DeleteServiceCommand({ cluster: CLUSTER, service: 'shop-x', force: true });
    void account.world.ecs.client.send(command);
    await account.pass(BOUND_MS);

    expect(await sharesOf(account)).toEqual([0, 0]);
    expect(await account.start('undo')).toEqual({ kind: 'done' });
  });
});
const movesIn = ({ world }: MovedAccount) =>
  makeMoves(world.dynamoDb.client, makeAccountCall(simulatedHost(world, {} as Clients)), 'cutover');

const groupNamed = ({ world }: MovedAccount, name: string): string =>
  world.elbv2.dataPlane.groupArns().find((arn) => arn.split('/')[1] === name) ?? '';

const rewrite = (account: MovedAccount, weights: Record<string, number>): void =>
  account.world.elbv2.foreignWrite(
    usersRule(account),
    Object.entries(weights).map(([name, weight]) => ({ targetGroupArn: groupNamed(account, name), weight })),
    'somebody',
  );

/** Calls that WatchMoves makes from now on. */
const callsOf = ({ world }: MovedAccount): string[] => {
  const calls: string[] = [];
  world.kernel.onServed(({ by, operation }) => {
    if (by === 'WatchMoves') calls.push(operation);
  });
  return calls;
};

describe('somebody else has the word', () => {
  test('a command that runs: nothing of AWS is read, and nobody is moved but by it', async () => {
    const account = movedAccount(originNamed('rolling'), 1, undefined, { bakeMs: HOUR_MS });
    const calls = callsOf(account);
    const ended = account.begin('continue');
    await account.pass(90 * MINUTE_MS);

    expect(ended()).toBeUndefined();
    expect(new Set(calls)).toEqual(new Set(['Query', 'UpdateItem']));
  });

  test('who gave users to a third group: nothing is written', async () => {
    const account = await diedAt('50 % bakes');
    rewrite(account, { 'shop-a': 30, 'shop-x-blue': 30, 'shop-x-green': 40 });
    const calls = callsOf(account);
    keptAt(account, 'shop-x', 0);
    await account.pass(BOUND_MS);

    expect(calls).not.toContain('ModifyRule');
    expect(calls).not.toContain('ModifyListener');
  });

  test('who gives users back each time they were moved: it ends after three minutes', async () => {
    const account = await diedAt('50 % bakes');
    keptAt(account, 'shop-x', 0);
    account.world.kernel.onServed(({ by, operation }) => {
      if (by === 'WatchMoves' && operation === 'ModifyRule')
        account.world.kernel.scheduler.after(20 * SECOND_MS, () =>
          rewrite(account, { 'shop-a': 50, 'shop-x-blue': 50, 'shop-x-green': 0 }),
        );
    });
    const calls = callsOf(account);
    await account.pass(HOUR_MS);

    const written = calls.filter((call) => call === 'ModifyRule').length;
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThanOrEqual(4);
  });

  test('a deployment of Cutover, which holds the service', async () => {
    const account = await diedAt('50 % bakes');
    const call = makeAccountCall(simulatedHost(account.world, {} as Clients));
    const leases = makeLeases(account.world.dynamoDb.client, call, 'cutover');
    void leases.take({ serviceKey: `${CLUSTER}/shop-x`, deploymentId: 'd-1', executionArn: 'arn:e' }, []);
    keptAt(account, 'shop-x', 0);
    await account.pass(HOUR_MS);

    expect(await sharesOf(account)).toEqual([50, 50]);
  });

  test('a rule that somebody deleted is left out, and users of the other one are moved', async () => {
    const account = await diedAt('50 % bakes');
    void account.world.elbv2.client.send(new DeleteRuleCommand({ RuleArn: usersRule(account) }));
    keptAt(account, 'shop-x', 0);
    await account.pass(BOUND_MS);

    expect(await sharesOf(account)).toEqual([0]);
  });

  test('the record is ended: nobody is moved', async () => {
    const account = await diedAt('50 % bakes');
    void movesIn(account).end(`${CLUSTER}/shop`);
    keptAt(account, 'shop-x', 0);
    await account.pass(HOUR_MS);

    expect(await sharesOf(account)).toEqual([50, 50]);
  });
});
