import { parseRequest } from '../../core/request/request.ts';
import type { PlanObservation } from '../../core/vocabulary/observation.types.ts';
import type {
  ObservedLoadBalancer,
  ObservedRule,
  ObservedService,
  ObservedTargetGroup,
  ObservedTaskDefinition,
  ObservedTaskSet,
  RuleCondition,
} from '../../core/vocabulary/observed.types.ts';
import type { Route } from '../../core/vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';

/** A service with nothing wrong: no finding of preflight at all. Tests change one thing in a copy. */

const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const ECS = 'arn:aws:ecs:eu-west-1:123456789012';
export const BLUE_GROUP = `${ELB}:targetgroup/shop-blue/1111111111111111`;
export const GREEN_GROUP = `${ELB}:targetgroup/shop-green/2222222222222222`;
export const THIRD_GROUP = `${ELB}:targetgroup/shop-third/3333333333333333`;
export const BALANCER = `${ELB}:loadbalancer/app/shop/4444444444444444`;
export const LISTENER = `${ELB}:listener/app/shop/4444444444444444/5555555555555555`;
export const RULE = `${ELB}:listener-rule/app/shop/4444444444444444/5555555555555555/6666666666666666`;
export const TEST_RULE = `${ELB}:listener-rule/app/shop/4444444444444444/5555555555555555/7777777777777777`;
export const TEST_LISTENER = `${ELB}:listener/app/shop/4444444444444444/8888888888888888`;
const DEFAULT_RULE = `${ELB}:listener-rule/app/shop/4444444444444444/5555555555555555/9999999999999999`;
export const OLD_REVISION = `${ECS}:task-definition/shop:7`;
export const NEW_REVISION = `${ECS}:task-definition/shop:8`;

export const aTaskSet = (changes: Partial<ObservedTaskSet> = {}): ObservedTaskSet => ({
  id: 'ecs-svc/1111111111111111111',
  arn: `${ECS}:task-set/main/shop/ecs-svc/1111111111111111111`,
  status: 'PRIMARY',
  taskDefinitionArn: OLD_REVISION,
  targetGroupArn: BLUE_GROUP,
  containerName: 'web',
  containerPort: 8080,
  scalePercent: 100,
  computedDesiredCount: 2,
  pendingCount: 0,
  runningCount: 2,
  steady: true,
  createdAtMs: 0,
  network: { subnets: ['subnet-a'], securityGroups: ['sg-a'], assignPublicIp: 'DISABLED' },
  launchType: 'FARGATE',
  platformVersion: '1.4.0',
  ...changes,
});

export const aService = (changes: Partial<ObservedService> = {}): ObservedService => ({
  clusterArn: `${ECS}:cluster/main`,
  serviceArn: `${ECS}:service/main/shop`,
  cluster: 'main',
  name: 'shop',
  status: 'ACTIVE',
  controller: 'EXTERNAL',
  desiredCount: 2,
  healthCheckGracePeriodSeconds: 60,
  taskSets: [aTaskSet()],
  ...changes,
});

export const aTaskDefinition = (changes: Partial<ObservedTaskDefinition> = {}): ObservedTaskDefinition => ({
  arn: NEW_REVISION,
  status: 'ACTIVE',
  networkMode: 'awsvpc',
  compatibilities: ['EC2', 'FARGATE'],
  containers: [
    {
      name: 'web',
      image: 'shop:8',
      ports: [{ containerPort: 8080, protocol: 'tcp' }],
      stopTimeoutSeconds: 40,
      healthCheck: { intervalSeconds: 10, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 30 },
    },
  ],
  ...changes,
});

export const aGroup = (arn: string, changes: Partial<ObservedTargetGroup> = {}): ObservedTargetGroup => ({
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
  ...changes,
});

export const aRoute = (weights: Record<string, number>, changes: Partial<Route> = {}): Route => ({
  arn: LISTENER,
  kind: 'listener',
  listenerArn: LISTENER,
  loadBalancerArn: BALANCER,
  label: 'HTTPS:443 default',
  original: {
    groups: Object.entries(weights).map(([targetGroupArn, weight]) => ({ targetGroupArn, weight })),
    stickiness: { enabled: false },
  },
  ...changes,
});

export const sticky = (route: Route, durationSeconds = 3_600): Route => ({
  ...route,
  original: { ...route.original, stickiness: { enabled: true, durationSeconds } },
});

export const aCondition = (field: string, values: string[], name?: string): RuleCondition => ({
  field,
  ...(name === undefined ? {} : { name }),
  values,
});

const aRule = (
  arn: string,
  priority: number | null,
  label: string,
  conditions: RuleCondition[],
): ObservedRule => ({
  arn,
  priority,
  conditions,
  forward: { groups: [{ targetGroupArn: BLUE_GROUP, weight: 100 }], stickiness: { enabled: false } },
  label,
});

