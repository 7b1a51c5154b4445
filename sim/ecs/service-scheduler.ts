import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { TargetRegistry } from '../parts.types.ts';
import { computedDesiredCount } from './counts.ts';
import type { SimTask, SimTaskSet } from './ecs.types.ts';
import { LAUNCH_BATCH, LAUNCH_BATCH_EVERY_MS, NOTICE_MS, pauseAfter } from './launch-pace.ts';
import { SCALE_IN } from './task-end.ts';
import { checkedHealthOf } from './task-health.ts';
import type { TaskLife } from './task-life.ts';

/** Keeps each task set at its computed desired count, and replaces tasks that health checks call unhealthy. */
type ServiceScheduler = {
  /** Stops what is too much and launches what is missing. */
  reconcile(set: SimTaskSet): void;
  /** A task left: its replacement waits for the pause after failed starts. */
  replace(set: SimTaskSet): void;
  /** To be called when a target's or a container's health check turned bad. */
  judge(task: SimTask): void;
};

export const makeServiceScheduler = (
  kernel: Kernel,
  random: Random,
  targets: TargetRegistry,
  life: TaskLife,
  changed: (set: SimTaskSet) => void,
): ServiceScheduler => {
  const { scheduler } = kernel;

  const reconcile = (set: SimTaskSet): void => {
    const alive = set.tasks.filter((task) => task.desired === 'RUNNING');
    const wanted = computedDesiredCount(set);
    if (alive.length > wanted) {
      const reason = `${SCALE_IN} (task set ${set.id})`;
      for (const task of leastUseful(alive).slice(0, alive.length - wanted)) {
        life.stop(task, reason, 'ServiceSchedulerInitiated');
      }
    } else if (alive.length < wanted) {
      launch(set, wanted - alive.length);
    }
    changed(set);
  };

  const launch = (set: SimTaskSet, missing: number): void => {
    const nowMs = scheduler.nowMs();
    if (nowMs >= set.nextLaunchMs) {
      for (let count = 0; count < Math.min(missing, LAUNCH_BATCH); count += 1) life.launch(set);
      set.nextLaunchMs = nowMs + LAUNCH_BATCH_EVERY_MS;
      if (missing <= LAUNCH_BATCH) return;
    }
    if (set.launchPending) return;
    set.launchPending = true;
    scheduler.after(set.nextLaunchMs - nowMs, () => {
      set.launchPending = false;
      reconcile(set);
    });
  };

  const replace = (set: SimTaskSet): void => {
    const waitMs = Math.max(random.between(...NOTICE_MS), pauseAfter(set.failedStarts));
    set.nextLaunchMs = Math.max(set.nextLaunchMs, scheduler.nowMs() + waitMs);
    reconcile(set);
  };

  /** Why ECS would stop it, in the words of its stoppedReason; undefined when all its checks are good enough. */
  const complaint = (task: SimTask): string | undefined => {
    if (task.set.departure?.kept === true) return undefined;
    const unhealthy = task.registrations.find(
      ({ phase, targetGroupArn, target }) =>
        phase === 'registered' && targets.state(targetGroupArn, target) === 'unhealthy',
    );
    if (unhealthy !== undefined) {
      return `Task failed ELB health checks in (target-group ${unhealthy.targetGroupArn})`;
    }
    return checkedHealthOf(task) === 'UNHEALTHY' ? 'Task failed container health checks' : undefined;
  };

  const judge = (task: SimTask): void => {
    if (task.killDue || task.runningAtMs === undefined) return;
    if (task.desired === 'STOPPED' || complaint(task) === undefined) return;
    // Within the grace period the scheduler ignores both checks (ECS API, healthCheckGracePeriodSeconds).
    const graceLeftMs = task.runningAtMs + task.set.service.gracePeriodMs - scheduler.nowMs();
    task.killDue = true;
    scheduler.after(Math.max(0, graceLeftMs) + random.between(...NOTICE_MS), () => {
      task.killDue = false;
      const reason = complaint(task);
      if (reason === undefined || task.gone !== undefined) return;
      life.stop(task, reason, 'ServiceSchedulerInitiated');
      replace(task.set);
    });
  };

  return { reconcile, replace, judge };
};

/** In the order in which a scale-in takes them: not running yet first, then the youngest. */
const leastUseful = (tasks: SimTask[]): SimTask[] => {
  const running = (task: SimTask): number => (task.status === 'RUNNING' ? 1 : 0);
  return [...tasks].sort((a, b) => running(a) - running(b) || b.sequence - a.sequence);
};
