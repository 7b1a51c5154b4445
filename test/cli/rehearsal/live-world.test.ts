import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../../sim/parts.types.ts';
import { aDirectory } from '../../a-directory.ts';
import { aSimulatedAccount, DEPLOY, type SimulatedAccount, worldOf } from '../a-simulated-account.ts';
import { cutover } from '../a-terminal.ts';

const SHOP = worldOf('shop');
const BLUE = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop-blue/2f6a1c8d90b7e345';

type Moved = { world: WorldSeed; controller: string };

/** The shop as it was before it moved to Cutover: rolling, one group, rules without weights. */
const rolling = (): Moved => {
  const [service] = SHOP.services;
  const primary = service?.taskSets?.[0];
  const single = <Actions extends { Type?: string | undefined }>(actions: Actions[] | undefined): Actions[] =>
    (actions ?? []).map((action) =>
      action.Type === 'forward' ? ({ Type: 'forward', TargetGroupArn: BLUE } as unknown as Actions) : action,
    );
  return {
    controller: 'ECS',
    world: {
      ...SHOP,
      services: [
        {
          ...service,
          deploymentController: { type: 'ECS' },
          taskSets: [],
          taskDefinition: primary?.taskDefinition,
          loadBalancers: primary?.loadBalancers,
          networkConfiguration: primary?.networkConfiguration,
          launchType: primary?.launchType,
          deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY', rolloutState: 'COMPLETED' }],
        },
      ],
      targetGroups: SHOP.targetGroups.filter(({ TargetGroupArn }) => TargetGroupArn === BLUE),
      targetGroupAttributes: SHOP.targetGroupAttributes.filter(
        ({ TargetGroupArn }) => TargetGroupArn === BLUE,
      ),
      listeners: SHOP.listeners.map((one) => ({ ...one, DefaultActions: single(one.DefaultActions) })),
      rules: SHOP.rules.map(({ ListenerArn, Rule }) => ({
        ListenerArn,
        Rule: { ...Rule, Actions: single(Rule.Actions) },
      })),
    },
  };
};

/** As CodeDeploy leaves it: task sets of its own, both groups in the rules. */
const codeDeploy = (): Moved => ({
  controller: 'CODE_DEPLOY',
  world: {
    ...SHOP,
    services: SHOP.services.map((service) => ({
      ...service,
      deploymentController: { type: 'CODE_DEPLOY' as const },
    })),
  },
});

/** As ECS leaves it after its second own deployment: the alternate group serves. */
const native = (): Moved => {
  const { world } = rolling();
  const green = SHOP.targetGroups.find(({ TargetGroupArn }) => TargetGroupArn !== BLUE)?.TargetGroupArn;
  const [service] = world.services;
  return {
    controller: 'ECS BLUE_GREEN',
    world: {
      ...SHOP,
      services: [
        {
          ...service,
          deploymentConfiguration: { strategy: 'BLUE_GREEN' },
          loadBalancers: (service?.loadBalancers ?? []).map((balancer) => ({
            ...balancer,
            targetGroupArn: green,
            advancedConfiguration: {
              alternateTargetGroupArn: BLUE,
              productionListenerRule: SHOP.rules[0]?.Rule.RuleArn,
              roleArn: 'arn:aws:iam::111122223333:role/ecs',
            },
          })),
        },
      ],
    },
  };
};

const accountOf = async (world: WorldSeed): Promise<SimulatedAccount> => {
  const account = await aSimulatedAccount({ world });
  // Nothing of Cutover is installed, and the caller may only describe.
  account.fail((service, operation) =>
    /^(Describe|List|Get(MetricData|TaskProtection))/.test(operation) && service !== 'ssm'
      ? undefined
      : Object.assign(new Error(`not authorized: ${operation}`), { name: 'AccessDeniedException' }),
  );
  return account;
};

const LIVE = ['--strategy', 'AllAtOnce', '--keep-blue', '5m'];

