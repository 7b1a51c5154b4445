import type { Sender } from '../../aws/call.ts';
import type { TargetState } from '../../core/observed.types.ts';
import { makeFakeClient } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Behaviour, TargetRegistry, WorldSeed } from '../parts.types.ts';
import { computedDesiredCount, isSteady, pendingCount, runningCount } from './counts.ts';
import type { SimTask, SimTaskSet, TaskSetSnapshot } from './ecs.types.ts';
import { makeLookup } from './lookup.ts';
import { familyRevision } from './names.ts';
import { readOperations, STOPPED_TASK_MEMORY_MS } from './read-operations.ts';
import { seededServices } from './seeded-services.ts';
import { FORGET_AFTER_MS, makeServiceScheduler } from './service-scheduler.ts';
import { makeTaskLife } from './task-life.ts';
import { taskSetOperations } from './task-set-operations.ts';
import { makeViewHistory, type Staleness, USUAL_STALENESS, type ViewHistory } from './view-history.ts';
import { serviceView } from './views.ts';

/** ECS with the EXTERNAL deployment controller: task sets and the tasks in them. sim/README.md is its specification. */
export type SimEcs = {
  client: Sender;
  /** The live task sets, for invariants and reports; reads through the client may show older ones. */
  taskSets(): TaskSetSnapshot[];
  /** What auto scaling does: every task set follows [aws-facts 8]. */
  setDesiredCount(serviceArn: string, count: number): void;
  /**
   * Ends a running task's process at once: `blue` takes the oldest task of a set the run began with, `green` of the set
   * created last. `stopped` is how an operator's StopTask goes, which does not wait for the target to drain. Answers the
   * task's ARN, or undefined when nothing of the kind runs.
   */
  killTask(which: 'blue' | 'green' | (string & {}), how?: 'crashed' | 'stopped'): string | undefined;
  /** From now on reads show the service as it was `minMs` to `maxMs` ago. */
  setStaleness(maxMs: number, minMs?: number): void;
};

