import { describe, expect, test } from 'vitest';
import { aSimulatedAccount, DEPLOY, SHOP, type SimulatedAccount } from '../cli/a-simulated-account.ts';
import { always } from '../rehearsal/a-rehearsal.ts';

/** The situations of docs/runbook.md, played: what it says one sees is what one sees. */
const MINUTE_MS = 60_000;

const words = (out: string): string => out.replace(/\s+/g, ' ');

const shares = ({ world }: SimulatedAccount): number[] =>
  world.elbv2.routes().flatMap(({ groups }) => groups.map(({ weight }) => weight));

describe('Stuck', () => {
  /** The sweep starts recoveries after 0, 1, 2, 4, 8 and 16 minutes: in the last of these waits. */
  const BETWEEN_RECOVERIES_MS = 25 * MINUTE_MS;

  /** RemoveGreen lacks a permission, and somebody aborts at 10 %. */
  const stuck = async (): Promise<SimulatedAccount> => {
    const account = await aSimulatedAccount();
    always('denied', { by: 'RemoveGreen', operation: 'UpdateTaskSet' })(account.world);
    const session = account.type(DEPLOY);
    await account.pass(4 * MINUTE_MS);
    await account.cutover(['abort', SHOP]);
    await account.until(session.ended);
    expect(session.run.code).toBe(4);
    return account;
  };

  test('while a recovery tries again, status says what stopped the one before, and claims nothing it has not read', async () => {
    const account = await stuck();
    // The end's event has reached the sweep, and the recovery waits out the last step.
    await account.pass(15_000);

    const { out } = await account.cutover(['status', SHOP]);

    expect(words(out)).toMatch(
      /why .*permission ecs:UpdateTaskSet is missing.*while it rolled back because: abort/,
    );
    expect(out).toMatch(/traffic +not read yet/);
    expect(out).not.toContain('once green is healthy');
    expect(out).not.toMatch(/[▶·] green (launched|healthy)/);
  });

  test('once it is stuck again, status has what is left and what to do, and ends with 4', async () => {
    const account = await stuck();
    await account.pass(BETWEEN_RECOVERIES_MS);

    const { out, code } = await account.cutover(['status', SHOP]);

    expect(words(out)).toMatch(
      /What is left: blue has all traffic.* What to do: scale green's task set to 0/,
    );
    expect(code).toBe(4);
    expect(shares(account)).toEqual([100, 0, 100, 0]);
  });

  test('its service is locked, and a rollback says so instead of starting another deployment', async () => {
    const account = await stuck();
    await account.pass(BETWEEN_RECOVERIES_MS);

    const { err, code } = await account.cutover(['rollback', SHOP, '--dry-run']);

    expect(words(err)).toContain('is stuck, and a recovery is tried again and again');
    expect(code).toBe(3);
  });
});

describe('a refusal', () => {
  test('says that the version was not deployed, not that nothing ran before', async () => {
    const account = await aSimulatedAccount();
    account.world.cloudWatch.setAlarm('shop-users-suffer', 'ALARM', 'red before');

    const { out, code } = await account.cutover([...DEPLOY, '--alarm', 'shop-users-suffer']);

    expect(out).toMatch(/REFUSED[\s\S]*version +shop:42, not deployed/);
    expect(code).toBe(3);
  });
});
