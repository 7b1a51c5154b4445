import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { SECOND_MS } from '../../core/clock.ts';
import type { Kernel } from '../../sim/kernel/kernel.ts';
import type { HostedTask, ProcessReports, TaskHost } from '../../sim/parts.types.ts';
import { type Program, programFor } from '../local-file.ts';
import { type Child, startChild } from './child.ts';
import { runHealthCheck } from './health-check.ts';
import type { Logs } from './logs.ts';
import { residentBytes } from './memory.ts';
import { freePort, givePortBack } from './ports.ts';

/** How often a task's memory is measured against its limit. */
const MEASURED_EVERY_MS = SECOND_MS;
const MIB = 1_024 * 1_024;

export type TaskProcesses = {
  host: TaskHost;
  /** The loopback port behind an address that a load balancer knows a task by. */
  portOf(address: string): number | undefined;
  /** Resolves when every start so far has become a process, or has failed. */
  started(): Promise<void>;
  running(): { pid: number; port: number; addresses: string[] }[];
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

type Running = {
  child: Child | undefined;
  program: Program;
  /** Of the program, and of its health check. */
  environment: Record<string, string>;
  port: number;
  /** What load balancers know it by. */
  addresses: string[];
  stopped: ((exitCode: number) => void) | undefined;
  containerReason: string | undefined;
};

/**
 * The container that stands for the task: the one that load balancers send to, else the first essential one. Others
 * are not run.
 */
const mainContainer = ({
  taskDefinition,
  targets,
  overrides,
}: HostedTask): ContainerDefinition | undefined => {
  const containers = taskDefinition.containerDefinitions ?? [];
  if (overrides !== undefined) return containers.find(({ name }) => name === overrides.container);
  const essential = containers.filter(({ essential: needed }) => needed !== false);
  const ports = targets.map(({ port }) => port);
  const listens = ({ portMappings = [] }: ContainerDefinition): boolean =>
    portMappings.some(
      ({ containerPort = 0, hostPort = 0 }) => ports.includes(containerPort) || ports.includes(hostPort),
    );
  return essential.find(listens) ?? essential[0] ?? containers[0];
};

const environmentOf = (
  container: ContainerDefinition | undefined,
  program: Program,
  port: number,
  common: Record<string, string>,
  { overrides }: HostedTask,
): Record<string, string> => ({
  ...common,
  ...Object.fromEntries((container?.environment ?? []).map(({ name = '', value = '' }) => [name, value])),
  ...program.environment,
  ...overrides?.environment,
  HOST: '127.0.0.1',
  PORT: String(port),
});

const watchMemory = (child: Child, limitMiB: number, exceeded: () => void): (() => void) => {
  const timer = setInterval(() => {
    const bytes = residentBytes(child.pid);
    if (bytes !== undefined && bytes > limitMiB * MIB) exceeded();
  }, MEASURED_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
};

/** Runs each task as a process of this machine. */
export const makeTaskProcesses = ({
  kernel,
  programs,
  localFile,
  logs,
  environment,
}: Parts): TaskProcesses => {
  const running = new Map<string, Running>();
  const ports = new Map<string, number>();
  const starting = new Set<Promise<void>>();
  let closed = false;
  /** What a process does comes between two events of the world. */
  const inWorld = (event: () => void): void => void kernel.scheduler.after(0, event);

  const forget = (task: HostedTask): void => {
    const found = running.get(task.arn);
    if (found === undefined) return;
    running.delete(task.arn);
    givePortBack(found.port);
    for (const address of found.addresses) ports.delete(address);
  };

  const launch = (task: HostedTask, program: Program, port: number, reports: ProcessReports): void => {
    const container = mainContainer(task);
    const image = container?.image ?? '';
    const write = logs.writer({
      group: container?.logConfiguration?.options?.['awslogs-group'] ?? `/ecs/${task.service}`,
      task: task.label,
      version: image.split(':').at(-1) ?? '',
    });
    const state: Running = {
      child: undefined,
      program,
      environment: environmentOf(container, program, port, environment, task),
      port,
      addresses: task.targets.map(({ id, port: known }) => `${id}:${known}`),
      stopped: undefined,
      containerReason: undefined,
    };
    running.set(task.arn, state);
    for (const address of state.addresses) ports.set(address, port);
    let unwatch = (): void => {};
    const child = startChild(
      task.overrides?.command ?? program.command,
      { directory: program.directory, environment: state.environment },
      {
        started: () => inWorld(reports.running),
        failed: (error) => {
          forget(task);
          inWorld(() =>
            reports.cannotStart(
              'TaskFailedToStart',
              `CannotStartContainerError: ${program.command[0]}: ${error.message}`,
            ),
          );
        },
        ended: (code) => {
          unwatch();
          forget(task);
          inWorld(() => {
            if (state.stopped !== undefined) state.stopped(code);
            else reports.ended(code, state.containerReason);
          });
        },
        output: write,
      },
    );
    state.child = child;
    const limitMiB = container?.memory ?? Number(task.taskDefinition.memory ?? 0);
    if (limitMiB > 0) {
      unwatch = watchMemory(child, limitMiB, () => {
        state.containerReason = 'OutOfMemoryError: Container killed due to memory usage';
        child.kill('SIGKILL');
      });
    }
  };

  const start: TaskHost['start'] = (task, reports) => {
    const image = mainContainer(task)?.image ?? '';
    const program = programFor(programs, image);
    if (program === undefined) {
      const reason = `CannotPullContainerError: ${localFile} names no program for the image ${image}`;
      inWorld(() => reports.cannotStart('TaskFailedToStart', reason));
      return;
    }
    const started = freePort().then(
      (port) => {
        if (closed) return givePortBack(port);
        launch(task, program, port, reports);
      },
      (error: Error) => inWorld(() => reports.cannotStart('TaskFailedToStart', error.message)),
    );
    starting.add(started);
    void started.then(() => starting.delete(started));
  };

  return {
    host: {
      start,
      stop: (task, stopTimeoutMs, stopped) => {
        const found = running.get(task.arn);
        if (found?.child === undefined) return inWorld(() => stopped(0));
        found.stopped = stopped;
        const { child } = found;
        child.kill('SIGTERM');
        // In real time: the program does not run faster than that.
        setTimeout(() => {
          if (running.get(task.arn) === found) child.kill('SIGKILL');
        }, stopTimeoutMs).unref();
      },
      kill: (task) => running.get(task.arn)?.child?.kill('SIGKILL'),
      checkContainer: (task, timeoutMs, conclude) => {
        const command = programFor(programs, mainContainer(task)?.image ?? '')?.healthCheck;
        if (command === undefined) return false;
        const found = running.get(task.arn);
        if (found === undefined) inWorld(() => conclude(false));
        else {
          const { program, environment: own } = found;
          const where = { directory: program.directory, environment: own };
          runHealthCheck(command, where, timeoutMs, (passed) => inWorld(() => conclude(passed)));
        }
        return true;
      },
    },
    portOf: (address) => ports.get(address),
    started: async () => void (await Promise.all(starting)),
    running: () =>
      [...running.values()].flatMap(({ child, port, addresses }) =>
        child === undefined ? [] : [{ pid: child.pid, port, addresses }],
      ),
    close: () => {
      closed = true;
      for (const { child } of running.values()) child?.kill('SIGKILL');
    },
  };
};
