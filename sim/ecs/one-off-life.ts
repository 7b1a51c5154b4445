import { SECOND_MS } from '../../core/clock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { ContainerReport, TaskHost, TaskPlay } from '../parts.types.ts';
import { nameOf } from './names.ts';
import type { OneOff } from './one-off-task.ts';
import { ESSENTIAL_EXIT } from './task-end.ts';

/** From the call to RUNNING, and from the process's end to STOPPED, milliseconds, [low, high]. Assumed. */
const START_MS = [15 * SECOND_MS, 30 * SECOND_MS] as const;
const DEPROVISION_MS = [2 * SECOND_MS, 8 * SECOND_MS] as const;
/** After SIGTERM. Assumed. */
const EXIT_MS = [0.5 * SECOND_MS, 3 * SECOND_MS] as const;
const TERMINATED = 143;

/** From PROVISIONING to STOPPED: what a one-off task goes through by its program, its host, or StopTask. */
type OneOffLife = {
  begin(one: OneOff, play: TaskPlay): void;
  stop(one: OneOff, reason: string | undefined): void;
};

export const makeOneOffLife = (
  { scheduler, emit }: Kernel,
  random: Random,
  host: TaskHost | undefined,
): OneOffLife => {
  const say = ({ task }: OneOff, what: string): void =>
    emit({
      kind: 'task',
      what: `task ${nameOf(task.taskArn ?? '').slice(0, 4)} ${what} (${nameOf(task.taskDefinitionArn ?? '')}, one-off)`,
      data: {
        taskArn: task.taskArn,
        status: task.lastStatus,
        ...(task.desiredStatus === 'STOPPED'
          ? {
              stopping: {
                clusterArn: task.clusterArn,
                group: task.group,
                startedBy: task.startedBy,
                containers: task.containers?.map(({ name, lastStatus, exitCode }) => ({
                  name,
                  lastStatus,
                  ...(exitCode === undefined ? {} : { exitCode }),
                })),
              },
            }
          : {}),
      },
    });

  /** The exit code, where it has one, is the deciding container's; the others are ended with it. */
  const end = (one: OneOff, exitCode: number | undefined, reason: string | undefined): void => {
    if (one.over) return;
    one.over = true;
    const { task } = one;
    const ran = task.startedAt !== undefined;
    task.desiredStatus = 'STOPPED';
    task.stopCode ??= ran ? ESSENTIAL_EXIT.stopCode : 'TaskFailedToStart';
    task.stoppedReason ??= ran ? ESSENTIAL_EXIT.stoppedReason : reason;
    task.containers = (task.containers ?? []).map((container) => ({
      ...container,
      lastStatus: 'STOPPED',
      ...(container.name !== one.container
        ? ran
          ? { exitCode: container.exitCode ?? TERMINATED }
          : {}
        : {
            ...(exitCode === undefined ? {} : { exitCode }),
            ...(reason === undefined ? {} : { reason }),
          }),
    }));
    say(one, 'stops');
    const deprovision = (): void =>
      void scheduler.after(random.between(...DEPROVISION_MS), () => {
        task.lastStatus = 'STOPPED';
        task.stoppedAt = new Date(scheduler.nowMs());
        say(one, 'is STOPPED');
      });
    if (host?.whenOver === undefined) deprovision();
    else host.whenOver(one.hosted, deprovision);
  };

  /** The others end first, and the deciding container on the SIGTERM that follows. */
  const cutShort = (one: OneOff, besideExits: number, exitCode: number | undefined): void => {
    const { task } = one;
    if (one.over || task.desiredStatus === 'STOPPED') return;
    task.desiredStatus = 'STOPPED';
    task.containers = (task.containers ?? []).map((container) =>
      container.name === one.container
        ? container
        : { ...container, lastStatus: 'STOPPED', exitCode: besideExits },
    );
    say(one, 'is to stop');
    scheduler.after(random.between(...EXIT_MS), () => end(one, exitCode, undefined));
  };

  /** Of a container of a real program; how the task ends is another report. */
  const heard = ({ task }: OneOff, of: string, { status, ...end }: ContainerReport): void => {
    task.containers = (task.containers ?? []).map((container) =>
      container.name === of ? { ...container, lastStatus: status, ...end } : container,
    );
  };

  const begin = (one: OneOff, play: TaskPlay): void => {
    say(one, 'is PROVISIONING');
    const running = (): void => {
      if (one.over || one.task.desiredStatus === 'STOPPED') return;
      one.task.lastStatus = 'RUNNING';
      one.task.startedAt = new Date(scheduler.nowMs());
      one.task.containers = (one.task.containers ?? []).map((container) =>
        container.lastStatus === 'PENDING' ? { ...container, lastStatus: 'RUNNING' } : container,
      );
      say(one, 'is RUNNING');
    };
    scheduler.after(random.between(...START_MS), () => {
      if (one.over) return;
      if (host !== undefined) {
        host.start(one.hosted, {
          running,
          cannotStart: (_code, reason) => end(one, undefined, reason),
          ended: () => end(one, undefined, undefined),
          container: (name, report) => heard(one, name, report),
        });
        return;
      }
      if (play.cannotStart !== undefined) return end(one, undefined, play.cannotStart);
      running();
      if (!Number.isFinite(play.runsMs)) return;
      scheduler.after(play.runsMs, () => {
        if (play.besideExits === undefined) end(one, play.exitCode, play.reason);
        else cutShort(one, play.besideExits, play.exitCode);
      });
    });
  };

  const stop = (one: OneOff, reason: string | undefined): void => {
    if (one.over || one.task.desiredStatus === 'STOPPED') return;
    one.task.desiredStatus = 'STOPPED';
    one.task.stopCode = 'UserInitiated';
    one.task.stoppedReason = reason ?? 'Task stopped by user';
    say(one, 'is to stop');
    if (host !== undefined)
      host.stop(one.hosted, 30 * SECOND_MS, (exitCode) => end(one, exitCode, undefined));
    else {
      const exitCode = one.task.startedAt === undefined ? undefined : TERMINATED;
      scheduler.after(random.between(...EXIT_MS), () => end(one, exitCode, undefined));
    }
  };

  return { begin, stop };
};
