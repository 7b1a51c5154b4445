import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../core/vocabulary/finding.types.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount } from './a-simulated-account.ts';
import { cutover, example } from './a-terminal.ts';

const SHOP = example('shop');
const directory = aDirectory('around');

const TASKS = 'sg-0e5f6a7b8c9d00112';
const BALANCER = 'sg-0b17c2d3e4f5a6071';
const open = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
const groups = (port: number) => ({
  SecurityGroups: [
    {
      GroupId: TASKS,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId: BALANCER }] },
      ],
      IpPermissionsEgress: open,
    },
    { GroupId: BALANCER, IpPermissions: [], IpPermissionsEgress: open },
  ],
});
const subnets = (secondZone: string) => ({
  Subnets: [
    { SubnetId: 'subnet-0c33333333333333c', AvailabilityZone: 'us-east-1a' },
    { SubnetId: 'subnet-0d44444444444444d', AvailabilityZone: secondZone },
  ].map((subnet) => ({
    ...subnet,
    VpcId: 'vpc-0a1b2c3d4e5f60718',
    AvailableIpAddressCount: 100,
  })),
});
const images = (tag: string) => ({
  imageDetails: [
    { registryId: '111122223333', repositoryName: 'shop', imageDigest: 'sha256:aa', imageTags: [tag] },
  ],
});
/** A step policy adds to the tasks of both colours, unless scale-out is suspended. */
const stepped = (suspended: boolean) => ({
  'describe-scaling-policies': {
    ScalingPolicies: [
      {
        ServiceNamespace: 'ecs',
        ResourceId: 'service/production/shop',
        ScalableDimension: 'ecs:service:DesiredCount',
        PolicyName: 'busy',
        PolicyType: 'StepScaling',
        StepScalingPolicyConfiguration: {
          AdjustmentType: 'ChangeInCapacity',
          StepAdjustments: [{ ScalingAdjustment: 1 }],
        },
      },
    ],
  },
  'describe-scalable-targets': {
    ScalableTargets: [
      {
        ServiceNamespace: 'ecs',
        ResourceId: 'service/production/shop',
        ScalableDimension: 'ecs:service:DesiredCount',
        MinCapacity: 4,
        MaxCapacity: 12,
        SuspendedState: { DynamicScalingOutSuspended: suspended },
      },
    ],
  },
});

/** The shop's world with more files in it. */
const worldWith = (name: string, files: Record<string, unknown>): string => {
  const path = join(directory, name);
  cpSync(join(SHOP, '../world'), path, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(join(path, `${file}.json`), JSON.stringify(content));
  }
  return path;
};

const ALL_WELL = {
  'describe-security-groups': groups(8080),
  'describe-subnets': subnets('us-east-1b'),
  'describe-images.shop': images('1.42.0'),
  ...stepped(true),
};

const idsIn = (json: string): string[] => JSON.parse(json).findings.map(({ id }: { id: string }) => id);

describe('cutover plan on a world that describes what lies around the service', () => {
  test('has nothing to say where all is well', async () => {
    const { code, out } = await cutover(['plan', SHOP, '--world', worldWith('well', ALL_WELL), '--json']);

    expect(idsIn(out)).toEqual([]);
    expect(code).toBe(0);
  });

  test.each([
    [
      'security groups',
      { 'describe-security-groups': groups(80) },
      'security-group-shuts-out-load-balancer',
      3,
    ],
    ['subnets', { 'describe-subnets': subnets('us-east-1f') }, 'subnet-zone-not-enabled', 3],
    [
      'tags of a route',
      {
        'describe-tags': {
          TagDescriptions: [
            {
              ResourceArn:
                'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener-rule/app/shop/8f0c1d5e7a9b3c24/5b7c9d1e3f5a7b80/1a2b3c4d5e6f7081',
              Tags: [{ Key: 'managed-by', Value: 'terraform' }],
            },
          ],
        },
      },
      'route-has-an-owner',
      0,
    ],
    ['images', { 'describe-images.shop': images('1.41.0') }, 'image-not-found', 3],
    ['what scales the service', stepped(false), 'scaling-counts-both-colours', 0],
  ] satisfies [string, Record<string, unknown>, string, number][])(
    '%s alone is enough to be reported',
    async (_, files, id, exit) => {
      const { code, out } = await cutover(['plan', SHOP, '--world', worldWith(id, files), '--json']);

      expect(idsIn(out)).toEqual([id]);
      expect(code).toBe(exit);
    },
  );

  test('a file of another shape is refused by its name', () => {
    const loaded = loadWorld(
      worldWith('odd', { 'describe-subnets': { Subnets: [{ SubnetId: 'subnet-a' }] } }),
    );

    expect(loaded).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([
        expect.stringMatching(/describe-subnets\.json: Subnets\[0\]\.AvailabilityZone: expected/),
      ]),
    });
  });
});

