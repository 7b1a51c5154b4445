import { capacityFor, isBelow } from '../capacity/capacity-for.ts';
import { LATE_READ_MS } from '../pace.ts';
import type { GreenScale } from '../vocabulary/decision.types.ts';
import type { ObservedTarget, ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import { type GroupHealth, groupHealth } from './group-health.ts';

type Asked = {
  plan: Pick<Plan, 'capacity'>;
  targets: ObservedTarget[];
  taskSet: ObservedTaskSet | null;
  /** Of the service now, as far as it is known. */
  desiredCount: number;
  /** The weight that green has, or is to get. */
  greenPct: number;
  /** Absent: as it was launched. */
  scaled: GreenScale | undefined;
  nowMs: number;
};

/** Green's scale at its launch, percent. A recovery and a repeated step come to the same. */
export const launchPercent = (plan: Pick<Plan, 'capacity' | 'shifts' | 'desiredCount'>): number =>
  capacityFor({ ...plan, greenPct: plan.shifts[0]?.greenPct ?? 100 }).percent;

type Left = Pick<Asked, 'scaled' | 'nowMs'> & {
  plan: Pick<Plan, 'capacity' | 'shifts' | 'desiredCount'>;
};

/** The scale that the deployment left green at; just after a write a read may be from before it, and shows nothing. */
const leftAtPercent = ({ plan, scaled, nowMs }: Left): number => {
  if (scaled === undefined) return launchPercent(plan);
  return nowMs - scaled.scaledAtMs < LATE_READ_MS ? 0 : scaled.percent;
};

/** Somebody else has made green smaller than the deployment left it. */
export const isScaledDown = (taskSet: ObservedTaskSet, left: Left): boolean =>
  isBelow(taskSet.scalePercent, leftAtPercent(left));

/**
 * Green against the tasks that a weight takes now. A set that somebody has scaled down does not become whole by it,
 * however little the weight takes.
 */
export const greenHealth = (
  asked: Asked & { plan: Pick<Plan, 'capacity' | 'shifts' | 'desiredCount'> },
): GroupHealth => {
  const { plan, targets, taskSet, desiredCount, greenPct, scaled, nowMs } = asked;
  if (plan.capacity === undefined) return groupHealth(targets, taskSet);
  const { tasks } = capacityFor({ capacity: plan.capacity, greenPct, desiredCount });
  return groupHealth(targets, taskSet, leftAtPercent({ plan, scaled, nowMs }), tasks);
};

/** The same before green gets that weight: all the tasks that it has are to be healthy as well. */
export const greenHealthFor = (asked: Parameters<typeof greenHealth>[0]): GroupHealth => {
  const health = greenHealth(asked);
  return { ...health, wanted: Math.max(health.wanted, asked.taskSet?.computedDesiredCount ?? 0) };
};
