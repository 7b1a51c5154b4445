import { SECOND_MS } from '../../core/clock.ts';
import type { HostedTask, ProcessReports } from '../../sim/parts.types.ts';
import { beginContainer, type Container, mainContainer, signalContainer } from './container.ts';
import { runHealthCheck } from './health-check.ts';
import { watchMemory } from './memory.ts';
import { maySignal, START_TIMEOUT_S, turnOf } from './start-order.ts';

/** Until a container that others wait for has passed its health check it is asked so often, in real time. */
const ASKED_EVERY_MS = SECOND_MS;
/** ECS API reference, HealthCheck.timeout. */
const CHECK_TIMEOUT_S = 5;

/** A task's containers: they start in the order that their dependencies allow, and end in the other. */
export type RunningTask = {
  containers: readonly Container[];
  main: Container | undefined;
  task: HostedTask;
  begin(): void;
  stop(stopped: (exitCode: number) => void): void;
  /** At once, unless they have been signalled already: then SIGKILL comes by itself. */
  kill(): void;
  /** When none is left; at once when none is. */
  whenOver(over: () => void): void;
};

const waitedFor = ({ name }: Container, containers: readonly Container[]): boolean =>
  containers.some(({ definition: { dependsOn = [] } }) =>
    dependsOn.some(({ containerName, condition }) => containerName === name && condition !== 'START'),
  );

/** Runs its health check until it passes, or the container has ended. */
const askUntilHealthy = (container: Container, changed: () => void): void => {
  const { program, definition, state, environment } = container;
  const { healthCheck } = program;
  if (healthCheck === undefined || definition.healthCheck === undefined) {
    state.healthy = true;
    return;
  }
  const timeoutMs = (definition.healthCheck.timeout ?? CHECK_TIMEOUT_S) * SECOND_MS;
  runHealthCheck(healthCheck, { directory: program.directory, environment }, timeoutMs, (passed) => {
    if (state.status !== 'RUNNING') return;
    if (!passed) return void setTimeout(() => askUntilHealthy(container, changed), ASKED_EVERY_MS).unref();
    state.healthy = true;
    changed();
  });
};

/**
 * A task's containers, to be begun. `reports` is called for each container, when all of them run, and when the
 * essential one ended by itself. `over` is called when none is left.
 */
export const runTask = (
  task: HostedTask,
  containers: readonly Container[],
  reports: ProcessReports,
  writerOf: (container: Container) => (chunk: Buffer) => void,
  over: () => void,
): RunningTask => {
  const definitions = containers.map(({ definition }) => definition);
  const states = new Map(containers.map(({ name, state }) => [name, state]));
  const mainName = mainContainer(task)?.name;
  const main = containers.find(({ name }) => name === mainName);
  const waiting: (() => void)[] = [];
  const unwatch = watchMemory(containers, Number(task.taskDefinition.memory ?? 0));
  let ending = false;
  let running = false;
  let left = true;
  const isOver = (): boolean =>
    ending &&
    containers.every(
      ({ state: { status }, begun }) => status === 'STOPPED' || (status === 'PENDING' && !begun),
    );

  const stopped = (container: Container, exitCode: number | undefined): void => {
    container.state.status = 'STOPPED';
    container.state.exitCode = exitCode;
    const { reason } = container;
    reports.container(container.name, {
      status: 'STOPPED',
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { reason }),
    });
  };

  const end = (): void => {
    ending = true;
    for (const container of containers) {
      if (container.state.status !== 'RUNNING' || container.signalled) continue;
      if (!maySignal(container.name, definitions, states)) continue;
      container.signalled = true;
      signalContainer(container);
      if (container.child !== undefined) continue;
      stopped(container, 0);
      end();
      return;
    }
    if (!isOver() || !left) return;
    left = false;
    unwatch();
    over();
    for (const each of waiting.splice(0)) each();
  };

  const started = (container: Container): void => {
    if (container.state.status !== 'PENDING') return;
    container.state.status = 'RUNNING';
    reports.container(container.name, { status: 'RUNNING' });
    // It was begun before the task came to its end.
    if (ending) {
      end();
      return;
    }
    if (waitedFor(container, containers)) {
      askUntilHealthy(container, advance);
      const giveUpMs = (container.definition.startTimeout ?? START_TIMEOUT_S) * SECOND_MS;
      setTimeout(() => {
        container.state.late = true;
        advance();
      }, giveUpMs).unref();
    }
    advance();
  };

  const failed = (container: Container, reason: string): void => {
    container.reason = reason;
    stopped(container, undefined);
    const decides = container.essential && !ending;
    if (decides) reports.cannotStart('TaskFailedToStart', reason);
    if (decides || ending) end();
    else advance();
  };

  const ended = (container: Container, exitCode: number): void => {
    const decides = container.essential && !ending;
    stopped(container, exitCode);
    if (decides) reports.ended(exitCode, container.reason);
    if (decides || ending) end();
    else advance();
  };

  const begin = (container: Container): void =>
    beginContainer(container, {
      started: () => started(container),
      failed: (reason) => failed(container, reason),
      ended: (exitCode) => ended(container, exitCode),
      output: writerOf(container),
    });

  const advance = (): void => {
    for (const container of containers) {
      if (ending) return;
      if (container.begun || container.state.status !== 'PENDING') continue;
      const turn = turnOf(container.definition, states);
      if (turn === 'later') continue;
      if (turn === 'now') begin(container);
      else {
        // What comes after it is asked again from there.
        failed(container, turn.never);
        return;
      }
    }
    if (running || containers.some(({ state }) => state.status === 'PENDING')) return;
    running = true;
    reports.running();
  };

  return {
    begin: advance,
    task,
    containers,
    main,
    stop: (done) => {
      waiting.push(() => done(main?.state.exitCode ?? 0));
      end();
    },
    kill: () => {
      if (ending) return;
      ending = true;
      for (const { child } of containers) child?.kill('SIGKILL');
      end();
    },
    whenOver: (then) => {
      if (isOver()) then();
      else waiting.push(then);
    },
  };
};
