import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { isDeploymentError } from '../core/errors.ts';
import { METRIC_LAG_MS } from '../core/verdict/analysis/final-minutes.ts';
import type { Answers, ColourCount, PlacementMemory } from '../core/vocabulary/placement.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import { asksForAnswers, NO_MEMORY } from '../core/weights/carry.ts';
import type { Deps } from './deps.types.ts';

/** A green that answered nobody more than an hour ago, and somebody since, is not lost. */
const WINDOW_MS = HOUR_MS;

const UNKNOWN_ANSWERS: Answers = { blue: [], green: [] };

type Asking = {
  plan: Plan;
  blue: ColourCount | null;
  needed: number;
  /**
   * When green's task set was made: its group served another version before, which must not speak for it. Null: there
   * is no green.
   */
  greenSinceMs: number | null;
  memory: PlacementMemory | null | undefined;
};

/**
 * How both colours answered lately, when that could move users; unknown when CloudWatch does not tell: users do not
 * wait for it.
 */
export const readAnswers = async (
  { plan, blue, needed, greenSinceMs, memory }: Asking,
  { trafficMetrics, clock }: Pick<Deps, 'trafficMetrics' | 'clock'>,
): Promise<Answers> => {
  const { blue: previous, blueTargetGroupArn: blueGroupArn, green, loadBalancerKind, routes } = plan;
  const loadBalancerArn = routes[0]?.loadBalancerArn;
  const policy = plan.carry ?? 'on';
  // A first deployment's other group is empty: no answer could move anybody there.
  if (previous === null || blueGroupArn === null || loadBalancerArn === undefined || greenSinceMs === null)
    return UNKNOWN_ANSWERS;
  if (!asksForAnswers({ policy, loadBalancerKind, blue, needed, memory: memory ?? NO_MEMORY }))
    return UNKNOWN_ANSWERS;

  const toMs = Math.floor((clock.nowMs() - METRIC_LAG_MS) / MINUTE_MS) * MINUTE_MS;
  const fromMs = Math.max(toMs - WINDOW_MS, Math.ceil(greenSinceMs / MINUTE_MS) * MINUTE_MS);
  if (fromMs >= toMs) return UNKNOWN_ANSWERS;
  try {
    return await trafficMetrics.readAnswers(
      { loadBalancerArn, blueGroupArn, greenGroupArn: green.targetGroupArn },
      { fromMs, toMs },
    );
  } catch (error) {
    if (isDeploymentError(error)) return UNKNOWN_ANSWERS;
    throw error;
  }
};
