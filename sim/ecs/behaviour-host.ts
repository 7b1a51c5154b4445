import { SECOND_MS } from '../../core/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { TaskHost } from '../parts.types.ts';

/** How long a process takes to end after SIGTERM, if its stopTimeout lets it; milliseconds, [low, high]. Assumed. */
const EXIT_MS = [0.5 * SECOND_MS, 3 * SECOND_MS] as const;

/** A host without programs: whether a task starts, crashes and how it ends is its version's behaviour. */
export const makeBehaviourHost = (scheduler: Scheduler, random: Random): TaskHost => ({
  start: ({ behaviour }, { running, cannotStart, ended }) => {
    if (behaviour.cannotStart !== undefined) {
      cannotStart(behaviour.cannotStart.stopCode, behaviour.cannotStart.stoppedReason);
      return;
    }
    running();
    const { crash } = behaviour;
    if (crash !== undefined) scheduler.after(crash.afterMs, () => ended(crash.exitCode, crash.reason));
  },
  stop: (_task, stopTimeoutMs, stopped) =>
    void scheduler.after(Math.min(random.between(...EXIT_MS), stopTimeoutMs), () => stopped(0)),
  kill: () => {},
});
