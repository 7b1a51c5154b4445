import type { RunTaskRequest, RunTaskResponse, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../core/clock.ts';
import { SimApiError } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { ContainerReport, HostedTask, TaskHost, TaskPlay, WorldSeed } from '../parts.types.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import { familyRevision, nameOf } from './names.ts';
import { ESSENTIAL_EXIT } from './task-end.ts';

/** Tasks of RunTask, which no service keeps: each runs its program to its end. */
export type OneOffTasks = {
  run(input: RunTaskRequest): RunTaskResponse;
  stop(task: Task, reason: string | undefined): Task;
  /** By ARN or id; undefined when ECS has forgotten it. */
  known(idOrArn: string): Task | undefined;
  list(startedBy: string | undefined): Task[];
  /** Also those that ECS has forgotten. */
  all(): Task[];
  play(play: (environment: Readonly<Record<string, string>>) => TaskPlay): void;
};

/** From the call to RUNNING, and from the process's end to STOPPED, milliseconds, [low, high]. Assumed. */
const START_MS = [15 * SECOND_MS, 30 * SECOND_MS] as const;
const DEPROVISION_MS = [2 * SECOND_MS, 8 * SECOND_MS] as const;
/** After SIGTERM. Assumed. */
const EXIT_MS = [0.5 * SECOND_MS, 3 * SECOND_MS] as const;
const TERMINATED = 143;

/** A stopped task can be asked for about an hour [fact 31]. */
const MEMORY_MS = HOUR_MS;
/** A token lives a day, and no longer than an hour after its task (ECS API reference, idempotency). */
const TOKEN_MS = DAY_MS;

const MEMBERS = [
  'cluster',
  'taskDefinition',
  'count',
  'clientToken',
  'startedBy',
  'group',
  'overrides',
  'networkConfiguration',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
] as const;

type Definition = TaskDefinition & { taskDefinitionArn: string };
type OneOff = { task: Task; container: string; hosted: HostedTask; over: boolean };

const endsWell = (): TaskPlay => ({ runsMs: 20 * SECOND_MS, exitCode: 0 });

/** What ECS refuses, in its words as far as they are known. */
const check = (input: RunTaskRequest, definition: Definition): void => {
  const { networkConfiguration, launchType, capacityProviderStrategy, overrides, startedBy = '' } = input;
  if (definition.status === 'INACTIVE')
    throw new SimApiError('ClientException', 'TaskDefinition is inactive');
  const awsvpc = definition.networkMode === 'awsvpc';
  if (awsvpc && networkConfiguration === undefined)
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (!awsvpc && networkConfiguration !== undefined)
    throw invalidParameter(
      'Network Configuration is not valid for the given networkMode of this task definition.',
    );
  if (launchType !== undefined && capacityProviderStrategy !== undefined)
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  if (startedBy.length > 128) throw invalidParameter('startedBy is longer than 128 characters.');
  for (const { name } of overrides?.containerOverrides ?? [])
    if (!definition.containerDefinitions?.some((container) => container.name === name))
      throw invalidParameter(
        `Override for container named ${name} is not a container in the TaskDefinition.`,
      );
};

const environmentOf = ({ overrides }: RunTaskRequest): Record<string, string> =>
  Object.fromEntries(
    (overrides?.containerOverrides?.[0]?.environment ?? []).map(({ name = '', value = '' }) => [name, value]),
  );

export const makeOneOffTasks = (
  kernel: Kernel,
  lookup: Lookup,
  seed: WorldSeed,
  host: TaskHost | undefined,
): OneOffTasks => {
  const { scheduler } = kernel;
  const random = kernel.random.fork('one-off tasks');
  const tasks: OneOff[] = [];
  const tokens = new Map<string, { input: string; one: OneOff; sinceMs: number }>();
  const refusals = new Map<string, number>();
  let playOf: (environment: Readonly<Record<string, string>>) => TaskPlay = endsWell;

  const say = ({ task }: OneOff, what: string): void =>
    kernel.emit({
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

  const remembered = ({ task: { stoppedAt } }: OneOff): boolean =>
    stoppedAt === undefined || stoppedAt.getTime() > scheduler.nowMs() - MEMORY_MS;

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

  const make = (input: RunTaskRequest, definition: Definition): OneOff => {
    const taskArn = `${seed.clusterArn.replace(':cluster/', ':task/')}/${random.hex(32)}`;
    const [override] = input.overrides?.containerOverrides ?? [];
    const essential = definition.containerDefinitions?.find((container) => container.essential !== false);
    const container = override?.name ?? essential?.name ?? '';
    const task: Task = {
      taskArn,
      clusterArn: seed.clusterArn,
      taskDefinitionArn: definition.taskDefinitionArn,
      group: input.group ?? `family:${definition.family}`,
      ...(input.startedBy === undefined ? {} : { startedBy: input.startedBy }),
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      createdAt: new Date(scheduler.nowMs()),
      ...(input.launchType === undefined ? {} : { launchType: input.launchType }),
      ...(input.overrides === undefined ? {} : { overrides: input.overrides }),
      containers: (definition.containerDefinitions ?? []).map(({ name = '', image = '' }) => ({
        taskArn,
        name,
        image,
        lastStatus: 'PENDING',
      })),
    };
    const hosted: HostedTask = {
      arn: taskArn,
      label: nameOf(taskArn).slice(0, 4),
      service: familyRevision(definition),
      clusterArn: seed.clusterArn,
      taskDefinition: definition,
      targets: [],
      behaviour: oneOffBehaviour,
      overrides: {
        container,
        environment: environmentOf(input),
        ...(override?.command === undefined ? {} : { command: override.command }),
      },
    };
    return { task, container, hosted, over: false };
  };

  return {
    run(input) {
      onlyMembers('RunTask', input, MEMBERS);
      lookup.cluster(input.cluster);
      const definition = lookup.taskDefinition(input.taskDefinition);
      if (definition === undefined) throw new SimApiError('ClientException', 'TaskDefinition not found.');
      if (input.count !== 1) throw new Error('sim does not model RunTask with a count other than 1');
      check(input, definition);
      const token = input.clientToken ?? random.hex(32);
      const text = JSON.stringify(input);
      const before = tokens.get(token);
      if (before !== undefined && isAlive(before, scheduler.nowMs())) {
        if (before.input === text) return { tasks: [before.one.task], failures: [] };
        throw new SimApiError(
          'ConflictException',
          'The request was made with a client token of other parameters.',
          400,
          { resourceIds: [before.one.task.taskArn] },
        );
      }
      const play = playOf(environmentOf(input));
      const refused = refusals.get(token) ?? 0;
      if (play.refused !== undefined && refused < play.refused.times) {
        refusals.set(token, refused + 1);
        return { tasks: [], failures: [{ reason: play.refused.reason }] };
      }
      const one = make(input, definition);
      tasks.push(one);
      tokens.set(token, { input: text, one, sinceMs: scheduler.nowMs() });
      say(one, 'is PROVISIONING');
      begin(one, play);
      return { tasks: [one.task], failures: [] };
    },

    stop(task, reason) {
      const one = tasks.find(({ task: { taskArn } }) => taskArn === task.taskArn);
      if (one === undefined || one.over || one.task.desiredStatus === 'STOPPED') return task;
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
      return one.task;
    },

    known: (idOrArn) =>
      tasks.find((one) => remembered(one) && nameOf(one.task.taskArn ?? '') === nameOf(idOrArn))?.task,
    list: (startedBy) =>
      tasks
        .filter((one) => remembered(one) && (startedBy === undefined || one.task.startedBy === startedBy))
        .map(({ task }) => task),
    all: () => tasks.map(({ task }) => task),
    play: (next) => {
      playOf = next;
    },
  };
};

const isAlive = ({ one, sinceMs }: { one: OneOff; sinceMs: number }, nowMs: number): boolean => {
  const { stoppedAt } = one.task;
  return nowMs - sinceMs < TOKEN_MS && (stoppedAt === undefined || nowMs - stoppedAt.getTime() < HOUR_MS);
};

/** It serves nobody. */
const oneOffBehaviour: HostedTask['behaviour'] = {
  name: 'one-off',
  startMs: 0,
  bootMs: 0,
  answersHealthCheck: () => false,
  errorShare: () => 0,
  responseMs: () => 0,
  changesAtMs: [],
};
