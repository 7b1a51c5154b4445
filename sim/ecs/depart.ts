import { MINUTE_MS } from '../../core/clock.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Behaviour, TargetRegistry } from '../parts.types.ts';
import type { Departure, SimTask, SimTaskSet } from './ecs.types.ts';
import { behaviourNow } from './task.ts';

/** Longer than any health check needs to see that a target answers again. */
const RECOVERED_MS = MINUTE_MS;

/**
 * Makes the tasks of a set behave unlike their version for a while: a dependency that is down, a health path that
 * breaks. The tasks that ECS starts meanwhile do the same. False when nothing of the set runs.
 */
export const departFrom = (
  {
    scheduler,
    targets,
    behaviourOf,
    judge,
  }: {
    scheduler: Scheduler;
    targets: Pick<TargetRegistry, 'appChanged'>;
    behaviourOf(taskDefinitionArn: string): Behaviour;
    /** A set that ECS kept in spite of its checks is judged again. */
    judge(task: SimTask): void;
  },
  set: SimTaskSet,
  departure: Departure,
  forMs: number,
): boolean => {
  const behave = (): void => {
    const behaviour = behaviourNow(set, behaviourOf);
    for (const task of set.tasks) {
      task.behaviour = behaviour;
      task.hosted.behaviour = behaviour;
      task.app.behaviour = behaviour;
      for (const { phase, targetGroupArn, target } of task.registrations)
        if (phase === 'registered') targets.appChanged(targetGroupArn, target);
    }
  };
  if (!set.tasks.some(({ status, gone }) => status === 'RUNNING' && gone === undefined)) return false;
  set.departure = departure;
  behave();
  scheduler.after(forMs, () => {
    if (set.departure !== departure) return;
    set.departure = undefined;
    behave();
    scheduler.after(RECOVERED_MS, () => set.tasks.forEach(judge));
  });
  return true;
};
