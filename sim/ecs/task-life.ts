import { SECOND_MS } from '../../core/clock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { Behaviour, TargetRegistry } from '../parts.types.ts';
import { containerCheckOf, watchContainer } from './container-health.ts';
import type { SimTask, SimTaskSet, StopCode } from './ecs.types.ts';
import { NOTICE_MS } from './launch-pace.ts';
import { familyRevision } from './names.ts';
import { makePlaces, targetAt } from './places.ts';

/** One task from PROVISIONING to STOPPED: registered after it runs, drained before it is told to stop. */
export type TaskLife = {
  launch(set: SimTaskSet): SimTask;
  /** A task that was serving before the run began. */
  adopt(set: SimTaskSet): SimTask;
  /** ECS stops it: deregister, drain, SIGTERM, STOPPED. */
  stop(task: SimTask, reason: string, stopCode: StopCode): void;
  /** The process goes at once, registered or not. */
  die(task: SimTask, death: Death): void;
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
  /** It ended without being told to, so that its set may want another one. */
  lost(task: SimTask): void;
  stopped(task: SimTask): void;
  /** Its container health check changed its mind. */
  containerHealth(task: SimTask): void;
};

/** Share of the start that passes before the image is pulled: the network interface, the placement. Assumed. */
const PROVISIONING_SHARE = 0.25;
/** Tasks of one version do not start in lockstep: so much of `startMs`, percent, [low, high]. Assumed. */
const START_JITTER_PCT = [85, 125] as const;
/** From RUNNING to the registration in the target group [checklist 3]; milliseconds, [low, high]. Assumed. */
const REGISTER_MS = [1_000, 2_000] as const;
/** How long a process takes to end after SIGTERM, if its stopTimeout lets it; milliseconds, [low, high]. Assumed. */
const EXIT_MS = [500, 3_000] as const;
/** ECS API, ContainerDefinition.stopTimeout. */
const DEFAULT_STOP_TIMEOUT_S = 30;

