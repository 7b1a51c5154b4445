import { SECOND_MS } from '../../core/clock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { TargetRegistry, TaskHost } from '../parts.types.ts';
import type { Registration, SimTask, StopCode } from './ecs.types.ts';
import { NOTICE_MS } from './launch-pace.ts';
import type { Tasks } from './task.ts';

/** How tasks end: asked to, after their targets have drained; by themselves; or before they ever ran. */
export type TaskEnd = {
  /** ECS stops it: deregister, drain, SIGTERM, STOPPED [fact 43]. */
  stop(task: SimTask, reason: string, stopCode: StopCode): void;
  /** The process goes at once, registered or not. */
  die(task: SimTask, death: Death): void;
  failToStart(task: SimTask, stopCode: StopCode, reason: string): void;
};

export type Death = {
  because: 'crashed' | 'stopped';
  exitCode: number;
  stopCode: StopCode;
  stoppedReason: string;
  containerReason?: string;
};

export type TaskEvents = {
  /** Something that counts or shows changed. */
  changed(task: SimTask): void;
  /** It ended by itself, so that its set may want another one. */
  lost(task: SimTask): void;
  /** Its container health check changed its mind. */
  containerHealth(task: SimTask): void;
};

/** How a process of its own accord ends a task. */
export const ESSENTIAL_EXIT = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
} as const;

/** The start of the stoppedReason of a task that was one too many. */
export const SCALE_IN = 'Scaling activity initiated by';

/** ECS API, ContainerDefinition.stopTimeout. */
const DEFAULT_STOP_TIMEOUT_S = 30;

/** What a task's life and its end are made of. */
export type TaskParts = {
  kernel: Kernel;
  random: Random;
  targets: TargetRegistry;
  tasks: Tasks;
  events: TaskEvents;
  host: TaskHost;
};

export const makeTaskEnd = ({ kernel, random, targets, tasks, events, host }: TaskParts): TaskEnd => {
  const { scheduler } = kernel;

  const failToStart = (task: SimTask, stopCode: StopCode, reason: string): void => {
    if (task.status === 'STOPPED') return;
    task.desired = 'STOPPED';
    task.stopCode = stopCode;
    task.stoppedReason = reason;
    task.containerReason = reason;
    task.set.failedStarts += 1;
    finish(task);
    events.lost(task);
  };

  const die = (task: SimTask, death: Death): void => {
    if (task.gone !== undefined || task.status === 'STOPPED') return;
    task.gone = death.because;
    // Real programs get the SIGTERM that StopTask sends; here nothing ends in another way than the version's.
    if (death.because === 'stopped' && host.whenOver !== undefined) host.stop(task.hosted, 0, () => {});
    else host.kill(task.hosted);
    task.exitCode = death.exitCode;
    // A task that is being stopped already keeps the reason it is stopped for.
    task.stopCode ??= death.stopCode;
    task.stoppedReason ??= death.stoppedReason;
    task.containerReason = death.containerReason;
    for (const { phase, targetGroupArn, target } of task.registrations) {
      if (phase !== 'due') targets.appChanged(targetGroupArn, target);
    }
    // ECS learns of it from the agent: until then the target takes requests that nobody answers.
    scheduler.after(random.between(...NOTICE_MS), () => {
      if (task.status === 'STOPPED') return;
      const missed = task.desired === 'RUNNING';
      task.desired = 'STOPPED';
      task.stoppingAtMs ??= scheduler.nowMs();
      for (const registration of task.registrations) deregister(registration, () => {});
      if (host.whenOver === undefined) finish(task);
      else {
        task.status = 'STOPPING';
        host.whenOver(task.hosted, () => {
          if (task.status !== 'STOPPED') finish(task);
        });
      }
      if (missed) events.lost(task);
    });
  };

  const deregister = (registration: Registration, drained: () => void): void => {
    if (registration.phase !== 'registered') {
      registration.phase = 'deregistered';
      drained();
      return;
    }
    registration.phase = 'deregistered';
    targets.deregister(registration.targetGroupArn, registration.target, drained);
  };

  const stop = (task: SimTask, reason: string, stopCode: StopCode): void => {
    if (task.desired === 'STOPPED') return;
    task.desired = 'STOPPED';
    task.stoppedReason = reason;
    task.stopCode = stopCode;
    task.stoppingAtMs = scheduler.nowMs();
    if (task.status !== 'RUNNING') {
      finish(task);
      return;
    }
    task.status = 'DEACTIVATING';
    const wanted = stopCode === 'ServiceSchedulerInitiated' && reason.startsWith(SCALE_IN);
    tasks.say(task, 'is deregistered and drains', { why: reason, detail: wanted });
    let left = task.registrations.length;
    const oneDrained = (): void => {
      left -= 1;
      if (left <= 0) signal(task);
    };
    for (const registration of task.registrations) deregister(registration, oneDrained);
    if (task.registrations.length === 0) signal(task);
    events.changed(task);
  };

  /** SIGTERM; SIGKILL would come after the stopTimeout [fact 43]. */
  const signal = (task: SimTask): void => {
    if (task.status === 'STOPPED' || task.gone !== undefined) return;
    task.status = 'STOPPING';
    const stopTimeouts = (task.set.taskDefinition.containerDefinitions ?? []).map(
      (container) => container.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S,
    );
    host.stop(task.hosted, Math.max(0, ...stopTimeouts) * SECOND_MS, (exitCode) => {
      if (task.status === 'STOPPED') return;
      task.gone ??= 'stopped';
      task.exitCode ??= exitCode;
      finish(task);
    });
    events.changed(task);
  };

  const finish = (task: SimTask): void => {
    task.status = 'STOPPED';
    task.gone ??= 'stopped';
    host.kill(task.hosted);
    task.stoppedAtMs = scheduler.nowMs();
    task.stoppingAtMs ??= task.stoppedAtMs;
    task.set.tasks = task.set.tasks.filter((other) => other !== task);
    tasks.free(task);
    tasks.say(task, 'is STOPPED', {
      why: lastWords(task),
      detail: task.stopCode === 'ServiceSchedulerInitiated',
    });
    events.changed(task);
  };

  return { stop, die, failToStart };
};

const lastWords = ({ stoppedReason = 'no reason given', exitCode, containerReason }: SimTask): string => {
  const exit = exitCode === undefined ? '' : `, exit code ${exitCode}`;
  const container =
    containerReason === undefined || containerReason === stoppedReason ? '' : `, ${containerReason}`;
  return `${stoppedReason}${exit}${container}`;
};
