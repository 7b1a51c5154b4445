import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { rehearseMove } from '../../../cli/moving/rehearse-move.ts';
import { movePlan } from '../../../core/adoption/move-plan.ts';
import { moveNames } from '../../../core/adoption/names.ts';
import type { WeightedGroup } from '../../../core/vocabulary/plan.types.ts';
import { originNamed } from '../../../verify/moving/origins.ts';
import { groupArn } from '../../../verify/stage/small-names.ts';
import { aDirectory } from '../../a-directory.ts';
import { aSimulatedAccount } from '../a-simulated-account.ts';

/** The command makes what is needed, a deployment moves the users, and the command ends the move or takes it back. */

const SHOP = 'proof/shop';
const BY = ['--by-deployment'];
const QUICK = ['--bake', '1m', '--shares', '30,60,100'];

const account = (origin: string, version?: string) =>
  aSimulatedAccount({ world: originNamed(origin).world(), ...(version === undefined ? {} : { version }) });
type Account = Awaited<ReturnType<typeof account>>;

const services = (one: Account): string[] =>
  one.world.ecs.services().map(({ name, controller }) => `${name} ${controller}`);

const prepared = async (one: Account): Promise<string> => {
  const ready = await one.cutover(['adopt', SHOP, '--continue', ...BY, ...QUICK], { width: 200 });
  expect(ready.err).toContain('stopped: everything is ready for the first deployment of shop-x');
  const { out } = await one.cutover(['adopt', SHOP, '--emit', 'config', ...BY, ...QUICK]);
  const file = join(aDirectory('move'), 'cutover.yaml');
  writeFileSync(file, out);
  return file;
};

/** In order, and whatever the weights add up to. */
const sharesOf = (groups: readonly WeightedGroup[]): Record<string, number> => {
  const all = groups.length === 1 ? 0 : groups.reduce((sum, { weight }) => sum + weight, 0);
  return Object.fromEntries(
    groups.map(({ targetGroupArn, weight }) => [targetGroupArn, all === 0 ? 1 : weight / all]),
  );
};

const deploy = (one: Account, config: string) =>
  one.cutover(['deploy', 'shop-x', '--config', config], { width: 200 });

describe.each(['rolling', 'codeDeploy', 'native', 'sticky'])(
  'cutover adopt --by-deployment of a %s service',
  (origin) => {
    test('goes by one deployment to the end, and loses no request', async () => {
      const one = await account(origin);
      const config = await prepared(one);

      const deployed = await deploy(one, config);
      expect(deployed.code).toBe(0);

      const way = await one.cutover(['adopt', SHOP, '--continue', ...BY, ...QUICK], { width: 200 });
      expect(way.out).toContain('all users are on shop-x');
      const end = await one.cutover(['adopt', SHOP, '--finish', ...BY], { width: 200 });
      expect(end.out).toContain('done: shop is gone, shop-x serves alone');
      expect(services(one)).toEqual(['shop-x EXTERNAL']);
      expect(one.world.traffic.totals().failed).toBe(0);
    });

    test('is taken back after the deployment, as if nothing had been', async () => {
      const one = await account(origin);
      const routes = () => one.world.elbv2.routes().map(({ groups }) => sharesOf(groups));
      const before = routes();
      await deploy(one, await prepared(one));

      const undo = await one.cutover(['adopt', SHOP, '--undo', ...BY], { width: 200 });

      expect(undo.out).toContain('done: everything is as it was');
      await one.pass(60_000);
      expect(services(one)).toEqual([`shop ${origin === 'codeDeploy' ? 'CODE_DEPLOY' : 'ECS'}`]);
      expect(routes()).toEqual(before);
      expect(one.world.traffic.totals().failed).toBe(0);
    });
  },
);

test('a deployment that fails goes back to the old service, and the next one can begin', async () => {
  const one = await account('rolling', 'never-healthy');
  const config = await prepared(one);

  const deployed = await deploy(one, config);

  expect(deployed.code).toBe(2);
  expect(one.world.ecs.taskSets()).toEqual([]);
  expect(one.world.traffic.totals().failed).toBe(0);
  const again = await one.cutover(['adopt', SHOP, '--continue', ...BY], { width: 200 });
  expect(again.err).toContain('everything is ready for the first deployment');
});

