import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Service, TaskDefinition, TaskSet } from '@aws-sdk/client-ecs';
import type { Action, Listener, Rule, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { healthy } from '../behaviour.ts';
import { PAGE_SIZE } from '../kernel/paging.ts';
import type { Behaviour, WorldSeed } from '../parts.types.ts';

/**
 * One service, two tasks, two target groups, one load balancer: the least a deployment needs, with times as short
 * as AWS allows, so that thousands of runs are cheap.
 */
export type SmallService = {
  name: string;
  /** Where requests come from: the listener's default action, a rule, or both. */
  routes: readonly ('default' | 'rule')[];
  /** Group stickiness on every route. */
  sticky: boolean;
  /** No task set yet. */
  first: boolean;
  /**
   * Other people are there, too: rules of theirs fill the first page of the listener's, and a group of theirs stands in the
   * action at weight 0. Green's group is in no action yet.
   */
  crowded?: true;
};

const REGION = 'us-east-1';
const ACCOUNT = '111122223333';
const CLUSTER = 'proof';
const DESIRED_COUNT = 2;
export const REQUESTS_PER_SECOND = 10;

/** The shortest intervals the API takes; two failures in a row make a target unhealthy. */
const CHECK_INTERVAL_SECONDS = 5;
const DEREGISTRATION_DELAY_SECONDS = 10;

const ecsArn = (kind: string, path: string): string => `arn:aws:ecs:${REGION}:${ACCOUNT}:${kind}/${path}`;
const elbArn = (path: string): string => `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:${path}`;

/** Sixteen hex digits that depend on the name alone. */
const digits = (name: string): string =>
  [...name.padEnd(8, '.').slice(-8)]
    .map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('');

const balancerPath = (name: string): string => `app/${name}/${digits(name)}`;
/** `c` is somebody else's. */
type Group = 'a' | 'b' | 'c';

export const groupArn = (name: string, colour: Group): string =>
  elbArn(`targetgroup/${name}-${colour}/${digits(`${name}-${colour}`)}`);
export const listenerArn = (name: string): string =>
  elbArn(`listener/${balancerPath(name)}/${digits(`${name}-l`)}`);
export const ruleArn = (name: string): string =>
  elbArn(`listener-rule/${balancerPath(name)}/${digits(`${name}-l`)}/${digits(`${name}-r`)}`);
export const alarmName = (name: string): string => `${name}-b-5xx`;
export const serviceArn = (name: string): string => ecsArn('service', `${CLUSTER}/${name}`);
/** 1 runs before; each deployment brings a revision of its own. */
export type Revision = 1 | 2 | 3;
const REVISIONS: readonly Revision[] = [1, 2, 3];

export const definitionArn = (name: string, revision: Revision): string =>
  ecsArn('task-definition', `${name}:${revision}`);

/** A version that is up within seconds: how long tasks take to start proves nothing. */
export const quick = (behaviour: Behaviour): Behaviour => ({ ...behaviour, startMs: 6_000, bootMs: 2_000 });
export const quickHealthy: Behaviour = quick(healthy);

const network = {
  awsvpcConfiguration: {
    subnets: ['subnet-0a11111111111111a', 'subnet-0b22222222222222b'],
    securityGroups: ['sg-0c28d3e4f5a6b7182'],
    assignPublicIp: 'DISABLED' as const,
  },
};

const serviceOf = ({ name, first }: SmallService): Service => {
  const id = `ecs-svc/${BigInt(`0x${digits(name)}`)}`.slice(0, 27);
  const blue: TaskSet = {
    id,
    taskSetArn: ecsArn('task-set', `${CLUSTER}/${name}/${id}`),
    serviceArn: serviceArn(name),
    clusterArn: ecsArn('cluster', CLUSTER),
    externalId: `before-${name}`,
    status: 'PRIMARY',
    taskDefinition: definitionArn(name, 1),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    networkConfiguration: network,
    loadBalancers: [{ targetGroupArn: groupArn(name, 'a'), containerName: name, containerPort: 8080 }],
    serviceRegistries: [],
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: 'STEADY_STATE',
    computedDesiredCount: DESIRED_COUNT,
    runningCount: DESIRED_COUNT,
    pendingCount: 0,
  };
  return {
    serviceArn: serviceArn(name),
    serviceName: name,
    clusterArn: ecsArn('cluster', CLUSTER),
    status: 'ACTIVE',
    desiredCount: DESIRED_COUNT,
    deploymentController: { type: 'EXTERNAL' },
    schedulingStrategy: 'REPLICA',
    taskSets: first ? [] : [blue],
  };
};

const taskDefinition = (name: string, revision: Revision): TaskDefinition => ({
  taskDefinitionArn: definitionArn(name, revision),
  family: name,
  revision,
  status: 'ACTIVE',
  networkMode: 'awsvpc',
  compatibilities: ['EC2', 'FARGATE'],
  requiresCompatibilities: ['FARGATE'],
  containerDefinitions: [
    {
      name,
      image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}:${revision}`,
      essential: true,
      stopTimeout: 5,
      portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
    },
  ],
});

const targetGroup = (name: string, colour: Group): TargetGroup => ({
  TargetGroupArn: groupArn(name, colour),
  TargetGroupName: `${name}-${colour}`,
  Protocol: 'HTTP',
  Port: 8080,
  VpcId: 'vpc-0a1b2c3d4e5f60718',
  TargetType: 'ip',
  HealthCheckProtocol: 'HTTP',
  HealthCheckPort: 'traffic-port',
  HealthCheckEnabled: true,
  HealthCheckIntervalSeconds: CHECK_INTERVAL_SECONDS,
  HealthCheckTimeoutSeconds: 2,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 2,
  HealthCheckPath: '/healthz',
  Matcher: { HttpCode: '200' },
});

/** The split that the world begins with. */
export const originalGroups = ({ name, crowded }: SmallService) => [
  { targetGroupArn: groupArn(name, 'a'), weight: 100 },
  { targetGroupArn: groupArn(name, crowded === true ? 'c' : 'b'), weight: 0 },
];

/** As many as the simulator answers at once. */
const OTHER_PEOPLES_RULES = PAGE_SIZE;

const forward = (service: SmallService): Action => ({
  Type: 'forward',
  Order: 1,
  ForwardConfig: {
    TargetGroups: originalGroups(service).map(({ targetGroupArn, weight }) => ({
      TargetGroupArn: targetGroupArn,
      Weight: weight,
    })),
    TargetGroupStickinessConfig: service.sticky ? { Enabled: true, DurationSeconds: 60 } : { Enabled: false },
  },
});

const NOT_FOUND: Action = { Type: 'fixed-response', Order: 1, FixedResponseConfig: { StatusCode: '404' } };

/** One breaching minute is enough: with more, a rollback by alarm would take most of every run's time. */
const alarm = (name: string): MetricAlarm => ({
  AlarmName: alarmName(name),
  AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${alarmName(name)}`,
  StateValue: 'OK',
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'HTTPCode_Target_5XX_Count',
  Dimensions: [
    { Name: 'TargetGroup', Value: groupArn(name, 'b').replace(/^.*:/, '') },
    { Name: 'LoadBalancer', Value: balancerPath(name) },
  ],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
});

export const routeArns = ({ name, routes }: SmallService): string[] =>
  routes.map((kind) => (kind === 'rule' ? ruleArn(name) : listenerArn(name)));

const otherPeoplesRules = ({ name }: SmallService): { ListenerArn: string; Rule: Rule }[] =>
  Array.from({ length: OTHER_PEOPLES_RULES }, (_, index) => ({
    ListenerArn: listenerArn(name),
    Rule: {
      RuleArn: `${ruleArn(name).slice(0, -1)}${index}`,
      Priority: String(index + 1),
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/other-${index}/*`] } }],
      Actions: [{ Type: 'forward', Order: 1, TargetGroupArn: groupArn(name, 'c') }],
    },
  }));

/** An account with these services, each behind a load balancer of its own. */
export const smallWorld = (services: readonly SmallService[]): WorldSeed => {
  const names = services.map(({ name }) => name);
  const groups = services.flatMap(({ name, crowded }) => [
    targetGroup(name, 'a'),
    targetGroup(name, 'b'),
    ...(crowded === true ? [targetGroup(name, 'c')] : []),
  ]);
  const routes = services.flatMap(routeArns);
  const has = (service: SmallService, kind: 'default' | 'rule') => service.routes.includes(kind);
  return {
    region: REGION,
    account: ACCOUNT,
    clusterArn: ecsArn('cluster', CLUSTER),
    services: services.map(serviceOf),
    taskDefinitions: names.flatMap((name) => REVISIONS.map((revision) => taskDefinition(name, revision))),
    loadBalancers: names.map((name) => ({
      LoadBalancerArn: elbArn(`loadbalancer/${balancerPath(name)}`),
      LoadBalancerName: name,
      Type: 'application' as const,
      Scheme: 'internal' as const,
      VpcId: 'vpc-0a1b2c3d4e5f60718',
      AvailabilityZones: [
        { ZoneName: `${REGION}a`, SubnetId: 'subnet-0a11111111111111a' },
        { ZoneName: `${REGION}b`, SubnetId: 'subnet-0b22222222222222b' },
      ],
      SecurityGroups: ['sg-0c28d3e4f5a6b7182'],
    })),
    targetGroups: groups,
    targetGroupAttributes: groups.map(({ TargetGroupArn }) => ({
      TargetGroupArn: TargetGroupArn ?? '',
      Attributes: [
        { Key: 'deregistration_delay.timeout_seconds', Value: String(DEREGISTRATION_DELAY_SECONDS) },
      ],
    })),
    listeners: services.map(
      (service): Listener => ({
        ListenerArn: listenerArn(service.name),
        LoadBalancerArn: elbArn(`loadbalancer/${balancerPath(service.name)}`),
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [has(service, 'default') ? forward(service) : NOT_FOUND],
      }),
    ),
    rules: services
      .filter((service) => has(service, 'rule'))
      .flatMap((service) => [
        ...(service.crowded === true ? otherPeoplesRules(service) : []),
        {
          ListenerArn: listenerArn(service.name),
          Rule: {
            RuleArn: ruleArn(service.name),
            Priority: '10',
            Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }],
            Actions: [forward(service)],
          },
        },
      ]),
    metricAlarms: names.map(alarm),
    compositeAlarms: [],
    traffic: {
      requestsPerSecond: REQUESTS_PER_SECOND * services.length,
      shares: Object.fromEntries(routes.map((arn) => [arn, 1 / routes.length])),
      // As long as people shop: longer than anything here waits.
      sessionSeconds: 600,
    },
  };
};

/** What a request for the small service says in any case. */
export const smallRequest = (service: SmallService, revision: Revision = 2): Record<string, unknown> => ({
  cluster: CLUSTER,
  service: service.name,
  taskDefinition: `${service.name}:${revision}`,
  alarms: [alarmName(service.name)],
  healthyFor: '5s',
  timeToHealthy: '3m',
  ...(service.crowded === true ? { greenTargetGroup: groupArn(service.name, 'b') } : {}),
  ...(service.first
    ? {
        greenTargetGroup: groupArn(service.name, 'b'),
        container: { name: service.name, port: 8080 },
        launchType: 'FARGATE',
        network: {
          subnets: network.awsvpcConfiguration.subnets,
          securityGroups: network.awsvpcConfiguration.securityGroups,
        },
      }
    : {}),
});
