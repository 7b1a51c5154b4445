import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../cli/account/config.ts';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount, DEPLOY, worldOf } from './a-simulated-account.ts';

const SHOP = 'production/shop';
const ALARM = ['--alarm', 'shop-users-suffer'];

const directory = aDirectory('preflight');

describe('cutover preflight', () => {
  test('reads the account, shows the plan and writes nothing', async () => {
    const account = await aSimulatedAccount();

    const { code, out } = await account.cutover(['preflight', SHOP, ...ALARM]);

    expect(out).toContain('shop in production: 5 shifts');
    expect(out).toContain('CAN BE DEPLOYED');
    expect(code).toBe(0);
    expect(account.orchestrator.stepFunctions.executions()).toEqual([]);
    expect(account.calls('ecs', 'RegisterTaskDefinition')).toBe(0);
  });

  test('an error refuses with 3 and says what to do', async () => {
    const account = await aSimulatedAccount();

    const { code, out } = await account.cutover(['preflight', SHOP, '--alarm', 'nope', '-t', 'shop:42']);

    expect(out).toMatch(/error \S*alarm\S*/);
    expect(out).toContain('what to do:');
    expect(code).toBe(3);
  });

  test('a warning passes, and refuses with --strict', async () => {
    const argv = ['preflight', SHOP];

    const lenient = await (await aSimulatedAccount()).cutover(argv);
    const strict = await (await aSimulatedAccount()).cutover([...argv, '--strict']);

    expect(lenient.out).toContain('warning no-alarms');
    expect(lenient.code).toBe(0);
    expect(strict.out).toMatch(/REFUSED: \d+ warnings?, which strict makes errors/);
    expect(strict.code).toBe(3);
  });

  test('a hook that the installation does not allow is refused before anything is started', async () => {
    const config = join(directory, 'hooks.yaml');
    const smoke = 'arn:aws:lambda:us-east-1:111122223333:function:smoke:live';
    writeFileSync(
      config,
      JSON.stringify({
        services: {
          shop: {
            environments: {
              production: {
                cluster: 'production',
                alarms: ['shop-users-suffer'],
                hooks: [{ name: 'smoke', stages: ['POST_SCALE_UP'], lambda: smoke }],
              },
            },
          },
        },
      }),
    );
    const preflight = async (functions?: string) => {
      const lists = functions && {
        '/cutover/default/hook-functions': functions,
        '/cutover/default/hook-task-definitions': 'arn:aws:ecs:us-east-1:111122223333:task-definition/shop:*',
      };
      const account = await aSimulatedAccount(lists ? { allowedHooks: lists } : {});
      return account.cutover(['preflight', SHOP, '--config', config], { width: 300 });
    };

    const refused = await preflight('arn:aws:lambda:us-east-1:111122223333:function:orders:live,arn:other');
    const allowed = await preflight(`arn:other,${smoke.replace('smoke', 'smo*')}`);
    const earlier = await preflight();

    expect(refused.out).toContain(`error hook-not-allowed`);
    expect(refused.out).toContain(`expected the installation to call ${smoke} as hook smoke`);
    expect([refused.code, allowed.code, earlier.code]).toEqual([3, 0, 0]);
  });

  test('in the middle of a deployment nothing of it is called a leftover, and no command is offered that ends it', async () => {
    const account = await aSimulatedAccount();
    const deploying = account.type(DEPLOY);
    await account.pass(12 * 60_000);

    const preflight = await account.cutover(['preflight', SHOP, ...ALARM, '-t', 'shop:42']);
    const dryRun = await account.cutover([...DEPLOY, '--dry-run']);
    await account.until(deploying.ended);
    const after = await account.cutover(['preflight', SHOP, ...ALARM]);

    for (const { out, code } of [preflight, dryRun]) {
      expect(out).toMatch(/error being-deployed\s+expected no deployment of production\/shop, found \S+:/);
      expect(out).toContain('cutover status production/shop');
      expect(out).not.toMatch(/leftover-task-set|delete-task-set|weights-disagree/);
      expect(code).toBe(3);
    }
    expect(after.out).toContain('CAN BE DEPLOYED');
  });

  test('--json has the plan, the findings and the estimate', async () => {
    const { out } = await (await aSimulatedAccount()).cutover(['preflight', SHOP, ...ALARM, '--json']);

    const event = JSON.parse(out);
    expect(event).toMatchObject({ v: 1, type: 'preflight', refused: false, plan: { service: 'shop' } });
    expect(event.estimate.shortestMs).toBeGreaterThan(0);
  });
});

describe('cutover init', () => {
  test('writes a cutover.yaml that can be read again, with the composite of the alarms on both groups', async () => {
    const path = join(directory, 'cutover.yaml');
    const account = await aSimulatedAccount();

    const { code, out } = await account.cutover(['init', '--config', path]);

    const parsed = parseConfig(parse(readFileSync(path, 'utf8')));
    expect(parsed).toMatchObject({
      ok: true,
      entries: [{ service: 'shop', environment: 'production', region: 'us-east-1' }],
    });
    const [entry] = parsed.ok ? parsed.entries : [];
    expect(entry?.fields.alarms).toEqual(['shop-users-suffer']);
    expect(out).toContain('cutover preflight');
    expect(code).toBe(0);
    const preflight = await account.cutover(['preflight', '--config', path]);
    expect(preflight.out).toContain('CAN BE DEPLOYED');
  });

  test('does not write over a file, and --print writes none', async () => {
    const account = await aSimulatedAccount();
    const path = join(directory, 'twice.yaml');
    await account.cutover(['init', '--config', path]);

    const again = await account.cutover(['init', '--config', path]);
    const printed = await account.cutover(['init', '--config', join(directory, 'none.yaml'), '--print']);

    expect(again.err).toContain('is there already');
    expect(again.code).toBe(1);
    expect(printed.out).toContain('services:');
    expect(existsSync(join(directory, 'none.yaml'))).toBe(false);
  });

  test('services of other controllers are named and left out; none at all writes nothing', async () => {
    const world = worldOf('shop');
    const services = world.services.map((service) => ({
      ...service,
      deploymentController: { type: 'ECS' as const },
    }));
    const account = await aSimulatedAccount({ world: { ...world, services } });

    const { code, err } = await account.cutover(['init', '--config', join(directory, 'no.yaml')], {
      width: 300,
    });

    expect(err).toContain('production/shop is left out: its deployment controller is ECS');
    expect(code).toBe(3);
    expect(existsSync(join(directory, 'no.yaml'))).toBe(false);
  });
});