export const makeTaskLife = (
  kernel: Kernel,
  random: Random,
  targets: TargetRegistry,
  behaviourOf: (taskDefinitionArn: string) => Behaviour,
  events: TaskEvents,
): TaskLife => {
  const { scheduler } = kernel;
  const places = makePlaces(random.fork('places'));
  let sequence = 0;

  const say = (task: SimTask, what: string, options: { why?: string; detail?: boolean } = {}): void =>
    kernel.emit({
      kind: 'task',
      what: `task ${task.label} ${what} (${familyRevision(task.set.taskDefinition)})`,
      ...options,
      data: { taskArn: task.arn, taskSet: task.set.id, status: task.status },
    });

  const make = (set: SimTaskSet): SimTask => {
    const id = random.hex(32);
    const arn = `${set.service.clusterArn.replace(':cluster/', ':task/')}/${id}`;
    const place = places.allocate(set);
    const behaviour = behaviourOf(set.taskDefinition.taskDefinitionArn);
    const task: SimTask = {
      set,
      arn,
      label: id.slice(0, 4),
      sequence: sequence++,
      behaviour,
      app: {
        taskArn: arn,
        behaviour,
        listensFromMs: Number.POSITIVE_INFINITY,
        gone: () => task.gone !== undefined,
        goneBecause: () => task.gone ?? 'crashed',
      },
      place,
      registrations: set.parameters.loadBalancers.flatMap((balancer) =>
        balancer.targetGroupArn === undefined
          ? []
          : [
              {
                targetGroupArn: balancer.targetGroupArn,
                target: targetAt(place, balancer),
                phase: 'due' as const,
              },
            ],
      ),
      status: 'PROVISIONING',
      desired: 'RUNNING',
      containerHealth: containerCheckOf(set) === undefined ? undefined : 'UNKNOWN',
      gone: undefined,
      killDue: false,
      createdAtMs: scheduler.nowMs(),
      runningAtMs: undefined,
      stoppingAtMs: undefined,
      stoppedAtMs: undefined,
      stopCode: undefined,
      stoppedReason: undefined,
      exitCode: undefined,
      containerReason: undefined,
    };
    set.tasks.push(task);
    return task;
  };

  const launch = (set: SimTaskSet): SimTask => {
    const task = make(set);
    const startMs = Math.round((task.behaviour.startMs * random.between(...START_JITTER_PCT)) / 100);
    const provisioningMs = Math.round(startMs * PROVISIONING_SHARE);
    say(task, 'is PROVISIONING', { detail: true });
    scheduler.after(provisioningMs, () => {
      if (task.status !== 'PROVISIONING') return;
      task.status = 'PENDING';
      events.changed(task);
    });
    scheduler.after(startMs, () => {
      if (task.status !== 'PENDING') return;
      const { cannotStart } = task.behaviour;
      if (cannotStart === undefined) run(task, false);
      else failToStart(task, cannotStart.stopCode as StopCode, cannotStart.stoppedReason);
    });
    return task;
  };

  const failToStart = (task: SimTask, stopCode: StopCode, reason: string): void => {
    task.desired = 'STOPPED';
    task.stopCode = stopCode;
    task.stoppedReason = reason;
    task.containerReason = reason;
    task.set.failedStarts += 1;
    finish(task);
    events.lost(task);
  };

  const run = (task: SimTask, before: boolean): void => {
    const nowMs = scheduler.nowMs();
    task.status = 'RUNNING';
    task.runningAtMs = nowMs;
    // A version that ran before the run began counts its time since boot from the run's start.
    task.app.listensFromMs = nowMs + (before ? 0 : task.behaviour.bootMs);
    task.set.failedStarts = 0;
    if (!before) say(task, 'is RUNNING');
    for (const registration of task.registrations) {
      if (before) register(task, registration, { initiallyHealthy: true });
      else scheduler.after(random.between(...REGISTER_MS), () => register(task, registration));
    }
    scheduleBehaviour(task);
    if (before && task.containerHealth !== undefined) task.containerHealth = 'HEALTHY';
    watchContainer(kernel, task, () => events.containerHealth(task));
    events.changed(task);
  };

  const register = (
    task: SimTask,
    registration: SimTask['registrations'][number],
    options?: { initiallyHealthy: boolean },
  ): void => {
    if (task.status !== 'RUNNING' || task.gone !== undefined) return;
    registration.phase = 'registered';
    const { targetGroupArn, target } = registration;
    targets.register(targetGroupArn, target, task.app, options);
    if (options === undefined) say(task, `is registered as ${target.id}:${target.port}`, { detail: true });
    events.changed(task);
  };

  /** The flow of requests holds between events, so each moment at which the version changes has to be one. */
  const scheduleBehaviour = (task: SimTask): void => {
    const { crash, changesAtMs } = task.behaviour;
    const { listensFromMs } = task.app;
    const moments = [0, ...changesAtMs];
    const reach = (index: number): void => {
      const sinceMs = moments[index];
      if (sinceMs === undefined || !Number.isFinite(sinceMs)) return;
      scheduler.after(Math.max(0, listensFromMs + sinceMs - scheduler.nowMs()), () => {
        if (task.gone === undefined) reach(index + 1);
      });
    };
    reach(0);

    if (crash === undefined) return;
    scheduler.after(crash.afterMs, () =>
      die(task, {
        because: 'crashed',
        exitCode: crash.exitCode,
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        ...(crash.reason === undefined ? {} : { containerReason: crash.reason }),
      }),
    );
  };

  const die = (task: SimTask, death: Death): void => {
    if (task.gone !== undefined || task.status === 'STOPPED') return;
    task.gone = death.because;
    task.exitCode = death.exitCode;
    // A task that is being stopped already keeps the reason it is stopped for.
    task.stopCode ??= death.stopCode;
    task.stoppedReason ??= death.stoppedReason;
    task.containerReason = death.containerReason;
    for (const { phase, targetGroupArn, target } of task.registrations) {
      if (phase !== 'due') targets.appChanged(targetGroupArn, target);
    }
    // ECS hears of it from the agent: until then the target takes requests that nobody answers.
    scheduler.after(random.between(...NOTICE_MS), () => {
      if (task.status === 'STOPPED') return;
      const missed = task.desired === 'RUNNING';
      task.desired = 'STOPPED';
      task.stoppingAtMs ??= scheduler.nowMs();
      for (const registration of task.registrations) deregister(registration, () => {});
      finish(task);
      if (missed) events.lost(task);
    });
  };

  const deregister = (registration: SimTask['registrations'][number], drained: () => void): void => {
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
    const wanted = stopCode === 'ServiceSchedulerInitiated' && reason.startsWith('Scaling activity');
    say(task, 'is deregistered and drains', { why: reason, detail: wanted });
    let left = task.registrations.length;
    const oneDrained = (): void => {
      left -= 1;
      if (left <= 0) signal(task);
    };
    for (const registration of task.registrations) deregister(registration, oneDrained);
    if (task.registrations.length === 0) signal(task);
    events.changed(task);
  };

  /** SIGTERM; SIGKILL would come after the stopTimeout [aws-facts 43]. */
  const signal = (task: SimTask): void => {
    if (task.status === 'STOPPED' || task.gone !== undefined) return;
    task.status = 'STOPPING';
    const stopTimeouts = (task.set.taskDefinition.containerDefinitions ?? []).map(
      (container) => container.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S,
    );
    const exitMs = Math.min(random.between(...EXIT_MS), Math.max(0, ...stopTimeouts) * SECOND_MS);
    scheduler.after(exitMs, () => {
      if (task.status === 'STOPPED') return;
      task.gone ??= 'stopped';
      task.exitCode ??= 0;
      finish(task);
    });
    events.changed(task);
  };

  const finish = (task: SimTask): void => {
    task.status = 'STOPPED';
    task.gone ??= 'stopped';
    task.stoppedAtMs = scheduler.nowMs();
    task.stoppingAtMs ??= task.stoppedAtMs;
    task.set.tasks = task.set.tasks.filter((other) => other !== task);
    places.free(task.place);
    const exit = task.exitCode === undefined ? '' : `, exit code ${task.exitCode}`;
    say(task, 'is STOPPED', {
      why: `${task.stoppedReason}${exit}${task.containerReason === undefined || task.containerReason === task.stoppedReason ? '' : `, ${task.containerReason}`}`,
      detail: task.stopCode === 'ServiceSchedulerInitiated',
    });
    events.stopped(task);
    events.changed(task);
  };

  const adopt = (set: SimTaskSet): SimTask => {
    const task = make(set);
    run(task, true);
    return task;
  };

  return { launch, adopt, stop, die };
};
