import { DeleteServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { makeLeases } from '../../../aws/lease.ts';
import { makeMoves } from '../../../aws/moves.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { type MovedAccount, movedAccount } from '../../../verify/moving/moved-account.ts';
import { originNamed } from '../../../verify/moving/origins.ts';
import { alarmName, CLUSTER, DESIRED_COUNT, groupArn } from '../../../verify/stage/small-names.ts';
import { anInvocation } from '../../aws/an-invocation.ts';

/** A move whose command dies, and a service that becomes ill behind it. */

const ALARM = alarmName('shop');

/** Somebody, or something, takes the service's tasks again and again; the returned function ends it. */
const keptAt = ({ world }: MovedAccount, service: string, tasks: number): (() => void) => {
  const { scheduler } = world.kernel;
  let over = false;
  const again = (): void => {
    const desiredCount = over ? DESIRED_COUNT : tasks;
    void world.ecs.client.send(new UpdateServiceCommand({ cluster: CLUSTER, service, desiredCount }));
    if (!over) scheduler.after(5 * SECOND_MS, again);
  };
  again();
  return () => {
    over = true;
  };
};

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

/** The last sign is seen within a minute, is old after three, and the next look comes within one more. */
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
  test('which has half of its tasks for two looks in a row: users are back', async () => {
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
  makeMoves(world.dynamoDb.client, anInvocation(world.kernel.scheduler.clock), 'cutover');

const usersRule = (account: MovedAccount): string =>
  account.world.elbv2
    .routes()
    .find(
      ({ arn, groups }) =>
        arn.includes('listener-rule') &&
        groups.some(({ targetGroupArn }) => targetGroupArn === groupArn('shop', 'a')),
    )?.arn ?? '';
void makeLeases; void movesIn; void usersRule; void ModifyRuleCommand;
