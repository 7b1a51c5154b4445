import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_TRAFFIC, loadWorld } from '../../sim/load-world.ts';
import { aDirectory } from '../a-directory.ts';

const SHOP = new URL('../../examples/shop/world/', import.meta.url).pathname;
const SERVICE = 'describe-services.json';

/** local.json is not of the account: it says which programs stand for its images. */
const shopFiles = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(SHOP)
      .filter((file) => file !== 'local.json')
      .map((file) => [file, readFileSync(join(SHOP, file), 'utf8')]),
  );

const directoryOf = (files: Record<string, string>): string => {
  const path = aDirectory('world');
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
};

/** The shop's world with files replaced (null: removed), loaded. */
const loadChanged = (changes: Record<string, string | null>) => {
  const files = { ...shopFiles(), ...changes };
  return loadWorld(
    directoryOf(
      Object.fromEntries(Object.entries(files).filter(([, text]) => text !== null)) as Record<string, string>,
    ),
  );
};

const problemsOf = (changes: Record<string, string | null>): string[] => {
  const loaded = loadChanged(changes);
  return loaded.ok ? [] : loaded.problems;
};

/** One file of the shop with a text in it replaced. */
const changed = (file: string, from: string, to: string): Record<string, string> => {
  const text = shopFiles()[file] ?? '';
  expect(text).toContain(from);
  return { [file]: text.replaceAll(from, to) };
};

const seedOf = (changes: Record<string, string | null> = {}) => {
  const loaded = loadChanged(changes);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.seed;
};

describe('a world from the files of the AWS CLI', () => {
  test('an EXTERNAL service comes with its PRIMARY task set, and its region and account from the ARNs', () => {
    const seed = seedOf();

    expect(seed).toMatchObject({
      region: 'us-east-1',
      account: '111122223333',
      clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/production',
    });
    expect(seed.services[0]).toMatchObject({
      deploymentController: { type: 'EXTERNAL' },
      taskSets: [{ status: 'PRIMARY', id: 'ecs-svc/4815162342108642975' }],
    });
  });

  test('timestamps are Dates, as the SDK gives them, also when version 1 of the CLI printed seconds', () => {
    const [service] = seedOf(
      changed(SERVICE, '"2025-06-02T08:03:44.620000+00:00"', '1748851424.62'),
    ).services;

    expect(service?.createdAt).toEqual(new Date('2025-06-02T08:03:44.620Z'));
    expect(service?.taskSets?.[0]?.createdAt).toEqual(new Date('2025-12-18T14:20:31.512Z'));
  });

  test('a rule knows its listener by its ARN, and attributes their group by the name of their file', () => {
    const seed = seedOf();

    const listeners = seed.listeners.map(({ ListenerArn }) => ListenerArn);
    expect(seed.rules).toHaveLength(3);
    expect(seed.rules.every(({ ListenerArn }) => listeners.includes(ListenerArn))).toBe(true);
    expect(seed.targetGroupAttributes.map(({ TargetGroupArn }) => TargetGroupArn.split('/')[1])).toEqual([
      'shop-blue',
      'shop-green',
    ]);
  });

  test('describe-task-sets says more of a task set that describe-services names', () => {
    const [taskSet] = JSON.parse(shopFiles()[SERVICE] ?? '').services[0].taskSets;

    const seed = seedOf({
      'describe-task-sets.json': JSON.stringify({
        taskSets: [{ ...taskSet, tags: [{ key: 'team', value: 'shop' }] }],
      }),
    });

    expect(seed.services[0]?.taskSets).toMatchObject([
      { status: 'PRIMARY', tags: [{ key: 'team', value: 'shop' }] },
    ]);
  });

  test('one file with the same members is the same world', () => {
    const members = Object.fromEntries(
      Object.entries(shopFiles()).map(([file, text]) => [basename(file, '.json'), JSON.parse(text)]),
    );

    const bundle = directoryOf({ 'world.json': JSON.stringify(members) });

    expect(loadWorld(join(bundle, 'world.json'))).toEqual(loadWorld(SHOP));
  });

  test('without traffic.json users send the default, by the routes of the described service alone', () => {
    const { traffic } = seedOf({ 'traffic.json': null });

    expect(traffic.requestsPerSecond).toBe(DEFAULT_TRAFFIC.requestsPerSecond);
    expect(Object.entries(traffic.shares ?? {})).toEqual([
      [expect.stringMatching(/:listener\/app\/shop\/8f0c1d5e7a9b3c24\/5b7c9d1e3f5a7b80$/), 0.5],
      [expect.stringMatching(/:listener-rule\/app\/shop\/.*\/1a2b3c4d5e6f7081$/), 0.5],
    ]);
  });

  test.each(['shop', 'canary', 'first-deployment', 'sticky'])(
    'the world of examples/%s can be loaded',
    (name) => {
      const loaded = loadWorld(join(SHOP, '../..', name, 'world'));

      expect(loaded).toMatchObject({ ok: true });
    },
  );
});

