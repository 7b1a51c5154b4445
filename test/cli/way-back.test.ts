import { describe, expect, test } from 'vitest';
import { aSimulatedAccount, type SimulatedAccount, worldOf } from './a-simulated-account.ts';

const SHOP = 'production/shop';
const DEPLOY = ['deploy', SHOP, '-t', 'shop:42', '--alarm', 'shop-users-suffer'];
const CANARY = ['--strategy', 'Canary10Percent5Minutes', '--keep-blue', '30m'];
const MINUTE_MS = 60_000;

const serving = ({ world }: SimulatedAccount): string =>
  world.ecs.taskSets().find(({ status }) => status === 'PRIMARY')?.taskDefinitionArn ?? 'none';

const greenPct = ({ world }: SimulatedAccount): number =>
  world.elbv2.routes()[0]?.groups.find(({ targetGroupArn }) => targetGroupArn.includes('shop-green'))
    ?.weight ?? -1;

/** The sample world with another status of a revision. */
const withRevision = (name: string, changes: { status: 'INACTIVE' | 'DELETE_IN_PROGRESS' }) => {
  const world = worldOf('shop');
  return {
    ...world,
    taskDefinitions: world.taskDefinitions.map((one) =>
      one.taskDefinitionArn?.endsWith(name) ? { ...one, ...changes } : one,
    ),
  };
};

