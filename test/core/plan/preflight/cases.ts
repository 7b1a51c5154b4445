import {
  aBalancer,
  aFirstObservation,
  aGroup,
  anAlarm,
  anObservation,
  aRoute,
  aService,
  aTaskDefinition,
  aTaskSet,
  BALANCER,
  BLUE_GROUP,
  GREEN_GROUP,
  healthyTargets,
  NEW_REVISION,
  RULE,
  sticky,
  THIRD_GROUP,
} from '../../an-observation.ts';
import { SMOKE_ARN } from '../../hooks/a-hook.ts';
import type { Case } from './case.types.ts';
import { casesAroundTheService } from './cases-around-the-service.ts';
import { casesOfHookTasks } from './cases-of-hook-tasks.ts';
import { casesOfTakeovers } from './cases-of-takeovers.ts';
import { casesOfTheTestRoute } from './cases-of-the-test-route.ts';

export const PAIR = { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 };
export const service = (changes: Parameters<typeof aService>[0]) =>
  anObservation({ service: aService(changes) });
const definition = (changes: Parameters<typeof aTaskDefinition>[0]) =>
  anObservation({ taskDefinition: aTaskDefinition(changes) });
const green = (changes: Parameters<typeof aGroup>[1]) =>
  anObservation({ groups: [aGroup(BLUE_GROUP), aGroup(GREEN_GROUP, changes)] });
const both = (changes: Parameters<typeof aGroup>[1]) =>
  anObservation({ groups: [aGroup(BLUE_GROUP, changes), aGroup(GREEN_GROUP, changes)] });
export const container = (changes: Partial<ReturnType<typeof aTaskDefinition>['containers'][0]>) => {
  const [web] = aTaskDefinition().containers;
  return web === undefined ? [] : [{ ...web, ...changes }];
};
const instances = { targetType: 'instance' as const };
export const alarmed = (state: 'ALARM' | 'INSUFFICIENT_DATA') =>
  anObservation({ alarms: { alarms: [anAlarm('shop-5xx', state)], missing: [] } });
const withDimensions = (...groups: string[]) =>
  anObservation({
    alarms: {
      alarms: groups.map((arn) => ({ ...anAlarm(), targetGroupDimension: arn.split(':').at(-1) ?? '' })),
      missing: [],
    },
  });
const noTaskSets = aFirstObservation();
/** So many requests in three hours. */
const usual = (requests: number) => ({ minutes: 180, requests, bad: 0, sigma: 0.25, slowOver: [] });

const counter = { namespace: 'Shop', metric: 'Orders', dimensions: { Revision: '{taskDefinitionRevision}' } };
const orders = { name: 'orders', requests: [counter], bad: [counter] };

