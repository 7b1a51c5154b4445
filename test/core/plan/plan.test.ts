import { describe, expect, test } from 'vitest';
import { planDeployment } from '../../../core/plan/plan.ts';
import type { PlanObservation } from '../../../core/vocabulary/observation.types.ts';
import type { Plan } from '../../../core/vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../../../core/vocabulary/request.types.ts';
import {
  aBalancer,
  aFirstObservation,
  aFirstRequest,
  aFirstTestableService,
  aGroup,
  anAlarm,
  anObservation,
  aRequest,
  aRoute,
  aService,
  aTaskDefinition,
  aTaskSet,
  aTestableService,
  BALANCER,
  BLUE_GROUP,
  GREEN_GROUP,
  LISTENER,
  NEW_REVISION,
  OLD_REVISION,
  RULE,
  sticky,
  TEST_RULE,
  TESTED,
  THIRD_GROUP,
} from '../an-observation.ts';

const planOf = (observed: PlanObservation, request: DeploymentRequest = aRequest()): Plan => {
  const { plan, findings } = planDeployment(observed, request);
  if (plan === null) throw new Error(findings.map(({ id }) => id).join());
  return plan;
};

test('cluster, service and task definition are enough: the rest is found', () => {
  const observed = anObservation();

  const { plan, findings } = planDeployment(observed, aRequest());

  expect(findings).toEqual([]);
  expect(plan).toEqual({
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/main',
    serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/main/shop',
    cluster: 'main',
    service: 'shop',
    desiredCount: 2,
    blue: {
      id: 'ecs-svc/1111111111111111111',
      arn: 'arn:aws:ecs:eu-west-1:123456789012:task-set/main/shop/ecs-svc/1111111111111111111',
      taskDefinitionArn: OLD_REVISION,
      targetGroupArn: BLUE_GROUP,
      scalePercent: 100,
    },
    blueTargetGroupArn: BLUE_GROUP,
    green: {
      taskDefinitionArn: NEW_REVISION,
      images: [{ container: 'web', image: 'shop:8' }],
      targetGroupArn: GREEN_GROUP,
      containerName: 'web',
      containerPort: 8080,
      network: { subnets: ['subnet-a'], securityGroups: ['sg-a'], assignPublicIp: 'DISABLED' },
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
    },
    loadBalancerKind: 'application',
    routes: observed.routes,
    shifts: aRequest().shifts,
    strategyName: '5 shifts',
    alarms: {
      names: ['shop-5xx'],
      redAtStart: { kind: 'refuse' },
      withoutData: 'ignore',
      ignoredUntilOk: [],
    },
    analysis: { ...aRequest().analysis, baseline: null },
    healthyForMs: 30_000,
    timeToHealthyMs: 1_800_000,
    deregistrationDelayMs: 30_000,
    stopTimeoutMs: 40_000,
    warnings: [],
  });
});

test('planning twice gives the same plan', () => {
  expect(planOf(anObservation())).toEqual(planOf(anObservation()));
});

test('with an error among the findings there is no plan', () => {
  const planned = planDeployment(anObservation({ service: aService({ desiredCount: 0 }) }), aRequest());

  expect(planned.plan).toBeNull();
  expect(planned.findings.map(({ id }) => id)).toEqual(['desired-count-zero']);
});

test('warnings do not stop a plan and are kept in it', () => {
  const plan = planOf(anObservation(), aRequest({ alarms: [] }));

  expect(plan.warnings.map(({ id }) => id)).toEqual(['no-alarms']);
});

