import { describe, expect, test } from 'vitest';
import { describeProblems } from '../../../core/request/problem.ts';
import { parseRequest } from '../../../core/request/request.ts';
import { driftPolicies, whenBusyPolicies } from '../../../core/vocabulary/request.types.ts';

const minimal = { cluster: 'main', service: 'shop', taskDefinition: 'shop:8' };
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop-green/2222222222222222';
const RULE =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/4444444444444444/5555555555555555/6666666666666666';

const problemsOf = (input: unknown) => {
  const result = parseRequest(input);
  return result.ok ? [] : result.problems.map(({ path, expected, found }) => ({ path, expected, found }));
};

describe('a request that is right', () => {
  test('needs cluster, service and task definition alone; the rest has defaults', () => {
    expect(parseRequest(minimal)).toEqual({
      ok: true,
      request: {
        cluster: 'main',
        service: 'shop',
        taskDefinition: 'shop:8',
        shifts: [
          { greenPct: 5, bakeMs: 300_000 },
          { greenPct: 25, bakeMs: 300_000 },
          { greenPct: 50, bakeMs: 300_000 },
          { greenPct: 75, bakeMs: 300_000 },
          { greenPct: 100, bakeMs: 3_600_000 },
        ],
        strategyName: '5 shifts',
        alarms: { names: [], redAtStart: { kind: 'refuse' }, withoutData: 'ignore' },
        analysis: {
          errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
          latency: { use: 'advise', psi: 1.25, delta: 0.005 },
          alpha: 0.01,
          onInconclusive: 'advance',
        },
        whenBusy: 'reject',
        healthyForMs: 30_000,
        timeToHealthyMs: 1_800_000,
      },
    });
  });

  test('may say everything', () => {
    const input = {
      cluster: 'arn:aws-cn:ecs:cn-north-1:123456789012:cluster/main',
      service: 'arn:aws-cn:ecs:cn-north-1:123456789012:service/main/shop',
      taskDefinition: 'arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/shop:8',
      strategy: 'AllAtOnce',
      keepBlue: '30m',
      alarms: {
        names: ['a', 'Läuft / schlecht'],
        redAtStart: { override: 'the alarm itself is broken' },
        withoutData: 'block',
      },
      healthyFor: '1m',
      timeToHealthy: '10m',
      routes: [RULE],
      greenTargetGroup: GROUP,
      container: { name: 'web', port: 8080 },
      network: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
      capacityProviders: [
        { capacityProvider: 'FARGATE', base: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 3 },
      ],
      platformVersion: 'LATEST',
    };

    const result = parseRequest(input);

    expect(result).toMatchObject({
      ok: true,
      request: {
        shifts: [{ greenPct: 100, bakeMs: 1_800_000 }],
        strategyName: 'AllAtOnce',
        alarms: {
          names: ['a', 'Läuft / schlecht'],
          redAtStart: { kind: 'override', reason: 'the alarm itself is broken' },
          withoutData: 'block',
        },
        healthyForMs: 60_000,
        timeToHealthyMs: 600_000,
        routes: [RULE],
        greenTargetGroup: GROUP,
        container: { name: 'web', port: 8080 },
        network: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
        capacityProviders: [
          { capacityProvider: 'FARGATE', weight: 1, base: 1 },
          { capacityProvider: 'FARGATE_SPOT', weight: 3, base: 0 },
        ],
        platformVersion: 'LATEST',
      },
    });
  });

  test.each([
    ['a service ARN of the old form', { service: 'arn:aws:ecs:eu-west-1:123456789012:service/shop' }],
    ['a family without a revision', { taskDefinition: 'shop' }],
    ['an empty list of alarms', { alarms: [] }],
    ['a green that needs no time to prove itself', { healthyFor: '0s' }],
  ])('takes %s', (_, changes) => {
    expect(parseRequest({ ...minimal, ...changes }).ok).toBe(true);
  });

  test.each(driftPolicies)('says what to do when somebody else changed the weights: %s', (onDrift) => {
    expect(parseRequest({ ...minimal, onDrift })).toMatchObject({ ok: true, request: { onDrift } });
  });

  test.each(whenBusyPolicies)('says what to do with a busy service: %s', (whenBusy) => {
    expect(parseRequest({ ...minimal, whenBusy })).toMatchObject({ ok: true, request: { whenBusy } });
  });

  test('with a misspelt policy is asked what was meant', () => {
    const result = parseRequest({ ...minimal, whenBusy: 'supercede' });

    expect(result.ok ? '' : describeProblems(result.problems)).toContain('Did you mean "supersede"?');
  });
});