/** Every finding that a check can make: where it is made, and the nearest world in which it is not. */
export const cases: Case[] = [
  {
    id: 'service-not-found',
    row: '162',
    severity: 'error',
    found: 'the service shop in the cluster main',
    observed: anObservation({
      service: null,
      routes: [],
      groups: [],
      blueTaskDefinition: null,
      targets: {},
      loadBalancers: [],
    }),
  },
  {
    id: 'service-not-active',
    row: '162',
    severity: 'error',
    found: 'DRAINING',
    observed: service({ status: 'DRAINING' }),
  },
  {
    id: 'wrong-controller',
    row: '162',
    severity: 'error',
    found: 'found CODE_DEPLOY',
    observed: service({ controller: 'CODE_DEPLOY' }),
  },
  {
    id: 'desired-count-zero',
    row: '156',
    severity: 'error',
    found: 'found 0',
    observed: service({ desiredCount: 0 }),
  },
  {
    id: 'zone-rebalancing',
    row: '9',
    severity: 'warning',
    found: 'found it on',
    observed: service({ zoneRebalancing: true }),
  },
  {
    id: 'leftover-task-set',
    row: '163',
    severity: 'error',
    found: 'ecs-svc/2 (made by deploy-41) with 2 running tasks',
    observed: service({
      taskSets: [aTaskSet(), aTaskSet({ id: 'ecs-svc/2', status: 'ACTIVE', externalId: 'deploy-41' })],
    }),
    silent: {
      observed: service({ taskSets: [aTaskSet(), aTaskSet({ id: 'ecs-svc/2', status: 'DRAINING' })] }),
    },
  },
  {
    id: 'serves-without-primary',
    row: '163',
    severity: 'error',
    found: 'ecs-svc/2 (maker unknown) ACTIVE with 2 running tasks',
    observed: service({ taskSets: [aTaskSet({ id: 'ecs-svc/2', status: 'ACTIVE' })] }),
    silent: { observed: service({ taskSets: [aTaskSet()] }) },
  },
  {
    id: 'too-many-task-sets',
    row: '163',
    severity: 'error',
    found: 'found 5',
    observed: service({
      taskSets: [
        aTaskSet(),
        ...[2, 3, 4, 5].map((n) => aTaskSet({ id: `ecs-svc/${n}`, status: 'DRAINING' })),
      ],
    }),
    silent: {
      observed: service({
        taskSets: [aTaskSet(), ...[2, 3, 4].map((n) => aTaskSet({ id: `ecs-svc/${n}`, status: 'DRAINING' }))],
      }),
    },
  },
  {
    id: 'blue-not-at-full-scale',
    row: 'invariant 3',
    severity: 'warning',
    found: 'at 50 %',
    observed: service({ taskSets: [aTaskSet({ scalePercent: 50, computedDesiredCount: 1 })] }),
  },
  {
    id: 'blue-unhealthy',
    row: '153',
    severity: 'warning',
    found: 'expected 2 healthy targets of blue in shop-blue, found 1',
    observed: anObservation({ targets: { [BLUE_GROUP]: healthyTargets(1), [GREEN_GROUP]: [] } }),
  },
  {
    id: 'task-definition-not-found',
    row: '157',
    severity: 'error',
    found: 'task definition shop,',
    observed: anObservation({ taskDefinition: null }),
  },
  {
    id: 'task-definition-not-active',
    row: '157',
    severity: 'error',
    found: 'INACTIVE',
    observed: definition({ status: 'INACTIVE' }),
  },
  {
    id: 'volume-at-launch',
    row: '157',
    severity: 'error',
    found: 'found "data" with',
    observed: definition({ volumesAtLaunch: ['data'] }),
  },
  {
    id: 'blue-deregistered',
    row: '157',
    severity: 'warning',
    found: 'found INACTIVE',
    observed: anObservation({ blueTaskDefinition: aTaskDefinition({ status: 'INACTIVE' }) }),
  },
  {
    id: 'other-family',
    row: '157',
    severity: 'error',
    found: 'found one of payment',
    observed: definition({ arn: 'arn:aws:ecs:eu-west-1:1:task-definition/payment:2' }),
    silent: {
      observed: definition({ arn: 'arn:aws:ecs:eu-west-1:1:task-definition/payment:2' }),
      request: { family: 'payment' },
    },
  },
  {
    id: 'network-changed',
    row: '151',
    severity: 'warning',
    found: 'security groups: sg-a -> sg-0f; public address: DISABLED -> ENABLED',
    observed: anObservation(),
    request: { network: { subnets: ['subnet-a'], securityGroups: ['sg-0f'], assignPublicIp: 'ENABLED' } },
  },
  {
    id: 'container-needed',
    row: '144',
    severity: 'error',
    found: 'found none',
    observed: noTaskSets,
    request: { ...firstOf(), container: undefined },
    silent: { observed: noTaskSets, request: firstOf() },
  },
  {
    id: 'container-not-in-task-definition',
    row: '144, checklist 10',
    severity: 'error',
    found: 'named web',
    observed: definition({ containers: container({ name: 'app' }) }),
  },
  {
    id: 'container-port-not-mapped',
    row: '144',
    severity: 'error',
    found: 'found 9090',
    observed: definition({ containers: container({ ports: [{ containerPort: 9090, protocol: 'tcp' }] }) }),
  },
  {
    id: 'registry-container-missing',
    row: '144',
    severity: 'error',
    found: 'container sidecar',
    observed: service({
      taskSets: [
        aTaskSet({ serviceRegistries: [{ registryArn: 'arn:registry', containerName: 'sidecar' }] }),
      ],
    }),
    silent: {
      observed: service({
        taskSets: [aTaskSet({ serviceRegistries: [{ registryArn: 'arn:registry', containerName: 'web' }] })],
      }),
    },
  },
  {
    id: 'network-mode-none',
    row: '143',
    severity: 'error',
    found: NEW_REVISION,
    observed: definition({ networkMode: 'none' }),
  },
  {
    id: 'target-type-mismatch',
    row: '143, checklist 4',
    severity: 'error',
    found: `network mode awsvpc of ${NEW_REVISION}, found instance on shop-green`,
    observed: both(instances),
    silent: {
      observed: anObservation({
        ...both(instances),
        taskDefinition: aTaskDefinition({ networkMode: 'bridge' }),
      }),
      request: { launchType: 'EC2' },
    },
  },
  {
    id: 'network-needed',
    row: '21',
    severity: 'error',
    found: 'found none',
    observed: noTaskSets,
    request: { ...firstOf(), network: undefined },
    silent: { observed: noTaskSets, request: firstOf() },
  },
  {
    id: 'network-without-awsvpc',
    row: '21',
    severity: 'error',
    found: 'network mode bridge',
    observed: anObservation({
      ...both(instances),
      taskDefinition: aTaskDefinition({ networkMode: 'bridge' }),
    }),
    request: { network: { subnets: ['subnet-a'], securityGroups: ['sg-a'] } },
  },
  {
    id: 'fixed-host-port',
    row: 'checklist 4',
    severity: 'warning',
    found: 'found 80 fixed',
    observed: anObservation({
      ...both(instances),
      taskDefinition: aTaskDefinition({
        networkMode: 'bridge',
        containers: container({ ports: [{ containerPort: 8080, hostPort: 80, protocol: 'tcp' }] }),
      }),
    }),
    silent: {
      observed: anObservation({
        ...both(instances),
        taskDefinition: aTaskDefinition({
          networkMode: 'bridge',
          containers: container({ ports: [{ containerPort: 8080, hostPort: 0, protocol: 'tcp' }] }),
        }),
      }),
    },
  },
  {
    id: 'launch-type-incompatible',
    row: '158',
    severity: 'error',
    found: 'for FARGATE, found',
    observed: definition({ compatibilities: ['EC2'] }),
    silent: { observed: definition({ compatibilities: ['EC2'] }), request: { launchType: 'EC2' } },
  },
  {
    id: 'launch-type-without-load-balancer',
    row: '158',
    severity: 'error',
    found: 'found EXTERNAL',
    request: { launchType: 'EXTERNAL' },
  },
  {
    id: 'gateway-load-balancer',
    row: 'checklist 8',
    severity: 'error',
    found: 'Gateway Load Balancer shop',
    observed: anObservation({ loadBalancers: [aBalancer({ type: 'gateway' })] }),
  },
  {
    id: 'network-load-balancer',
    row: '60',
    severity: 'warning',
    found: 'Network Load Balancer shop',
    observed: anObservation({ loadBalancers: [aBalancer({ type: 'network' })] }),
  },
  {
    id: 'target-group-fails-open-early',
    row: '88',
    severity: 'warning',
    found: 'fewer than 2 healthy targets or 50 % of them healthy',
    observed: both({ failsOpenBelow: { count: 2, percent: 50 } }),
  },
  {
    id: 'cross-zone-off',
    row: '88',
    severity: 'warning',
    found: 'cross-zone load balancing off on',
    observed: green({ crossZone: false }),
  },
  {
    id: 'target-group-not-found',
    row: '145',
    severity: 'error',
    found: THIRD_GROUP,
    observed: anObservation({ missingGroups: [THIRD_GROUP] }),
    request: { greenTargetGroup: THIRD_GROUP },
    silent: { observed: anObservation({ missingGroups: [THIRD_GROUP] }) },
  },
  {
    id: 'same-target-group',
    row: '146',
    severity: 'error',
    found: 'shop-blue for both',
    request: { greenTargetGroup: BLUE_GROUP },
  },
  {
    id: 'target-group-not-attached',
    row: '145',
    severity: 'error',
    found: "blue's group shop-blue",
    observed: anObservation({
      groups: [aGroup(BLUE_GROUP, { loadBalancerArns: [] }), aGroup(GREEN_GROUP, { loadBalancerArns: [] })],
      routes: [],
      loadBalancers: [],
      lastGroups: [BLUE_GROUP, GREEN_GROUP],
    }),
    silent: {
      observed: anObservation({
        ...green({ loadBalancerArns: [] }),
        routes: [aRoute({ [BLUE_GROUP]: 1 })],
        lastGroups: [BLUE_GROUP, GREEN_GROUP],
      }),
    },
  },
  {
    id: 'green-on-another-load-balancer',
    row: '145',
    severity: 'error',
    found: `${BALANCER}9`,
    observed: green({ loadBalancerArns: [`${BALANCER}9`] }),
    silent: { observed: green({ loadBalancerArns: [] }) },
  },
  {
    id: 'target-group-in-use',
    row: '164',
    severity: 'error',
    found: 'shop-green before the deployment, found 3 targets (10.0.0.1:8080 healthy)',
    observed: anObservation({
      targets: { [BLUE_GROUP]: healthyTargets(2), [GREEN_GROUP]: healthyTargets(3) },
    }),
    silent: {
      observed: anObservation({
        targets: {
          [BLUE_GROUP]: healthyTargets(2),
          [GREEN_GROUP]: [{ id: '10.0.0.9', port: 8080, state: 'draining' }],
        },
      }),
    },
  },
  {
    id: 'target-groups-incompatible',
    row: '150',
    severity: 'error',
    found: 'protocol version HTTP1 (blue) and HTTP2 (green)',
    observed: green({ protocolVersion: 'HTTP2' }),
  },
  {
    id: 'target-groups-differ',
    row: '150',
    severity: 'warning',
    found: 'health check interval 10 (blue) and 30 (green)',
    observed: green({ healthCheck: { ...aGroup(GREEN_GROUP).healthCheck, intervalSeconds: 30 } }),
  },
  {
    id: 'no-load-balancer',
    row: 'checklist 25',
    severity: 'error',
    found: 'ecs-svc/1111111111111111111',
    observed: anObservation({
      service: aService({ taskSets: [withoutGroup()] }),
      routes: [],
      groups: [],
      targets: {},
      loadBalancers: [],
    }),
  },
  {
    id: 'green-target-group-needed',
    row: '146',
    severity: 'error',
    found: 'found none',
    observed: noTaskSets,
    request: { ...firstOf(), greenTargetGroup: undefined },
    silent: { observed: noTaskSets, request: firstOf() },
  },
  {
    id: 'route-not-found',
    row: '146',
    severity: 'error',
    found: RULE,
    observed: anObservation({ routes: [aRoute(PAIR)], lastGroups: [BLUE_GROUP, GREEN_GROUP] }),
    request: { routes: [RULE, aRoute(PAIR).arn] },
    silent: { request: { routes: [aRoute(PAIR).arn] } },
  },
  {
    id: 'no-route',
    row: '146, checklist 11',
    severity: 'error',
    found: 'forwards to shop-blue',
    observed: anObservation({ routes: [], lastGroups: [BLUE_GROUP, GREEN_GROUP] }),
  },
  {
    id: 'too-many-routes',
    row: '92',
    severity: 'error',
    found: 'found 51',
    observed: anObservation({ routes: rulesOf(51) }),
    silent: { observed: anObservation({ routes: rulesOf(50) }) },
  },
  {
    id: 'no-green-group',
    row: '146',
    severity: 'error',
    found: 'routes of shop-blue',
    observed: anObservation({ routes: [aRoute({ [BLUE_GROUP]: 1 })] }),
    silent: {
      observed: anObservation({ routes: [aRoute({ [BLUE_GROUP]: 1 })] }),
      request: { greenTargetGroup: GREEN_GROUP },
    },
  },
  {
    id: 'green-group-ambiguous',
    row: '146',
    severity: 'error',
    found: 'shop-green, shop-third',
    observed: anObservation({ routes: [aRoute({ ...PAIR, [THIRD_GROUP]: 0 })] }),
    silent: {
      observed: anObservation({ routes: [aRoute({ ...PAIR, [THIRD_GROUP]: 0 })] }),
      request: { greenTargetGroup: GREEN_GROUP },
    },
  },
  {
    id: 'other-group-ambiguous',
    row: '146',
    severity: 'error',
    found: 'shop-blue, shop-third',
    observed: aFirstObservation({
      routes: [aRoute({ [BLUE_GROUP]: 0, [GREEN_GROUP]: 100, [THIRD_GROUP]: 0 })],
    }),
    request: firstOf(),
    silent: { observed: noTaskSets, request: firstOf() },
  },
  {
    id: 'weights-disagree-with-primary',
    row: '147',
    severity: 'error',
    found: 'shop-blue 0, shop-green 100',
    observed: anObservation({ routes: [aRoute({ [BLUE_GROUP]: 0, [GREEN_GROUP]: 100 })] }),
    silent: { observed: anObservation({ routes: [aRoute({ [BLUE_GROUP]: 7, [GREEN_GROUP]: 0 })] }) },
  },
  {
    id: 'too-many-groups-with-weight',
    row: '146',
    severity: 'error',
    found: 'shop-blue 50, shop-green 25, shop-third 25',
    observed: anObservation({ routes: [aRoute({ [BLUE_GROUP]: 50, [GREEN_GROUP]: 25, [THIRD_GROUP]: 25 })] }),
    request: { greenTargetGroup: GREEN_GROUP },
  },
  {
    id: 'group-serves-other-route',
    row: '164',
    severity: 'error',
    found: 'expected shop-green to get requests only',
    observed: anObservation({
      routes: [
        aRoute(PAIR),
        aRoute({ [GREEN_GROUP]: 1 }, { arn: RULE, kind: 'rule', label: 'HTTPS:443 path /old/*' }),
      ],
    }),
    silent: {
      observed: anObservation({
        routes: [aRoute(PAIR), aRoute({ [THIRD_GROUP]: 100, [GREEN_GROUP]: 0 }, { arn: RULE, kind: 'rule' })],
      }),
    },
  },
  {
    id: 'stickiness-mismatch',
    row: '148',
    severity: 'error',
    found: 'HTTPS:443 default because shop-blue and shop-green have it',
    observed: both({ stickiness: { enabled: true, type: 'lb_cookie' } }),
    silent: {
      observed: anObservation({
        ...both({ stickiness: { enabled: true, type: 'lb_cookie' } }),
        routes: [sticky(aRoute(PAIR))],
      }),
    },
  },
  {
    id: 'application-cookie-stickiness',
    row: '79',
    severity: 'error',
    found: 'shop-green',
    observed: anObservation({
      ...green({ stickiness: { enabled: true, type: 'app_cookie' } }),
      routes: [sticky(aRoute(PAIR))],
    }),
    silent: {
      observed: anObservation({
        ...green({ stickiness: { enabled: true, type: 'lb_cookie' } }),
        routes: [sticky(aRoute(PAIR))],
      }),
    },
  },
  {
    id: 'sticky-route',
    row: '149, checklist 15',
    severity: 'warning',
    found: 'stickiness for 2h',
    observed: anObservation({ routes: [sticky(aRoute(PAIR), 7_200)] }),
  },
  ...casesOfHookTasks,
  ...casesOfTakeovers,
  ...casesOfTheTestRoute,
  {
    id: 'killed-while-starting',
    row: '154, checklist 6',
    severity: 'warning',
    found:
      'expected at least the 90 s that web may take to start (startPeriod), found 60 s: 3 failed ' +
      'checks of shop-green every 10 s, grace period 60 s',
    observed: definition({
      containers: container({
        healthCheck: { intervalSeconds: 10, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 90 },
      }),
    }),
    silent: {
      observed: anObservation({
        ...definition({
          containers: container({
            healthCheck: { intervalSeconds: 10, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 90 },
          }),
        }),
        service: aService({ healthCheckGracePeriodSeconds: 90 }),
      }),
    },
  },
  {
    id: 'no-deregistration-delay',
    row: '155, checklist 17',
    severity: 'warning',
    found: 'a deregistration delay of 0 s',
    observed: both({ deregistrationDelaySeconds: 0 }),
  },
  {
    id: 'stop-timeout-below-deregistration-delay',
    row: '155',
    severity: 'warning',
    found: 'found 40 s and 300 s',
    observed: both({ deregistrationDelaySeconds: 300 }),
  },
  { id: 'no-alarms', row: '142', severity: 'warning', found: 'found none', request: { alarms: [] } },
  {
    id: 'alarm-not-found',
    row: '160',
    severity: 'error',
    found: 'the alarm shop-p99',
    observed: anObservation({ alarms: { alarms: [anAlarm()], missing: ['shop-p99'] } }),
    request: { alarms: ['shop-5xx', 'shop-p99'] },
  },
  {
    id: 'alarm-red-at-start',
    row: '161',
    severity: 'error',
    found: 'the alarm shop-5xx to be OK before the deployment, found ALARM (because)',
    observed: alarmed('ALARM'),
    silent: {
      observed: alarmed('ALARM'),
      request: { alarms: { names: ['shop-5xx'], redAtStart: 'ignoreUntilOk' } },
    },
  },
  {
    id: 'alarm-ignored-until-ok',
    row: '161',
    severity: 'warning',
    found: 'shop-5xx',
    observed: alarmed('ALARM'),
    request: { alarms: { names: ['shop-5xx'], redAtStart: 'ignoreUntilOk' } },
  },
  {
    id: 'alarm-overridden',
    row: '161',
    severity: 'warning',
    found: 'not watched in this deployment (it flaps)',
    observed: alarmed('ALARM'),
    request: { alarms: { names: ['shop-5xx'], redAtStart: { override: 'it flaps' } } },
  },
  {
    id: 'alarm-without-data',
    row: '161',
    severity: 'warning',
    found: 'counts as not red',
    observed: alarmed('INSUFFICIENT_DATA'),
  },
  {
    id: 'alarms-blind-to-green',
    row: '118',
    severity: 'warning',
    found: "blue's only",
    observed: withDimensions(BLUE_GROUP),
    silent: { observed: withDimensions(BLUE_GROUP, GREEN_GROUP) },
  },
  {
    id: 'hook-unverified',
    row: '-',
    severity: 'warning',
    found: 'hook smoke',
    request: { hooks: [{ name: 'smoke', stages: ['POST_SCALE_UP'], lambda: SMOKE_ARN, contract: 'ecs' }] },
    silent: {
      request: {
        hooks: [
          { name: 'smoke', stages: ['POST_SCALE_UP'], lambda: SMOKE_ARN, contract: 'ecs', verified: true },
          { name: 'own', stages: ['POST_SCALE_UP'], lambda: SMOKE_ARN },
        ],
      },
    },
  },
  {
    id: 'large-first-shift',
    row: '142',
    severity: 'warning',
    found: 'found 30 %',
    request: {
      shifts: [
        { greenPct: 30, bake: '5m' },
        { greenPct: 63, bake: '5m' },
        { greenPct: 96, bake: '5m' },
        { greenPct: 100, bake: '1h' },
      ],
    },
    silent: {
      request: {
        shifts: [
          { greenPct: 10, bake: '5m' },
          { greenPct: 43, bake: '5m' },
          { greenPct: 76, bake: '5m' },
          { greenPct: 100 },
        ],
      },
    },
  },
  {
    id: 'large-shift',
    row: '142',
    severity: 'warning',
    found: 'found 10 to 44 %',
    request: {
      shifts: [
        { greenPct: 10, bake: '5m' },
        { greenPct: 44, bake: '5m' },
        { greenPct: 77, bake: '5m' },
        { greenPct: 100 },
      ],
    },
  },
  {
    id: 'metrics-not-read',
    row: '118',
    severity: 'warning',
    found: 'not authorized to perform',
    observed: anObservation({
      baseline: { unreadable: 'not authorized to perform cloudwatch:GetMetricData' },
    }),
    silent: { observed: anObservation({ baseline: usual(60_000) }) },
  },
  {
    id: 'metrics-without-data',
    row: '118',
    severity: 'warning',
    found: 'found none',
    observed: anObservation({ baseline: usual(0) }),
    silent: { observed: anObservation({ baseline: usual(1) }) },
  },
  {
    id: 'too-little-traffic',
    row: '118',
    severity: 'warning',
    found: '83 of 2,996 in 5m at 5 %',
    observed: anObservation({ baseline: usual(60_000) }),
    request: { analysis: { onInconclusive: 'ask' } },
    // As before there were metrics to judge by: a quiet service is deployed by its alarms.
    silent: { observed: anObservation({ baseline: usual(60_000) }) },
  },
  {
    id: 'exposure-too-small',
    row: '118',
    severity: 'warning',
    found: '1,000 requests, while green gets',
    observed: anObservation({ baseline: usual(1_800_000) }),
    request: { analysis: { exposure: { requests: 1_000 } } },
    silent: { request: { analysis: { exposure: { requests: 10_000_000 } } } },
  },
  {
    id: 'nothing-is-compared',
    row: '120',
    severity: 'warning',
    found:
      'a network load balancer has no errors and response times by target group; so these mean nothing: `exposure`',
    observed: anObservation({ loadBalancers: [aBalancer({ type: 'network' })] }),
    request: { analysis: { exposure: { requests: 1_000 } } },
    silent: { request: { analysis: { exposure: { requests: 1_000 } } } },
  },
  {
    id: 'application-metric-not-distinct',
    row: '118',
    severity: 'warning',
    found: 'the same for both',
    observed: anObservation({ taskDefinition: aTaskDefinition({ arn: aTaskSet().taskDefinitionArn }) }),
    request: { analysis: { application: [{ ...orders, use: 'decide' }] } },
    silent: { request: { analysis: { application: [{ ...orders, use: 'decide' }] } } },
  },
  {
    id: 'application-metric-without-data',
    row: '118',
    severity: 'warning',
    found: 'no data of Shop Orders (Revision=',
    observed: anObservation({ baseline: { ...usual(1_800_000), application: [usual(0)] } }),
    request: { analysis: { application: [orders] } },
    silent: {
      observed: anObservation({ baseline: { ...usual(1_800_000), application: [usual(1)] } }),
      request: { analysis: { application: [orders] } },
    },
  },
  {
    id: 'comparison-sees-little',
    row: '118',
    severity: 'warning',
    found: 'at the present traffic it notices nothing in 5m at 5 %',
    observed: anObservation({ baseline: usual(6_000) }),
    request: { alarms: [] },
    silent: {
      observed: anObservation({ baseline: { ...usual(1_800_000), bad: 1_800 } }),
      request: { alarms: [] },
    },
  },
  {
    id: 'bake-shorter-than-alarm',
    row: '116',
    severity: 'warning',
    found: '1m at 5 %',
    request: {
      shifts: [
        { greenPct: 5, bake: '1m' },
        { greenPct: 38, bake: '5m' },
        { greenPct: 71, bake: '5m' },
        { greenPct: 100 },
      ],
    },
  },
  {
    id: 'rollback-within-never-met',
    row: '82',
    severity: 'error',
    found: 'found that it would take 10m6s at every shift (5, 25, 50, 75, 100 %)',
    observed: anObservation({ loadBalancers: [aBalancer({ type: 'network' })] }),
    request: { rollbackWithin: '10m5s' },
    silent: {
      observed: anObservation({ loadBalancers: [aBalancer({ type: 'network' })] }),
      request: { rollbackWithin: '10m6s' },
    },
  },
  {
    id: 'history-budget',
    row: '93',
    severity: 'error',
    found: 'for 100 shifts',
    request: { strategy: 'Linear1PercentEvery60Minutes', timeToHealthy: '2h' },
    silent: { request: { strategy: 'Linear5PercentEvery60Minutes', timeToHealthy: '2h' } },
  },
  {
    id: 'payload-budget',
    row: '93',
    severity: 'error',
    found: 'with 50 routes and 100 alarms',
    observed: manyRoutes(50),
    request: { alarms: manyNames(100) },
    silent: { observed: manyRoutes(20), request: { alarms: manyNames(20) } },
  },
  ...casesAroundTheService,
];

// Function declarations, because the table above uses them.
function manyNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `shop-5xx-${index}`.padEnd(120, '-'));
}

/** As long as the five values of a rule may be. */
function manyRoutes(count: number): ReturnType<typeof anObservation> {
  const conditions = `path ${Array(5).fill('/a'.padEnd(100, 'x')).join(',')}`;
  const routes = Array.from({ length: count }, (_, index) =>
    aRoute(PAIR, { arn: `${RULE}${index}`, kind: 'rule', label: `HTTPS:443 ${index} ${conditions}` }),
  );
  const alarms = manyNames(100).map((name) => anAlarm(name));
  return anObservation({ routes, alarms: { alarms, missing: [] } });
}

function firstOf(): Record<string, unknown> {
  return {
    greenTargetGroup: GREEN_GROUP,
    container: { name: 'web', port: 8080 },
    network: { subnets: ['subnet-a'], securityGroups: ['sg-a'] },
  };
}
function withoutGroup() {
  const { targetGroupArn: _, ...taskSet } = aTaskSet();
  return taskSet;
}
function rulesOf(count: number) {
  return Array.from({ length: count }, (_, index) => aRoute(PAIR, { arn: `${RULE}${index}`, kind: 'rule' }));
}
