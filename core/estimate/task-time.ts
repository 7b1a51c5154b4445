import { tasksFor } from '../capacity/capacity-for.ts';
import { HOUR_MS, SECOND_MS } from '../clock.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { CapacityPolicy } from '../vocabulary/request.types.ts';

type Shape = Pick<Plan, 'shifts' | 'desiredCount' | 'healthyForMs' | 'capacity' | 'green'>;

/** Task-hours of green from its launch to the end of the last bake: blue's come to the same with either. */
type TaskTime = {
  hours: number;
  /** With green at full size from its launch on. */
  fullHours: number;
  /** What is saved by list prices, US dollars; null: nobody knows what a task costs. */
  savedUsd: number | null;
  /** The share of all requests that green's smallest size carries, percent, when blue dies at that moment. */
  leastCarriedPct: number;
};

/** A small image, started and once healthy, as the plan's estimate takes it. */
const START_MS = 45 * SECOND_MS;

/** Fargate in us-east-1, Linux on x86: a vCPU and a GB for an hour (aws.amazon.com/fargate/pricing). */
const USD_PER_VCPU_HOUR = 0.04048;
const USD_PER_GB_HOUR = 0.004445;

/** A task carries half as much again as its share (core/weights/carry.ts). */
const CARRIES = 1.5;

/** What green takes and costs when its capacity follows its weight, whatever the plan has. */
export const taskTime = (plan: Shape, capacity: CapacityPolicy | undefined = plan.capacity): TaskTime => {
  const { shifts, desiredCount, healthyForMs } = plan;
  const tasksOf = shifts.map(({ greenPct }) => tasksFor({ capacity, greenPct, desiredCount }));
  // The next shift's tasks start before the bake ends.
  const leadMs = START_MS + healthyForMs;
  const spans = shifts.map(({ bakeMs }, index) => {
    const next = Math.max(tasksOf[index + 1] ?? 0, tasksOf[index] ?? 0);
    const ahead = index + 1 < shifts.length ? Math.min(bakeMs, leadMs) : 0;
    return (tasksOf[index] ?? 0) * (bakeMs - ahead) + next * ahead;
  });
  const startMs = START_MS + healthyForMs;
  const bakesMs = shifts.reduce((sum, { bakeMs }) => sum + bakeMs, 0);
  const hours = ((tasksOf[0] ?? 0) * startMs + spans.reduce((sum, span) => sum + span, 0)) / HOUR_MS;
  const fullHours = (desiredCount * (startMs + bakesMs)) / HOUR_MS;
  const { fargate } = plan.green;
  const hourUsd =
    fargate === undefined ? null : fargate.vcpu * USD_PER_VCPU_HOUR + fargate.gb * USD_PER_GB_HOUR;
  const least = Math.min(...tasksOf);
  return {
    hours,
    fullHours,
    savedUsd: hourUsd === null ? null : (fullHours - hours) * hourUsd,
    leastCarriedPct:
      desiredCount < 1 ? 100 : Math.min(100, Math.floor((100 * CARRIES * least) / desiredCount + 1e-6)),
  };
};