const DURATION = 'a duration such as "30s", "5m", "1h", "2d" or "1h30m"';
const PERCENT = 'a percentage from 0.1 to 100 with one decimal at most';
const SHIFTS = 'a list of 1 to 100 shifts such as {"greenPct": 10, "bake": "5m"}';
const STRATEGY =
  '"AllAtOnce", "Canary<percent>Percent<n>Minutes", "Linear<percent>PercentEvery<n>Minutes", ' +
  '{"canary": {"percent", "bake"}} or {"linear": {"percent", "every"}}';
const NAMES = 'a list of at most 100 alarm names';
const TASK_DEFINITION = 'a task definition as family, family:revision or ARN';
const TO_100 = { greenPct: 100 };

describe('a request that is wrong names the field, what was expected and what was found', () => {
  test.each<[string, Record<string, unknown>, string, string, string]>([
    ['no cluster', { cluster: undefined }, 'cluster', "a cluster's name or ARN", 'nothing'],
    ['null for the cluster', { cluster: null }, 'cluster', "a cluster's name or ARN", 'null'],
    ['an empty service', { service: '' }, 'service', "a service's name or ARN", 'an empty text'],
    ['a number for the service', { service: 7 }, 'service', "a service's name or ARN", '7'],
    ['a space in the service', { service: 'my shop' }, 'service', "a service's name or ARN", '"my shop"'],
    ['an ARN of another kind', { service: GROUP }, 'service', "a service's name or ARN", `"${GROUP}"`],
    [
      'a service of another cluster',
      { service: 'arn:aws:ecs:eu-west-1:123456789012:service/other/shop' },
      'service',
      'a service of the cluster "main"',
      'one of the cluster "other"',
    ],
    [
      'a service in another Region',
      {
        cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/main',
        service: 'arn:aws:ecs:us-east-1:123456789012:service/main/shop',
      },
      'service',
      "an ARN in the cluster's Region and account",
      'aws:ecs:us-east-1:123456789012',
    ],
    [
      'the revision "latest"',
      { taskDefinition: 'shop:latest' },
      'taskDefinition',
      TASK_DEFINITION,
      '"shop:latest"',
    ],
    ['revision 0', { taskDefinition: 'shop:0' }, 'taskDefinition', TASK_DEFINITION, '"shop:0"'],
    [
      'a task definition as an object',
      { taskDefinition: { family: 'shop' } },
      'taskDefinition',
      TASK_DEFINITION,
      'an object with family',
    ],
    ['an unknown field', { foo: 1 }, 'foo', 'a known field', '1'],
    ['an unknown strategy', { strategy: 'Rolling' }, 'strategy', STRATEGY, '"Rolling"'],
    ['a list for the strategy', { strategy: [] }, 'strategy', STRATEGY, 'an empty list'],
    [
      'two strategies',
      { strategy: { canary: {}, linear: {} } },
      'strategy',
      STRATEGY,
      'an object with canary, linear',
    ],
    [
      'a canary of 100 percent',
      { strategy: 'Canary100Percent5Minutes' },
      'strategy',
      '1 to 99 percent',
      '100 percent in "Canary100Percent5Minutes"',
    ],
    [
      'a bake of weeks',
      { strategy: 'Canary10Percent99999Minutes' },
      'strategy',
      '1 to 10080 minutes',
      '99999 minutes in "Canary10Percent99999Minutes"',
    ],
    [
      'a canary without percent',
      { strategy: { canary: { bake: '5m' } } },
      'strategy.canary.percent',
      'a whole percentage from 1 to 99',
      'nothing',
    ],
    [
      'a canary that bakes no time',
      { strategy: { canary: { percent: 5, bake: '0s' } } },
      'strategy.canary.bake',
      'a duration from 1s to 7d',
      '"0s"',
    ],
    [
      'linear with a bake',
      { strategy: { linear: { percent: 5, every: '5m', bake: '5m' } } },
      'strategy.linear.bake',
      'a known field',
      '"5m"',
    ],
    [
      'strategy and shifts',
      { strategy: 'AllAtOnce', shifts: [TO_100] },
      'strategy',
      'either strategy or shifts',
      'both',
    ],
    ['no shifts', { shifts: [] }, 'shifts', SHIFTS, 'an empty list'],
    ['shifts as a text', { shifts: '10,100' }, 'shifts', SHIFTS, '"10,100"'],
    [
      'a number for a shift',
      { shifts: [10, TO_100] },
      'shifts[0]',
      'a shift such as {"greenPct": 10, "bake": "5m"}',
      '10',
    ],
    [
      'a hundredth of a percent',
      { shifts: [{ greenPct: 0.51, bake: '5m' }, TO_100] },
      'shifts[0].greenPct',
      PERCENT,
      '0.51',
    ],
    [
      'NaN percent',
      { shifts: [{ greenPct: Number.NaN, bake: '5m' }, TO_100] },
      'shifts[0].greenPct',
      PERCENT,
      'NaN',
    ],
    [
      'percent as a text',
      { shifts: [{ greenPct: '10', bake: '5m' }, TO_100] },
      'shifts[0].greenPct',
      PERCENT,
      '"10"',
    ],
    ['a shift of 0', { shifts: [{ greenPct: 0, bake: '5m' }, TO_100] }, 'shifts[0].greenPct', PERCENT, '0'],
    [
      'falling shifts',
      { shifts: [{ greenPct: 50, bake: '5m' }, { greenPct: 10, bake: '5m' }, TO_100] },
      'shifts[1].greenPct',
      'more than the 50 before it',
      '10',
    ],
    [
      'shifts that end early',
      { shifts: [{ greenPct: 50, bake: '5m' }] },
      'shifts[0].greenPct',
      '100 in the last shift',
      '50',
    ],
    [
      'a shift after 100',
      { shifts: [{ greenPct: 100, bake: '5m' }, TO_100] },
      'shifts[1].greenPct',
      'more than the 100 before it',
      '100',
    ],
    ['a shift without a bake', { shifts: [{ greenPct: 50 }, TO_100] }, 'shifts[0].bake', DURATION, 'nothing'],
    [
      'a bake without a unit',
      { shifts: [{ greenPct: 50, bake: 300 }, TO_100] },
      'shifts[0].bake',
      DURATION,
      '300',
    ],
    [
      'a bake of eight days',
      { shifts: [{ greenPct: 50, bake: '8d' }, TO_100] },
      'shifts[0].bake',
      'a duration up to 7d',
      '"8d"',
    ],
    ['a negative keepBlue', { keepBlue: '-1h' }, 'keepBlue', DURATION, '"-1h"'],
    [
      'two keep-blue windows',
      { keepBlue: '1h', shifts: [{ greenPct: 100, bake: '2h' }] },
      'keepBlue',
      'the bake of the last shift',
      '1h, where the last shift bakes 2h',
    ],
    [
      'alarms as a text',
      { alarms: 'shop-5xx' },
      'alarms',
      `${NAMES}, or an object with names, redAtStart and withoutData`,
      '"shop-5xx"',
    ],
    ['an alarm twice', { alarms: ['a', 'b', 'a'] }, 'alarms[2]', 'each alarm once', '"a" again'],
    [
      '101 alarms',
      { alarms: Array.from({ length: 101 }, (_, index) => `a${index}`) },
      'alarms',
      NAMES,
      'a list of 101',
    ],
    [
      "an alarm's ARN",
      { alarms: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a'] },
      'alarms[0]',
      "an alarm's name, not its ARN",
      '"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a"',
    ],
    [
      'an empty alarm',
      { alarms: { names: [''] } },
      'alarms.names[0]',
      "an alarm's name of 1 to 255 characters",
      'an empty text',
    ],
    ['policies without names', { alarms: { redAtStart: 'refuse' } }, 'alarms.names', NAMES, 'nothing'],
    [
      'an unknown policy',
      { alarms: { names: [], redAtStart: 'ignore' } },
      'alarms.redAtStart',
      '"refuse", "ignoreUntilOk" or {"override": "<why>"}',
      '"ignore"',
    ],
    [
      'an override without a reason',
      { alarms: { names: [], redAtStart: { override: '  ' } } },
      'alarms.redAtStart.override',
      'a reason of 1 to 500 characters',
      '"  "',
    ],
    [
      'an unknown data policy',
      { alarms: { names: [], withoutData: true } },
      'alarms.withoutData',
      '"ignore" or "block"',
      'true',
    ],
    [
      'a healthyFor of two hours',
      { healthyFor: '2h', timeToHealthy: '2h' },
      'healthyFor',
      'a duration up to 1h',
      '"2h"',
    ],
    [
      'a timeToHealthy of seconds',
      { timeToHealthy: '5s' },
      'timeToHealthy',
      'a duration from 1m to 2h',
      '"5s"',
    ],
    [
      'healthyFor as long as timeToHealthy',
      { healthyFor: '5m', timeToHealthy: '5m' },
      'healthyFor',
      'healthyFor shorter than timeToHealthy',
      '5m and 5m',
    ],
    [
      'no routes',
      { routes: [] },
      'routes',
      'a list of 1 to 50 listener or listener-rule ARNs',
      'an empty list',
    ],
    [
      'a group as a route',
      { routes: [GROUP] },
      'routes[0]',
      'the ARN of a listener or of a listener rule',
      `"${GROUP}"`,
    ],
    ['a route twice', { routes: [RULE, RULE] }, 'routes[1]', 'each route once', `"${RULE}" again`],
    [
      "a group's name",
      { greenTargetGroup: 'shop-green' },
      'greenTargetGroup',
      "a target group's ARN",
      '"shop-green"',
    ],
    [
      'a container without a port',
      { container: { name: 'web' } },
      'container.port',
      'a port from 1 to 65535',
      'nothing',
    ],
    ['port 0', { container: { name: 'web', port: 0 } }, 'container.port', 'a port from 1 to 65535', '0'],
    [
      'a network without subnets',
      { network: { subnets: [], securityGroups: ['sg-1'] } },
      'network.subnets',
      'a list of 1 to 16 subnet ids',
      'an empty list',
    ],
    [
      'a public address by boolean',
      { network: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: true } },
      'network.assignPublicIp',
      '"ENABLED" or "DISABLED"',
      'true',
    ],
    [
      'a launch type in lower case',
      { launchType: 'fargate' },
      'launchType',
      '"FARGATE" or "EC2" or "EXTERNAL"',
      '"fargate"',
    ],
    [
      'launch type and providers',
      { launchType: 'EC2', capacityProviders: [{ capacityProvider: 'a' }] },
      'launchType',
      'either launchType or capacityProviders',
      'both',
    ],
    [
      'providers that place nothing',
      { capacityProviders: [{ capacityProvider: 'a', weight: 0 }] },
      'capacityProviders',
      'one provider with a weight above 0',
      'only weights of 0',
    ],
    [
      'two bases',
      {
        capacityProviders: [
          { capacityProvider: 'a', base: 1 },
          { capacityProvider: 'b', base: 1 },
        ],
      },
      'capacityProviders',
      'a base on one provider at most',
      'several with a base',
    ],
    [
      'a platform version that is none',
      { platformVersion: '1.4' },
      'platformVersion',
      '"LATEST" or a version such as "1.4.0"',
      '"1.4"',
    ],
    [
      'a policy for a busy service that is none',
      { whenBusy: 'wait' },
      'whenBusy',
      '"reject" or "queue" or "supersede"',
      '"wait"',
    ],
    [
      'no policy for a busy service',
      { whenBusy: null },
      'whenBusy',
      '"reject" or "queue" or "supersede"',
      'null',
    ],
    ...(
      [
        ['yes', '"yes"'],
        ['true', '"true"'],
        [1, '1'],
        [null, 'null'],
        [{ by: 'ada' }, 'an object with by'],
      ] as const
    ).map(([approval, found]): [string, Record<string, unknown>, string, string, string] => [
      `an approval of ${JSON.stringify(approval)}`,
      { shifts: [{ greenPct: 10, bake: '5m', approval }, TO_100] },
      'shifts[0].approval',
      'true or false',
      found,
    ]),
    [
      'a platform version on EC2',
      { launchType: 'EC2', platformVersion: '1.4.0' },
      'platformVersion',
      'nothing with launchType EC2',
      '"1.4.0"',
    ],
  ])('%s', (_, changes, path, expected, found) => {
    expect(problemsOf({ ...minimal, ...changes })).toEqual([{ path, expected, found }]);
  });

  test.each([
    ['a text', 'deploy it', '"deploy it"'],
    ['a list', [minimal], 'a list of 1'],
    ['null', null, 'null'],
    ['nothing', undefined, 'nothing'],
    ['a number', 3, '3'],
    ['true', true, 'true'],
  ])('%s is no request', (_, input, found) => {
    expect(problemsOf(input)).toEqual([
      { path: 'request', expected: 'an object with cluster, service and taskDefinition', found },
    ]);
  });
});

