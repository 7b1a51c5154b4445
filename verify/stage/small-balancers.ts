import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Action, Rule, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { PAGE_SIZE } from '../../sim/kernel/paging.ts';
import {
  ACCOUNT,
  alarmName,
  balancerPath,
  elbArn,
  type Group,
  groupArn,
  isNetwork,
  listenerArn,
  REGION,
  ruleArn,
  type SmallService,
  testRouteArn,
} from './small-names.ts';

export const loadBalancer = (name: string) => ({
  LoadBalancerArn: elbArn(`loadbalancer/${balancerPath(name)}`),
  LoadBalancerName: name,
  Type: isNetwork(name) ? ('network' as const) : ('application' as const),
  Scheme: 'internal' as const,
  VpcId: 'vpc-0a1b2c3d4e5f60718',
  AvailabilityZones: [
    { ZoneName: `${REGION}a`, SubnetId: 'subnet-0a11111111111111a' },
    { ZoneName: `${REGION}b`, SubnetId: 'subnet-0b22222222222222b' },
  ],
  SecurityGroups: ['sg-0c28d3e4f5a6b7182'],
});

/** The shortest intervals the API takes; two failures in a row make a target unhealthy. */
const CHECK_INTERVAL_SECONDS = 5;

export const targetGroup = ({ name, onInstances }: SmallService, colour: Group): TargetGroup => ({
  TargetGroupArn: groupArn(name, colour),
  TargetGroupName: `${name}-${colour}`,
  Protocol: isNetwork(name) ? 'TCP' : 'HTTP',
  Port: 8080,
  VpcId: 'vpc-0a1b2c3d4e5f60718',
  TargetType: onInstances === true ? 'instance' : 'ip',
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

export const forward = (service: SmallService): Action => ({
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

/** What the test rule forwards to: blue's group, as somebody who declares one would write it. */
export const testAction = ({ name }: SmallService): Action => ({
  Type: 'forward',
  Order: 1,
  TargetGroupArn: groupArn(name, 'a'),
});

export const testRule = (service: SmallService): { ListenerArn: string; Rule: Rule } => ({
  ListenerArn: listenerArn(service.name),
  Rule: {
    RuleArn: testRouteArn(service.name, 'rule'),
    Priority: '5',
    Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Test', Values: ['green'] } }],
    Actions: [testAction(service)],
  },
});

export const NOT_FOUND: Action = {
  Type: 'fixed-response',
  Order: 1,
  FixedResponseConfig: { StatusCode: '404' },
};

const ERRORS = {
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'HTTPCode_Target_5XX_Count',
  Statistic: 'Sum' as const,
  Threshold: 5,
};
/** A network load balancer sees no answers, only whose checks fail [fact 120]. */
const UNHEALTHY = {
  Namespace: 'AWS/NetworkELB',
  MetricName: 'UnHealthyHostCount',
  Statistic: 'Maximum' as const,
  Threshold: 1,
};

/** One breaching minute is enough: with more, a rollback by alarm would take most of every run's time. */
export const alarm = (name: string, behind = name): MetricAlarm => ({
  ...(isNetwork(name) ? UNHEALTHY : ERRORS),
  AlarmName: alarmName(name),
  AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${alarmName(name)}`,
  StateValue: 'OK',
  Dimensions: [
    { Name: 'TargetGroup', Value: groupArn(name, 'b').replace(/^.*:/, '') },
    { Name: 'LoadBalancer', Value: balancerPath(behind) },
  ],
  Period: 60,
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  ComparisonOperator: isNetwork(name) ? 'GreaterThanOrEqualToThreshold' : 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
});

export const otherPeoplesRules = ({ name }: SmallService): { ListenerArn: string; Rule: Rule }[] =>
  Array.from({ length: OTHER_PEOPLES_RULES }, (_, index) => ({
    ListenerArn: listenerArn(name),
    Rule: {
      RuleArn: `${ruleArn(name).slice(0, -1)}${index}`,
      Priority: String(index + 1),
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/other-${index}/*`] } }],
      Actions: [{ Type: 'forward', Order: 1, TargetGroupArn: groupArn(name, 'c') }],
    },
  }));
