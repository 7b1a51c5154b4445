import type { Kernel } from '../../sim/kernel/kernel.ts';
import type { HostedTask, ProcessReports, TaskHost } from '../../sim/parts.types.ts';
import type { Program } from '../local-file.ts';
import { type Container, containersOf } from './container.ts';
import { runHealthCheck } from './health-check.ts';
import { type Logs, logPlaceOf } from './logs.ts';
import { freePort, givePortBack } from './ports.ts';
import { type RunningTask, runTask } from './run-task.ts';
import { circleOf } from './start-order.ts';

/** A task whose program could not be run, or ended by itself. */
export type ProgramEnd = { task: string; images: string[]; why: string };

export type TaskProcesses = {
  host: TaskHost;
  /** The loopback port behind an address that a load balancer knows a task by. */
  portOf(address: string): number | undefined;
  /** Resolves when every task so far runs with all of its containers, or has failed. */
  started(): Promise<void>;
  /** The containers that load balancers send to. */
  running(): { pid: number; port: number; addresses: string[]; task: string; images: string[] }[];
  /** The first ones. */
  ends(): readonly ProgramEnd[];
  /** Kills all of them, and starts no other. */
  close(): void;
};

type Parts = {
  kernel: Kernel;
  programs: readonly Program[];
  /** Named in the reason of a task whose image nobody maps. */
  localFile: string;
  logs: Logs;
  /** What every program gets, beside its own. */
  environment: Record<string, string>;
};

/** For a person who asks why a world does not come up. */
const MOST_ENDS = 20;

const imagesOf = ({ taskDefinition: { containerDefinitions = [] } }: HostedTask): string[] =>
  containerDefinitions.map(({ image = '' }) => image);

/** What the programs do comes between two events of the world; `settled`: it runs, or never will. */
const inWorldReports = (
  reports: ProcessReports,
  inWorld: (event: () => void) => void,
  settled: () => void,
): ProcessReports => ({
  running: () => {
    settled();
    inWorld(reports.running);
  },
  cannotStart: (stopCode, reason) => {
    settled();
    inWorld(() => reports.cannotStart(stopCode, reason));
  },
  ended: (exitCode, reason) => {
    settled();
    inWorld(() => reports.ended(exitCode, reason));
  },
  container: (name, report) => inWorld(() => reports.container(name, report)),
});

/** Runs the containers of each task as processes of this machine. */
export const makeTaskProcesses = ({
  kernel,
  programs,
  localFile,
  logs,
  environment,
}: Parts): TaskProcesses => {
  const tasks = new Map<string, RunningTask>();
  const addresses = new Map<string, string[]>();
  const ports = new Map<string, number>();
  const starting = new Map<string, Promise<void>>();
  const ends: ProgramEnd[] = [];
  /** Stopped before any process of theirs was there. */
  const cancelled = new Set<string>();
  let closed = false;
  const inWorld = (event: () => void): void => void kernel.scheduler.after(0, event);

  const noting = (task: HostedTask, reports: ProcessReports): ProcessReports => {
    const note = (why: string): void => {
      if (ends.length < MOST_ENDS) ends.push({ task: task.label, images: imagesOf(task), why });
    };
    return {
      ...reports,
      cannotStart: (stopCode, reason) => {
        note(reason);
        reports.cannotStart(stopCode, reason);
      },
      ended: (exitCode, reason) => {
        note(`the program ended with exit code ${exitCode}${reason === undefined ? '' : ` (${reason})`}`);
        reports.ended(exitCode, reason);
      },
    };
  };

  const launch = (task: HostedTask, containers: Container[], reports: ProcessReports): void => {
    const forget = (): void => {
      tasks.delete(task.arn);
      for (const { port } of containers) givePortBack(port);
      for (const address of addresses.get(task.arn) ?? []) ports.delete(address);
      addresses.delete(task.arn);
    };
    const writerOf = ({ definition }: Container) => logs.writer(logPlaceOf(task, definition));
    const running = runTask(task, containers, reports, writerOf, forget);
    tasks.set(task.arn, running);
    const known = task.targets.map(({ id, port }) => `${id}:${port}`);
    addresses.set(task.arn, known);
    for (const address of known) if (running.main !== undefined) ports.set(address, running.main.port);
    running.begin();
  };

  const begin = async (task: HostedTask, reports: ProcessReports): Promise<void> => {
    const definitions = task.taskDefinition.containerDefinitions ?? [];
    const cannot = (reason: string): void => reports.cannotStart('TaskFailedToStart', reason);
    const circle = circleOf(definitions);
    if (circle.length > 0) return cannot(`containers wait for each other: ${circle.join(', ')}`);
    const free = await Promise.all(definitions.map(freePort));
    const containers = containersOf(task, programs, free, environment);
    const known = Array.isArray(containers);
    if (known && !closed && !cancelled.has(task.arn)) return launch(task, containers, reports);
    for (const port of free) givePortBack(port);
    if (!known)
      cannot(
        `CannotPullContainerError: ${localFile} names no program for the image ${containers.unknownImage}`,
      );
  };

  const start: TaskHost['start'] = (task, reports) => {
    const started = new Promise<void>((settled) => {
      const heard = noting(task, inWorldReports(reports, inWorld, settled));
      begin(task, heard)
        .catch((error: Error) => heard.cannotStart('TaskFailedToStart', error.message))
        .finally(() => {
          if (closed || cancelled.delete(task.arn)) settled();
        });
    });
    starting.set(task.arn, started);
    void started.then(() => starting.delete(task.arn));
  };

  const checkContainer: TaskHost['checkContainer'] = (task, name, timeoutMs, conclude) => {
    const container = tasks.get(task.arn)?.containers.find((each) => each.name === name);
    if (container === undefined) {
      inWorld(() => conclude(false));
      return true;
    }
    const { program, environment: own } = container;
    if (program.healthCheck === undefined) return false;
    const where = { directory: program.directory, environment: own };
    runHealthCheck(program.healthCheck, where, timeoutMs, (passed) => inWorld(() => conclude(passed)));
    return true;
  };

  return {
    host: {
      start,
      // Each container has a stopTimeout of its own.
      stop: (task, _longestMs, stopped) => {
        const found = tasks.get(task.arn);
        if (found === undefined) return inWorld(() => stopped(0));
        found.stop((exitCode) => inWorld(() => stopped(exitCode)));
      },
      kill: (task) => {
        if (starting.has(task.arn) && !tasks.has(task.arn)) cancelled.add(task.arn);
        tasks.get(task.arn)?.kill();
      },
      whenOver: (task, over) => {
        const found = tasks.get(task.arn);
        if (found === undefined) over();
        else found.whenOver(() => inWorld(over));
      },
      checkContainer,
    },
    portOf: (address) => ports.get(address),
    started: async () => void (await Promise.all(starting.values())),
    running: () =>
      [...tasks].flatMap(([arn, { main, task }]) =>
        main?.child === undefined || main.state.status !== 'RUNNING'
          ? []
          : [
              {
                pid: main.child.pid,
                port: main.port,
                addresses: addresses.get(arn) ?? [],
                task: task.label,
                images: imagesOf(task),
              },
            ],
      ),
    ends: () => ends,
    close: () => {
      closed = true;
      for (const { containers } of tasks.values()) for (const { child } of containers) child?.kill('SIGKILL');
    },
  };
};
