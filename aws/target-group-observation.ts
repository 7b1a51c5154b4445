import type { TargetGroup, TargetGroupAttribute } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ObservedTargetGroup } from '../core/vocabulary/observed.types.ts';
import { defined, required } from './answer.ts';

/** ELBv2's default deregistration delay [fact 91]. */
const DEFAULT_DEREGISTRATION_DELAY_SECONDS = 300;

/** A target group and its attributes in our words; the defaults are ELBv2's [fact 87]. */
export const observeTargetGroup = (
  group: TargetGroup,
  attributes: readonly TargetGroupAttribute[],
  what: string,
): ObservedTargetGroup => ({
  arn: required(group.TargetGroupArn, 'the ARN of a target group', what),
  name: group.TargetGroupName ?? '',
  protocol: group.Protocol ?? '',
  port: group.Port ?? 0,
  ...defined({ protocolVersion: group.ProtocolVersion, vpcId: group.VpcId }),
  targetType: group.TargetType ?? 'instance',
  loadBalancerArns: group.LoadBalancerArns ?? [],
  healthCheck: {
    protocol: group.HealthCheckProtocol ?? group.Protocol ?? '',
    port: group.HealthCheckPort ?? 'traffic-port',
    ...defined({
      path: group.HealthCheckPath,
      matcher: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode,
    }),
    intervalSeconds: group.HealthCheckIntervalSeconds ?? 30,
    timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 5,
    healthyThreshold: group.HealthyThresholdCount ?? 5,
    unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
  },
  ...attributesOf(new Map(attributes.map(({ Key, Value }) => [Key, Value]))),
});

type FromAttributes = Pick<
  ObservedTargetGroup,
  'deregistrationDelaySeconds' | 'stickiness' | 'slowStartSeconds' | 'failsOpenBelow' | 'crossZone'
>;

const attributesOf = (values: Map<string | undefined, string | undefined>): FromAttributes => {
  const seconds = (key: string): number | undefined => {
    const value = values.get(key);
    return value === undefined || value === '' ? undefined : Number(value);
  };
  const type = values.get('stickiness.type');
  return {
    deregistrationDelaySeconds:
      seconds('deregistration_delay.timeout_seconds') ?? DEFAULT_DEREGISTRATION_DELAY_SECONDS,
    stickiness: {
      enabled: values.get('stickiness.enabled') === 'true',
      ...defined({ type, durationSeconds: seconds(`stickiness.${type}.duration_seconds`) }),
    },
    slowStartSeconds: seconds('slow_start.duration_seconds') ?? 0,
    ...failsOpenBelow(values),
    ...(values.get('load_balancing.cross_zone.enabled') === 'false' ? { crossZone: false } : {}),
  };
};

const HEALTHY_TARGETS = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets';

/** A count of 1 and no percentage are the defaults: then only a group without a healthy target asks all of them. */
const failsOpenBelow = (
  values: Map<string | undefined, string | undefined>,
): Pick<ObservedTargetGroup, 'failsOpenBelow'> => {
  // `off`, which no number is.
  const number = (member: string) => Number(values.get(`${HEALTHY_TARGETS}.${member}`)) || 0;
  const [count, percent] = [number('count'), number('percentage')];
  if (count <= 1 && percent === 0) return {};
  return { failsOpenBelow: { ...(count > 1 && { count }), ...(percent > 0 && { percent }) } };
};