describe('cutover rollback', () => {
  test('while blue is kept it is one write of weights a route: seconds, and it says so', async () => {
    const account = await aSimulatedAccount();
    const first = account.type([...DEPLOY, ...CANARY]);
    await account.until(() => greenPct(account) === 100);
    await account.pass(MINUTE_MS);

    const beganMs = account.elapsedMs();
    const back = account.type(['rollback', SHOP, '--reason', 'checkout fails']);
    await account.until(() => greenPct(account) === 0);
    const tookMs = account.elapsedMs() - beganMs;
    await account.until(() => back.ended() && first.ended());

    expect(back.run.out.replace(/\s+/g, ' ')).toMatch(
      /aborting deployment shop-\S+ \(shop:41 → shop:42\): one write of weights a route, blue is at full size/,
    );
    expect(tookMs).toBeLessThan(10_000);
    expect(back.run.code).toBe(0);
    expect(first.run.code).toBe(5);
    expect(serving(account)).toMatch(/shop:41$/);
  });

  test('when blue is gone the previous task definition is deployed again, all at once, and it says so', async () => {
    const account = await aSimulatedAccount();
    await account.cutover([...DEPLOY, ...CANARY]);
    expect(serving(account)).toMatch(/shop:42$/);

    const said = await account.cutover(['rollback', SHOP, '--dry-run']);
    const { code, out } = await account.cutover(['rollback', SHOP]);

    expect(said.out.replace(/\s+/g, ' ')).toContain(
      'blue is gone, so shop:41 is deployed again, all at once',
    );
    expect(out).toContain('planned AllAtOnce: 100 % for 10m');
    expect(code).toBe(0);
    expect(serving(account)).toMatch(/shop:41$/);
  });

  test('a service that Cutover has not deployed yet goes to the version that is named', async () => {
    const account = await aSimulatedAccount();
    const unnamed = await account.cutover(['rollback', SHOP]);
    expect(unnamed.err.replace(/\s+/g, ' ')).toContain(
      'refused: no successful deployment of this service is found',
    );
    expect(unnamed.code).toBe(3);

    const { code } = await account.cutover(['rollback', SHOP, '--to', 'shop:42']);

    expect(code).toBe(0);
    expect(serving(account)).toMatch(/shop:42$/);
  });

  describe('of the same --name is one rollback, for a job that runs again', () => {
    const NAMED = ['rollback', SHOP, '--name', 'back-1'];

    test('when it deployed the version before', async () => {
      const account = await aSimulatedAccount();
      await account.cutover([...DEPLOY, ...CANARY]);
      await account.cutover(NAMED);

      const { code, out } = await account.cutover(NAMED);

      expect(out).toContain('this rollback was started before');
      expect(out).toContain('SUCCEEDED');
      expect(code).toBe(0);
      expect(serving(account)).toMatch(/shop:41$/);
      expect(account.orchestrator.stepFunctions.executions()).toHaveLength(2);
    });

    test('when it was one write of weights, also after a later deployment', async () => {
      const account = await aSimulatedAccount();
      await account.cutover([...DEPLOY, ...CANARY]);
      const bad = account.type(['deploy', SHOP, '-t', 'shop:41', ...CANARY]);
      await account.until(() => greenPct(account) < 100);
      await account.cutover(NAMED);
      await account.until(bad.ended);

      const again = await account.cutover(NAMED);
      await account.cutover(['deploy', SHOP, '-t', 'shop:41', ...CANARY]);
      const later = await account.cutover(NAMED);

      expect([again, later].map(({ code }) => code)).toEqual([0, 0]);
      expect(again.out).toContain('ABORTED, ROLLED BACK');
      expect(serving(account)).toMatch(/shop:41$/);
      expect(account.orchestrator.stepFunctions.executions()).toHaveLength(3);
    });

    test('so what is printed when the answer to its start is lost can be typed', async () => {
      const account = await aSimulatedAccount();
      await account.cutover([...DEPLOY, ...CANARY]);
      const timeout = Object.assign(new Error('socket timed out'), { name: 'TimeoutError' });
      account.fail((service, operation) =>
        service === 'stepFunctions' && operation === 'StartExecution' ? timeout : undefined,
      );

      const lost = await account.cutover(['rollback', SHOP], { width: 1_000 });
      account.fail(() => undefined);
      const [, name = ''] = /the same command with --name (\S+)/.exec(lost.err) ?? [];
      const { code } = await account.cutover(['rollback', SHOP, '--name', name]);

      expect(code).toBe(0);
      expect(serving(account)).toMatch(/shop:41$/);
    });

    test('and a name that cannot be one is refused', async () => {
      const account = await aSimulatedAccount();

      const { code, err } = await account.cutover(['rollback', SHOP, '--name', 'a b']);

      expect(err).toContain('--name: expected 1 to 80 letters, digits, - and _, found "a b"');
      expect(code).toBe(1);
    });
  });

  test('a version that was deregistered meanwhile is registered again, and both ways of asking say so', async () => {
    const account = await aSimulatedAccount({ world: withRevision('shop:41', { status: 'INACTIVE' }) });
    const first = await account.cutover([...DEPLOY, ...CANARY]);
    expect(first.code).toBe(0);
    expect(first.out.replace(/\s+/g, ' ')).toContain('shop:41 is deregistered');

    const said = await account.cutover(['rollback', SHOP, '--dry-run']);
    const { code } = await account.cutover(['rollback', SHOP]);

    expect(said.out.replace(/\s+/g, ' ')).toContain(
      'shop:41 is deregistered, which ECS does not launch: the same document is registered again first',
    );
    expect(said.code).toBe(0);
    expect(code).toBe(0);
    expect(serving(account)).toMatch(/shop:43$/);
    expect(account.calls('ecs', 'RegisterTaskDefinition')).toBe(1);
  });

  test('a version that is deleted cannot come back, and it says so instead of starting something', async () => {
    const account = await aSimulatedAccount({
      world: withRevision('shop:41', { status: 'DELETE_IN_PROGRESS' }),
    });
    await account.cutover([...DEPLOY, ...CANARY]);

    const { code, err } = await account.cutover(['rollback', SHOP], { width: 300 });

    expect(err).toContain('refused: shop:41 is being deleted');
    expect(err).toContain('--to');
    expect(code).toBe(3);
    expect(serving(account)).toMatch(/shop:42$/);
  });

  test('an alarm that is red because of the bad version does not stand in the way', async () => {
    const account = await aSimulatedAccount();
    await account.cutover([...DEPLOY, ...CANARY]);
    account.world.cloudWatch.setAlarm('shop-users-suffer', 'ALARM', 'the new version');

    const { code, out } = await account.cutover(['rollback', SHOP]);

    expect(out).toContain('SUCCEEDED');
    expect(code).toBe(0);
  });

  test('beyond the point of no return it refuses, and says what to do', async () => {
    const account = await aSimulatedAccount();
    account.type([...DEPLOY, ...CANARY]);
    await account.until(() => serving(account).endsWith('shop:42'));
    await account.pass(20_000);

    const { code, err } = await account.cutover(['rollback', SHOP]);

    expect(err.replace(/\s+/g, ' ')).toContain(
      'is retiring blue: there is no way back in it any more. When it has ended, in a few minutes, the ' +
        'same command deploys shop:41 again',
    );
    expect(code).toBe(3);
  });

  test('a rollback that is under way is watched, not asked for again', async () => {
    const account = await aSimulatedAccount();
    account.type([...DEPLOY, ...CANARY]);
    await account.until(() => greenPct(account) === 10);
    await account.cutover(['abort', SHOP]);
    await account.pass(15_000);

    const { code, out } = await account.cutover(['rollback', SHOP]);

    expect(out).toContain('is going back already');
    expect(account.calls('lambda', 'Invoke')).toBe(1);
    expect(code).toBe(0);
  });

  test('without a deployment before, or after somebody else changed the service, it asks for --to', async () => {
    const fresh = await (await aSimulatedAccount()).cutover(['rollback', SHOP], { width: 300 });

    expect(fresh.err).toContain('no successful deployment of this service is found to go back from');
    expect(fresh.code).toBe(3);
  });
});