describe.each([
  { what: 'a rolling service', make: rolling },
  { what: 'a service of CodeDeploy', make: codeDeploy },
  { what: 'a service that ECS deploys blue/green', make: native },
])('$what is rehearsed from the account, as if it had moved', ({ make }) => {
  const { world, controller } = make();

  test('to its end, with every assumed thing named, by describe calls alone', async () => {
    const account = await accountOf(world);
    const { code, out, err } = await account.cutover(['rehearse', 'production/shop', ...LIVE, '--fast']);

    expect(err).toBe('');
    expect(out).toContain('assumed, and not so or not known in the account:');
    expect(out).toContain(`in the account it is ${controller}`);
    expect(out).toContain('SUCCEEDED');
    expect(code).toBe(0);
  });

  test('and checked before, which refuses it as it is and plans it as it would be', async () => {
    const account = await accountOf(world);
    const { code, out, err } = await account.cutover(['preflight', 'production/shop', ...LIVE]);
    const json = await account.cutover(['preflight', 'production/shop', ...LIVE, '--json']);

    expect(err).toBe('');
    expect(out).toContain(`in the account it is ${controller}`);
    expect(out).toContain('expected the deployment controller EXTERNAL on shop');
    expect(out).toContain('shop in production: AllAtOnce');
    expect(out).toContain('REFUSED: 1 error');
    expect(code).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject({
      refused: true,
      assumed: expect.arrayContaining([expect.stringContaining(`in the account it is ${controller}`)]),
      plan: { service: 'shop' },
    });
  });

  test('and with a file that names another container, by that file', async () => {
    const account = await accountOf(world);
    const [running] = SHOP.taskDefinitions;
    const containerDefinitions = running?.containerDefinitions?.map((one) => ({ ...one, name: 'other' }));
    const path = join(aDirectory('file'), 'task-definition.json');
    const { registeredAt: _at, ...rest } = { ...running };
    writeFileSync(path, JSON.stringify({ taskDefinition: { ...rest, containerDefinitions } }));

    const checked = await account.cutover(['preflight', 'production/shop', ...LIVE, '-t', path]);
    const rehearsed = await account.cutover(['rehearse', 'production/shop', ...LIVE, '-t', path]);

    expect(checked.out).toMatch(/error \S*container\S*/);
    expect(rehearsed.out).toContain('shop:43 is registered from the file');
    expect(rehearsed.out).toMatch(/error \S*container\S*[\s\S]*REFUSED/);
    expect([checked.code, rehearsed.code]).toEqual([3, 3]);
    expect(account.calls('ecs', 'RegisterTaskDefinition')).toBe(0);
  });

  test('and the world that is saved gives the same rehearsal, offline', async () => {
    const directory = join(aDirectory('snapshot'), 'kept');
    const account = await accountOf(world);
    const saved = await account.cutover(['snapshot', 'production/shop', ...LIVE, '-o', directory]);
    expect(saved).toMatchObject({ code: 0, err: '' });
    const live = await account.cutover(['rehearse', 'production/shop', ...LIVE, '--json']);

    const replayed = await cutover(['rehearse', join(directory, 'request.json'), '--json']);

    expect(replayed.code).toBe(0);
    expect(replayed.out).toBe(live.out);
  });
});

test('a service that has moved is rehearsed as it is: only its new version, its traffic and its start are assumed', async () => {
  const account = await accountOf(SHOP);
  const { out, code } = await account.cutover(['plan', 'production/shop', '--json']);
  const { assumed, plan } = JSON.parse(out);

  expect(code).toBe(0);
  expect(assumed.join('\n')).not.toContain('EXTERNAL');
  expect(assumed.join('\n')).toContain('the new version shop:43 has the same task definition as shop:41');
  expect(plan.alarms.names).toEqual(['shop-users-suffer']);
});

test('a service with a second task set, of another revision, makes a world, too', async () => {
  const [service] = SHOP.services;
  const [primary] = service?.taskSets ?? [];
  const [running] = SHOP.taskDefinitions;
  const arn = (running?.taskDefinitionArn ?? '').replace(/:\d+$/, ':7');
  const account = await accountOf({
    ...SHOP,
    taskDefinitions: [...SHOP.taskDefinitions, { ...running, revision: 7, taskDefinitionArn: arn }],
    services: [
      {
        ...service,
        taskSets: [
          ...(service?.taskSets ?? []),
          { ...primary, id: 'ecs-svc/7', status: 'ACTIVE', taskDefinition: arn, loadBalancers: [] },
        ],
      },
    ],
  } as WorldSeed);

  const { out, err } = await account.cutover(['plan', 'production/shop']);

  expect(err).toBe('');
  expect(out).toContain('leftover-task-set');
});

describe('what is measured', () => {
  test('traffic, errors and start times come from CloudWatch and ECS', async () => {
    const account = await accountOf(SHOP);
    await account.pass(60 * 60_000);
    const directory = aDirectory('measured');
    await account.cutover(['snapshot', 'production/shop', '-o', directory]);
    const { traffic } = JSON.parse(readFileSync(join(directory, 'world.json'), 'utf8'));

    expect(traffic.requestsPerSecond).toBeCloseTo(40, 0);
    expect(traffic.startSeconds).toBeUndefined();
  });

  test('without a data point it is assumed, and the assumption is named', async () => {
    const account = await accountOf({ ...SHOP, traffic: { requestsPerSecond: 0 } });
    const { out } = await account.cutover(['plan', 'production/shop', '--json']);

    expect(JSON.parse(out).assumed).toContain(
      'users send 10 requests a second: no requests were counted for its target groups in two weeks',
    );
  });

  test('a measured error rate and a measured start are those of the running and of a healthy new version', async () => {
    const directory = aDirectory('errors');
    const account = await accountOf(SHOP);
    await account.cutover(['snapshot', 'production/shop', ...LIVE, '-o', directory]);
    const path = join(directory, 'world.json');
    const world = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(
      path,
      JSON.stringify({ ...world, traffic: { ...world.traffic, errorShare: 0.002, startSeconds: 200 } }),
    );
    const { out } = await cutover(['rehearse', join(directory, 'request.json'), '--json']);
    const report = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');

    expect(report.requests.failed / report.requests.total).toBeCloseTo(0.002, 3);
    expect(report.virtualSeconds).toBeGreaterThan(200);
  });
});