describe("green's group", () => {
  const alone = [aRoute({ [BLUE_GROUP]: 1 })];

  test('is the one the request names, even when the routes know another', () => {
    const observed = anObservation({
      groups: [aGroup(BLUE_GROUP), aGroup(GREEN_GROUP), aGroup(THIRD_GROUP, { loadBalancerArns: [] })],
    });

    expect(planOf(observed, aRequest({ greenTargetGroup: THIRD_GROUP })).green.targetGroupArn).toBe(
      THIRD_GROUP,
    );
  });

  test('is the partner of the last deployment when sticky routes have left it out', () => {
    const observed = anObservation({
      routes: alone.map((route) => sticky(route)),
      lastGroups: [GREEN_GROUP, BLUE_GROUP],
    });

    expect(planOf(observed).green.targetGroupArn).toBe(GREEN_GROUP);
  });

  test('is not taken from a last deployment that had another blue', () => {
    const observed = anObservation({ routes: alone, lastGroups: [GREEN_GROUP, THIRD_GROUP] });

    expect(planDeployment(observed, aRequest()).findings).toMatchObject([{ id: 'no-green-group' }]);
  });

  test('is not guessed between two', () => {
    const routes = [aRoute({ [BLUE_GROUP]: 100, [GREEN_GROUP]: 0, [THIRD_GROUP]: 0 })];
    const groups = [aGroup(BLUE_GROUP), aGroup(GREEN_GROUP), aGroup(THIRD_GROUP)];

    expect(planDeployment(anObservation({ routes, groups }), aRequest()).plan).toBeNull();
    expect(
      planOf(anObservation({ routes, groups, lastGroups: [BLUE_GROUP, THIRD_GROUP] })).green.targetGroupArn,
    ).toBe(THIRD_GROUP);
  });
});

describe('routes', () => {
  const weights = { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 };
  const rule = aRoute(weights, { arn: RULE, kind: 'rule', label: 'HTTPS:443 path /api/*' });

  test('are all that forward to blue', () => {
    const plan = planOf(anObservation({ routes: [aRoute(weights), rule] }));

    expect(plan.routes.map(({ arn }) => arn)).toEqual([LISTENER, RULE]);
  });

  test('that the request leaves out while blue serves them refuse the deployment', () => {
    const planned = planDeployment(
      anObservation({ routes: [aRoute(weights), rule] }),
      aRequest({ routes: [RULE] }),
    );

    expect(planned.findings).toMatchObject([{ id: 'group-serves-other-route' }]);
  });
});

describe('green copies blue except for what the request says', () => {
  const provider = { capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 };

  test('capacity providers replace a launch type', () => {
    const { green } = planOf(
      anObservation(),
      aRequest({ capacityProviders: [{ capacityProvider: 'FARGATE_SPOT' }] }),
    );

    expect(green).toMatchObject({ capacityProviders: [provider], platformVersion: '1.4.0' });
    expect(green).not.toHaveProperty('launchType');
  });

  test('a move to EC2 leaves the Fargate platform version behind', () => {
    const { green } = planOf(anObservation(), aRequest({ launchType: 'EC2' }));

    expect(green.launchType).toBe('EC2');
    expect(green).not.toHaveProperty('platformVersion');
  });

  test('capacity providers and service registries of blue are kept', () => {
    const serviceRegistries = [
      { registryArn: 'arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1' },
    ];
    const { launchType: _, ...rest } = aTaskSet({ capacityProviders: [provider], serviceRegistries });

    const { green } = planOf(anObservation({ service: aService({ taskSets: [rest] }) }));

    expect(green).toMatchObject({ capacityProviders: [provider], serviceRegistries });
  });

  test('network and container of the request win', () => {
    const network = { subnets: ['subnet-b'], securityGroups: ['sg-b'], assignPublicIp: 'ENABLED' };
    const taskDefinition = aTaskDefinition({
      containers: [{ name: 'api', image: 'api:1', ports: [{ containerPort: 9090, protocol: 'tcp' }] }],
    });

    const { green } = planOf(
      anObservation({ taskDefinition }),
      aRequest({ network, container: { name: 'api', port: 9090 } }),
    );

    expect(green).toMatchObject({ network, containerName: 'api', containerPort: 9090 });
  });

  test('tasks without awsvpc get no network', () => {
    const instance = { targetType: 'instance' as const };
    const { green } = planOf(
      anObservation({
        taskDefinition: aTaskDefinition({ networkMode: 'bridge' }),
        groups: [aGroup(BLUE_GROUP, instance), aGroup(GREEN_GROUP, instance)],
      }),
      aRequest({ launchType: 'EC2' }),
    );

    expect(green).not.toHaveProperty('network');
  });
});