describe('cutover history and status of a service at rest', () => {
  test('list what was deployed, the newest first, with how it ended, why, and by whom', async () => {
    const account = await aSimulatedAccount({ identity: 'assumed-role/ci/run-17' });
    await account.cutover([...DEPLOY, ...CANARY, '--name', 'good']);
    await account.cutover([
      'deploy',
      SHOP,
      '-t',
      'shop:41',
      '--strategy',
      'Canary10Percent15Minutes',
      '--detach',
    ]);
    await account.pass(5 * MINUTE_MS);
    await account.cutover(['abort', SHOP, '--reason', 'second thoughts']);
    await account.pass(10 * MINUTE_MS);

    const { out, code } = await account.cutover(['history', SHOP], { width: 200 });
    const json = await account.cutover(['history', SHOP, '--json', '--limit', '1']);
    const status = await account.cutover(['status', SHOP]);

    const [aborted, good] = [out.indexOf('aborted'), out.indexOf('succeeded')];
    expect(aborted).toBeGreaterThan(0);
    expect(good).toBeGreaterThan(aborted);
    expect(out).toContain('shop:41 → shop:42');
    expect(out).toContain('abort by assumed-role/ci/run-17 (claimed): second thoughts');
    expect(out).toContain('by assumed-role/ci/run-17');
    expect(code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({
      v: 1,
      type: 'deployment',
      outcome: 'aborted',
      to: 'shop:41',
    });
    expect(status.out).toContain('nothing is being deployed to production/shop');
    expect(status.code).toBe(5);
  });

  test('a refused deployment has a line too', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(['deploy', SHOP, '-t', 'shop:42', '--alarm', 'no-such-alarm']);

    const { out } = await account.cutover(['history', SHOP], { width: 200 });

    expect(out).toMatch(/refused .* shop:42/);
    expect(out).toContain('no-such-alarm');
  });

  test('a recovery is no deployment of its own', async () => {
    const account = await aSimulatedAccount();
    const session = account.type([...DEPLOY, ...CANARY]);
    await account.until(() => greenPct(account) === 10);
    const { stepFunctions } = account.orchestrator;
    stepFunctions.stopExecution(stepFunctions.executions()[0]?.arn ?? '', 'stopped by hand');
    await account.until(session.ended);
    await account.pass(MINUTE_MS);

    const { out } = await account.cutover(['history', SHOP, '--json']);

    expect(stepFunctions.executions()).toHaveLength(2);
    expect(out.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'rolledBack' });
  });

  test('services that share the installation do not see each other’s', async () => {
    const account = await aSimulatedAccount();
    const input = { cluster: 'production', service: 'other', taskDefinition: 'other:1' };
    account.orchestrator.stepFunctions.startExecution({ name: 'others', input });
    await account.pass(MINUTE_MS);

    const { out } = await account.cutover(['history', SHOP]);

    expect(out).toContain('no deployment of production/shop found');
  });
});
