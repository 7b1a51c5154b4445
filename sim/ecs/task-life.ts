import type { ProcessReports } from '../parts.types.ts';
import { scheduleMoments } from './behaviour-moments.ts';
import { watchContainers } from './container-health.ts';
import type { Registration, SimTask, SimTaskSet, StopCode } from './ecs.types.ts';
import { ESSENTIAL_EXIT, makeTaskEnd, type TaskEnd, type TaskParts } from './task-end.ts';

/** One task from PROVISIONING to STOPPED: registered after it runs, drained before it is stopped. */
export type TaskLife = Pick<TaskEnd, 'stop' | 'die'> & {
  launch(set: SimTaskSet): void;
  /** A task that was serving before the run began. */
  adopt(set: SimTaskSet): void;
};

/** Share of the start that passes before the image is pulled: the network interface, the placement. Assumed. */
const PROVISIONING_SHARE = 0.25;
/** Tasks of one version do not start in lockstep: so much of `startMs`, percent, [low, high]. Assumed. */
const START_JITTER_PCT = [85, 125] as const;
/** From RUNNING to the registration in the target group [checklist 3]; milliseconds, [low, high]. Assumed. */
const REGISTER_MS = [1_000, 2_000] as const;

export const makeTaskLife = (parts: TaskParts): TaskLife => {
  const { kernel, random, targets, tasks, events, host } = parts;
  const { scheduler } = kernel;
  const { stop, die, failToStart } = makeTaskEnd(parts);

  const ended =
    (task: SimTask): ProcessReports['ended'] =>
    (exitCode, reason) => {
      const containerReason = reason === undefined ? {} : { containerReason: reason };
      die(task, { because: 'crashed', exitCode, ...ESSENTIAL_EXIT, ...containerReason });
    };

  const launch = (set: SimTaskSet): void => {
    const task = tasks.make(set);
    const startMs = Math.round((task.behaviour.startMs * random.between(...START_JITTER_PCT)) / 100);
    const provisioningMs = Math.round(startMs * PROVISIONING_SHARE);
    tasks.say(task, 'is PROVISIONING', { detail: true });
    scheduler.after(provisioningMs, () => {
      if (task.status !== 'PROVISIONING') return;
      task.status = 'PENDING';
      events.changed(task);
    });
    scheduler.after(startMs, () => {
      if (task.status !== 'PENDING') return;
      host.start(task.hosted, {
        // Stopped while its program was starting, it never runs.
        running: () => {
          if (task.status === 'PENDING') run(task, false);
        },
        cannotStart: (stopCode, reason) => failToStart(task, stopCode as StopCode, reason),
        ended: ended(task),
        container: (name, report) => void task.containers.set(name, report),
      });
    });
  };

  const adopt = (set: SimTaskSet): void => {
    const task = tasks.make(set);
    run(task, true);
    host.start(task.hosted, {
      running: () => {},
      cannotStart: (_code, reason) => ended(task)(1, reason),
      ended: ended(task),
      container: (name, report) => void task.containers.set(name, report),
    });
  };

  const run = (task: SimTask, before: boolean): void => {
    const nowMs = scheduler.nowMs();
    task.status = 'RUNNING';
    task.runningAtMs = nowMs;
    // A version that ran before the run began counts its time since boot from the run's start.
    task.app.listensFromMs = nowMs + (before ? 0 : task.behaviour.bootMs);
    task.set.failedStarts = 0;
    if (!before) tasks.say(task, 'is RUNNING');
    for (const registration of task.registrations) {
      if (before) register(task, registration, { initiallyHealthy: true });
      else scheduler.after(random.between(...REGISTER_MS), () => register(task, registration));
    }
    scheduleMoments(scheduler, task);
    if (before) for (const name of task.health.keys()) task.health.set(name, 'HEALTHY');
    watchContainers(kernel, task, host, () => events.containerHealth(task));
    events.changed(task);
  };

  const register = (
    task: SimTask,
    registration: Registration,
    options?: { initiallyHealthy: boolean },
  ): void => {
    if (task.status !== 'RUNNING' || task.gone !== undefined) return;
    registration.phase = 'registered';
    const { targetGroupArn, target } = registration;
    targets.register(targetGroupArn, target, task.app, options);
    if (options === undefined)
      tasks.say(task, `is registered as ${target.id}:${target.port}`, { detail: true });
    events.changed(task);
  };

  return { launch, adopt, stop, die };
};
