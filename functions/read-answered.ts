import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import { answeredIn } from '../core/ending/answered.ts';
import { isDeploymentError } from '../core/errors.ts';
import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Green } from '../core/vocabulary/state.types.ts';
import type { Deps } from './deps.types.ts';

/** CloudWatch keeps a minute for fifteen days; a longer deployment is known by its last two weeks. */
const MOST_MS = 14 * DAY_MS;

/**
 * Before green is promoted the requests are counted that it failed since its launch, so that the outcome can name
 * them: users may have met it before the first shift, where a blue that was short had left them to it, and in minutes
 * that no comparison counts. Metrics that cannot be read hold nothing up.
 */
export const readAnswered = async (
  { plan, green, decision }: { plan: Plan; green: Pick<Green, 'launchedAtMs'>; decision: Decision },
  { trafficMetrics, clock }: Pick<Deps, 'trafficMetrics' | 'clock'>,
): Promise<Pick<Decision, 'answered'>> => {
  const loadBalancerArn = plan.routes[0]?.loadBalancerArn;
  // A network load balancer counts no errors [fact 120].
  if (decision.kind !== 'promote' || plan.loadBalancerKind === 'network') return {};
  if (loadBalancerArn === undefined) return {};

  const wholeMinute = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;
  const nowMs = clock.nowMs();
  const fromMs = wholeMinute(Math.max(green.launchedAtMs, nowMs - MOST_MS));
  const alone = plan.blue === null;
  try {
    const minutes = await trafficMetrics.readMinutes(
      {
        loadBalancerArn,
        blueGroupArn: alone ? null : plan.blueTargetGroupArn,
        greenGroupArn: plan.green.targetGroupArn,
        slowOver: [],
      },
      { fromMs, toMs: wholeMinute(nowMs) + MINUTE_MS },
    );
    return { answered: answeredIn(minutes, { alone, analysis: decision.analysis }) };
  } catch (error) {
    if (isDeploymentError(error)) return { answered: { unreadable: error.message } };
    throw error;
  }
};
