import { deploymentIdOf } from '../../core/deployment/deployment-id.ts';
import type {
  ObservedLoadBalancer,
  ObservedRule,
  ObservedTargetGroup,
  ObservedTaskDefinition,
} from '../../core/vocabulary/observed.types.ts';
import type { Route } from '../../core/vocabulary/plan.types.ts';
import { sha256 } from '../../functions/identify.ts';
import type { ModelBase, ModelRoute, ModelState, ModelTaskSet } from './model.types.ts';
import { plain } from './plain.ts';

/** The one service that the model deploys: two tasks, two target groups, one load balancer. */

const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const ECS = 'arn:aws:ecs:eu-west-1:123456789012';

export const BLUE_GROUP = `${ELB}:targetgroup/shop-blue/1111111111111111`;
export const GREEN_GROUP = `${ELB}:targetgroup/shop-green/2222222222222222`;
export const CLUSTER_ARN = `${ECS}:cluster/main`;
export const SERVICE_ARN = `${ECS}:service/main/shop`;
export const SERVICE_KEY = 'main/shop';
export const ALARM = 'shop-5xx';
const RIVAL = 'release-9';
export const WANTED = 2;
export const DRAIN_MS = 40_000;
export const DELETION_MS = 5_000;

const BALANCER = `${ELB}:loadbalancer/app/shop/4444444444444444`;
const LISTENER = `${ELB}:listener/app/shop/4444444444444444/5555555555555555`;
/** By a header, before every other rule. */
export const TEST_RULE = `${ELB}:listener-rule/app/shop/4444444444444444/5555555555555555/7777777777777777`;
const OLD_REVISION = `${ECS}:task-definition/shop:7`;
const NEW_REVISION = `${ECS}:task-definition/shop:8`;
const HOOK = 'arn:aws:lambda:eu-west-1:123456789012:function:check:live';
const MACHINE = 'arn:aws:states:eu-west-1:123456789012:execution:cutover';

export const executionArnOf = (name: string): string => `${MACHINE}:${name}`;

export const START_MS = 1_000_000_000_000;

const EXECUTION = 'release-8';

export const DEPLOYMENT = deploymentIdOf({ arn: executionArnOf(EXECUTION), startedAtMs: START_MS }, sha256);

export const NETWORK = {
  subnets: ['subnet-a', 'subnet-b'],
  securityGroups: ['sg-a'],
  assignPublicIp: 'DISABLED' as const,
};

export const taskDefinitionOf = (name: string): ObservedTaskDefinition => ({
  arn: name === OLD_REVISION ? OLD_REVISION : NEW_REVISION,
  status: 'ACTIVE',
  networkMode: 'awsvpc',
  compatibilities: ['EC2', 'FARGATE'],
  containers: [
    { name: 'web', image: 'shop', ports: [{ containerPort: 8080, protocol: 'tcp' }], stopTimeoutSeconds: 10 },
  ],
});

export const groupOf = (arn: string): ObservedTargetGroup => ({
  arn,
  name: arn.split('/')[1] ?? '',
  protocol: 'HTTP',
  protocolVersion: 'HTTP1',
  port: 8080,
  vpcId: 'vpc-a',
  targetType: 'ip',
  loadBalancerArns: [BALANCER],
  healthCheck: {
    protocol: 'HTTP',
    port: 'traffic-port',
    path: '/health',
    matcher: '200',
    intervalSeconds: 10,
    timeoutSeconds: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
  },
  deregistrationDelaySeconds: 30,
  stickiness: { enabled: false },
  slowStartSeconds: 0,
});

export const balancer: ObservedLoadBalancer = {
  arn: BALANCER,
  name: 'shop',
  type: 'application',
  scheme: 'internet-facing',
  availabilityZones: ['eu-west-1a', 'eu-west-1b'],
  securityGroups: ['sg-lb'],
};

export const routeOf = ({ arn, groups }: ModelRoute, sticky: boolean): Route => ({
  arn,
  kind: arn === LISTENER ? 'listener' : 'rule',
  listenerArn: LISTENER,
  loadBalancerArn: BALANCER,
  label:
    arn === LISTENER
      ? 'HTTPS:443 default'
      : arn === TEST_RULE
        ? 'HTTPS:443 header x-test=green'
        : 'HTTPS:443 path /api/*',
  original: {
    groups: groups.map((group) => ({ ...group })),
    stickiness: { enabled: sticky, ...(sticky ? { durationSeconds: 3_600 } : {}) },
  },
});

