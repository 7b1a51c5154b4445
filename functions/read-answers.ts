import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { isDeploymentError } from '../core/errors.ts';
import { METRIC_LAG_MS } from '../core/verdict/analysis/final-minutes.ts';
import type { Answers, ColourCount, PlacementMemory } from '../core/vocabulary/placement.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import { asksForAnswers, NO_MEMORY } from '../core/weights/carry.ts';
import type { Deps } from './deps.types.ts';

/** As far back as green's answers are searched for: what it did longer ago is in the memory that each observation leaves. */
const WINDOW_MS = HOUR_MS;

const UNKNOWN_ANSWERS: Answers = { blue: [], green: [] };

type Asking = {
  plan: Plan;
  blue: ColourCount | null;
  needed: number;
  memory: PlacementMemory | null | undefined;
};

/** How both colours answered lately, when that could move users; unknown when CloudWatch does not tell: users do not wait for it. */
export const readAnswers = async (
  { plan, blue, needed, memory }: Asking,
  { trafficMetrics, clock }: Pick<Deps, 'trafficMetrics' | 'clock'>,
): Promise<Answers> => {
  const { blueTargetGroupArn: blueGroupArn, green, loadBalancerKind, routes } = plan;
  const loadBalancerArn = routes[0]?.loadBalancerArn;
  const policy = plan.carry ?? 'on';
  if (blueGroupArn === null || loadBalancerArn === undefined) return UNKNOWN_ANSWERS;
  if (!asksForAnswers({ policy, loadBalancerKind, blue, needed, memory: memory ?? NO_MEMORY }))
    return UNKNOWN_ANSWERS;

  const toMs = Math.floor((clock.nowMs() - METRIC_LAG_MS) / MINUTE_MS) * MINUTE_MS;
  try {
    return await trafficMetrics.readAnswers(
      { loadBalancerArn, blueGroupArn, greenGroupArn: green.targetGroupArn },
      { fromMs: toMs - WINDOW_MS, toMs },
    );
  } catch (error) {
    if (isDeploymentError(error)) return UNKNOWN_ANSWERS;
    throw error;
  }
};
