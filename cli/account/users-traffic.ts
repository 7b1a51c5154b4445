import { DAY_MS, MINUTE_MS } from '../../core/clock.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { METRIC_LAG_MS } from '../../core/verdict/analysis/final-minutes.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import type { UsersTraffic } from '../../report/users-traffic.ts';
import type { Account } from './account.ts';

/** CloudWatch keeps values by the minute for so long (CloudWatch guide, Metrics retention). */
const KEPT_MS = 15 * DAY_MS;

/**
 * Users' requests to both colours, as CloudWatch has them: six series, with the caller's own right to
 * cloudwatch:GetMetricData. A report without them is better than none, so what stands in the way is its answer.
 */
export const usersTraffic = async (
  account: Account,
  plan: Plan | null,
  { startedAtMs, untilMs }: { startedAtMs: number; untilMs: number },
): Promise<UsersTraffic> => {
  const [route] = plan?.routes ?? [];
  if (plan === null || route === undefined) return { kind: 'unread', reason: 'nothing was planned' };
  if (plan.loadBalancerKind === 'network') {
    return { kind: 'unread', reason: 'a Network Load Balancer counts no requests' };
  }
  const nowMs = account.host.clock.nowMs();
  const fromMs = Math.ceil(startedAtMs / MINUTE_MS) * MINUTE_MS;
  const toMs = Math.floor(Math.min(untilMs, nowMs - METRIC_LAG_MS) / MINUTE_MS) * MINUTE_MS;
  if (toMs <= fromMs) return { kind: 'unread', reason: 'CloudWatch has no whole minute of it yet' };
  if (nowMs - fromMs > KEPT_MS) {
    return {
      kind: 'unread',
      reason: 'it began more than 15 days ago, and CloudWatch keeps minutes for 15 days',
    };
  }
  try {
    const groups = {
      loadBalancerArn: route.loadBalancerArn,
      blueGroupArn: plan.blue?.targetGroupArn ?? null,
      greenGroupArn: plan.green.targetGroupArn,
      slowOver: [],
    };
    const minutes = await account.verbs().trafficMetrics.readMinutes(groups, { fromMs, toMs });
    return { kind: 'read', minutes, untilMs: toMs };
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    return { kind: 'unread', reason: error.message };
  }
};
