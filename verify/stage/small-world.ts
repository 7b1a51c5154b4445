import type { Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { WorldSeed } from '../../sim/parts.types.ts';
import {
  alarm,
  forward,
  loadBalancer,
  NOT_FOUND,
  otherPeoplesRules,
  targetGroup,
  testAction,
  testRule,
} from './small-balancers.ts';
import {
  ACCOUNT,
  alarmName,
  balancerPath,
  CLUSTER,
  ecsArn,
  elbArn,
  groupArn,
  isNetwork,
  listenerArn,
  oldName,
  REGION,
  REQUESTS_PER_SECOND,
  REVISIONS,
  type Revision,
  routeArns,
  ruleArn,
  type SmallService,
  testRouteArn,
} from './small-names.ts';
import { scalingOf } from './small-scaling.ts';
import { network, oldServiceOf, serviceOf, taskDefinition } from './small-services.ts';

const DEREGISTRATION_DELAY_SECONDS = 10;

const pathOf = ({ name, behind }: SmallService): string => (behind === undefined ? '/api/*' : `/${name}/*`);

/** An account with these services, each behind a load balancer of its own or behind another's. */
export const smallWorld = (services: readonly SmallService[]): WorldSeed => {
  const alone = services.filter(({ behind }) => behind === undefined);
  const groupsOf = (service: SmallService) => [
    targetGroup(service, 'a'),
    targetGroup(service, 'b'),
    ...(service.crowded === true ? [targetGroup(service, 'c')] : []),
  ];
  const groups = services.flatMap(groupsOf);
  const routes = services.flatMap(routeArns);
  const has = (service: SmallService, kind: 'default' | 'rule') => service.routes.includes(kind);
  return {
    region: REGION,
    account: ACCOUNT,
    clusterArn: ecsArn('cluster', CLUSTER),
    services: services.flatMap((service) => [serviceOf(service), ...oldServiceOf(service)]),
    taskDefinitions: services.flatMap((service) =>
      REVISIONS.map((revision) => taskDefinition(service, revision)),
    ),
    loadBalancers: alone.map(({ name }) => loadBalancer(name)),
    targetGroups: groups,
    targetGroupAttributes: services.flatMap((service) =>
      groupsOf(service).map(({ TargetGroupArn }) => ({
        TargetGroupArn: TargetGroupArn ?? '',
        Attributes: [
          {
            Key: 'deregistration_delay.timeout_seconds',
            Value: String(service.drainSeconds ?? DEREGISTRATION_DELAY_SECONDS),
          },
        ],
      })),
    ),
    listeners: alone.flatMap((service): Listener[] => {
      const { name } = service;
      const listener = {
        ListenerArn: listenerArn(name),
        LoadBalancerArn: elbArn(`loadbalancer/${balancerPath(name)}`),
        Port: 80,
        Protocol: isNetwork(name) ? ('TCP' as const) : ('HTTP' as const),
        DefaultActions: [has(service, 'default') ? forward(service) : NOT_FOUND],
      };
      const ListenerArn = testRouteArn(name, 'listener');
      const tested = { ...listener, ListenerArn, Port: 8080, DefaultActions: [testAction(service)] };
      return service.test === 'listener' ? [listener, tested] : [listener];
    }),
    rules: [
      ...services.filter(({ test }) => test === 'rule').map(testRule),
      ...services
        .filter((service) => has(service, 'rule'))
        .flatMap((service) => [
          ...(service.crowded === true ? otherPeoplesRules(service) : []),
          {
            ListenerArn: listenerArn(service.behind ?? service.name),
            Rule: {
              RuleArn: ruleArn(service.name, service.behind),
              Priority: service.behind === undefined ? '10' : '20',
              Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [pathOf(service)] } }],
              Actions: [forward(service)],
            },
          },
        ]),
    ],
    metricAlarms: services.map(({ name, behind }) => alarm(name, behind)),
    compositeAlarms: [],
    surroundings: scalingOf(services),
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
  ...(service.test === undefined
    ? {}
    : { test: { route: testRouteArn(service.name, service.test), for: '10s' } }),
  ...(service.crowded === true ? { greenTargetGroup: groupArn(service.name, 'b') } : {}),
  ...(service.takesOver === true
    ? { from: { service: oldName(service.name) }, greenTargetGroup: groupArn(service.name, 'b') }
    : {}),
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
