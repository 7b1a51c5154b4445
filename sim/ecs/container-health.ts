import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { SECOND_MS } from '../../core/clock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { TaskHost } from '../parts.types.ts';
import type { ContainerHealth, SimTask } from './ecs.types.ts';
import { checkedContainers, checkedHealthOf } from './task-health.ts';

/** ECS API reference, HealthCheck. */
const DEFAULTS = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 };

/**
 * Starts the containers' own health checks of a task that has just come to RUNNING. They run beside the load balancer's
 * and decide whether the task lives [checklist 5]; in a world without programs each asks the same path of the same
 * application. `changed` is called on each change of the task's health.
 */
export const watchContainers = (kernel: Kernel, task: SimTask, host: TaskHost, changed: () => void): void => {
  const set = (name: string, health: ContainerHealth): void => {
    const before = checkedHealthOf(task);
    task.health.set(name, health);
    if (checkedHealthOf(task) !== before) changed();
  };
  for (const container of checkedContainers(task.set.taskDefinition))
    watchContainer(kernel, task, container, host, set);
};

const watchContainer = (
  kernel: Kernel,
  task: SimTask,
  { name = '', healthCheck: check = { command: undefined } }: ContainerDefinition,
  host: TaskHost,
  changed: (name: string, health: ContainerHealth) => void,
): void => {
  const { runningAtMs } = task;
  if (runningAtMs === undefined) return;
  const { scheduler } = kernel;
  const intervalMs = (check.interval ?? DEFAULTS.interval) * SECOND_MS;
  const graceEndsMs = runningAtMs + (check.startPeriod ?? DEFAULTS.startPeriod) * SECOND_MS;
  const timeoutMs = (check.timeout ?? DEFAULTS.timeout) * SECOND_MS;
  const retries = check.retries ?? DEFAULTS.retries;
  let failures = 0;
  let everPassed = false;

  const passes = (nowMs: number): boolean =>
    task.gone === undefined &&
    nowMs >= task.app.listensFromMs &&
    task.behaviour.answersHealthCheck(nowMs - task.app.listensFromMs);

  const set = (health: ContainerHealth): void => {
    if (task.health.get(name) !== health) changed(name, health);
  };

  const run = (): void => {
    if (task.gone !== undefined || task.desired === 'STOPPED') return;
    const asked = host.checkContainer?.(task.hosted, name, timeoutMs, (passed) => {
      if (task.gone !== undefined) return;
      count(passed, scheduler.nowMs());
      checkAfter(scheduler.nowMs());
    });
    if (asked === true) return;
    const nowMs = scheduler.nowMs();
    const passed = passes(nowMs);
    count(passed, nowMs);
    const settled = passed || task.health.get(name) === 'UNHEALTHY';
    const nextMs = settled ? nextChangeMs(task, nowMs) : nowMs;
    if (nextMs !== undefined) checkAfter(nextMs);
  };

  const count = (passed: boolean, nowMs: number): void => {
    if (passed) {
      everPassed = true;
      failures = 0;
      set('HEALTHY');
    } else if (everPassed || nowMs >= graceEndsMs) {
      // Failures inside the start period do not count unless the container has been healthy before.
      failures += 1;
      if (failures >= retries) set('UNHEALTHY');
    }
  };

  /** Checks come every interval since RUNNING; those that could find nothing new are left out. */
  const checkAfter = (afterMs: number): void => {
    const ticks = Math.floor((afterMs - runningAtMs) / intervalMs) + 1;
    scheduler.after(runningAtMs + ticks * intervalMs - scheduler.nowMs(), run);
  };

  checkAfter(runningAtMs);
};

/** When the application's answer may next be another one; undefined when never. */
const nextChangeMs = (task: SimTask, nowMs: number): number | undefined => {
  const since = nowMs - task.app.listensFromMs;
  const next = [0, ...task.behaviour.changesAtMs].find((ms) => ms > since);
  return next === undefined ? undefined : task.app.listensFromMs + next;
};