test('everything that is wrong is named at once, one line each', () => {
  const result = parseRequest({
    clustr: 'main',
    service: '',
    strategy: 'Canry10Percent5Minutes',
    alarms: [3],
    keepBlue: '1w',
  });

  expect(result.ok ? '' : describeProblems(result.problems)).toBe(`The request has 7 problems:
- clustr: expected a known field, found "main". Did you mean cluster?
- cluster: expected a cluster's name or ARN, found nothing.
- service: expected a service's name or ARN, found an empty text.
- taskDefinition: expected a task definition as family, family:revision or ARN, found nothing.
- keepBlue: expected a duration such as "30s", "5m", "1h", "2d" or "1h30m", found "1w".
- strategy: expected ${STRATEGY}, found "Canry10Percent5Minutes". Did you mean "Canary10Percent5Minutes"?
- alarms[0]: expected an alarm's name of 1 to 255 characters, found 3.`);
});

test('problems inside a strategy are named even where shifts stand beside it', () => {
  const paths = problemsOf({ ...minimal, strategy: 'nonsense', shifts: [{ greenPct: 1 }] }).map(
    ({ path }) => path,
  );

  expect(paths).toEqual(['strategy', 'strategy', 'shifts[0].greenPct']);
});

test('a huge request is refused in a short message', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`field${index}`, 'x'.repeat(40)]),
  );

  const problems = problemsOf({
    ...fields,
    ...minimal,
    service: 'x'.repeat(200_000),
    alarms: Array(50_000).fill('a'),
  });

  expect(problems).toHaveLength(13);
  expect(JSON.stringify(problems).length).toBeLessThan(3_000);
});

