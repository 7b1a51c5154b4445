import type { Scheduler } from '../kernel/scheduler.ts';
import type { SimTask } from './ecs.types.ts';

/**
 * Makes each moment at which a task's version changes an event: the flow of requests is taken to be constant between
 * two events. One is scheduled at a time, so that a task which goes leaves none behind.
 */
export const scheduleMoments = (scheduler: Scheduler, task: SimTask): void => {
  const moments = [0, ...task.behaviour.changesAtMs];
  const reach = (index: number): void => {
    const sinceMs = moments[index];
    if (sinceMs === undefined || !Number.isFinite(sinceMs)) return;
    scheduler.after(Math.max(0, task.app.listensFromMs + sinceMs - scheduler.nowMs()), () => {
      if (task.gone === undefined) reach(index + 1);
    });
  };
  reach(0);
};