/** The rule as preflight reads it. */
export const testRuleOf = (groups: ModelRoute['groups']): ObservedRule => ({
  arn: TEST_RULE,
  priority: 5,
  conditions: [{ field: 'http-header', name: 'x-test', values: ['green'] }],
  forward: { groups, stickiness: { enabled: false } },
  label: 'HTTPS:443 header x-test=green',
});

/** As found: blue alone on a sticky route, because the last deployment took the other group out. */
export const originalGroups = (base: ModelBase) =>
  base.sticky
    ? [{ targetGroupArn: BLUE_GROUP, weight: 100 }]
    : [
        { targetGroupArn: BLUE_GROUP, weight: 100 },
        { targetGroupArn: GREEN_GROUP, weight: 0 },
      ];

export const taskSetOf = (fields: Partial<ModelTaskSet> = {}): ModelTaskSet => ({
  id: 'ecs-svc/1111111111111111111',
  targetGroupArn: BLUE_GROUP,
  taskDefinitionArn: OLD_REVISION,
  status: 'PRIMARY',
  scalePercent: 100,
  health: 2,
  crashing: false,
  createdAtMs: 0,
  drainedAtMs: null,
  goneAtMs: null,
  ...fields,
});

const OLD_SERVICE = 'classic';
const WHOLE_ID = `service/${OLD_SERVICE}`;

/** Another service's, which no list of this one has and no write of a task set reaches. */
export const isWhole = ({ id }: Pick<ModelTaskSet, 'id'>): boolean => id === WHOLE_ID;

const requestOf = (base: ModelBase): Record<string, unknown> => ({
  cluster: 'main',
  service: 'shop',
  taskDefinition: 'shop:8',
  shifts: base.shifts,
  alarms: [ALARM],
  healthyFor: '10s',
  timeToHealthy: '1m',
  whenBusy: base.whenBusy,
  ...(base.grows === undefined ? {} : { capacity: { headroom: 1, minTasks: 1 } }),
  ...(base.hooked === undefined
    ? {}
    : { hooks: [{ name: 'check', stages: base.hooked, lambda: HOOK, timeout: '10s' }] }),
  ...(base.test === undefined ? {} : { test: { route: TEST_RULE, for: '1m' } }),
  ...(base.first || base.sticky || base.takesOver ? { greenTargetGroup: GREEN_GROUP } : {}),
  ...(base.takesOver ? { from: { service: OLD_SERVICE } } : {}),
  ...(base.first
    ? {
        container: { name: 'web', port: 8080 },
        network: { subnets: NETWORK.subnets, securityGroups: NETWORK.securityGroups },
      }
    : {}),
});

/** The world right before the execution's first state. */
export const startOf = (base: ModelBase): ModelState => ({
  nowMs: START_MS,
  routes: [
    ...Array.from({ length: base.routes }, (_, index) =>
      index === 0 ? LISTENER : `${ELB}:listener-rule/app/shop/4444444444444444/5555555555555555/${index}`,
    ),
    ...(base.test === undefined ? [] : [TEST_RULE]),
  ].map((arn) => ({
    arn,
    groups: originalGroups(base),
    foreign: false,
    deleted: false,
  })),
  taskSets: base.first
    ? []
    : [taskSetOf({ createdAtMs: START_MS - 86_400_000, ...(base.takesOver ? { id: WHOLE_ID } : {}) })],
  alarm: 'OK',
  lease: base.rivalHolds
    ? {
        holder: RIVAL,
        executionArn: executionArnOf(RIVAL),
        acquiredAtMs: START_MS,
        lastGroups: [],
        recoveries: 0,
        alarms: [],
      }
    : { lastGroups: [], recoveries: 0, alarms: [] },
  record: null,
  executions: [
    {
      arn: executionArnOf(EXECUTION),
      name: EXECUTION,
      status: 'RUNNING',
      end: null,
      at: 'Begin',
      input: plain(requestOf(base)),
      untilMs: null,
      tries: 0,
      loop: null,
      startedAtMs: START_MS,
    },
  ],
  hooks: { runs: [], executions: [] },
  late: null,
  retiring: false,
  hadBlue: !base.first,
  damagedByOthers: false,
  rival: base.rivalHolds ? 'holds' : null,
  sweptAtMs: null,
  eventDue: false,
  ...(base.grows === undefined ? {} : { headroom: 1 }),
});
