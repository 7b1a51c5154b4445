import type { ApiCall, ApiService } from './call.types.ts';

/** A token bucket: so many calls at once, refilled at so many a second. */
type Limit = { burst: number; perSecond: number };

/**
 * The published rates of one account in one Region. Load balancer reads share a bucket of 40, refilled at 10 a second
 * [fact 92]; DescribeAlarms 9 a second [fact 112]; LookupEvents 2
 * a second [fact 177]; Step Functions as in a large Region [fact 96]. No figures are
 * published for load balancer writes, nor for ECS's classes of actions [fact 41, 92]: the ones here are assumed, and
 * lower than what people report.
 */
export const limits: Record<string, Limit> = {
  'elbv2 read': { burst: 40, perSecond: 10 },
  'elbv2 write': { burst: 20, perSecond: 5 },
  'ecs read': { burst: 50, perSecond: 20 },
  'ecs write': { burst: 20, perSecond: 5 },
  'cloudwatch read': { burst: 9, perSecond: 9 },
  'cloudtrail read': { burst: 2, perSecond: 2 },
  'sfn StartExecution': { burst: 1_300, perSecond: 300 },
  'sfn DescribeExecution': { burst: 300, perSecond: 15 },
  'sfn SendTask': { burst: 3_000, perSecond: 500 },
};

export const classOf = (service: ApiService, operation: string): string => {
  if (service === 'sfn') return operation.startsWith('SendTask') ? 'sfn SendTask' : `sfn ${operation}`;
  return `${service} ${/^(Describe|List|Get|Lookup)/.test(operation) ? 'read' : 'write'}`;
};

/** Whether a call finds a token; services without a limit here (DynamoDB on demand, EventBridge) always do. */
export const makeBuckets = (nowMs: () => number) => {
  const levels = new Map<string, { tokens: number; atMs: number }>();
  return ({ service, operation }: Pick<ApiCall, 'service' | 'operation'>): boolean => {
    const name = classOf(service, operation);
    const limit = limits[name];
    if (limit === undefined) return true;
    const level = levels.get(name) ?? { tokens: limit.burst, atMs: nowMs() };
    const refilled = level.tokens + ((nowMs() - level.atMs) / 1_000) * limit.perSecond;
    const tokens = Math.min(limit.burst, refilled);
    const admitted = tokens >= 1;
    levels.set(name, { tokens: admitted ? tokens - 1 : tokens, atMs: nowMs() });
    return admitted;
  };
};
