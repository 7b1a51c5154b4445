import { DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteServiceCommand, type Service } from '@aws-sdk/client-ecs';
import { AddTagsCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { originNamed } from '../../verify/moving/origins.ts';
import { groupArn, ruleArn } from '../../verify/stage/small-names.ts';
import { aSimulatedAccount } from './a-simulated-account.ts';

const SHOP = 'proof/shop';
const QUICK = ['--bake', '20s'];

const account = (origin: string) => aSimulatedAccount({ world: originNamed(origin).world() });

const services = (one: Awaited<ReturnType<typeof account>>): string[] =>
  one.world.ecs.services().map(({ name, controller }) => `${name} ${controller}`);

describe('cutover adopt', () => {
  test('shows the plan with what each step writes and takes back, what does not follow, and writes nothing', async () => {
    const one = await account('rolling');
    const called: string[] = [];
    one.fail((_service, operation) => {
      called.push(operation);
      return undefined;
    });

    const { code, out } = await one.cutover(['adopt', SHOP], { width: 200 });

    expect(out).toContain('1  make the target groups shop-x-blue and shop-x-green');
    expect(out).toContain(
      'writes: CreateTargetGroup, ModifyTargetGroupAttributes, ModifyTargetGroup; undo: DeleteTargetGroup',
    );
    expect(out).toContain('delete shop\n');
    expect(out).toContain('Until the last command 3 more tasks run');
    expect(out).toContain(
      'the scaling policy busy is not copied: its alarm shop-b-5xx counts the requests of one',
    );
    expect(out).toContain('the alarm shop-cpu-high, which calls the scaling, gets a copy for shop-x');
    expect(out).toMatch(/next: cutover adopt proof\/shop --step/);
    expect(called.filter((operation) => !/^(Describe|List|Get)/.test(operation))).toEqual([]);
    expect(code).toBe(0);
  });

  test('goes step by step, all the way, and back as if nothing had been', async () => {
    const one = await account('rolling');
    const routes = JSON.stringify(one.world.elbv2.routes().map(({ groups }) => groups));

    const step = await one.cutover(['adopt', SHOP, '--step'], { width: 200 });
    expect(step.out).toContain('create the target group shop-x-green');
    expect(step.out).not.toContain('create the preview rule');
    expect(step.out).toContain('cutover adopt proof/shop --step');

    const way = await one.cutover(['adopt', SHOP, '--continue', ...QUICK], { width: 200 });
    expect(way.code).toBe(0);
    expect(way.out).toContain('all users are on shop-x');
    expect(services(one)).toEqual(['shop ECS', 'shop-x EXTERNAL']);

    const undo = await one.cutover(['adopt', SHOP, '--undo'], { width: 200 });
    expect(undo.code).toBe(0);
    await one.pass(60_000);
    expect(services(one)).toEqual(['shop ECS']);
    expect(JSON.stringify(one.world.elbv2.routes().map(({ groups }) => groups)).replace(/100/g, '1')).toBe(
      routes.replace(/100/g, '1'),
    );
    expect(one.world.traffic.totals().failed).toBe(0);
  });

  test('the last command deletes the old service, refuses before all users have moved, and there is no way back after it', async () => {
    const one = await account('codeDeploy');

    const early = await one.cutover(['adopt', SHOP, '--finish'], { width: 300 });
    expect(early.code).toBe(4);
    expect(early.err).toContain('there is no service shop-x that this move made');

    await one.cutover(['adopt', SHOP, '--continue', ...QUICK]);
    const last = await one.cutover(['adopt', SHOP, '--finish']);
    expect(last.code).toBe(0);
    await one.pass(60_000);
    expect(services(one)).toEqual(['shop-x EXTERNAL']);

    const undo = await one.cutover(['adopt', SHOP, '--undo'], { width: 300 });
    expect(undo.code).toBe(4);
    expect(undo.err).toContain('the last command has begun to delete shop');
    expect(one.world.traffic.totals().failed).toBe(0);
  });

  test('between two commands the installation takes users off a service that falls ill, and the next one says so', async () => {
    const one = await aSimulatedAccount({ world: originNamed('rolling').world(), moves: true });
    expect((await one.cutover(['adopt', SHOP, '--continue', ...QUICK])).code).toBe(0);
    const command = new DeleteServiceCommand({ cluster: 'proof', service: 'shop-x', force: true });
    void one.world.ecs.client.send(command);
    await one.pass(6 * 60_000);
    const { failed } = one.world.traffic.totals();
    await one.pass(60 * 60_000);
    expect(one.world.traffic.totals().failed).toBe(failed);

    const plan = await one.cutover(['adopt', SHOP], { width: 300 });
    expect(plan.out).toMatch(
      /^ {2}While no command ran, all users were moved to shop at 2026-\S+Z, from 100 % on shop-x: the new service /m,
    );
    expect(plan.out).toContain(
      'Once shop-x is well again, cutover adopt proof/shop --continue moves them there; --undo takes the move back.',
    );
    const { out } = await one.cutover(['adopt', SHOP, '--json']);
    expect(JSON.parse(out).meanwhile[0]).toContain(
      'While no command ran, all users were moved to shop at 2026-',
    );
    expect(one.world.traffic.totals().failed).toBe(failed);

    const undo = await one.cutover(['adopt', SHOP, '--undo'], { width: 300 });
    expect(undo.out).toContain('while no command ran, all users were moved to shop at ');
    expect(undo.code).toBe(0);
    expect(one.world.traffic.totals().failed).toBe(failed);
  });

  test('where clients with cookies left a dead service, the plan names the two ways that are left', async () => {
    const one = await aSimulatedAccount({ world: originNamed('stickyCodeDeploy').world(), moves: true });
    expect((await one.cutover(['adopt', SHOP, '--continue', ...QUICK])).code).toBe(0);
    const { ecs } = one.world;
    const [old] = ecs.taskSets();
    if (old === undefined) throw new Error('expected a task set of the old service');
    ecs.holdLaunches(old.id, 60 * 60_000);
    while (ecs.killTask(old.id) !== undefined);
    await one.pass(6 * 60_000);

    const { out } = await one.cutover(['adopt', SHOP], { width: 300 });

    expect(out).toMatch(
      /clients with a cookie for shop were moved to shop-x at \S+Z: the old service has no healthy target/,
    );
    expect(out).toContain(
      'No route names shop any more: cutover adopt proof/shop --undo takes the move back once it is well again, --finish ends it.',
    );
  });

  test('the plan says that it does not know what was done between two commands, where it may not read that', async () => {
    const one = await aSimulatedAccount({ world: originNamed('rolling').world(), moves: true });
    for (let step = 0; step < 3; step += 1) await one.cutover(['adopt', SHOP, '--step']);
    expect((await one.cutover(['adopt', SHOP])).out).not.toContain('no command ran');
    const name = 'AccessDeniedException';
    one.fail((service) => (service === 'dynamoDb' ? Object.assign(new Error(name), { name }) : undefined));

    const { code, out } = await one.cutover(['adopt', SHOP], { width: 400 });

    expect(out).toContain('Whether users were moved while no command ran is not known: ');
    expect(code).toBe(0);
  });

  test.each([
    ['Cutover is not installed', 'ssm', 'ParameterNotFound'],
    ['the person may not write there', 'dynamoDb', 'AccessDeniedException'],
  ])('where %s, it says once that nobody watches the move, and continues', async (_why, of, name) => {
    const one = await account('rolling');
    one.fail((service) => (service === of ? Object.assign(new Error(name), { name }) : undefined));
    const { code, out } = await one.cutover(['adopt', SHOP, '--continue', ...QUICK], { width: 300 });

    expect(code).toBe(0);
    expect(out.match(/nobody moves users of this move while no command runs/g)).toHaveLength(1);
    expect(one.world.traffic.totals().failed).toBe(0);
  });

  test('an alarm takes the users back, and leaves the rest for --undo', async () => {
    const one = await account('rolling');
    const session = one.type(['adopt', SHOP, '--continue', '--bake', '5m', '--alarm', 'shop-b-5xx'], {
      width: 200,
    });
    await one.until(() => session.run.out.includes('10 % bakes'));
    one.world.cloudWatch.setAlarm('shop-b-5xx', 'ALARM', 'set by hand');
    await one.until(session.ended);

    expect(session.run.code).toBe(2);
    expect(session.run.out).toContain('all users are back on shop: shop-b-5xx is in ALARM');
    expect(one.world.elbv2.routes().map(({ groups }) => groups.length)).toContain(1);
    expect(services(one)).toEqual(['shop ECS', 'shop-x EXTERNAL']);
  });

  test('an alarm that somebody deletes meanwhile watches nobody: the users go back', async () => {
    const one = await account('rolling');
    const options = ['--continue', '--bake', '5m', '--alarm', 'shop-b-5xx'];
    const session = one.type(['adopt', SHOP, ...options], { width: 200 });
    await one.until(() => session.run.out.includes('10 % bakes'));
    void one.world.cloudWatch.client.send(new DeleteAlarmsCommand({ AlarmNames: ['shop-b-5xx'] }));
    await one.until(session.ended);

    expect(session.run.code).toBe(2);
    expect(session.run.out).toContain('all users are back on shop: there is no alarm shop-b-5xx any more');
  });

  test('an alarm that is red already stops the move before its first user', async () => {
    const one = await account('rolling');
    one.world.cloudWatch.setAlarm('shop-b-5xx', 'ALARM', 'set by hand');

    const { code, err } = await one.cutover(
      ['adopt', SHOP, '--continue', ...QUICK, '--alarm', 'shop-b-5xx'],
      { width: 300 },
    );

    expect(code).toBe(4);
    expect(err).toContain('shop-b-5xx is in ALARM, before more users move');
    const served = one.world.elbv2
      .routes()
      .map(({ groups }) => groups.filter(({ weight }) => weight > 0).length);
    expect(new Set(served)).toEqual(new Set([1]));
  });

  test('a service that is being deployed is refused with everything else that is wrong, and nothing is changed', async () => {
    const one = await account('native');
    one.world.ecs.playNative({
      arn: 'deployment',
      source: null,
      target: 'two',
      groups: {},
      inProgressOf: '/shop',
    });

    const { code, err } = await one.cutover(['adopt', SHOP, '--continue', '--alarm', 'nobody'], {
      width: 200,
    });

    expect(code).toBe(3);
    expect(err).toContain('a deployment of shop is in progress');
    expect(err).toContain('there is no alarm nobody');
    expect(one.calls('ecs', 'CreateService')).toBe(0);
  });

  test.each<[string, Partial<Service>, string]>([
    [
      'is registered in Cloud Map',
      {
        serviceRegistries: [{ registryArn: 'arn:aws:servicediscovery:us-east-1:111122223333:service/srv-1' }],
      },
      'it is registered in Cloud Map, where both services would answer to one name without weights (srv-1); what to do: move its callers to the load balancer',
    ],
    ['is a daemon', { schedulingStrategy: 'DAEMON' }, 'it runs a task on every instance (DAEMON)'],
    [
      'uses Service Connect',
      { deployments: [{ status: 'PRIMARY', serviceConnectConfiguration: { enabled: true } }] },
      'it uses Service Connect, which ECS does not offer to the EXTERNAL controller',
    ],
    [
      'is behind two target groups',
      {
        loadBalancers: (['a', 'b'] as const).map((which) => ({
          targetGroupArn: groupArn('shop', which),
          containerName: 'shop',
          containerPort: 8080,
        })),
      },
      'it is behind 2 target groups; what to do: a task set takes one: split the service first',
    ],
    [
      'has EBS volumes',
      { deployments: [{ status: 'PRIMARY', volumeConfigurations: [{ name: 'data' }] }] },
      'it describes EBS volumes at launch',
    ],
    [
      'is in VPC Lattice',
      {
        deployments: [
          {
            status: 'PRIMARY',
            vpcLatticeConfigurations: [{ roleArn: 'role', targetGroupArn: 'group', portName: 'web' }],
          },
        ],
      },
      'it is in VPC Lattice target groups',
    ],
    [
      'is a daemon with volumes and Service Connect',
      {
        schedulingStrategy: 'DAEMON',
        deployments: [
          {
            status: 'PRIMARY',
            serviceConnectConfiguration: { enabled: true },
            volumeConfigurations: [{ name: 'data' }],
          },
        ],
      },
      'it describes EBS volumes at launch',
    ],
  ])('a service that %s is refused with the reason and the way', async (_what, change, problem) => {
    const one = await account('rolling');
    const { client } = one.world.ecs;
    const send = client.send.bind(client);
    client.send = async (command, options) => {
      const answer = (await send(command, options)) as { services?: Service[] };
      return 'services' in answer
        ? { ...answer, services: (answer.services ?? []).map((service) => ({ ...service, ...change })) }
        : answer;
    };

    const { code, err } = await one.cutover(['adopt', SHOP, '--continue'], { width: 400 });

    expect(code).toBe(3);
    expect(err).toContain('proof/shop cannot be adopted; nothing was changed');
    expect(err).toContain(problem);
  });

  test('a rule of a controller that never stops writing its weights is refused, one of Terraform has its line in the plan', async () => {
    const one = await account('rolling');
    const tag = async (Key: string, Value: string) => {
      const Tags = [{ Key, Value }];
      void one.world.elbv2.client.send(new AddTagsCommand({ ResourceArns: [ruleArn('shop')], Tags }));
      await one.pass(1_000);
    };

    await tag('managed-by', 'terraform');
    const plan = await one.cutover(['adopt', SHOP], { width: 400 });
    expect(plan.out).toContain('lifecycle { ignore_changes = [action] }');

    await tag('elbv2.k8s.aws/cluster', 'main');
    const { code, err } = await one.cutover(['adopt', SHOP, '--continue'], { width: 400 });
    expect(code).toBe(3);
    expect(err).toContain('it writes its own weights back within minutes');
  });

  test.each([
    ['shop x', 'found "shop x" of 6'],
    ['é', 'found "é" of 1'],
    ['x'.repeat(129), 'of 129'],
  ])('--name %s is refused before anything is read', async (name, found) => {
    const one = await account('rolling');
    const { code, err } = await one.cutover(['adopt', SHOP, '--name', name], { width: 600 });

    expect(code).toBe(1);
    expect(err).toContain('expected up to 128 letters, digits, hyphens and underscores');
    expect(err).toContain(found);
  });

  test('somebody who writes the rule in the middle stops the move, and CloudTrail is asked who it was', async () => {
    const one = await account('rolling');
    const session = one.type(['adopt', SHOP, '--continue', '--bake', '30m'], { width: 400 });
    await one.until(() => session.run.out.includes('10 % bakes'));
    const Actions = [{ Type: 'forward' as const, TargetGroupArn: groupArn('shop', 'a') }];
    one.world.elbv2.client.send(new ModifyRuleCommand({ RuleArn: ruleArn('shop'), Actions }));
    await one.until(session.ended);

    expect(session.run.code).toBe(4);
    expect(session.run.err).toMatch(
      /somebody else writes it; CloudTrail does not name who it was, or not yet: an event takes up to 15 minutes/,
    );
    expect(one.calls('cloudTrail', 'LookupEvents')).toBeGreaterThan(0);
  });

  test('a service of the name that somebody else made stops the move', async () => {
    const one = await account('toRolling');
    const { code, err } = await one.cutover(['adopt', SHOP], { width: 200 });

    expect(code).toBe(3);
    expect(err).toContain('its deployment controller is EXTERNAL');
  });

  test('--emit terraform has what it makes, before without and after with import blocks', async () => {
    const one = await account('rolling');

    const before = await one.cutover(['adopt', SHOP, '--emit', 'terraform']);
    expect(before.out).toContain('resource "aws_lb_target_group" "shop_x_blue"');
    expect(before.out).toContain('lifecycle { ignore_changes = [action] }');
    expect(before.out).toContain('deployment_controller { type = "EXTERNAL" }');
    expect(before.out).not.toContain('import {');

    await one.cutover(['adopt', SHOP, '--continue', ...QUICK]);
    const after = await one.cutover(['adopt', SHOP, '--emit', 'terraform']);
    expect(after.out.match(/^import \{/gm)).toHaveLength(4);
    expect(after.out).toContain('id = "proof/shop-x"');
    // As it was before the move suspended it: the last command reads it.
    for (const { out } of [before, after]) expect(out).toContain('"cutover:suspended-before" = "none"');
    expect(after.out).toContain('availability_zone_rebalancing = "DISABLED"');

    const template = await one.cutover(['adopt', SHOP, '--emit', 'cloudformation']);
    const { Resources } = JSON.parse(template.out);
    expect(Object.values(Resources).map((resource) => (resource as { Type: string }).Type)).toEqual([
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      'AWS::ElasticLoadBalancingV2::ListenerRule',
      'AWS::ECS::Service',
    ]);
    expect(template.err.match(/LogicalResourceId/g)).toHaveLength(4);
  });

  test('--rehearse plays both ways in a copy, and writes nothing in the account', async () => {
    const one = await account('codeDeploy');

    const { code, out } = await one.cutover(['adopt', SHOP, '--rehearse', '--bake', '1m'], { width: 200 });

    expect(out.match(/ended as it should; 0 of \d+ requests lost/g)).toHaveLength(2);
    expect(out).toContain('delete the service shop');
    expect(out).toContain('all users back to shop');
    expect(services(one)).toEqual(['shop CODE_DEPLOY']);
    expect(code).toBe(0);
  });

  test('--rehearse plays on from groups and a preview that are there, and not from the middle', async () => {
    const one = await account('rolling');
    for (const step of ['groups', 'preview']) {
      expect((await one.cutover(['adopt', SHOP, '--step'])).code, step).toBe(0);
      const { code, out } = await one.cutover(['adopt', SHOP, '--rehearse', '--bake', '1m'], { width: 200 });
      expect(out.match(/ended as it should; 0 of \d+ requests lost/g), step).toHaveLength(2);
      expect(code).toBe(0);
    }

    await one.cutover(['adopt', SHOP, '--step']);
    const { code, err } = await one.cutover(['adopt', SHOP, '--rehearse'], { width: 300 });
    expect(code).toBe(1);
    expect(err).toContain('--rehearse: expected a move whose new service is not made yet, found shop-x');
  });

  test('a service that is not there is a wrong name, and not shown as moved', async () => {
    const one = await account('rolling');

    const { code, out, err } = await one.cutover(['adopt', 'proof/typo'], { width: 200 });

    expect(code).toBe(1);
    expect(err).toContain('expected a service, found no proof/typo; the services of proof are shop');
    expect(out).toBe('');
  });

  test('--json has the plan, each call, each way of a rehearsal, and the end', async () => {
    const one = await account('codeDeploy');
    const linesOf = (out: string) =>
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const cutover = async (...argv: string[]) =>
      linesOf((await one.cutover(['adopt', SHOP, ...argv, '--json'])).out);

    const [plan] = await cutover();
    expect(plan).toMatchObject({
      type: 'move',
      move: 'adopt',
      from: 'shop',
      to: 'shop-x',
      controller: 'CODE_DEPLOY',
      strategy: null,
      usersPct: 0,
      next: 'step',
      moreTasks: 3,
    });
    expect(plan.steps[0]).toMatchObject({ id: 'groups', undo: 'DeleteTargetGroup', standing: 'next' });
    expect(plan.lastCommand[0]).toMatchObject({ id: 'detach', undo: null, standing: 'open' });

    const ways = await cutover('--rehearse', ...QUICK);
    expect(ways.map(({ last, ended, lost }) => [last, ended, lost])).toEqual([
      ['finish', 'done', 0],
      ['undo', 'done', 0],
    ]);

    const [refused] = await cutover('--alarm', 'nope');
    expect(refused).toMatchObject({ ended: 'refused', goal: null, exitCode: 3 });
    expect(refused.problems[0].problem).toContain('there is no alarm nope');

    const way = await cutover('--continue', ...QUICK);
    expect(way.at(0)).toMatchObject({ type: 'moving', what: 'create the target group shop-x-blue' });
    expect(way.at(-1)).toMatchObject({ type: 'moveEnded', goal: 'continue', ended: 'done', exitCode: 0 });
    expect((await cutover()).at(0)).toMatchObject({ usersPct: 100, next: 'finish' });

    expect((await cutover('--finish')).at(-1)).toMatchObject({ goal: 'finish', ended: 'done' });
    expect((await cutover('--undo')).at(-1)).toMatchObject({ ended: 'stopped', exitCode: 4 });
    expect((await cutover()).at(0)).toMatchObject({ next: null, controller: null });
  });

  test('--policy needs no account', async () => {
    const one = await account('rolling');
    const { out } = await one.cutover(['adopt', '--policy']);
    expect(JSON.parse(out).Statement[0].Action).toContain('ecs:CreateTaskSet');
  });

  test.each([
    [['--step', '--undo'], 'expected one of --plan, --step'],
    [['--shares', '50,10'], 'expected whole numbers that rise to 100'],
    [['--bake', 'soon'], '--bake: expected a duration'],
    [['--name', 'shop'], 'expected another name'],
    [['--shares', '50,10', '--bake', 'soon', '--name', 'é'], '3 options are not as expected'],
    [['--json', '--emit', 'terraform'], 'expected --json without --policy and --emit'],
  ])('%j is refused', async (options, message) => {
    const one = await account('rolling');
    const { code, err } = await one.cutover(['adopt', SHOP, ...options], { width: 300 });
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});

test('cutover leave moves a service to ECS’s own deployments, under another name', async () => {
  const one = await account('toNative');
  const role = 'arn:aws:iam::111122223333:role/ecs';

  const plan = await one.cutover(['leave', SHOP, '--infrastructure-role', role], { width: 200 });
  expect(plan.out).toContain('let ECS deploy shop-x blue/green from now on');
  await one.cutover(['leave', SHOP, '--continue', ...QUICK]);
  const last = await one.cutover(['leave', SHOP, '--finish', '--infrastructure-role', role]);
  await one.pass(60_000);

  expect(last.code).toBe(0);
  expect(services(one)).toEqual(['shop-x ECS']);
  expect(one.world.traffic.totals().failed).toBe(0);
});

test('cutover leave of a sticky service that was deployed since: the plan has a preview, --emit its rule, and it leaves', async () => {
  const one = await account('deployedSince');

  const plan = await one.cutover(['leave', SHOP], { width: 200 });
  expect(plan.out).toContain(
    'where no route names the target group of the new service: make a rule that only requests',
  );
  const { out } = await one.cutover(['leave', SHOP, '--emit', 'terraform']);
  expect(out).toContain(`resource "aws_lb_listener_rule" "shop_x_preview"`);
  expect(out).toContain(`    target_group_arn = "${groupArn('shop', 'b')}"\n  }`);
  expect(out).toContain('depends_on = [aws_lb_listener_rule.shop_x_preview]');
  const { out: template } = await one.cutover(['leave', SHOP, '--emit', 'cloudformation']);
  expect(JSON.parse(template).Resources.ShopX.DependsOn).toBe('ShopXPreview');
  expect(JSON.parse(template).Resources.ShopXPreview.Properties.Actions[0].ForwardConfig).toEqual({
    TargetGroups: [{ TargetGroupArn: groupArn('shop', 'b'), Weight: 100 }],
  });

  const rehearsed = await one.cutover(['leave', SHOP, '--rehearse', '--bake', '1m'], { width: 200 });
  expect(rehearsed.out.match(/ended as it should; 0 of \d+ requests lost/g)).toHaveLength(2);

  for (const goal of ['--continue', '--finish'])
    expect((await one.cutover(['leave', SHOP, goal, ...QUICK])).code).toBe(0);
  await one.pass(60_000);
  expect(services(one)).toEqual(['shop-x ECS']);
  expect(one.world.traffic.totals().failed).toBe(0);
});