test('a field named like a property of every object is an unknown field', () => {
  const input: unknown = JSON.parse(
    '{"cluster":"a","service":"b","taskDefinition":"c","__proto__":1,"toString":2}',
  );

  expect(problemsOf(input).map(({ path }) => path)).toEqual(['__proto__', 'toString']);
});

test.each([
  ['clusterName', 'cluster'],
  ['task_definition', 'taskDefinition'],
  ['keepblue', 'keepBlue'],
  ['alarm', 'alarms'],
  ['targetGroup', 'greenTargetGroup'],
])('the field %s gets %s as a hint', (name, meant) => {
  const result = parseRequest({ ...minimal, [name]: 'x' });

  expect(result.ok ? [] : result.problems).toMatchObject([{ path: name, hint: `Did you mean ${meant}?` }]);
});

describe('a test route', () => {
  const tested = (test: unknown) => ({ ...minimal, test });

  test('is named by its ARN alone, and open for five minutes', () => {
    const result = parseRequest(tested({ route: RULE }));

    expect(result.ok && result.request.test).toEqual({ route: RULE, forMs: 300_000 });
  });

  test('may have an address for people and a time', () => {
    const result = parseRequest(tested({ route: RULE, url: 'https://shop.example/', for: '1h' }));

    expect(result.ok && result.request.test).toEqual({
      route: RULE,
      url: 'https://shop.example/',
      forMs: 3_600_000,
    });
  });

  test('every mistake is named', () => {
    expect(problemsOf(tested({ route: 'shop', url: 'shop.example', for: '8d', keepOpen: true }))).toEqual([
      { path: 'test.keepOpen', expected: 'a known field', found: 'true' },
      { path: 'test.route', expected: 'the ARN of a listener or of a listener rule', found: '"shop"' },
      {
        path: 'test.url',
        expected: 'a URL that begins with http:// or https://',
        found: '"shop.example"',
      },
      { path: 'test.for', expected: 'a duration up to 7d', found: '"8d"' },
    ]);
    expect(problemsOf(tested({}))).toEqual([
      { path: 'test.route', expected: 'the ARN of a listener or of a listener rule', found: 'nothing' },
    ]);
  });

  test('is none of the routes that are shifted', () => {
    expect(problemsOf({ ...tested({ route: RULE }), routes: [RULE] })).toEqual([
      { path: 'test.route', expected: 'a route that is none of routes', found: `"${RULE}"` },
    ]);
  });
});