test('a task definition that a hook runs is read with the service; one that is not there is named', async () => {
  const [shop] = SHOP.taskDefinitions;
  const arn = (shop?.taskDefinitionArn ?? '').replace(/shop:\d+$/, 'migrate:3');
  const account = await accountOf({
    ...SHOP,
    taskDefinitions: [
      ...SHOP.taskDefinitions,
      { ...shop, family: 'migrate', revision: 3, taskDefinitionArn: arn },
    ],
  });
  const config = join(aDirectory('hooks'), 'cutover.yaml');
  const rehearse = (taskDefinition: string) => {
    const hooks = [{ name: 'migrate', stages: ['PRE_SCALE_UP'], task: { taskDefinition } }];
    const production = { cluster: 'production', strategy: 'AllAtOnce', keepBlue: '1m', hooks };
    writeFileSync(config, JSON.stringify({ services: { shop: { environments: { production } } } }));
    return account.cutover(['rehearse', 'production/shop', '--config', config]);
  };

  const own = await rehearse('migrate:3');
  const missing = await rehearse('migrate:4');

  expect(own.out).toMatch(/migrate +PRE_SCALE_UP|hook migrate/);
  expect(own.code).toBe(0);
  expect(missing.out).toContain('expected an ACTIVE task definition migrate:4 for hook migrate, found none');
});

test('a snapshot holds no value of an environment variable, and nothing is written over', async () => {
  const secret = 'hunter2-hunter2';
  const world: WorldSeed = {
    ...SHOP,
    taskDefinitions: SHOP.taskDefinitions.map((definition) => ({
      ...definition,
      containerDefinitions: (definition.containerDefinitions ?? []).map((container) => ({
        ...container,
        environment: [{ name: 'DB_PASSWORD', value: secret }],
        command: ['serve', `--token=${secret}`],
        dockerLabels: { key: secret },
        secrets: [{ name: 'API_KEY', valueFrom: `arn:aws:ssm:::parameter/${secret}` }],
        logConfiguration: { logDriver: 'splunk' as const, options: { 'splunk-token': secret } },
      })),
    })),
  };
  const directory = aDirectory('scrubbed');
  const account = await accountOf(world);
  const saved = await account.cutover(['snapshot', 'production/shop', '-o', directory]);

  const text = readFileSync(join(directory, 'world.json'), 'utf8');
  expect(saved.code).toBe(0);
  expect(text).not.toContain(secret);
  expect(text).toContain('DB_PASSWORD');

  const again = await account.cutover(['snapshot', 'production/shop', '-o', directory]);
  expect(again.code).toBe(1);
  expect(again.err).toContain('are there already');
});

describe('what cannot be rehearsed is refused with the reason', () => {
  const [service] = rolling().world.services;
  const cases = [
    { change: { schedulingStrategy: 'DAEMON' as const }, reason: 'DAEMON' },
    { change: { desiredCount: 0 }, reason: 'desired count is 0' },
    { change: { loadBalancers: [] }, reason: 'behind no load balancer' },
    {
      change: { deployments: [{ rolloutState: 'IN_PROGRESS' as const }] },
      reason: 'deploying it at this moment',
    },
    {
      change: { deployments: [{ volumeConfigurations: [{ name: 'data' }] }] },
      reason: 'EBS volumes at launch',
    },
    {
      change: {
        deployments: [{ vpcLatticeConfigurations: [{ roleArn: '', targetGroupArn: '', portName: '' }] }],
      },
      reason: 'VPC Lattice',
    },
    {
      change: { loadBalancers: [...(service?.loadBalancers ?? []), ...(service?.loadBalancers ?? [])] },
      reason: '2 target groups at once',
    },
  ];

  test.each(cases)('$reason', async ({ change, reason }) => {
    const account = await accountOf({ ...rolling().world, services: [{ ...service, ...change }] });
    const { code, err } = await account.cutover(['rehearse', 'production/shop']);

    expect(err).toContain(reason);
    expect(err).toContain('what to do');
    expect(code).toBe(1);
  });
});