/** The rule that testers use, before everything else. */
export const aTestRule = (conditions: RuleCondition[], priority = 5): ObservedRule =>
  aRule(TEST_RULE, priority, 'HTTPS:443 test rule', conditions);

export const X_TEST = aCondition('http-header', ['green'], 'x-test');

/**
 * The service with a route for tests: by default a rule on the listener of its users. `users`: conditions of a rule of
 * users with priority 10; absent: they come by the default action.
 */
export const aTestableService = ({
  rule = aTestRule([X_TEST]),
  users,
  test = {},
  others = [],
  balancer = {},
}: {
  rule?: ObservedRule;
  users?: RuleCondition[];
  test?: Partial<Route>;
  others?: ObservedRule[];
  balancer?: Partial<ObservedLoadBalancer>;
} = {}): PlanObservation => {
  const pair = { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 };
  const production =
    users === undefined
      ? aRoute(pair, { defaultRuleArn: DEFAULT_RULE })
      : aRoute(pair, { arn: RULE, kind: 'rule', label: 'HTTPS:443 users' });
  const tested = aRoute({ [BLUE_GROUP]: 1 }, { arn: TEST_RULE, kind: 'rule', label: rule.label, ...test });
  return anObservation({
    routes: [production, tested],
    loadBalancers: [aBalancer(balancer)],
    testListener: {
      rules: [
        rule,
        ...others,
        ...(users === undefined ? [] : [aRule(RULE, 10, 'HTTPS:443 users', users)]),
        aRule(DEFAULT_RULE, null, 'HTTPS:443 default', []),
      ],
    },
  });
};

/** The same before its first task set: users and testers go to the group that is empty. */
export const aFirstTestableService = (
  changes: Parameters<typeof aTestableService>[0] = {},
): PlanObservation => {
  const { routes, loadBalancers, testListener } = aTestableService(changes);
  return aFirstObservation({
    routes,
    loadBalancers,
    ...(testListener === undefined ? {} : { testListener }),
  });
};

/** The same with a listener of its own for tests. */
export const onATestPort = (changes: Parameters<typeof aTestableService>[0] = {}): PlanObservation => ({
  ...aTestableService({
    ...changes,
    test: {
      arn: TEST_LISTENER,
      kind: 'listener',
      listenerArn: TEST_LISTENER,
      label: 'HTTPS:8443 default',
      ...changes.test,
    },
  }),
  testListener: { rules: [aRule(`${TEST_RULE}-default`, null, 'HTTPS:8443 default', [])] },
});

export const TESTED = { test: { route: TEST_RULE } };

export const aBalancer = (changes: Partial<ObservedLoadBalancer> = {}): ObservedLoadBalancer => ({
  arn: BALANCER,
  name: 'shop',
  type: 'application',
  scheme: 'internet-facing',
  availabilityZones: ['eu-west-1a', 'eu-west-1b'],
  securityGroups: ['sg-lb'],
  ...changes,
});

export const healthyTargets = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `10.0.0.${index + 1}`,
    port: 8080,
    state: 'healthy' as const,
  }));

export const anAlarm = (name = 'shop-5xx', state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' = 'OK') => ({
  name,
  kind: 'metric' as const,
  state,
  reason: 'because',
  updatedAtMs: 0,
});

export const anObservation = (changes: Partial<PlanObservation> = {}): PlanObservation => ({
  service: aService(),
  taskDefinition: aTaskDefinition(),
  blueTaskDefinition: aTaskDefinition({ arn: OLD_REVISION }),
  loadBalancers: [aBalancer()],
  routes: [aRoute({ [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 })],
  groups: [aGroup(BLUE_GROUP), aGroup(GREEN_GROUP)],
  missingGroups: [],
  targets: { [BLUE_GROUP]: healthyTargets(2), [GREEN_GROUP]: [] },
  alarms: { alarms: [anAlarm()], missing: [] },
  lastGroups: [],
  ...changes,
});

/** The same service before its first task set. */
export const aFirstObservation = (changes: Partial<PlanObservation> = {}): PlanObservation =>
  anObservation({
    service: aService({ taskSets: [] }),
    blueTaskDefinition: null,
    targets: { [BLUE_GROUP]: [], [GREEN_GROUP]: [] },
    ...changes,
  });

const parsed = (input: Record<string, unknown>): DeploymentRequest => {
  const result = parseRequest(input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.request;
};

/** A request as a user writes it, parsed. */
export const aRequest = (changes: Record<string, unknown> = {}): DeploymentRequest =>
  parsed({ cluster: 'main', service: 'shop', taskDefinition: 'shop', alarms: ['shop-5xx'], ...changes });

export const aFirstRequest = (changes: Record<string, unknown> = {}): DeploymentRequest =>
  aRequest({
    greenTargetGroup: GREEN_GROUP,
    container: { name: 'web', port: 8080 },
    network: { subnets: ['subnet-a'], securityGroups: ['sg-a'] },
    ...changes,
  });
