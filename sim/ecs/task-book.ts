import { HOUR_MS } from '../../core/clock.ts';
import type { SimService, SimTask } from './ecs.types.ts';

/** A stopped task can be asked for about an hour [aws-facts 31]. */
const STOPPED_TASK_MEMORY_MS = HOUR_MS;

/** The tasks that can still be described. */
export type TaskBook = {
  /** Oldest first. */
  all(): SimTask[];
  /** Undefined when no such task is on its way, running or stopping. */
  alive(taskArn: string): SimTask | undefined;
  /** To be called for each change of a task. */
  note(task: SimTask): void;
};

export const makeTaskBook = (nowMs: () => number, services: SimService[]): TaskBook => {
  const byArn = new Map<string, SimTask>();
  let stopped: SimTask[] = [];

  const remembered = (): SimTask[] =>
    stopped.filter(({ stoppedAtMs = 0 }) => stoppedAtMs > nowMs() - STOPPED_TASK_MEMORY_MS);

  return {
    all: () => {
      const present = services.flatMap(({ sets }) => sets).flatMap(({ tasks }) => tasks);
      return [...remembered(), ...present].sort((a, b) => a.sequence - b.sequence);
    },
    alive: (taskArn) => byArn.get(taskArn),
    note: (task) => {
      if (task.status !== 'STOPPED') {
        byArn.set(task.arn, task);
      } else if (byArn.delete(task.arn)) {
        stopped = [...remembered(), task];
      }
    },
  };
};