test('what may not be read is named, and the rehearsal runs without it', async () => {
  const account = await aSimulatedAccount({ world: SHOP });
  account.fail((service, operation) =>
    service === 'ec2' || service === 'ecr' || operation === 'DescribeTags'
      ? Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' })
      : undefined,
  );
  const directory = aDirectory('denied');
  const { code, err } = await account.cutover(['snapshot', 'production/shop', '-o', directory]);

  expect(code).toBe(0);
  expect(err).toContain('it needs ec2:DescribeSecurityGroups');
  expect(err).toContain('it needs ecr:DescribeImages');
  expect(err).toContain('it needs elasticloadbalancing:DescribeTags');
});

test('the tags of the routes are in the snapshot, and say who else writes the weights when it is rehearsed', async () => {
  const [rule] = SHOP.rules.filter(({ Rule }) => Rule.IsDefault !== true);
  const ResourceArn = rule?.Rule.RuleArn ?? '';
  const routeTags = [{ ResourceArn, Tags: [{ Key: 'managed-by', Value: 'terraform' }] }];
  const account = await accountOf({ ...SHOP, surroundings: { ...SHOP.surroundings, routeTags } });
  const directory = aDirectory('tagged');
  await account.cutover(['snapshot', 'production/shop', '-o', directory]);

  const request = join(directory, 'request.json');
  const { out } = await account.cutover([
    'plan',
    request,
    '--world',
    join(directory, 'world.json'),
    '--json',
  ]);
  const findings: { id: string; remedy?: string }[] = JSON.parse(out).findings;
  const owner = findings.filter(({ id }) => id === 'route-has-an-owner');

  expect(owner).toHaveLength(1);
  expect(JSON.stringify(owner)).toContain('lifecycle { ignore_changes = [action] }');
});

test('traffic that may not be counted is assumed for that reason, not for silence', async () => {
  const account = await aSimulatedAccount({ world: SHOP });
  account.fail((_service, operation) =>
    operation === 'GetMetricData'
      ? Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' })
      : undefined,
  );
  const { out } = await account.cutover(['plan', 'production/shop', '--json']);

  expect(JSON.parse(out).assumed).toContain(
    'users send 10 requests a second: they could not be counted without cloudwatch:GetMetricData',
  );
});

test.each(['plan', 'rehearse', 'snapshot'])(
  '%s waits for the end of a deployment of Cutover',
  async (command) => {
    const account = await aSimulatedAccount({ world: SHOP });
    const deploying = account.type(DEPLOY);
    await account.pass(12 * 60_000);

    const output = ['-o', aDirectory('half-way')];
    const { code, err } = await account.cutover([
      command,
      'production/shop',
      ...(command === 'snapshot' ? output : []),
    ]);

    expect(deploying.ended()).toBe(false);
    expect(err).toMatch(/is deploying it\s+at this moment\s+what to do: `cutover status production\/shop`/);
    expect(code).toBe(1);
  },
);

test('who may not ask for the lease can still rehearse', async () => {
  const account = await aSimulatedAccount({ world: SHOP });
  account.fail((service) =>
    service === 'dynamoDb'
      ? Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' })
      : undefined,
  );

  const { code, out } = await account.cutover(['plan', 'production/shop']);

  expect(out).toContain('CAN BE DEPLOYED');
  expect(code).toBe(0);
});

describe('preflight without an installation', () => {
  test('checks the service with describe rights', async () => {
    const { code, out, err } = await (await accountOf(SHOP)).cutover([
      'preflight',
      'production/shop',
      '--alarm',
      'shop-users-suffer',
    ]);

    expect(err).toMatch(/only the service is\s+checked/);
    expect(out).toContain('CAN BE DEPLOYED');
    expect(code).toBe(0);
  });

  test('refuses a service that has not moved: it is rehearsed as if, and deployed not at all', async () => {
    const { code, out } = await (await accountOf(rolling().world)).cutover([
      'preflight',
      'production/shop',
      '-t',
      'shop:42',
    ]);

    expect(out).toContain('error wrong-controller');
    expect(code).toBe(3);
  });
});

describe('a file is still a file', () => {
  let directory = '';
  beforeEach(() => {
    directory = aDirectory('file');
  });

  test('one that is not there is not taken for a service', async () => {
    const { err, code } = await cutover(['rehearse', join(directory, 'request.json')]);

    expect(err).toMatch(/expected a file,\s+found nothing\s+there/);
    expect(code).toBe(1);
  });

  test('a file without .json in its name is read', async () => {
    mkdirSync(join(directory, 'world'));
    writeFileSync(join(directory, 'request'), 'no JSON');
    const { err } = await cutover(['plan', join(directory, 'request')]);

    expect(err).toContain('expected JSON');
  });
});
