import type { TargetGroup, TargetGroupAttribute } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { WorldSeed } from '../parts.types.ts';

/** A target group's settings with the API's defaults filled in [fact 87, 91]. */
export type GroupSettings = {
  arn: string;
  name: string;
  described: TargetGroup;
  attributes: TargetGroupAttribute[];
  protocol: string;
  healthCheck: {
    protocol: string;
    intervalMs: number;
    timeoutMs: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
  };
  deregistrationDelayMs: number;
  /** The group's own, target-level stickiness. */
  stickiness: {
    enabled: boolean;
    type: string;
    /** How long the load balancer's own cookie lasts. */
    cookieSeconds: number;
    /** The application's cookie, where the type is `app_cookie`. */
    appCookie: string;
  };
};

/** What DescribeTargetGroupAttributes shows of a group nobody has changed. */
const DEFAULT_ATTRIBUTES: Record<string, string> = {
  'deregistration_delay.timeout_seconds': '300',
  'stickiness.enabled': 'false',
  'stickiness.type': 'lb_cookie',
  'stickiness.lb_cookie.duration_seconds': '86400',
  'slow_start.duration_seconds': '0',
  'load_balancing.algorithm.type': 'round_robin',
};

export const settingsOf = (described: TargetGroup, given: TargetGroupAttribute[]): GroupSettings => {
  const arn = described.TargetGroupArn;
  if (arn === undefined)
    throw new Error('sim: expected every target group to have a TargetGroupArn; one has none');
  const values = new Map(Object.entries(DEFAULT_ATTRIBUTES));
  for (const { Key, Value } of given) if (Key !== undefined) values.set(Key, Value ?? '');
  const attribute = (key: string): string => values.get(key) ?? '';

  return {
    arn,
    name: described.TargetGroupName ?? arn.split('/')[1] ?? arn,
    described,
    attributes: [...values].map(([Key, Value]) => ({ Key, Value })),
    protocol: described.Protocol ?? 'HTTP',
    healthCheck: {
      protocol: described.HealthCheckProtocol ?? 'HTTP',
      intervalMs: (described.HealthCheckIntervalSeconds ?? 30) * 1000,
      timeoutMs: (described.HealthCheckTimeoutSeconds ?? 5) * 1000,
      healthyThreshold: described.HealthyThresholdCount ?? 5,
      unhealthyThreshold: described.UnhealthyThresholdCount ?? 2,
    },
    deregistrationDelayMs: Number(attribute('deregistration_delay.timeout_seconds')) * 1000,
    stickiness: {
      enabled: attribute('stickiness.enabled') === 'true',
      type: attribute('stickiness.type'),
      cookieSeconds: Number(attribute('stickiness.lb_cookie.duration_seconds')),
      appCookie: attribute('stickiness.app_cookie.cookie_name'),
    },
  };
};

export const readTargetGroups = (seed: WorldSeed): Map<string, GroupSettings> => {
  const groups = new Map<string, GroupSettings>();
  for (const described of seed.targetGroups) {
    const given = seed.targetGroupAttributes.find(
      (entry) => entry.TargetGroupArn === described.TargetGroupArn,
    );
    const settings = settingsOf(described, given?.Attributes ?? []);
    groups.set(settings.arn, settings);
  }
  return groups;
};