describe('a first deployment', () => {
  test('has no blue and gets all traffic at once', () => {
    const plan = planOf(aFirstObservation(), aFirstRequest({ keepBlue: '10m' }));

    expect(plan.blue).toBeNull();
    expect(plan.blueTargetGroupArn).toBe(BLUE_GROUP);
    expect(plan.green).toMatchObject({
      targetGroupArn: GREEN_GROUP,
      containerName: 'web',
      containerPort: 8080,
    });
    expect(plan.green).not.toHaveProperty('launchType');
    expect(plan.shifts).toEqual([{ greenPct: 100, bakeMs: 600_000 }]);
  });

  test('may have routes with its group alone', () => {
    const plan = planOf(aFirstObservation({ routes: [aRoute({ [GREEN_GROUP]: 1 })] }), aFirstRequest());

    expect(plan.blueTargetGroupArn).toBeNull();
    expect(plan.routes).toHaveLength(1);
  });

  test('without group, container and network names all three', () => {
    const { findings } = planDeployment(aFirstObservation(), aRequest());

    expect(findings.map(({ id }) => id)).toEqual([
      'container-needed',
      'network-needed',
      'green-target-group-needed',
    ]);
  });
});

describe('alarms that are red already', () => {
  const observed = anObservation({
    alarms: { alarms: [anAlarm('shop-5xx', 'ALARM'), anAlarm('shop-p99')], missing: [] },
  });

  test.each([
    ['ignoreUntilOk', 'alarm-ignored-until-ok'],
    [{ override: 'broken' }, 'alarm-overridden'],
  ])('under %j are noted in the plan', (redAtStart, id) => {
    const plan = planOf(observed, aRequest({ alarms: { names: ['shop-5xx', 'shop-p99'], redAtStart } }));

    expect(plan.alarms.names).toEqual(['shop-5xx', 'shop-p99']);
    expect(plan.alarms.ignoredUntilOk).toEqual(['shop-5xx']);
    expect(plan.warnings).toMatchObject([{ id }]);
  });
});

test('draining is that of blue, and the slowest container counts', () => {
  const web = { name: 'web', image: 'x', ports: [{ containerPort: 8080, protocol: 'tcp' }] };
  const plan = planOf(
    anObservation({
      blueTaskDefinition: aTaskDefinition({
        containers: [
          { ...web, stopTimeoutSeconds: 5 },
          { ...web, name: 'log', stopTimeoutSeconds: 120 },
        ],
      }),
      groups: [aGroup(BLUE_GROUP, { deregistrationDelaySeconds: 60 }), aGroup(GREEN_GROUP)],
    }),
  );

  expect(plan.deregistrationDelayMs).toBe(60_000);
  expect(plan.stopTimeoutMs).toBe(120_000);
});

test('a network load balancer is noted', () => {
  expect(planOf(anObservation({ loadBalancers: [aBalancer({ type: 'network' })] })).loadBalancerKind).toBe(
    'network',
  );
  expect(
    planOf(anObservation({ loadBalancers: [aBalancer({ type: 'network', arn: `${BALANCER}9` })] }))
      .loadBalancerKind,
  ).toBe('application');
});

describe('with a test route', () => {
  const tested = (test = {}) =>
    planOf(aTestableService(), aRequest({ test: { ...TESTED.test, ...test }, strategy: 'AllAtOnce' }));

  test("the test is a position of its own before the first shift, and its route is none of the users'", () => {
    const plan = tested({ for: '10m', url: 'https://shop.example/' });

    expect(plan.shifts.map(({ greenPct, test, bakeMs }) => [greenPct, test ?? false, bakeMs])).toEqual([
      [0, true, 600_000],
      [100, false, 3_600_000],
    ]);
    expect(plan.routes.map(({ arn }) => arn)).toEqual([LISTENER]);
    expect(plan.test).toEqual({
      route: expect.objectContaining({ arn: TEST_RULE }),
      url: 'https://shop.example/',
      header: { name: 'x-test', value: 'green' },
    });
  });

  test('without it there is neither', () => {
    const plan = planOf(anObservation(), aRequest({ strategy: 'AllAtOnce' }));

    expect(plan).not.toHaveProperty('test');
    expect(plan.shifts).toHaveLength(1);
  });

  test('a first deployment has the same before its one shift', () => {
    const plan = planOf(aFirstTestableService(), aFirstRequest(TESTED));

    expect(plan.test?.route.arn).toBe(TEST_RULE);
    expect(plan.shifts.map(({ greenPct, test }) => [greenPct, test ?? false])).toEqual([
      [0, true],
      [100, false],
    ]);
  });
});
