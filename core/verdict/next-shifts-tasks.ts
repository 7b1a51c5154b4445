import { count } from '../figures.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import { weightsAt } from '../weights/weights.ts';
import type { DecideInput } from './decision.ts';
import { growingMs, growthOf, leadMs } from './growth-in-bake.ts';

/** What is asked about the next shift's tasks. */
export const growing = ({ plan, previous, observed, launchMs, nowMs }: DecideInput, target: number) => ({
  plan,
  size: observed.greenSize,
  greenPct: weightsAt(plan, target).green,
  previous,
  launchMs,
  nowMs,
});

/**
 * The next shift's tasks start before the bake ends, so that they are ready when it does: as long before as green's own
 * start took in this deployment. A shift that waits for a person may wait for a day, so its tasks come afterwards.
 */
export const growthAhead = (
  input: DecideInput,
  shift: Shift,
  bakedMs: number,
): { waitMs: number; aside: string; growth: Pick<Decision, 'growth'> } => {
  const { plan, traffic, launchMs } = input;
  const none = { waitMs: Number.POSITIVE_INFINITY, aside: '', growth: {} };
  const next = plan.shifts[traffic.position + 1];
  if (plan.capacity === undefined || next === undefined || shift.approval === true) return none;
  const leftMs = (shift.evidence?.atLeastMs ?? shift.bakeMs) - bakedMs - leadMs(launchMs, plan.healthyForMs);
  if (leftMs > 0) return { ...none, waitMs: leftMs };
  const about = growing(input, traffic.position + 1);
  const growth = growthOf(about);
  if (growth === undefined) return none;
  if (growth.enoughSinceMs !== null) return { ...none, growth: { growth } };
  const aside = `; green grows to ${count(growth.tasks, 'task')} for ${next.greenPct} %`;
  return { waitMs: growingMs(about), aside, growth: { growth } };
};
