import { capacityFor, isBelow, tasksAt } from '../capacity/capacity-for.ts';
import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { count } from '../figures.ts';
import { nextWaitMs, waits } from '../pace.ts';
import type { Decision, Growth } from '../vocabulary/decision.types.ts';
import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

/** Green's task set as an observation found it, and the service's desired count. */
export type GreenSize = Pick<ObservedTaskSet, 'id' | 'externalId'> & {
  scalePercent: number;
  computedDesiredCount: number;
  healthy: number;
  desiredCount: number;
  /** Somebody else made it smaller than the deployment left it: it is not made larger again. */
  scaledDown: boolean;
};

type Asked = { plan: Pick<Plan, 'capacity'>; size: GreenSize | null | undefined };

/** The scale that green is to get for a weight, percent; null: it has it, or nothing is written. */
export const scaleFor = ({ plan: { capacity }, size }: Asked, greenPct: number): number | null => {
  if (capacity === undefined || size == null || size.scaledDown || size.desiredCount < 1) return null;
  const { scalePercent, desiredCount } = size;
  const { tasks, percent } = capacityFor({ capacity, greenPct, desiredCount });
  // Green with all users is what the next deployment finds as blue: at full size, whatever the count comes to.
  const whole = percent === 100 && isBelow(scalePercent, 100);
  const enough = tasksAt(scalePercent, desiredCount) >= tasks && !whole;
  return enough || !isBelow(scalePercent, percent) ? null : percent;
};

/** Where no start was timed: for pulling an image of usual size, starting, and one passed health check. */
const USUAL_START_MS = 2 * MINUTE_MS;

/** How long before its shift green gets the tasks for it: with two observations that may come late. */
export const leadMs = (launchMs: number | null | undefined, healthyForMs: number): number =>
  (launchMs ?? USUAL_START_MS) + 2 * waits.growing.firstMs + healthyForMs;

/** Until the next observation of a green that grows: when its tasks should be there, and within a minute. */
export const growingMs = ({ previous, greenPct, launchMs, nowMs }: GateInput): number => {
  const sinceMs = previous?.growth?.greenPct === greenPct ? (previous.scaled?.scaledAtMs ?? nowMs) : nowMs;
  const expectedMs = sinceMs + (launchMs ?? USUAL_START_MS) - nowMs;
  return expectedMs > 0
    ? Math.min(waits.growing.longestMs, Math.max(waits.growing.firstMs, expectedMs))
    : nextWaitMs(waits.growing, -expectedMs);
};

type Gate =
  | { kind: 'open'; aside: string; growth?: Growth }
  | { kind: 'hold'; reason: string; waitSeconds: number; growth: Growth }
  | { kind: 'rollBack'; reason: string };

type GateInput = Asked & {
  plan: Pick<Plan, 'capacity' | 'healthyForMs' | 'timeToHealthyMs'>;
  /** The weight that comes, percent. */
  greenPct: number;
  previous: Pick<Decision, 'growth' | 'scaled'> | undefined;
  /** How long green's own tasks took to start in this deployment; null or absent: unknown. */
  launchMs?: number | null | undefined;
  nowMs: number;
};

/** What an observation adds to how long green has had the tasks of a weight. */
export const growthOf = ({ plan, size, greenPct, previous, nowMs }: GateInput): Growth | undefined => {
  if (plan.capacity === undefined || size == null) return undefined;
  const { desiredCount, healthy, computedDesiredCount } = size;
  const { tasks } = capacityFor({ capacity: plan.capacity, greenPct, desiredCount });
  const before = previous?.growth?.greenPct === greenPct ? previous.growth : undefined;
  const enough =
    scaleFor({ plan, size }, greenPct) === null &&
    !size.scaledDown &&
    healthy >= Math.max(1, tasks, computedDesiredCount);
  // A count that grows asks for more: what was enough before is not what has been healthy since.
  const since = before !== undefined && before.tasks >= tasks ? before.enoughSinceMs : null;
  return { greenPct, tasks, enoughSinceMs: enough ? (since ?? nowMs) : null };
};

/**
 * Capacity first, healthy, then the weight: a shift waits until green has had the tasks that its weight takes for
 * healthyFor. It waits as long as green's own start may take, and then the deployment rolls back: green has no more
 * users than it carries, so nothing is urgent.
 */
export const growthGate = (input: GateInput): Gate => {
  const { plan, size, greenPct, previous, nowMs } = input;
  if (plan.capacity === undefined) return { kind: 'open', aside: '' };
  const growth = growthOf(input);
  if (growth === undefined || size == null) return { kind: 'rollBack', reason: "green's size is not known" };
  const { tasks, enoughSinceMs } = growth;
  const leftMs = enoughSinceMs === null ? null : enoughSinceMs + plan.healthyForMs - nowMs;
  if (leftMs !== null && leftMs <= 0)
    return { kind: 'open', aside: `; green has ${count(size.healthy, 'task')} for ${greenPct} %`, growth };

  const waitedSinceMs = previous?.growth?.waitedSinceMs ?? nowMs;
  const waitedMs = nowMs - waitedSinceMs;
  const found = `${size.healthy} of ${Math.max(tasks, size.computedDesiredCount)} tasks healthy for ${greenPct} %`;
  if (enoughSinceMs === null && waitedMs >= plan.timeToHealthyMs) {
    const limit = formatDuration(plan.timeToHealthyMs);
    return { kind: 'rollBack', reason: `green did not grow to its next shift within ${limit}: ${found}` };
  }
  const since =
    leftMs === null
      ? ''
      : ` for ${formatDuration(plan.healthyForMs - leftMs)} of ${formatDuration(plan.healthyForMs)}`;
  return {
    kind: 'hold',
    reason: `green grows to ${count(tasks, 'task')} before it gets ${greenPct} %: ${found}${since}`,
    waitSeconds: Math.max(
      1,
      Math.ceil(Math.min(growingMs(input), leftMs ?? plan.timeToHealthyMs - waitedMs) / SECOND_MS),
    ),
    growth: { ...growth, waitedSinceMs },
  };
};