describe('files that are no world', () => {
  const ATTRIBUTES = 'describe-target-group-attributes.shop-blue.json';
  const table: { title: string; changes: () => Record<string, string | null>; message: RegExp }[] = [
    {
      title: 'an empty file, as a failed command leaves it',
      changes: () => ({ [SERVICE]: '' }),
      message: /describe-services\.json: expected JSON, found an empty file.*run it again/,
    },
    {
      title: 'a file that is no JSON',
      changes: () => ({ [SERVICE]: 'services:\n- x' }),
      message: /describe-services\.json: expected JSON \(of the AWS CLI: --output json\)/,
    },
    {
      title: 'a file of an unknown name',
      changes: () => ({ 'services.json': '{}' }),
      message: /services\.json: expected a name that starts with one of describe-services/,
    },
    {
      title: 'a member of the wrong type',
      changes: () => changed(SERVICE, '"desiredCount": 4,', '"desiredCount": "4",'),
      message: /describe-services\.json: services\[0\]\.desiredCount: expected a number, found "4"/,
    },
    {
      title: 'more tasks than a service may have',
      changes: () => changed(SERVICE, '"desiredCount": 4,', '"desiredCount": 6000000000,'),
      message: /expected a desiredCount of 0 to 5000 tasks for shop, found 6000000000/,
    },
    {
      title: 'half a task',
      changes: () => changed(SERVICE, '"desiredCount": 4,', '"desiredCount": 3.5,'),
      message: /expected a desiredCount of 0 to 5000 tasks for shop, found 3.5/,
    },
    {
      title: 'a task set larger than its service',
      changes: () => changed(SERVICE, '"value": 100.0', '"value": 1e11'),
      message: /expected a scale of 0 to 100 percent for ecs-svc\/\d+ of shop, found 100000000000/,
    },
    {
      title: 'a member that is missing',
      changes: () => changed(SERVICE, '"serviceName": "shop",', ''),
      message: /services\[0\]\.serviceName: expected a string, found nothing/,
    },
    {
      title: 'something else in place of an ARN',
      changes: () => changed(SERVICE, '"clusterArn": "arn:', '"clusterArn": "'),
      message: /services\[0\]\.clusterArn: expected an ARN, found "aws:ecs/,
    },
    {
      title: 'a value that AWS does not have',
      changes: () => changed('describe-target-groups.json', '"TargetType": "ip"', '"TargetType": "fargate"'),
      message: /TargetGroups\[0\]\.TargetType: expected one of instance, ip, lambda, alb, found "fargate"/,
    },
    {
      title: 'a service that ECS did not find',
      changes: () =>
        changed(SERVICE, '"failures": []', '"failures": [{ "arn": "shopp", "reason": "MISSING" }]'),
      message: /ECS answered MISSING for shopp/,
    },
    {
      title: 'no service at all',
      changes: () => ({ [SERVICE]: '{"services":[]}' }),
      message: /expected a service in describe-services\.json, found none/,
    },
    {
      title: 'a group without its attributes',
      changes: () => ({ [ATTRIBUTES]: null }),
      message: /expected describe-target-group-attributes\.shop-blue\.json, found none; run `aws elbv2/,
    },
    {
      title: 'attributes of no group',
      changes: () => ({ 'describe-target-group-attributes.shop-red.json': '{"Attributes":[]}' }),
      message: /found "shop-red"; describe-target-groups has shop-blue, shop-green/,
    },
    {
      title: 'a running revision that is not described',
      changes: () => ({ 'describe-task-definition.shop-41.json': null }),
      message: /expected the task definition that ecs-svc\/4815162342108642975 of shop runs/,
    },
    {
      title: 'a group that a route forwards to and no file describes',
      changes: () => changed('describe-rules.https-443.json', '73d4e5f60a1b2c98', '0000000000000000'),
      message: /expected every group that .*listener-rule.* forwards to, found no .*0000000000000000/,
    },
    {
      title: 'a rule of another listener',
      changes: () => changed('describe-rules.http-80.json', '6c8d0e2f4a6b8c91', '6c8d0e2f4a6b8c00'),
      message: /expected the listener of rule .*found no .*6c8d0e2f4a6b8c00 in describe-listeners/,
    },
    {
      title: 'files of another Region',
      changes: () => changed('describe-task-definition.shop-42.json', ':us-east-1:', ':eu-west-1:'),
      message: /expected everything in us-east-1 of account 111122223333, found arn:aws:ecs:eu-west-1/,
    },
    {
      title: 'a misspelt member of traffic.json',
      changes: () => ({ 'traffic.json': '{"requestsPerSecond":1,"share":{}}' }),
      message:
        /traffic\.json: expected only requestsPerSecond, shares, sessionSeconds, errorShare, startSeconds; found share/,
    },
    {
      title: 'shares that are no whole',
      changes: () => changed('traffic.json', '0.3', '0.2'),
      message: /expected shares that sum to 1, found 0\.9/,
    },
    {
      title: 'a share of a route that does not exist',
      changes: () => changed('traffic.json', '1a2b3c4d5e6f7081', '1a2b3c4d5e6f7000'),
      message: /expected listener or rule ARNs of this world in shares, found .*7000/,
    },
    {
      title: 'an alarm in two files',
      changes: () => ({ 'describe-alarms.again.json': shopFiles()['describe-alarms.json'] ?? '' }),
      message: /expected each alarm once, found "shop-5xx-blue" in describe-alarms more than once/,
    },
  ];

  test.each(table)('$title is named', ({ changes, message }) => {
    const problems = problemsOf(changes());

    expect(problems.filter((problem) => message.test(problem))).not.toEqual([]);
  });

  test('all problems of all files come at once', () => {
    const problems = problemsOf({
      [SERVICE]: '{"services":[{"desiredCount":"x"}]}',
      'traffic.json': '{"requestsPerSecond":-1}',
      'other.json': '{}',
    });

    expect(problems.map((problem) => problem.replace(/^.*\//, ''))).toEqual([
      'describe-services.json: services[0].serviceName: expected a string, found nothing',
      'describe-services.json: services[0].serviceArn: expected a string, found nothing',
      'describe-services.json: services[0].clusterArn: expected a string, found nothing',
      'describe-services.json: services[0].status: expected a string, found nothing',
      'describe-services.json: services[0].desiredCount: expected a number, found "x"',
      expect.stringMatching(/^other\.json: expected a name that starts with/),
      'traffic.json: requestsPerSecond: expected a number of at least 0, found -1',
    ]);
  });

  test('a path where nothing is says where to read how to make a world', () => {
    expect(loadWorld('/no/such/world')).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^\/no\/such\/world: expected a world .* docs\/worlds\.md/)],
    });
  });
});

test.each([
  {
    member: 'Actions',
    value: [{ Type: 'forward', ForwardConfig: { TargetGroups: 5 } }],
    at: 'Actions[0].ForwardConfig.TargetGroups',
  },
  { member: 'Actions', value: [{ Type: 'forward', TargetGroupArn: {} }], at: 'Actions[0].TargetGroupArn' },
  { member: 'Conditions', value: [{ Field: 'path-pattern', Values: 7 }], at: 'Conditions[0].Values' },
])('a malformed rule is named: $at', ({ member, value, at }) => {
  const file = 'describe-rules.http-80.json';
  const parsed = JSON.parse(shopFiles()[file] ?? '');
  parsed.Rules[0][member] = value;

  const problems = problemsOf({ [file]: JSON.stringify(parsed) });

  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`Rules[0].${at}: expected`);
});

test('a world at a path that no file system takes is not there', () => {
  expect(loadWorld('a'.repeat(70_000))).toMatchObject({ ok: false });
});

test('local.json, which names programs, is no file of the account', () => {
  expect(loadWorld(SHOP)).toEqual(loadChanged({}));
});

test('a service or a task definition that two files have alike is there once', () => {
  const again = (file: string): Record<string, string> => ({
    [file.replace('.json', '.again.json')]: shopFiles()[file] ?? '',
  });
  const loaded = loadChanged({
    ...again(SERVICE),
    ...again('describe-task-definition.shop-41.json'),
  });
  const before = loadChanged({});

  expect(loaded).toEqual(before);
});

test('one that two files describe in two ways is a problem that names both', () => {
  const other = (shopFiles()[SERVICE] ?? '').replace('"desiredCount": 4', '"desiredCount": 5');

  expect(problemsOf({ 'describe-services.again.json': other })).toEqual([
    expect.stringMatching(
      /describe-services\.json: expected arn:\S+service\/production\/shop as \S+again\.json has it, found another description/,
    ),
  ]);
});
