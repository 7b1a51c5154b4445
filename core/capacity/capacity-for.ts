import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { CapacityPolicy } from '../vocabulary/request.types.ts';

/** How many of the service's tasks green needs, and the scale of its task set that gives them. */
type Capacity = { tasks: number; percent: number };

type Asked = {
  /** Absent: green has full size from its launch on. */
  capacity?: CapacityPolicy | undefined;
  /** The weight that comes, percent. */
  greenPct: number;
  /** Of the service, as it is now. */
  desiredCount: number;
};

/** ECS takes a scale as a double; two decimals are what every tool shows. */
const hundredths = (value: number): number => Math.ceil(value * 100 - 1e-6) / 100;

/** Products such as 0.07 * 100 are a little off, and would round up to a task more. */
const roundedUp = (tasks: number): number => Math.ceil(tasks - 1e-6);

/**
 * What is enough for a weight: its share of the tasks that the service wants now, with the headroom, rounded up as ECS
 * rounds computedDesiredCount [fact 26].
 *
 * The scale is the share itself and not the tasks of now: whatever autoscaling makes of the desired count, ECS starts
 * as many as the same weight then needs, and nothing has to be written. `minTasks` is held against the count of now.
 */
export const capacityFor = ({ capacity, greenPct, desiredCount }: Asked): Capacity => {
  if (capacity === undefined) return { tasks: desiredCount, percent: 100 };
  const { headroom, minTasks } = capacity;
  const tasks = Math.min(desiredCount, Math.max(1, roundedUp((desiredCount * greenPct * headroom) / 100)));
  // Half a task less than the least, which ECS rounds up to it; the number itself could be rounded up to one more. Of
  // a service that wants none it is infinite: full size.
  const least = (100 * (minTasks - 0.5)) / desiredCount;
  return { tasks, percent: Math.min(100, hundredths(Math.max(greenPct * headroom, least))) };
};

/** Tasks that a task set of that scale has, as ECS rounds. */
export const tasksAt = (percent: number, desiredCount: number): number =>
  Math.min(desiredCount, roundedUp((desiredCount * percent) / 100));

/** Tasks that green has for a weight: those that the weight takes, and `minTasks` at least. */
export const tasksFor = (asked: Asked): number => tasksAt(capacityFor(asked).percent, asked.desiredCount);

/** Two scales that are the same but for what a double loses on its way. */
export const isBelow = (percent: number, other: number): boolean => percent < other - 0.005;

type Counted = Pick<ObservedTaskSet, 'scalePercent' | 'computedDesiredCount'>;

/**
 * The service's desired count, by the task set that shows most of it: a set at full size has it exactly, a smaller one
 * up to what was rounded, never less.
 */
export const desiredCountOf = (taskSets: readonly (Counted | null)[]): number => {
  const known = taskSets.filter((taskSet) => taskSet !== null);
  const counted = known.filter(({ scalePercent }) => scalePercent > 0);
  const largest = Math.max(...counted.map(({ scalePercent }) => scalePercent));
  // A smaller set's count, read as one of this scale, is never more than the largest set's own.
  const counts = counted.map(({ computedDesiredCount }) => roundedUp((computedDesiredCount * 100) / largest));
  return Math.max(0, ...counts);
};