test('its cutover.yaml has the shares, the alarms and both groups', async () => {
  const one = await account('rolling');
  await prepared(one);

  const { out } = await one.cutover([
    'adopt',
    SHOP,
    '--emit',
    'config',
    ...BY,
    ...QUICK,
    '--alarm',
    'shop-b-5xx',
  ]);

  expect(parse(out)).toEqual({
    services: {
      'shop-x': {
        environments: {
          proof: {
            cluster: 'proof',
            taskDefinition: 'shop:1',
            from: { service: 'shop', targetGroup: groupArn('shop', 'a') },
            greenTargetGroup: expect.stringContaining('targetgroup/shop-x-blue/'),
            shifts: [30, 60, 100].map((greenPct) => ({ greenPct, bake: '1m' })),
            alarms: ['shop-b-5xx'],
          },
        },
      },
    },
  });
});

test('it waits for the target groups, and is offered by no other way', async () => {
  const one = await account('rolling');

  const early = await one.cutover(['adopt', SHOP, '--emit', 'config', ...BY], { width: 200 });
  expect(early.err).toContain('expected the target groups of the move');
  const other = await one.cutover(['adopt', SHOP, '--emit', 'config'], { width: 200 });
  expect(other.err).toContain('--emit: expected terraform or cloudformation, found "config"');
});

test.each(['finish', 'undo'] as const)('--rehearse plays the deployment, too, then --%s', async (last) => {
  const course = { shares: [30, 100], bakeMs: 60_000, timeoutMs: 600_000 };
  const names = moveNames('proof', 'shop', 'shop-x', { byDeployment: true });
  const plan = movePlan('adopt', names, { ...course, removeGroups: false, nativeRoleArn: null });

  const way = await rehearseMove(originNamed('rolling').world(), plan, last, course);

  expect(way).toMatchObject({ end: { kind: 'done' }, lost: 0 });
  expect(way.lines.map(({ what }) => what)).toContain('the deployment ended SUCCEEDED');
});

test('while the deployment runs, the command waits for its end and takes nothing back', async () => {
  const one = await account('rolling');
  const config = await prepared(one);
  await one.cutover(['deploy', 'shop-x', '--config', config, '--wait-until', 'firstShift']);

  const on = await one.cutover(['adopt', SHOP, '--continue', ...BY], { width: 200 });
  expect(on.err).toMatch(/the deployment of shop-x has not ended: 30 % .* `cutover watch proof\/shop-x`/);
  const back = await one.cutover(['adopt', SHOP, '--undo', ...BY], { width: 200 });
  expect(back.err).toMatch(/the deployment of shop-x has not ended; .* `cutover abort proof\/shop-x`/);

  await one.cutover(['abort', 'proof/shop-x']);
  await one.pass(10 * 60_000);
  const undo = await one.cutover(['adopt', SHOP, '--undo', ...BY], { width: 200 });
  expect(undo.out).toContain('done: everything is as it was');
  expect(one.world.traffic.totals().failed).toBe(0);
});

test('plan, rehearse and snapshot read the old service, too', async () => {
  const one = await account('rolling');
  const config = await prepared(one);
  const of = (command: string, ...more: string[]) =>
    one.cutover([command, 'shop-x', '--config', config, ...more], { width: 200 });

  const plan = await of('plan');
  expect(plan.err).toBe('');
  expect(plan.out).toContain('shop:1, the service shop, which stays as it is, target group shop-a');
  const folder = aDirectory('snapshot');
  expect((await of('snapshot', '--output', folder)).code).toBe(0);
  const kept = JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8'));
  expect(kept['describe-services'].services.map(({ serviceName }: Service) => serviceName)).toEqual([
    'shop-x',
    'shop',
  ]);
});

test.each(['terraform', 'cloudformation'])(
  '--emit %s has the groups and the service, and no preview',
  async (form) => {
    const one = await account('rolling');

    const { out, code } = await one.cutover(['adopt', SHOP, '--emit', form, ...BY], { width: 200 });

    expect(code).toBe(0);
    expect(out).toContain('shop-x-green');
    expect(out).not.toContain('x-cutover');
  },
);