export const makeEcs = (
  kernel: Kernel,
  seed: WorldSeed,
  parts: { targets: TargetRegistry; behaviourOf(taskDefinitionArn: string): Behaviour },
): SimEcs => {
  const { targets } = parts;
  const { scheduler } = kernel;
  const random = kernel.random.fork('ecs');
  const services = seededServices(seed, scheduler.nowMs(), random, targets);
  const staleness: Staleness = { ...USUAL_STALENESS };
  const histories = new Map<string, ViewHistory>(
    services.map(({ arn }) => [
      arn,
      makeViewHistory(scheduler, random.fork(`reads/${arn}`), () => staleness),
    ]),
  );
  const historyOf = (arn: string): ViewHistory => {
    const history = histories.get(arn);
    if (history === undefined) throw new Error(`sim: there is no service ${arn} in this world`);
    return history;
  };

  /** Running tasks by ARN, for the load balancer's news; all that can still be described, for the API. */
  const byArn = new Map<string, SimTask>();
  let stopped: SimTask[] = [];
  let begun = false;

  const statesOf = (task: SimTask): TargetState[] =>
    task.registrations.map(({ phase, targetGroupArn, target }) =>
      phase === 'registered' ? targets.state(targetGroupArn, target) : 'unused',
    );

  const updateSteady = (set: SimTaskSet): void => {
    const steady = isSteady(set, statesOf);
    if (steady === set.steady) return;
    set.steady = steady;
    set.steadyAtMs = scheduler.nowMs();
    const wanted = computedDesiredCount(set);
    kernel.emit({
      kind: 'task',
      what: `task set ${set.id} is ${steady ? `steady: ${wanted} of ${wanted} tasks run and are healthy` : 'stabilizing'} (${familyRevision(set.taskDefinition)})`,
      data: { taskSet: set.id, steady },
      detail: set.hidden || !steady || wanted === 0,
    });
  };

  const forgetWhenEmpty = (set: SimTaskSet): void => {
    if (set.status !== 'DRAINING' || set.tasks.length > 0 || set.leaving) return;
    set.leaving = true;
    scheduler.after(random.between(...FORGET_AFTER_MS), () => {
      set.service.sets = set.service.sets.filter((other) => other !== set);
      kernel.emit({ kind: 'task', what: `task set ${set.id} is gone`, data: { taskSet: set.id } });
      historyOf(set.service.arn).record(serviceView(set.service));
    });
  };

  const changed = (set: SimTaskSet): void => {
    if (!begun) return;
    updateSteady(set);
    forgetWhenEmpty(set);
    historyOf(set.service.arn).record(serviceView(set.service));
  };

  const life = makeTaskLife(kernel, random, targets, parts.behaviourOf, {
    changed: (task) => {
      byArn.set(task.arn, task);
      if (task.status === 'STOPPED') byArn.delete(task.arn);
      changed(task.set);
    },
    lost: (task) => serviceScheduler.replace(task.set),
    stopped: (task) => {
      const forgottenMs = scheduler.nowMs() - STOPPED_TASK_MEMORY_MS;
      stopped = [...stopped.filter(({ stoppedAtMs = 0 }) => stoppedAtMs > forgottenMs), task];
    },
    containerHealth: (task) => {
      kernel.emit({
        kind: 'task',
        what: `the container health check calls task ${task.label} ${task.containerHealth}`,
        data: { taskArn: task.arn, containerHealth: task.containerHealth },
        detail: task.containerHealth === 'HEALTHY',
      });
      changed(task.set);
      serviceScheduler.judge(task);
    },
  });
  const serviceScheduler = makeServiceScheduler(kernel, random, targets, life, changed);

  targets.onChange((_group, _target, state, taskArn) => {
    const task = byArn.get(taskArn);
    if (task === undefined) return;
    changed(task.set);
    if (state === 'unhealthy') serviceScheduler.judge(task);
  });

  const allSets = (): SimTaskSet[] => services.flatMap(({ sets }) => sets);
  // What is in the description runs already, registered and healthy; a DRAINING set has nothing left.
  for (const set of allSets()) {
    for (let count = computedDesiredCount(set); count > 0; count -= 1) life.adopt(set);
    set.steady = isSteady(set, statesOf);
  }
  begun = true;
  for (const service of services) historyOf(service.arn).record(serviceView(service));
  for (const set of allSets()) forgetWhenEmpty(set);

  const lookup = makeLookup(seed, services);
  const book = {
    all: () =>
      [...stopped, ...allSets().flatMap(({ tasks }) => tasks)].sort((a, b) => a.sequence - b.sequence),
  };
  const client = makeFakeClient(kernel, 'ecs', {
    ...taskSetOperations(kernel, random, targets, lookup, serviceScheduler.reconcile),
    ...readOperations(kernel, lookup, book, ({ arn }) => historyOf(arn).read()),
  });

  const candidates = (which: string): SimTask[] => {
    const running = (sets: SimTaskSet[]): SimTask[] =>
      sets
        .flatMap(({ tasks }) => tasks)
        .filter((task) => task.status === 'RUNNING' && task.gone === undefined);
    const shown = allSets().filter(({ hidden }) => !hidden);
    if (which === 'blue') return running(shown.filter((set) => set.seeded));
    if (which === 'green') return running(shown.filter((set) => !set.seeded).slice(-1));
    return running(allSets()).filter(({ arn }) => arn === which);
  };

  return {
    client,
    taskSets: () =>
      allSets()
        .filter(({ hidden }) => !hidden)
        .map(snapshot),
    setDesiredCount: (serviceArn, count) => {
      const service = services.find(({ arn }) => arn === serviceArn);
      if (service === undefined) throw new Error(`sim: there is no service ${serviceArn} in this world`);
      kernel.emit({
        kind: 'task',
        what: `desired count of ${service.name} goes from ${service.desiredCount} to ${count}`,
        data: { serviceArn, desiredCount: count },
      });
      service.desiredCount = count;
      for (const set of service.sets) serviceScheduler.reconcile(set);
    },
    killTask: (which, how = 'crashed') => {
      const [task] = candidates(which);
      if (task === undefined) return undefined;
      kernel.emit({
        kind: 'task',
        what: `task ${task.label} is killed (${familyRevision(task.set.taskDefinition)})`,
        data: { taskArn: task.arn },
      });
      life.die(task, deaths[how]);
      return task.arn;
    },
    setStaleness: (maxMs, minMs = 0) => {
      staleness.minMs = minMs;
      staleness.maxMs = maxMs;
    },
  };
};

/** SIGKILL and SIGTERM as exit codes. */
const deaths = {
  crashed: {
    because: 'crashed',
    exitCode: 137,
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
  },
  stopped: {
    because: 'stopped',
    exitCode: 143,
    stopCode: 'UserInitiated',
    stoppedReason: 'Task stopped by user',
  },
} as const;

const snapshot = (set: SimTaskSet): TaskSetSnapshot => ({
  id: set.id,
  arn: set.arn,
  serviceArn: set.service.arn,
  externalId: set.externalId,
  status: set.status,
  scalePercent: set.scalePercent,
  computedDesiredCount: computedDesiredCount(set),
  pendingCount: pendingCount(set),
  runningCount: runningCount(set),
  steady: set.steady,
  targetGroupArn: set.parameters.loadBalancers[0]?.targetGroupArn,
  taskDefinitionArn: set.taskDefinition.taskDefinitionArn,
});