describe('cutover rehearse on such a world', () => {
  const findingsOf = (out: string) => JSON.parse(out.slice(0, out.indexOf('\n'))).findings;

  test.each([
    ['well', {}, 0],
    ['no-image', { 'describe-images.shop': images('1.41.0') }, 1],
    ['scaling', stepped(false), 1],
    ['shut', { 'describe-security-groups': groups(80), 'describe-subnets': subnets('us-east-1f') }, 2],
  ])('says what plan says: %s', async (name, files, number) => {
    const world = worldWith(`rehearsed-${name}`, { ...ALL_WELL, ...files });

    const plan = await cutover(['plan', SHOP, '--world', world, '--json']);
    const rehearsed = await cutover(['rehearse', SHOP, '--world', world, '--json', '--version', 'no-image']);

    expect(findingsOf(rehearsed.out)).toEqual(JSON.parse(plan.out).findings);
    expect(findingsOf(rehearsed.out)).toHaveLength(number);
  });

  test('says that a deployment would not stop at what only the command line reads, and runs', async () => {
    const world = worldWith('rehearsed-unseen', { ...ALL_WELL, 'describe-security-groups': groups(80) });

    const { code, out } = await cutover(['rehearse', SHOP, '--world', world], { width: 300 });

    expect(out.indexOf('error security-group-shuts-out-load-balancer')).toBeLessThan(out.indexOf('00:00:00'));
    expect(out).toContain(
      'The rehearsal continues: neither it nor a deployment reads security-group-shuts-out-load-balancer.',
    );
    expect(out).toMatch(/preflight +1 error, 0 warnings above: security-group-shuts-out-load-balancer/);
    expect(code).toBe(0);
  });

  test('puts it into the report', async () => {
    const world = worldWith('rehearsed-report', {
      ...ALL_WELL,
      ...stepped(false),
    });
    const file = join(directory, 'report.html');

    await cutover(['rehearse', SHOP, '--world', world, '--report', file]);

    expect(readFileSync(file, 'utf8')).toContain('<strong>warning scaling-counts-both-colours</strong>');
  });
});

test.each(['shop', 'sticky', 'canary', 'first-deployment'])(
  'examples/%s has every optional file of its kind, and no error',
  async (name) => {
    const { out } = await cutover(['plan', example(name), '--json']);
    const files = readdirSync(join(example(name), '../world')).map((file) => file.split('.')[0]);

    expect(JSON.parse(out).findings.filter(({ severity }: Finding) => severity === 'error')).toEqual([]);
    expect(JSON.parse(out).findings.length).toBeLessThan(2);
    expect(files).toContain('describe-scalable-targets');
  },
);

describe('cutover preflight in an account', () => {
  const typed = ['preflight', 'production/shop', '--alarm', 'shop-users-suffer', '-t', 'shop:42'];
  const account = (files: Record<string, unknown>, name: string) => {
    const loaded = loadWorld(worldWith(name, files));
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    return aSimulatedAccount({ world: loaded.seed });
  };

  test('reads around the service, and says where each finding is explained', async () => {
    const simulated = await account({ ...ALL_WELL, 'describe-images.shop': images('1.41.0') }, 'account');

    const { code, out } = await simulated.cutover(typed, { width: 300 });

    expect(out).toContain('error image-not-found');
    expect(out).toContain('more: docs/preflight.md#image-not-found');
    expect(code).toBe(3);
  });

  test('a permission that is missing is said and passes, also with --strict', async () => {
    const simulated = await account(ALL_WELL, 'denied');
    simulated.fail((_, operation) =>
      operation === 'DescribeSubnets'
        ? Object.assign(new Error('not authorized'), { name: 'UnauthorizedOperation', $fault: 'client' })
        : undefined,
    );

    const { code, out } = await simulated.cutover([...typed, '--strict'], { width: 300 });

    expect(out).toContain('found no permission to read: needs ec2:DescribeSubnets');
    expect(out.match(/(warning|error) [a-z-]+\n/g)).toEqual(['warning not-checked\n']);
    expect(out).toContain('CAN BE DEPLOYED');
    expect(code).toBe(0);
  });

  test('a warning about what lies around refuses with --strict', async () => {
    const files = { ...ALL_WELL, ...stepped(false) };

    const lenient = await (await account(files, 'lenient')).cutover(typed);
    const strict = await (await account(files, 'strict')).cutover([...typed, '--strict']);

    expect([lenient.code, strict.code]).toEqual([0, 3]);
    expect(strict.out).toContain('REFUSED: 1 warning, which strict makes errors');
  });
});
